/** Where a node goes, relative to its target (numbers of the protocol). */
export const addAction = { head: 0, tail: 1, before: 2, after: 3, replace: 4 } as const
export type AddAction = keyof typeof addAction

/** What a control of a synth reads: a number, or a bus that it is mapped to. */
export type ControlValue = number | { readonly controlBus: number } | { readonly audioBus: number }

/**
 * The part of scsynth's language that Megasynth speaks, as values. `call` is the OSC address.
 * Node ids, bus indices and values are numbers of the server. Source: SuperCollider, Server Command Reference.
 */
export type Command =
  | { readonly call: '/d_recv'; readonly name: string; readonly bytes: Uint8Array }
  | { readonly call: '/d_free'; readonly names: readonly string[] }
  | { readonly call: '/g_new'; readonly id: number; readonly action: AddAction; readonly target: number }
  | { readonly call: '/g_freeAll'; readonly id: number }
  | {
      readonly call: '/s_new'
      readonly def: string
      readonly id: number
      readonly action: AddAction
      readonly target: number
      readonly controls: Readonly<Record<string, ControlValue>>
    }
  | { readonly call: '/n_set'; readonly id: number; readonly controls: Readonly<Record<string, number>> }
  /** Maps controls to control buses; −1 unmaps. */
  | { readonly call: '/n_map'; readonly id: number; readonly buses: Readonly<Record<string, number>> }
  /** Maps controls to audio buses; −1 unmaps. */
  | { readonly call: '/n_mapa'; readonly id: number; readonly buses: Readonly<Record<string, number>> }
  | { readonly call: '/n_free'; readonly ids: readonly number[] }
  | { readonly call: '/n_run'; readonly id: number; readonly run: boolean }
  | {
      readonly call: '/n_order'
      readonly action: Exclude<AddAction, 'replace'>
      readonly target: number
      readonly ids: readonly number[]
    }
  /** Sets control buses: pairs of index and value. */
  | { readonly call: '/c_set'; readonly values: readonly (readonly [bus: number, value: number])[] }
  /** Asks for the values of control buses. */
  | { readonly call: '/c_get'; readonly buses: readonly number[] }
  | { readonly call: '/notify'; readonly on: boolean }
  | { readonly call: '/sync'; readonly id: number }
  | { readonly call: '/g_queryTree'; readonly id: number; readonly controls: boolean }
