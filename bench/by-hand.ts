import { encodeSynthDefs, type SynthDef } from '../src/scsynth/index.ts'
import { ugen, type Signal } from '../src/index.ts'
import { createOfflineEngine, type OfflineEngine } from '../src/engine/index.ts'

const { add, compileSynthDef, control, midicps, mul, mulAdd, ugens } = ugen
const { CombL, ControlDur, ControlRate, DelayL, EnvGen, FreeVerb2, In, Out, RLPF, Saw, SinOsc } = ugens

/** The voice of POLY-MONO as one would write it by hand for scsynth: one SynthDef, one Out. */
function voiceDef(out: Signal): SynthDef {
  const [freq, gate] = [control('freq', 440), control('gate', 0)]
  const adsr = (a: number, d: number, s: number, r: number): Signal => {
    const whole = (t: number): Signal =>
      mul(add(ugen.binaryOp('round', mul(t, ControlRate.ir()), 1), 0.001), ControlDur.ir())
    return EnvGen.kr(
      gate,
      1,
      0,
      1,
      0,
      0,
      3,
      2,
      -99,
      1,
      whole(a),
      5,
      -4,
      s,
      whole(d),
      5,
      -4,
      0,
      whole(r),
      5,
      -4,
    )
  }
  const saws = add(Saw.ar(freq), Saw.ar(mul(freq, 2 ** (0.07 / 12))), Saw.ar(mul(freq, 0.5)))
  const note = add(mulAdd(adsr(0.02, 0.3, 0.6, 0.3), 36, 74.37), mul(SinOsc.kr(5, 0), 2))
  const filtered = RLPF.ar(saws, midicps(note), 0.16)
  return compileSynthDef('voice', [Out.ar(out, mul(filtered, mul(adsr(0.01, 0.3, 0.7, 0.3), 0.05)))])
}

/** Chorus, delay and reverb of POLY-SUB in one SynthDef. */
function effectsDef(bus: number): SynthDef {
  const [dry] = In.ar(1, bus) as [Signal]
  const line = (phase: number): Signal => DelayL.ar(dry, 0.05, mulAdd(SinOsc.kr(0.8, phase), 0.004, 0.012))
  const wide = [0, Math.PI / 2].map((phase) => mul(add(dry, line(phase)), 0.5))
  const echoed = wide.map((x) => add(mul(x, 0.7), mul(CombL.ar(x, 2, 0.35, 2.6), 0.3)))
  return compileSynthDef('effects', [
    Out.ar(0, ...FreeVerb2.ar(echoed[0] as Signal, echoed[1] as Signal, 0.3, 0.7, 0.5)),
  ])
}

/** Starts the hand-written version with some voices held. */
export async function byHand(voices: number, effects: boolean): Promise<OfflineEngine> {
  const engine = await createOfflineEngine()
  const defs = effects ? [voiceDef(16), effectsDef(16)] : [voiceDef(0)]
  await engine.load(defs.map((def) => ({ name: def.name, bytes: encodeSynthDefs([def]) })))
  if (effects)
    await engine.transact([
      { call: '/s_new', def: 'effects', id: 3000, action: 'tail', target: 0, controls: {} },
    ])
  for (let i = 0; i < voices; i++)
    await engine.transact([
      {
        call: '/s_new',
        def: 'voice',
        id: 1000 + i,
        action: 'head',
        target: 0,
        controls: { freq: noteHertz(i), gate: 1 },
      },
    ])
  return engine
}

export const noteOf = (i: number): number => 36 + ((i * 7) % 60)
export const noteHertz = (i: number): number => 440 * 2 ** ((noteOf(i) - 69) / 12)
