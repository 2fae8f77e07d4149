import type {
  ChoicePort,
  DeviceInfo,
  GatePort,
  Option,
  Port,
  Scale,
  SignalPort,
  ValuePort,
} from '../patch/ports.ts'
import type { Signal } from '../ugens/index.ts'

/** One channel or several of the same signal. */
export type Channels = readonly Signal[]

/** What a choice port reads: known when the patch is compiled, or an index at run time. */
export interface Choice<N extends string = string> {
  /** The name, if no cable chooses at run time. */
  readonly constant: N | undefined
  /** The signal of the chosen case; at run time all cases run and `Select` picks one. */
  readonly select: (cases: { readonly [K in N]: () => Signal }) => Signal
}

/** What a port hands to the function that builds the device. */
export type InputOf<P extends Port> = P extends SignalPort
  ? Channels
  : P extends ChoicePort<infer N>
    ? Choice<N>
    : P extends { optional: true }
      ? Signal | undefined
      : Signal

type NumberedOf<P> = { readonly [K in keyof P]: K extends `${string}#` ? K : never }[keyof P]

/**
 * Inputs by port. A numbered family (`in#`) is an array with one element for every number that the patch uses in any
 * family of the device, in their order: `in#` and `level#` stand side by side.
 */
export type InputsOf<P extends Readonly<Record<string, Port>>> = {
  readonly [K in Exclude<keyof P, NumberedOf<P>>]: InputOf<P[K]>
} & {
  readonly [K in NumberedOf<P> & string]: readonly InputOf<P[K]>[]
}

type OptionsOf<O> =
  O extends Readonly<Record<string, Option>> ? { readonly [K in keyof O]: O[K]['values'][number] } : object

/** What the device is built for, besides its inputs. */
export interface BuildContext<O = Readonly<Record<string, Option>>> {
  /** Rate of the output, after the inputs are known. */
  readonly rate: 'audio' | 'control'
  /** Width of the output. */
  readonly channels: 1 | 2
  readonly options: OptionsOf<O>
  /** Whether a cable or a constant reaches this port. */
  readonly connected: (port: string) => boolean
  /**
   * For types that ring: goes from 0 to 1 when it is born while others sound. What goes into a memory (a delay line) is
   * multiplied by it, what passes is not: else the memory would begin with a click, and repeat it.
   */
  readonly onset: Signal
  /** What is known of the instance that this one replaces; for types that say `continues`. */
  readonly before: Predecessor
}

/** What an instance knows of the one that it replaces. All are 0 if it replaces none. */
export interface Predecessor {
  /** 1 if there was one. Read once. */
  readonly existed: Signal
  /** Its `state` in this instance's first block. Read once. */
  readonly state: Signal
  /** 1 in the first block only, if there was one: for what must be woken. Control rate. */
  readonly pulse: Signal
}

/**
 * What a device puts out. `gain` is a control-rate factor that the device has anyway (an amplitude): fades are folded
 * into it, which is cheaper than a multiplication of its own.
 */
export interface DeviceOutput {
  readonly signal: Signal | Channels
  readonly gain?: Signal
  /** From where a successor goes on, for types that say `continues: 'state'`. Control rate. */
  readonly state?: Signal
  /** UGens with an effect that nothing else reads, such as LocalOut. */
  readonly effects?: readonly Signal[]
}

/** A device type: its declaration and how it sounds. */
export interface DeviceType extends DeviceInfo {
  /** It draws random numbers: every instance owns a random generator, so that runs are equal. */
  readonly random?: boolean
  readonly build: (inputs: never, context: never) => Signal | Channels | DeviceOutput
}

/**
 * Declares a device type: metadata, from which types, validation, schema and reference come, and a function from its
 * inputs to a UGen expression.
 *
 * @throws MegasynthError `invalid-device-type` when it is first compiled, if the expression does not fit the declaration
 * @example
 * const ring = defineDevice({
 *   title: 'Ring modulator',
 *   doc: 'Multiplies two signals.',
 *   ports: { in: signal('Carrier.'), modulator: signal('Modulator.') },
 *   output: { rate: 'audio', polarity: 'bipolar', channels: 1 },
 *   build: ({ in: [carrier = 0], modulator: [modulator = 0] }) => mul(carrier, modulator),
 * })
 * const catalogue = { ...standard, ring }
 */
export function defineDevice<
  const P extends Readonly<Record<string, Port>>,
  const O extends Readonly<Record<string, Option>> = Record<never, never>,
>(
  type: Omit<DeviceInfo, 'ports' | 'options'> & {
    readonly ports: P
    readonly options?: O
    readonly random?: boolean
    readonly build: (inputs: InputsOf<P>, context: BuildContext<O>) => Signal | Channels | DeviceOutput
  },
): Omit<DeviceType, 'ports' | 'options'> & { readonly ports: P; readonly options: O } {
  return { ...type, options: type.options ?? ({} as O) }
}

/**
 * Declares a signal port.
 *
 * @example
 * const ports = { in: signal('What is filtered.') }
 */
export function signal(doc: string): SignalPort {
  return { kind: 'signal', doc }
}

/**
 * Declares a value port; the scale is linear unless given.
 *
 * @example
 * const cutoff = { min: 20, max: 20000, scale: 'pitch', unit: 'Hz', default: 1000 } as const
 * const ports = { cutoff: value('Where it begins to filter.', cutoff) }
 */
export function value<
  const V extends Omit<ValuePort, 'kind' | 'doc' | 'scale' | 'unit'> & { scale?: Scale; unit?: string },
>(
  doc: string,
  port: V,
): { readonly kind: 'value'; readonly doc: string; readonly scale: Scale; readonly unit: string } & Omit<
  V,
  'scale' | 'unit'
> {
  return { kind: 'value', doc, scale: 'linear', unit: '', ...port }
}

/**
 * Declares a gate port: high as long as a note is held.
 *
 * @example
 * const ports = { gate: gate('Holds the envelope.', { normal: 'keys.gate' }) }
 */
export function gate<const G extends Omit<GatePort, 'kind' | 'doc'>>(
  doc: string,
  port: G,
): { readonly kind: 'gate'; readonly doc: string } & G {
  return { kind: 'gate', doc, ...port }
}

/**
 * Declares a trigger port: acts when its input goes up.
 *
 * @example
 * const ports = { reset: trigger('Starts the cycle anew.', {}) }
 */
export function trigger<const G extends Omit<GatePort, 'kind' | 'doc'>>(
  doc: string,
  port: G,
): { readonly kind: 'trigger'; readonly doc: string } & G {
  return { kind: 'trigger', doc, ...port }
}

/**
 * Declares a choice port; the first name is the default.
 *
 * @example
 * const ports = { mode: choice('What passes.', ['lowpass', 'highpass']) }
 */
export function choice<const N extends string>(doc: string, choices: readonly [N, ...N[]]): ChoicePort<N> {
  return { kind: 'choice', doc, choices, default: choices[0] }
}

/**
 * Declares an option; the first value is the default.
 *
 * @example
 * const options = { slope: option('In dB per octave.', [12, 24]) }
 */
export function option<const V extends string | number | boolean>(
  doc: string,
  values: readonly [V, ...V[]],
): Option<V> {
  return { doc, values, default: values[0] }
}
