import { fail } from '../errors/index.ts'
import type { Rate } from './synthdef.ts'

/**
 * A UGen in an expression: a value, not yet part of a SynthDef.
 * Two UGens with the same content are one after compilation unless they have `identity` (random generators, delays in feedback).
 */
export interface UGen {
  readonly kind: 'ugen'
  readonly name: string
  readonly rate: Rate
  readonly inputs: readonly Signal[]
  readonly outputs: number
  readonly specialIndex: number
  /** Kept even if nobody reads it (Out, LocalOut, DetectSilence …). */
  readonly effect: boolean
  /** Never merged with an equal UGen: it has a state or a random stream of its own. */
  readonly unique: boolean
}

/** A named control of a SynthDef. */
export interface ControlInput {
  readonly kind: 'control'
  readonly name: string
  readonly rate: 'scalar' | 'trigger' | 'audio' | 'control'
  readonly default: number
  /** Seconds to come within 0.1 % of a new value (60 dB); 0 is none. Control rate only. */
  readonly lag: number
}

/** One output of a UGen. */
export interface UGenOutput {
  readonly kind: 'output'
  readonly ugen: UGen
  readonly index: number
}

/** One channel of signal: a constant, a control or a UGen's output. */
export type Signal = number | ControlInput | UGenOutput

/**
 * Makes a UGen and returns its outputs. Rates, order and number of inputs are the server's: prefer the checked
 * constructors of the UGen table.
 */
export function makeUGen(
  name: string,
  rate: Rate,
  inputs: readonly Signal[],
  options: { outputs?: number; specialIndex?: number; effect?: boolean; unique?: boolean } = {},
): UGenOutput[] {
  for (const [i, input] of inputs.entries())
    if (typeof input === 'number' && Number.isNaN(input))
      fail({ code: 'invalid-device-type', path: `${name}.inputs[${i}]`, message: 'a UGen input is NaN' })
  const outputs = options.outputs ?? 1
  const ugen: UGen = {
    kind: 'ugen',
    name,
    rate,
    inputs,
    outputs,
    specialIndex: options.specialIndex ?? 0,
    effect: options.effect ?? false,
    unique: options.unique ?? false,
  }
  return Array.from({ length: Math.max(outputs, 1) }, (_, index) => ({ kind: 'output', ugen, index }))
}

/**
 * A named control of the SynthDef that is being described.
 *
 * @param name what `/n_set` and `/n_map` call it
 * @param value its default
 * @param options `rate`: `control` (default), `scalar` (read once), `trigger` (one block), `audio`; `lag`: seconds of
 * smoothing, 0 by default. It starts at its value, without a ramp, mapped or not.
 * @example const cutoff = control('cutoff', 1200, { lag: 0.02 })
 */
export function control(
  name: string,
  value = 0,
  options: { rate?: ControlInput['rate']; lag?: number } = {},
): ControlInput {
  const rate = options.rate ?? 'control'
  return { kind: 'control', name, rate, default: value, lag: rate === 'control' ? (options.lag ?? 0) : 0 }
}

/** Rate of a signal; a constant is scalar, a trigger control is control rate. */
export function rateOf(signal: Signal): Rate {
  if (typeof signal === 'number') return 'scalar'
  if (signal.kind === 'output') return signal.ugen.rate
  return signal.rate === 'trigger' ? 'control' : signal.rate
}

const order: Record<Rate, number> = { scalar: 0, control: 1, audio: 2, demand: 3 }

/** The fastest of the rates of some signals. */
export function maxRate(signals: readonly Signal[]): Rate {
  return signals.map(rateOf).reduce<Rate>((a, b) => (order[b] > order[a] ? b : a), 'scalar')
}

/** A signal at audio rate: slower ones are wrapped (K2A interpolates, DC is constant). */
export function toAudio(signal: Signal): Signal {
  if (rateOf(signal) === 'audio') return signal
  const [wrapped] = makeUGen(typeof signal === 'number' ? 'DC' : 'K2A', 'audio', [signal])
  return wrapped as Signal
}
