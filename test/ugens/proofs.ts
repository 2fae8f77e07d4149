import { assert } from 'vitest'
import {
  add,
  binaryOp,
  compileSynthDef,
  div,
  min,
  mul,
  sub,
  ugens,
  type Signal,
} from '../../src/ugens/index.ts'
import { blockSize, observe, play, sampleRate, valuesOf } from './play.ts'
import {
  above,
  allpassLine,
  below,
  centre,
  combLine,
  delayLine,
  edge,
  localLoop,
  near,
  room,
  rq,
} from './proof-kinds.ts'
import { sourceProofs, type Proofs } from './proofs-of-sources.ts'
import { blockOf, both, endOf, equals, gains, responds, rig, type Rig } from './rig.ts'

const { sin, cos, PI } = Math

/** A proof of every row of the UGen table at each of its rates. */
export const proofs: Proofs = {
  ...sourceProofs,
  LPF: both(async ({ rate, fs, delta }) => {
    const [found] = await gains([ugens.LPF[rate](delta(5), fs * centre)], [below, centre, 2 * centre, above])
    near(found, [1, Math.SQRT1_2, 0.24, 0])
  }),
  HPF: both(async ({ rate, fs, delta }) => {
    const [found] = await gains([ugens.HPF[rate](delta(5), fs * centre)], [below, centre / 2, centre, above])
    near(found, [0, 0.24, Math.SQRT1_2, 1])
  }),
  BPF: both(async ({ rate, fs, delta }) => {
    const [found] = await gains(
      [ugens.BPF[rate](delta(5), fs * centre, rq)],
      [below, edge(-1), centre, edge(1), above],
    )
    near(found, [0, Math.SQRT1_2, 1, Math.SQRT1_2, 0])
  }),
  BRF: both(async ({ rate, fs, delta }) => {
    const [found] = await gains(
      [ugens.BRF[rate](delta(5), fs * centre, rq)],
      [below, edge(-1), centre, edge(1), above],
    )
    near(found, [1, Math.SQRT1_2, 0, Math.SQRT1_2, 1])
  }),
  RLPF: both(async ({ rate, fs, delta }) => {
    const sharp = [rq, rq / 2].map((rq) => ugens.RLPF[rate](delta(5), fs * centre, rq))
    const [found, sharper] = await gains(sharp, [below, above, centre])
    near(found, [1, 0])
    assert.closeTo((sharper?.[2] ?? NaN) / (found?.[2] ?? NaN), 2, 0.5)
  }),
  RHPF: both(async ({ rate, fs, delta }) => {
    const sharp = [rq, rq / 2].map((rq) => ugens.RHPF[rate](delta(5), fs * centre, rq))
    const [found, sharper] = await gains(sharp, [below, above, centre])
    near(found, [0, 1])
    assert.closeTo((sharper?.[2] ?? NaN) / (found?.[2] ?? NaN), 2, 0.5)
  }),
  MoogFF: both(async ({ rate, fs, delta }) => {
    const [flat, resonant] = [0, 3].map((gain) => ugens.MoogFF[rate](delta(5), fs * centre, gain)) as [
      Signal,
      Signal,
    ]
    const [plain, sharp] = await gains([flat, resonant], [below, centre, above])
    near(plain, [1, 0.25, 0])
    assert.isAbove(sharp?.[1] ?? NaN, 2 * (sharp?.[0] ?? NaN))
    const ringing = (reset: Signal): Signal => ugens.MoogFF[rate](delta(120), fs * centre, 3, reset)
    const [on = [], off = []] = await valuesOf([ringing(0), ringing(delta(128))], 150)
    assert.isAbove(Math.abs(on[149] ?? NaN), 1e-4)
    assert.strictEqual(off[149], 0)
  }),
  SOS: both(async ({ rate, delta }) => {
    const model: number[] = []
    const state: number[] = [0, 0]
    for (let i = 0; i < 40; i++) {
      const [y1 = 0, y2 = 0] = state
      const y0 = Number(i === 5) + 0.5 * y1 + 0.25 * y2
      model.push(y0 + 2 * y1 + 3 * y2)
      state.unshift(y0)
    }
    await equals([[ugens.SOS[rate](delta(5), 1, 2, 3, 0.5, 0.25), (i) => model[i] ?? NaN]])
  }),
  OnePole: both(({ rate, delta }) =>
    equals([[ugens.OnePole[rate](delta(5), 0.25), (i) => (i < 5 ? 0 : 0.75 * 0.25 ** (i - 5))]]),
  ),
  HPZ1: both(({ rate, delta }) => responds(ugens.HPZ1[rate](delta(5)), { 0: 0.5, 1: -0.5 })),
  OneZero: both(({ rate, delta }) => responds(ugens.OneZero[rate](delta(5), 0.25), { 0: 0.75, 1: 0.25 })),
  LeakDC: both(({ rate, delta }) =>
    equals([
      [ugens.LeakDC[rate](delta(5), 0.25), (i) => (i < 5 ? 0 : i === 5 ? 1 : -0.75 * 0.25 ** (i - 6))],
    ]),
  ),
  Lag: both(({ rate, fs, step }) =>
    equals([[ugens.Lag[rate](step(5), 10 / fs), (i) => (i < 5 ? 0 : 1 - 0.001 ** ((i - 4) / 10))]]),
  ),
  Lag2: both(({ rate, fs, step }) => {
    // two poles in a row: after t the step is 1 − (1 + t/τ)·e^(−t/τ)
    const tau = 20 / fs / Math.log(1000)
    const risen = (i: number): number =>
      i < 5 ? 0 : 1 - (1 + (i - 4) / fs / tau) * Math.exp(-(i - 4) / fs / tau)
    return equals([[ugens.Lag2[rate](step(5), 20 / fs), risen]], { length: 100, within: 0.2 })
  }),
  Lag3: both(({ rate, fs, step }) => {
    // three: 1 − (1 + t/τ + (t/τ)²/2)·e^(−t/τ)
    const tau = 20 / fs / Math.log(1000)
    const risen = (i: number): number => {
      const t = (i - 4) / fs / tau
      return i < 5 ? 0 : 1 - (1 + t + t ** 2 / 2) * Math.exp(-t)
    }
    return equals([[ugens.Lag3[rate](step(5), 20 / fs), risen]], { length: 100, within: 0.25 })
  }),
  VarLag: {
    kr: ({ fs, step }) =>
      equals([
        [ugens.VarLag.kr(step(5), 10 / fs, 0), (i) => Math.max(0, Math.min(1, (i - 5) / 10))],
        [ugens.VarLag.kr(1, 10 / fs, 3), (i) => Math.max(1, 3 - i / 5)],
      ]),
  },
  Slew: both(({ rate, fs, step }) =>
    equals([[ugens.Slew[rate](sub(step(5), step(20)), fs / 5, fs / 10), slope]], { within: 1e-4 }),
  ),
  Decay: both(({ rate, fs, delta }) =>
    equals([[ugens.Decay[rate](delta(5), 10 / fs), (i) => (i < 5 ? 0 : 0.001 ** ((i - 5) / 10))]]),
  ),
  Decay2: both(({ rate, fs, delta }) =>
    equals([
      [
        ugens.Decay2[rate](delta(5), 5 / fs, 10 / fs),
        (i) => (i < 5 ? 0 : 0.001 ** ((i - 5) / 10) - 0.001 ** ((i - 5) / 5)),
      ],
    ]),
  ),
  DelayN: delayLine('N'),
  DelayL: delayLine('L'),
  DelayC: delayLine('C'),
  CombN: combLine('N'),
  CombL: combLine('L'),
  CombC: combLine('C'),
  AllpassN: allpassLine('N'),
  AllpassL: allpassLine('L'),
  AllpassC: allpassLine('C'),
  FreeVerb: {
    ar: ({ delta, n }) =>
      room(
        (mix, size, damp) => [ugens.FreeVerb.ar(delta(5), mix, size, damp)],
        [delta(5)],
        ugens.FreeVerb.ar(n, 0),
      ),
  },
  FreeVerb2: {
    ar: ({ delta, n }) =>
      room(
        (mix, size, damp) => ugens.FreeVerb2.ar(delta(5), delta(9), mix, size, damp),
        [delta(5), delta(9)],
        ugens.FreeVerb2.ar(n, 0, 0)[0],
      ),
  },
  Pan2: both(({ rate, step }) => {
    const [left, right] = ugens.Pan2[rate](step(0), 0.5, 0.8)
    return equals([[left, () => 0.8 * cos((3 * PI) / 8)], [right, () => 0.8 * sin((3 * PI) / 8)]], { within: 1e-3 }) // prettier-ignore
  }),
  Balance2: both(({ rate, step }) => {
    const [left, right] = ugens.Balance2[rate](step(0), mul(step(0), 0.5), 0.5, 0.8)
    return equals([[left, () => 0.8 * cos((3 * PI) / 8)], [right, () => 0.4 * sin((3 * PI) / 8)]], { within: 1e-3 }) // prettier-ignore
  }),
  EnvGen: both(async (rig) => {
    const { rate, fs, step } = rig
    const gate = sub(1, step(100))
    const shape = (doneAction: number): Signal =>
      ugens.EnvGen[rate](
        ...[gate, 2, 0.1, 2, doneAction, 0, 3, 2, -99],
        ...[1, 8 / fs, 1, 0],
        ...[0.5, 8 / fs, 1, 0],
        ...[0, 8 / fs, 1, 0],
      )
    // levels · 2 + 0.1 after 16, 32 and 116 values; at audio rate a segment is one value early
    const line = (i: number, from: number, a: number, b: number): number => a + ((b - a) * (i - from)) / 16
    const model = (i: number): number => {
      if (i < 32) return i < 16 ? line(i, 0, 0.1, 2.1) : line(i, 16, 2.1, 1.1)
      return Math.max(0.1, Math.min(1.1, line(i, 100, 1.1, 0.1)))
    }
    await equals([[shape(0), model]], { length: 130, within: 0.3 })
    const end = await endOf(observe([shape(2)]), 130)
    assert.isBelow(Math.abs((end ?? NaN) - blockOf(rig, 116)), 2)
    assert.strictEqual(await endOf(observe([shape(0)]), 130), undefined)
  }),
  Linen: {
    async kr({ fs, step }) {
      const shape = (doneAction: number): Signal =>
        ugens.Linen.kr(sub(1, step(10)), 4.01 / fs, 0.8, 8.01 / fs, doneAction)
      const model = (i: number): number => Math.max(0, Math.min(0.8, 0.2 * (i + 1), 0.8 - 0.1 * (i - 11)))
      await equals([[shape(0), model]])
      assert.isBelow(Math.abs(((await endOf(observe([shape(2)]))) ?? NaN) - 18), 2)
      assert.strictEqual(await endOf(observe([shape(0)])), undefined)
    },
  },
  Latch: both(({ rate, n, delta }) => equals([[ugens.Latch[rate](n, delta(5)), (i) => (i < 5 ? 0 : 5)]])),
  Select: both(({ rate, n, step }) =>
    equals([[ugens.Select[rate](mul(step(5), 2), n, mul(n, 10), mul(n, 100)), (i) => (i < 5 ? i : 100 * i)]]),
  ),
  Amplitude: both(({ rate, fs, delta }) =>
    equals([
      [
        ugens.Amplitude[rate](delta(5), 2 / fs, 4 / fs),
        (i) => (i < 5 ? 0 : (1 - 0.1 ** (1 / 2)) * 0.1 ** ((i - 5) / 4)),
      ],
    ]),
  ),
  Peak: both(async ({ rate, n, delta }) => {
    const falling = sub(5, n)
    // 9, then 0/0 at 3, then 4, 5, 6…
    const hole = mul(add(n, mul(delta(2), 7)), div(sub(1, delta(3)), sub(1, delta(3))))
    await equals([
      [ugens.Peak[rate](falling), (i) => Math.max(5, i - 5)],
      [ugens.Peak[rate](falling, delta(7)), (i) => (i <= 7 ? 5 : i - 5)],
      [ugens.Sanitize[rate](ugens.Peak[rate](hole), -1), (i) => [0, 1, 9, -1][i] ?? i],
    ])
    const fast = rig('ar').n
    const never = rig('kr').delta(1000)
    await equals(
      [
        [ugens.Peak.kr(fast, never), (i) => (i + 1) * blockSize - 1],
        // with a constant trigger, the last sample of a block is that of the next one
        [ugens.Peak.kr(fast), (i) => (i + 1) * blockSize - 2],
      ],
      { within: 1e-2 },
    )
  }),
  Sanitize: both(({ rate, n, delta }) =>
    equals([
      [ugens.Sanitize[rate](bad({ n, delta }), 5), () => 5],
      [ugens.Sanitize[rate](n, 5), (i) => i],
    ]),
  ),
  CheckBadValues: both(({ rate, n, delta }) =>
    equals([
      [ugens.CheckBadValues[rate](bad({ n, delta }), 3, 0), (i) => (i === 5 ? 2 : 1)],
      [ugens.CheckBadValues[rate](n, 3, 0), () => 0],
    ]),
  ),
  DetectSilence: both(async (rig) => {
    const { rate, fs, step } = rig
    const fading = add(sub(1, step(10)), mul(sub(step(10), step(20)), 0.02), mul(step(20), 0.005))
    const detect = (doneAction: number): Signal =>
      ugens.DetectSilence[rate](fading, 0.01, 15.5 / fs, doneAction)
    await equals([[detect(0), (i) => Number(i >= 34)]])
    assert.strictEqual(await endOf([detect(2)]), blockOf(rig, 34))
    assert.strictEqual(await endOf([detect(0)]), undefined)
  }),
  FreeSelf: {
    async kr({ step }) {
      assert.strictEqual(await endOf([ugens.FreeSelf.kr(step(7))]), 7)
    },
  },
  A2K: { kr: () => equals([[ugens.A2K.kr(rig('ar').n), (i) => i * blockSize]], { within: 1e-3 }) },
  K2A: {
    ar: () =>
      equals([[ugens.K2A.ar(rig('kr').n), (i) => Math.max(0, i / blockSize - 1)]], {
        length: 1000,
        within: 1e-4,
      }),
  },
  SampleRate: { ir: () => equals([[ugens.SampleRate.ir(), () => sampleRate]]) },
  SampleDur: { ir: () => equals([[ugens.SampleDur.ir(), () => 1 / sampleRate]], { within: 1e-9 }) },
  ControlRate: { ir: () => equals([[ugens.ControlRate.ir(), () => sampleRate / blockSize]]) },
  ControlDur: { ir: () => equals([[ugens.ControlDur.ir(), () => blockSize / sampleRate]], { within: 1e-8 }) },
  In: {
    ...both(async ({ rate, n }) => {
      const [a = 0, b = 0] = ugens.In[rate](2, 40)
      await equals([[a, (i) => i], [b, (i) => 2 * i]], { effects: [ugens.Out[rate](40, n, mul(n, 2))] }) // prettier-ignore
    }),
    // what was on the control bus in the first block, for ever
    async ir() {
      const writer = compileSynthDef('', [ugens.Out.kr(40, add(rig('kr').n, 5))])
      const reader = compileSynthDef('', observe([ugens.In.ir(1, 40)[0] ?? 0]))
      const { channels } = await play([{ def: writer }, { def: reader }], 4)
      assert.deepEqual(channels[0], new Float32Array(512).fill(5))
    },
  },
  InFeedback: {
    async ar({ n }) {
      const [a = 0, b = 0] = ugens.InFeedback.ar(2, 42)
      const def = compileSynthDef('', [...observe([a, b]), ugens.Out.ar(42, n, mul(n, 2))])
      const { channels } = await play([{ def }], 4)
      const late = (i: number): number => Math.max(0, i - blockSize)
      assert.deepEqual(
        channels[0],
        Float32Array.from({ length: 512 }, (_, i) => late(i)),
      )
      assert.deepEqual(
        channels[1],
        Float32Array.from({ length: 512 }, (_, i) => 2 * late(i)),
      )
    },
  },
  LocalIn: both((rig) => localLoop(rig)),
  LocalOut: both((rig) => localLoop(rig)),
  Out: both(async ({ rate, n }) => {
    const [a = 0, b = 0] = ugens.In[rate](2, 44)
    const effects = [ugens.Out[rate](44, n, 1), ugens.Out[rate](44, n, 2)]
    await equals([[a, (i) => 2 * i], [b, () => 3]], { effects }) // prettier-ignore
  }),
  XOut: both(async ({ rate, n }) => {
    const [a = 0, b = 0, c = 0, d = 0] = ugens.In[rate](4, 50)
    const effects = [
      ugens.Out[rate](50, n, 8),
      ugens.XOut[rate](50, 0.25, mul(n, 5), 4),
      ugens.XOut[rate](52, 0.25, mul(n, 8), 4),
    ]
    // where nothing was written before, it fades with silence
    await equals([[a, (i) => 2 * i], [b, () => 7], [c, (i) => 2 * i], [d, () => 1]], { effects }) // prettier-ignore
  }),
  ReplaceOut: both(async ({ rate, n }) => {
    const [a = 0, b = 0] = ugens.In[rate](2, 46)
    const effects = [ugens.Out[rate](46, n, 1), ugens.ReplaceOut[rate](46, mul(n, 5), 2)]
    await equals([[a, (i) => 5 * i], [b, () => 2]], { effects }) // prettier-ignore
  }),
}

/** Up by 1/5 a value from 5 on, down by 1/10 from 20 on. */
function slope(i: number): number {
  return i < 20 ? Math.max(0, Math.min(1, (i - 4) / 5)) : Math.max(0, 1 - (i - 19) / 10)
}

/** Infinite at 5, else no number. */
function bad({ n, delta }: Pick<Rig, 'n' | 'delta'>): Signal {
  return binaryOp('div', delta(5), min(n, 0))
}
