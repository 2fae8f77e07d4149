import { createOfflineEngine, type OfflineEngine } from '../../src/engine/index.ts'
import { startSynth, type OfflineSynth, type SynthOptions } from '../../src/live/index.ts'
import type { Command, TreeGroup } from '../../src/scsynth/index.ts'

/** What a test puts in the place of an engine's methods; it gets the real engine. */
export type Overrides = (engine: OfflineEngine) => Partial<OfflineEngine>

/** One thing that the synth asked of its engine. */
export interface Call {
  readonly kind: 'load' | 'transact' | 'send'
  readonly block: number
  readonly commands: readonly Command[]
}

/** A synth whose engine can be watched, and have its methods replaced at any time. */
export interface Watched {
  readonly synth: OfflineSynth
  /** The engine that runs now. */
  readonly engine: () => OfflineEngine
  /** Engines made so far. */
  readonly made: () => number
  readonly calls: Call[]
  /** Commands of some kind that were sent, in whatever way. */
  readonly commands: <C extends Command['call']>(call: C) => Extract<Command, { call: C }>[]
  /** Methods are other ones from now on, on every engine to come too if `always`; without an argument as they were. */
  readonly tamper: (overrides?: Overrides, always?: boolean) => void
  readonly tree: () => Promise<TreeGroup>
}

export async function watched(options: SynthOptions): Promise<Watched> {
  const { patch, catalogue, timeout, ...rest } = options
  const calls: Call[] = []
  let [made, all]: [number, Overrides | undefined] = [0, undefined]
  let current: { readonly engine: OfflineEngine; over: Partial<OfflineEngine> } | undefined
  const create = async (): Promise<OfflineEngine> => {
    const engine = await createOfflineEngine(rest)
    const own = { engine, over: all?.(engine) ?? {} }
    current = own
    made++
    const note = (kind: Call['kind'], commands: readonly Command[]): void => {
      if (commands.length > 0) calls.push({ kind, block: engine.nextBlock, commands })
    }
    const seen: Partial<OfflineEngine> = {
      load: (defs) => {
        note('load', defs.map(({ name, bytes }) => ({ call: '/d_recv', name, bytes }))) // prettier-ignore
        return (own.over.load ?? engine.load)(defs)
      },
      transact: (commands, describe, at) => {
        // without the questions with which it is seen that all was done
        note('transact', commands.filter(({ call }) => call !== '/g_queryTree' && call !== '/c_get')) // prettier-ignore
        return (own.over.transact ?? engine.transact)(commands, describe, at)
      },
      send: (commands) => {
        note('send', commands)
        ;(own.over.send ?? engine.send)(commands)
      },
    }
    return new Proxy(engine, {
      get: (target, key) =>
        Reflect.get({ ...own.over, ...seen }, key) ?? (Reflect.get(target, key) as unknown),
    })
  }
  const synth = await startSynth(create, {
    patch,
    ...(catalogue && { catalogue }),
    ...(timeout !== undefined && { timeout }),
  })
  const engine = (): OfflineEngine => current?.engine as OfflineEngine
  return {
    synth,
    engine,
    made: () => made,
    calls,
    commands: <C extends Command['call']>(call: C) =>
      calls.flatMap(({ commands }) => commands.filter((one) => one.call === call)) as Extract<Command, { call: C }>[], // prettier-ignore
    tamper: (overrides, always = false) => {
      all = always ? overrides : undefined
      if (current) current.over = overrides?.(current.engine) ?? {}
    },
    tree: () => engine().queryTree(0),
  }
}
