import { assert } from 'vitest'
import { ugens, type UGenName, type ugenTable } from '../../src/ugens/index.ts'
import { rms, slopeDbPerOctave } from '../audio/ear.ts'
import { valuesOf } from './play.ts'
import { noise, ownsGenerator, segments } from './proof-kinds.ts'
import { amplitude, both, equals, type Proof } from './rig.ts'

const { sin, PI } = Math
const wrap = (x: number, length: number): number => x - length * Math.floor(x / length)

/** Proofs of rows of the UGen table: inputs are in this order and do this. */
export type Proofs = {
  readonly [N in UGenName]: {
    readonly [R in (typeof ugenTable)[N]['rates'][number]]: Proof<R>
  }
}

/** Oscillators, noises, and what they take their chance from. */
export const sourceProofs = {
  SinOsc: both(({ rate, fs }) =>
    equals([[ugens.SinOsc[rate](fs / 16, 1), (i) => sin(1 + (PI * i) / 8)]], { within: 1e-4 }),
  ),
  Saw: both(async ({ rate, fs }) => {
    const [saw = new Float32Array()] = await valuesOf([ugens.Saw[rate](fs / 50)], 3000)
    const partials = [1, 2, 3].map((k) => (k * amplitude(saw.subarray(2500), k / 50)) / 500)
    for (const partial of partials) assert.closeTo(partial, partials[0] ?? NaN, 0.005)
    assert.isAbove(partials[0] ?? NaN, 0.1)
  }),
  Pulse: both(async ({ rate, fs }) => {
    const [pulse = new Float32Array()] = await valuesOf([ugens.Pulse[rate](fs / 50, 0.2)], 3000)
    const partials = [1, 2, 3, 5].map((k) => amplitude(pulse.subarray(2500), k / 50))
    const model = [1, 2, 3, 5].map((k) => sin(PI * k * 0.2) / k)
    for (const [i, partial] of partials.entries())
      assert.closeTo(partial / (partials[0] ?? NaN), (model[i] ?? NaN) / (model[0] ?? NaN), 0.05)
    assert.isBelow(partials[3] ?? NaN, 0.02 * (partials[0] ?? NaN))
  }),
  LFTri: both(({ rate, fs }) => {
    const model = (i: number): number => Math.abs(wrap(1 + i / 4 + 1, 4) - 2) - 1
    return equals([[ugens.LFTri[rate](fs / 16, 1), (i) => -model(i)]])
  }),
  LFSaw: both(({ rate, fs }) => equals([[ugens.LFSaw[rate](fs / 16, 0.5), (i) => wrap(1.5 + i / 8, 2) - 1]])),
  LFPulse: both(({ rate, fs }) =>
    equals([[ugens.LFPulse[rate](fs / 16, 0.25, 0.25), (i) => Number((i + 4) % 16 < 4)]]),
  ),
  VarSaw: both(({ rate, fs }) => {
    const model = (p: number): number => (p < 0.25 ? 8 * p - 1 : 1 - (8 * (p - 0.25)) / 3)
    return equals([[ugens.VarSaw[rate](fs / 16, 0.5, 0.25), (i) => model(wrap(0.5 + i / 16, 1))]])
  }),
  Impulse: both(({ rate, fs }) => equals([[ugens.Impulse[rate](fs / 10, 0.5), (i) => Number(i % 10 === 5)]])),
  // a jump to `resetPos` counts from the value before the trigger
  Phasor: both(({ rate, delta }) =>
    equals([
      [ugens.Phasor[rate](0, 0.5, 2, 4), (i) => 2 + wrap(i / 2, 2)],
      [ugens.Phasor[rate](delta(10), 0.5, 2, 4, 3), (i) => 2 + wrap(i < 10 ? i / 2 : 1.5 + (i - 10) / 2, 2)],
    ]),
  ),
  DC: both(({ rate }) => equals([[ugens.DC[rate](0.3), () => 0.3]])),
  WhiteNoise: both(
    noise('WhiteNoise', (signal) => {
      assert.closeTo(slopeDbPerOctave(signal, 1, 0.01, 0.4), 0, 0.5)
      assert.closeTo(rms(signal), 1 / Math.sqrt(3), 0.05)
    }),
  ),
  PinkNoise: both(
    noise('PinkNoise', (signal) => assert.isBelow(Math.abs(slopeDbPerOctave(signal, 1, 0.01, 0.2) + 3), 0.7)),
  ),
  BrownNoise: both(
    noise('BrownNoise', (signal) => assert.isBelow(Math.abs(slopeDbPerOctave(signal, 1, 0.01, 0.1) + 6), 1)),
  ),
  GrayNoise: both(
    noise('GrayNoise', (signal) => {
      const flips = signal.subarray(1).map((x, i) => Math.abs(x - (signal[i] ?? NaN)))
      for (const flip of flips.filter((x) => x > 1e-4))
        assert.closeTo(Math.log2(flip), Math.round(Math.log2(flip)), 0.05)
    }),
  ),
  ClipNoise: both(
    noise('ClipNoise', (signal) => {
      assert.deepEqual(
        [...new Set(signal)].toSorted((a, b) => a - b),
        [-1, 1],
      )
      assert.closeTo(slopeDbPerOctave(signal, 1, 0.01, 0.4), 0, 0.5)
    }),
  ),
  LFNoise0: both(segments('LFNoise0', 0)),
  LFNoise1: both(segments('LFNoise1', 1)),
  LFNoise2: both(segments('LFNoise2', 2)),
  Dust: both(async ({ rate, fs }) => {
    const [dust = new Float32Array()] = await valuesOf([ugens.Dust[rate](fs / 10)], 8000)
    const grains = dust.filter((x) => x > 0)
    assert.closeTo(grains.length / 800, 1, 0.5)
    assert.strictEqual(
      grains.every((x) => x < 1),
      true,
    )
  }),
  RandID: {
    ir: ({ rate }) => ownsGenerator(ugens.RandID[rate]),
    kr: ({ rate }) => ownsGenerator(ugens.RandID[rate]),
  },
  RandSeed: {
    async ir({ rate }) {
      const seeded = (seed: number) =>
        valuesOf([ugens.WhiteNoise.ar()], 1000, [ugens.RandSeed[rate](1, seed)])
      assert.deepEqual(await seeded(7), await seeded(7))
      assert.notDeepEqual(await seeded(7), await seeded(8))
    },
    async kr({ rate, fs }) {
      const seeding = ugens.RandSeed[rate](ugens.Impulse.kr(fs / 20), 7)
      const [noise = new Float32Array()] = await valuesOf([ugens.WhiteNoise.kr()], 100, [seeding])
      assert.deepEqual(noise.subarray(20, 40), noise.subarray(40, 60))
      assert.deepEqual(noise.subarray(30, 50), noise.subarray(50, 70))
      assert.notDeepEqual(noise.subarray(20, 40), noise.subarray(21, 41))
    },
  },
} satisfies Partial<Proofs>
