import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { decodeSynthDefs, type Command, type ControlValue, type SynthDef } from '../../src/scsynth/index.ts'
import {
  add,
  clip,
  compileSynthDef,
  control,
  makeUGen,
  mul,
  mulAdd,
  sub,
  tanh,
  ugens,
  unaryOp,
  type Signal,
} from '../../src/ugens/index.ts'
import { maxDifferenceDb, rms } from '../audio/ear.ts'
import { play } from '../ugens/play.ts'

const { AllpassC, CombL, Decay, Decay2, DelayC, EnvGen, FreeVerb2, Impulse, In, Lag, LFPulse } = ugens
const { LFTri, LocalIn, LocalOut, LPF, Out, Pan2, Pulse, RLPF, Saw, Select, SinOsc, VarSaw } = ugens

/** Segments of an envelope with one curvature: level and time of each. */
const curved = (curve: number, ...segments: (readonly [level: number, time: number])[]): number[] =>
  segments.flatMap(([level, time]) => [level, time, 5, curve])
const out = control('out', 0)
const freq = (value: number): Signal => control('freq', value)
const amp = (value: number): Signal => control('amp', value)

interface Case {
  /** The graph of `sources.scd` in our language. */
  readonly graph: () => readonly Signal[]
  readonly controls?: Readonly<Record<string, ControlValue>>
  /** Controls that change, by block. */
  readonly later?: Readonly<Record<number, Readonly<Record<string, number>>>>
  /** A synth that runs before it and writes to buses. */
  readonly before?: () => readonly Signal[]
}

const cases: Readonly<Record<string, Case>> = {
  sine: {
    graph: () => [Out.ar(out, mul(SinOsc.ar(freq(440)), amp(0.2)))],
    controls: { freq: 333, out: 1 },
    later: { 100: { freq: 500, amp: 0.5 } },
  },
  saw_rlpf: {
    graph: () => [Out.ar(out, mul(RLPF.ar(Saw.ar(freq(110)), control('cutoff', 1200), control('rq', 0.3)), amp(0.3)))],
    later: { 100: { cutoff: 3000, rq: 0.05 }, 200: { freq: 77, amp: 0.1 } },
  },
  adsr_gate: {
    graph: () => {
      const adsr = curved(-4, [1, 0.01], [0.6, 0.2], [0, 0.4])
      const envelope = EnvGen.kr(control('gate', 1), 1, 0, 1, 2, 0, 3, 2, -99, ...adsr)
      return [Out.ar(out, mul(Pulse.ar(freq(220), 0.3), envelope, amp(0.3)))]
    },
    later: { 200: { gate: 0 } },
  },
  perc_free: {
    graph: () => {
      const envelope = EnvGen.ar(1, 1, 0, 1, 2, 0, 2, -99, -99, ...curved(-4, [1, 0.005], [0, 0.5]))
      const tone = mul(SinOsc.ar(freq(330)), envelope)
      return [Out.ar(out, tone, tone)]
    },
  },
  pan_stereo: {
    graph: () => [Out.ar(out, ...Pan2.ar(mul(LFTri.ar(200), 0.2), control('pan', 0.25)))],
    later: { 150: { pan: -0.8 } },
  },
  trig_array_controls: {
    graph: () => {
      const tones = [200, 300, 400].map((value, i) => SinOsc.ar(control(`freqs${i}`, value)))
      const envelope = Decay2.kr(control('t_trig', 1, { rate: 'trigger' }), 0.01, 0.4)
      return [Out.ar(out, mul(add(...tones), envelope, 0.1))]
    },
    later: { 180: { t_trig: 1.5 }, 200: { t_trig: 0.5 } },
  },
  audio_control: {
    graph: () => {
      const mod = control('mod', 0, { rate: 'audio' })
      return [Out.ar(out, mul(SinOsc.ar(mulAdd(mod, 100, 220)), 0.2))]
    },
    controls: { mod: { audioBus: 20 } },
    before: () => [Out.ar(20, SinOsc.ar(70))],
  },
  bus_in: {
    graph: () => {
      const position = clip(In.kr(1, control('cBus', 4))[0] ?? 0, 0, 1)
      const [cutoff = 0] = makeUGen('LinExp', 'control', [position, 0, 1, 20, 20000])
      return [Out.ar(out, LPF.ar(In.ar(1, control('inBus', 16))[0] ?? 0, cutoff))]
    },
    before: () => [Out.ar(16, Saw.ar(150)), Out.kr(4, mulAdd(SinOsc.kr(2), 0.6, 0.5))],
  },
  sum_of_six: {
    graph: () => [Out.ar(out, mul(add(...[1, 2, 3, 4, 5, 6].map((i) => SinOsc.ar(100 * i))), 0.05))],
  },
  muladd_fold: {
    graph: () => {
      const [x, a] = [mulAdd(SinOsc.kr(2), 0.5, 0.5), control('a', 3)]
      return [Out.ar(out, mul(SinOsc.ar(add(mul(x, 2, 3), mul(a, 0), 300, mul(1, a))), 0.1))]
    },
    later: { 100: { a: 50 } },
  },
  local_feedback: {
    graph: () => {
      const source = mul(Decay.ar(Impulse.ar(1), 0.1), SinOsc.ar(500), 0.2)
      const loop = mul(LocalIn.ar(1, 0)[0] ?? 0, control('fb', 0.6))
      const echo = DelayC.ar(add(source, loop), 1, control('time', 0.25))
      return [LocalOut.ar(echo), Out.ar(out, add(source, echo))]
    },
    controls: { time: 0.13, fb: 0.8 },
  },
  select_unary: {
    graph: () => {
      const tone = freq(200)
      const waves = [SinOsc.ar(tone), Saw.ar(tone), sub(mul(LFPulse.ar(tone), 2), 1)]
      const wave = Select.ar(control('which', 1), ...waves)
      return [Out.ar(out, add(mul(tanh(mul(wave, 3)), 0.1), mul(unaryOp('sqrt', unaryOp('abs', wave)), 0.01)))]
    },
    later: { 100: { which: 0 }, 200: { which: 2 } },
  },
  verb_chain: {
    graph: () => {
      const click = mul(Impulse.ar(2), 0.3)
      const wet = add(CombL.ar(click, 0.2, 0.11, 2), AllpassC.ar(click, 0.2, 0.05, 1))
      return [Out.ar(out, ...FreeVerb2.ar(wet, wet, 0.4, 0.8, 0.3))]
    },
  },
  lag_ir: {
    graph: () => {
      const frequency = mul(Lag.kr(freq(300), 0.1), control('i_det', 1.01, { rate: 'scalar' }))
      return [Out.ar(out, mul(VarSaw.ar(frequency, 0, 0.3), 0.1))]
    },
    controls: { i_det: 0.98 },
    later: { 100: { freq: 450 } },
  },
}

