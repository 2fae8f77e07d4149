import { assert } from 'vitest'
import { binaryOp, compileSynthDef, sub, ugens, type Signal } from '../../src/ugens/index.ts'
import { blockSize, play, sampleRate, valuesOf } from './play.ts'

type RateName = 'ar' | 'kr' | 'ir'

/**
 * What a proof is made with. Time is counted in values (samples at audio rate, blocks at control rate), so that one
 * proof serves both rates.
 */
export interface Rig<R extends RateName = 'ar' | 'kr'> {
  readonly rate: R
  /** Values per second. */
  readonly fs: number
  /** 0, 1, 2… */
  readonly n: Signal
  /** 0 before the value `at`, 1 from there. */
  readonly step: (at: number) => Signal
  /** 1 at the value `at`, else 0. */
  readonly delta: (at: number) => Signal
}

export type Proof<R extends RateName = RateName> = (rig: Rig<R>) => Promise<void>

export function rig<R extends RateName>(rate: R): Rig<R> {
  const n = ugens.Phasor[rate === 'ar' ? 'ar' : 'kr'](0, 1, 0, 1e6)
  const step = (at: number): Signal => binaryOp('ge', n, at)
  return {
    rate,
    fs: rate === 'ar' ? sampleRate : sampleRate / blockSize,
    n,
    step,
    delta: (at) => sub(step(at), step(at + 1)),
  }
}

export const both = (proof: Proof<'ar' | 'kr'>) => ({ ar: proof, kr: proof })

/** The values of some signals are what the models say of the i-th. */
export async function equals(
  cases: readonly (readonly [Signal, (i: number) => number])[],
  { length = 40, within = 1e-5, effects = [] as readonly Signal[] } = {},
): Promise<void> {
  const found = await valuesOf(
    cases.map(([signal]) => signal),
    length,
    effects,
  )
  for (const [c, [, model]] of cases.entries())
    for (const [i, x] of (found[c] as Float32Array).entries())
      assert.isBelow(Math.abs(x - model(i)), within, `case ${c}, value ${i}: ${x}, expected ${model(i)}`)
}

/** The response to a 1 at the value 5, counted from there, is zero but for these. */
export const responds = (
  response: Signal,
  taps: Readonly<Record<number, number>>,
  upTo = 12,
): Promise<void> =>
  equals([[response, (i) => (i - 5 <= upTo ? (taps[i - 5] ?? 0) : 0)]], {
    length: 5 + upTo + 1,
    within: 2e-4,
  })

/** Amplitude of a frequency (cycles per value) in a signal. */
export function amplitude(signal: Float32Array, frequency: number): number {
  let [re, im] = [0, 0]
  for (const [i, x] of signal.entries()) {
    re += x * Math.cos(2 * Math.PI * frequency * i)
    im += x * Math.sin(2 * Math.PI * frequency * i)
  }
  return Math.hypot(re, im)
}

/** Gain of filters at some frequencies (cycles per value), from their responses to a single 1. */
export async function gains(
  responses: readonly Signal[],
  frequencies: readonly number[],
): Promise<number[][]> {
  const found = await valuesOf(responses, 2000)
  return found.map((response) => frequencies.map((frequency) => amplitude(response, frequency)))
}

/** The block in which a synth frees itself; the engine tells in the next one. */
export async function endOf(roots: readonly Signal[], blocks = 60): Promise<number | undefined> {
  const told = (await play([{ def: compileSynthDef('', roots) }], blocks)).ended.get(1000)
  return told === undefined ? undefined : told - 1
}

/** Blocks from the start to a value, at either rate. */
export const blockOf = ({ rate }: Rig, value: number): number =>
  rate === 'ar' ? Math.floor(value / blockSize) : value
