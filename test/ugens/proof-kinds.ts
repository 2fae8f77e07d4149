import { assert } from 'vitest'
import { add, compileSynthDef, ugens, type Signal } from '../../src/ugens/index.ts'
import { rms } from '../audio/ear.ts'
import { blockSize, observe, play, valuesOf } from './play.ts'
import { both, equals, responds, type Rig } from './rig.ts'

/** A second-order filter centred at 1/20: below, at, above, and at the edges of its band for a reciprocal Q of 0.2. */
export const rq = 0.2
export const [below, centre, above] = [0.0005, 0.05, 0.4995]
export const edge = (side: 1 | -1): number => centre * (Math.hypot(1, rq / 2) + (side * rq) / 2)
export const near = (found: readonly number[] | undefined, expected: readonly number[]): void => {
  for (const [i, gain] of expected.entries()) assert.isBelow(Math.abs((found?.[i] ?? NaN) - gain), 0.1)
}

/** Two equal noises are two noises; each has the property. */
export const noise =
  (
    name: 'WhiteNoise' | 'PinkNoise' | 'BrownNoise' | 'GrayNoise' | 'ClipNoise',
    check: (noise: Float32Array) => void,
  ) =>
  async ({ rate }: Rig): Promise<void> => {
    const { RandID, RandSeed } = ugens
    const pair = await valuesOf([ugens[name][rate](), ugens[name][rate]()], 16384, [
      RandID.ir(1),
      RandSeed.ir(1, 7),
    ])
    assert.notDeepEqual(pair[0], pair[1])
    for (const signal of pair) check(signal)
  }

/** Random segments of ten values, which are polynomials of a degree: a further difference is zero but where they meet. */
export const segments =
  (name: 'LFNoise0' | 'LFNoise1' | 'LFNoise2', degree: number) =>
  async ({ rate, fs }: Rig): Promise<void> => {
    const [signal = new Float32Array()] = await valuesOf([ugens[name][rate](fs / 10)], 2000)
    let differences = signal
    for (let i = 0; i <= degree; i++) differences = differences.map((x, j) => x - (differences[j - 1] ?? x))
    const corners = differences.subarray(degree + 1).filter((x) => Math.abs(x) > 1e-4).length
    // LFNoise2 is two parabolas in each segment at most
    assert.isAbove(corners, 150)
    assert.isBelow(corners, 210 * Math.max(1, degree * 2))
    assert.isAbove(rms(signal), 0.2)
  }

/** Delay lines: how they interpolate half a value, and that a feedback line falls by 60 dB in its decay time. */
const taps = { N: { 4: 1 }, L: { 4: 0.5, 5: 0.5 }, C: { 3: -1 / 16, 4: 9 / 16, 5: 9 / 16, 6: -1 / 16 } }
type Interpolation = keyof typeof taps
const time = (kind: Interpolation): number => (kind === 'N' ? 4 : 4.5)
export const delayLine = (kind: Interpolation) =>
  both(({ rate, fs, delta }) =>
    responds(ugens[`Delay${kind}`][rate](delta(5), 20 / fs, time(kind) / fs), taps[kind]),
  )
export const combLine = (kind: Interpolation) =>
  both(({ rate, fs, delta }) => {
    const [first, feedback] = [taps[kind], 0.001 ** (time(kind) / 12)]
    const second = convolve(first, first, feedback)
    return responds(
      ugens[`Comb${kind}`][rate](delta(5), 20 / fs, time(kind) / fs, 12 / fs),
      plus(first, second),
      7,
    )
  })
export const allpassLine = (kind: Interpolation) =>
  both(({ rate, fs, delta }) => {
    const feedback = 0.001 ** (time(kind) / 12)
    const first = convolve({ 0: 1 }, taps[kind], 1 - feedback ** 2)
    const second = convolve(first, taps[kind], feedback)
    const all = plus(plus(first, second), { 0: -feedback })
    return responds(ugens[`Allpass${kind}`][rate](delta(5), 20 / fs, time(kind) / fs, 12 / fs), all, 7)
  })

type Taps = Readonly<Record<number, number>>
const entries = (some: Taps): [number, number][] => Object.entries(some).map(([i, x]) => [Number(i), x])
const plus = (a: Taps, b: Taps): Taps =>
  entries(b).reduce<Record<number, number>>((sum, [i, x]) => ({ ...sum, [i]: (sum[i] ?? 0) + x }), { ...a })
const convolve = (a: Taps, b: Taps, gain: number): Taps =>
  entries(a).reduce<Taps>(
    (sum, [i, x]) => plus(sum, Object.fromEntries(entries(b).map(([j, y]) => [i + j, x * y * gain]))),
    {},
  )

const energy = (signal: Float32Array, from: number): number => rms(signal.subarray(from)) ** 2

/** Noise on a generator of its own is not changed by a synth beside it, as it is on the common one. */
export async function ownsGenerator(randId: (id: number) => Signal): Promise<void> {
  const other = compileSynthDef('', observe([0, ugens.WhiteNoise.ar()]))
  const render = async (id: number, beside: boolean) => {
    const def = compileSynthDef('', [
      randId(id),
      ugens.RandSeed.ir(1, 5),
      ...observe([ugens.WhiteNoise.ar()]),
    ])
    return (await play([{ def }, ...(beside ? [{ def: other }] : [])], 4)).channels[0]
  }
  assert.deepEqual(await render(3, true), await render(3, false))
  assert.notDeepEqual(await render(0, true), await render(0, false))
}

/** A loop that adds 1 in each round, from its defaults on; the second channel adds 10. */
export async function localLoop({ rate }: Rig): Promise<void> {
  const [a = 0, b = 0] = ugens.LocalIn[rate](2, 0.5, 0.25)
  const loop = ugens.LocalOut[rate](add(a, 1), add(b, 10))
  const rounds = (i: number): number => (rate === 'ar' ? Math.floor(i / blockSize) : i)
  await equals([[a, (i) => 0.5 + rounds(i)], [b, (i) => 0.25 + 10 * rounds(i)]], { length: 500, effects: [loop], within: 1e-3 }) // prettier-ignore
}

/** Mix 0 is the input, mix 1 has none of it; a larger room rings longer; damping takes the high frequencies. */
export async function room(
  reverb: (mix: number, size: number, damp: number) => readonly Signal[],
  dry: readonly Signal[],
  ramp: Signal,
): Promise<void> {
  const [untouched = new Float32Array()] = await valuesOf([ramp], 1000)
  assert.deepEqual(
    untouched,
    untouched.map((_, i) => i),
  )
  assert.deepEqual(await valuesOf(reverb(0, 0.5, 0.5), 4000), await valuesOf(dry, 4000))
  const wet = (size: number, damp: number) => valuesOf(reverb(1, size, damp), 48000)
  const [small, large, dark] = [await wet(0.1, 0), await wet(0.9, 0), await wet(0.9, 0.9)]
  for (const c of dry.keys()) {
    const [s, l, d] = [small[c], large[c], dark[c]] as [Float32Array, Float32Array, Float32Array]
    assert.strictEqual(rms(l.subarray(0, 200)), 0)
    assert.isAbove(energy(l, 24000), 10 * energy(s, 24000))
    const brightness = (x: Float32Array): number =>
      energy(
        x.map((y, i) => y - (x[i - 1] ?? 0)),
        0,
      ) / energy(x, 0)
    assert.isBelow(brightness(d), 0.6 * brightness(l))
  }
}