const golden = (name: string): SynthDef =>
  decodeSynthDefs(new Uint8Array(readFileSync(`test/golden/${name}.scsyndef`)))[0] as SynthDef

/** 1.3 seconds of the first two outputs. */
async function render(def: SynthDef, { controls = {}, later = {}, before = () => [] }: Case): Promise<readonly Float32Array[]> {
  const writer = { def: compileSynthDef('writer', before()) }
  const commands = Object.entries(later).map(([block, values]): [number, Command[]] => [
    Number(block),
    [{ call: '/n_set', id: 1001, controls: values }],
  ])
  return (await play([writer, { def, controls }], 490, Object.fromEntries(commands))).channels.slice(0, 2)
}

describe('the graphs of sources.scd in our language', () => {
  it('are all there', () => {
    const files = readdirSync('test/golden').filter((name) => name.endsWith('.scsyndef'))
    expect(Object.keys(cases).map((name) => `${name}.scsyndef`).toSorted()).toEqual(files.toSorted()) // prettier-ignore
  })

  it.each(Object.entries(cases))('%s sounds as what sclang compiled', async (name, given) => {
    const expected = await render(golden(name), given)
    const found = await render(compileSynthDef(name, given.graph()), given)
    expect(Math.max(...expected.map(rms))).toBeGreaterThan(0.001)
    for (const [i, channel] of found.entries())
      expect(maxDifferenceDb(channel, expected[i] as Float32Array)).toBeLessThan(-120)
  })

  it.each(Object.entries(cases))('%s has the controls that sclang gave it', (name, { graph }) => {
    const defaults = ({ parameterNames, parameters }: SynthDef): Record<string, number | undefined> =>
      Object.fromEntries(parameterNames.map(({ name, index }) => [name, parameters[index]]))
    // An array of controls is three of them here.
    const { freqs, ...expected } = defaults(golden(name))
    const arrays = freqs === undefined ? {} : { freqs0: 200, freqs1: 300, freqs2: 400 }
    expect(defaults(compileSynthDef(name, graph()))).toEqual({ ...expected, ...arrays })
  })
})
