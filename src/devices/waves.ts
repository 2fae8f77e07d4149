import {
  add,
  binaryOp,
  clip,
  clip2,
  div,
  max,
  mul,
  mulAdd,
  rateOf,
  sub,
  ugens,
  unaryOp,
  type Signal,
} from '../ugens/index.ts'
import { ceiling, highest } from './biquad.ts'
import type { Choice } from './define.ts'

const { LFSaw, LFTri, Pulse, SampleDur, Saw, SinOsc } = ugens

export type Waveform = 'saw' | 'sine' | 'triangle' | 'pulse'

/**
 * A band-limited wave. `Saw` and `Pulse` read their frequency once a block, so where it moves at audio rate the waves
 * are made from a phase, which also may run backwards: dearer, but only there. What would lie above Nyquist stays just
 * below it: the server's triangle grows without end there.
 */
export function wave(waveform: Choice<Waveform>, wanted: Signal, width: Signal): Signal {
  const fast = rateOf(wanted) === 'audio'
  const frequency = fast ? clip2(wanted, ceiling()) : highest(wanted)
  return waveform.select({
    sine: () => SinOsc.ar(frequency),
    saw: () => (fast ? mul(smoothSaw(LFSaw.ar(frequency), frequency), 0.5) : Saw.ar(frequency)),
    triangle: () => (fast ? mulAdd(unaryOp('abs', LFSaw.ar(frequency)), -2, 1) : LFTri.ar(frequency)),
    pulse: () => (fast ? smoothPulse(LFSaw.ar(frequency), frequency, width) : Pulse.ar(frequency, width)),
  })
}

/**
 * A saw −1..1 whose step is spread over two samples (PolyBLEP, a polynomial residual: Välimäki and Huovilainen,
 * "Antialiasing oscillators in subtractive synthesis", 2007).
 */
function smoothSaw(phase: Signal, frequency: Signal): Signal {
  // samples per unit of phase: the saw climbs by 2 in a period
  const perPhase = div(0.5, max(mul(unaryOp('abs', frequency), SampleDur.ir()), 1e-5))
  const after = clip(mul(add(phase, 1), perPhase), 0, 1)
  const before = clip(mul(sub(1, phase), perPhase), 0, 1)
  return add(phase, sub(unaryOp('squared', sub(1, after)), unaryOp('squared', sub(1, before))))
}

/** A pulse as the difference of two saws, without DC, as high as that of `Pulse`. */
function smoothPulse(phase: Signal, frequency: Signal, width: Signal): Signal {
  const shifted = sub(binaryOp('mod', add(phase, add(1, mul(width, 2))), 2), 1)
  return mul(sub(smoothSaw(shifted, frequency), smoothSaw(phase, frequency)), 0.5)
}
