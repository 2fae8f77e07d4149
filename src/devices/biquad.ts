import { div, max, min, mul, pow, sub, ugens, unaryOp, type Signal } from '../ugens/index.ts'

const { BPF, BRF, ControlDur, ControlRate, HPZ1, Lag, RHPF, RLPF, SampleDur, SampleRate, Slew } = ugens

export type FilterKind = 'lowpass' | 'highpass' | 'bandpass' | 'notch'

/** Growth of an oscillation that starts by itself, per sample at the most: a tenth in a block, which a loop of one block can hold. */
const growth = 0.0008
/** And per radian: what is slow must grow slowly, or its level would be regulated within its period. */
const growthPerRadian = 0.02
/** Peak at which a self-oscillation settles. */
const sustained = 0.5

/** Largest ω·rq for which the server's filters are well behaved. */
const steadiest = 1.5

/** How much more than the bare minimum the damping of a moving cutoff is, as the server's coefficients go in straight lines. */
const margin = 1.5
/** A rising cutoff: the period may fall to this share of itself in a block … */
const shortest = 0.6
/** … and by this share of a radian's time in that time. */
const quickest = 0.4

/** The highest frequency in use: a little below Nyquist. */
export const ceiling = (): Signal => mul(SampleRate.ir(), 0.49)

/** A frequency that a filter or an oscillator can take: below Nyquist whatever the sample rate. */
export const highest = (frequency: Signal): Signal => min(frequency, ceiling())

/**
 * The server's own filter of second order: cheapest, its cutoff at control rate. Its damping is `tan(ω·rq/2)`, which
 * blows up where ω·rq comes near π: so `rq` is held below that, in the highest octaves.
 *
 * @param rq reciprocal of Q
 */
export function plainFilter(kind: FilterKind, x: Signal, frequency: Signal, rq: Signal): Signal {
  const [safe, sweep] = kind === 'lowpass' ? falling(highest(frequency)) : rising(highest(frequency))
  const steady = min(max(rq, sweep), div(mul(SampleRate.ir(), steadiest / (2 * Math.PI)), safe))
  switch (kind) {
    case 'lowpass':
      return RLPF.ar(x, safe, steady)
    case 'highpass':
      return RHPF.ar(x, safe, steady)
    case 'bandpass':
      return BPF.ar(x, safe, steady)
    case 'notch':
      return BRF.ar(x, safe, steady)
  }
}

/**
 * A cutoff and the damping (as `rq`) that it needs while it moves. What a low-pass keeps from sample to sample is a
 * position and a speed, and the speed takes a swing of speed / ω: as ω falls, the swing grows, and goes on growing at
 * every turn of an LFO. A damping as fast as the fall takes that away; for a slow sweep it is too small to be heard.
 */
function falling(frequency: Signal): [cutoff: Signal, rq: Signal] {
  const perOmega = mul(ControlRate.ir(), (-2 * margin) / (2 * Math.PI))
  return [frequency, mul(div(HPZ1.kr(frequency), mul(frequency, frequency)), perOmega)]
}

/**
 * The same for the other kinds, which put out speeds: there it is the rise that makes louder, by its third power, and
 * faster than the filter swings no damping helps. So the period falls to {@link shortest} of itself in a block at the
 * most, and not faster than {@link quickest} of a swing.
 */
function rising(frequency: Signal): [cutoff: Signal, rq: Signal] {
  const blocks = Math.log(0.001) / Math.log(shortest)
  const followed = Lag.kr(unaryOp('reciprocal', frequency), mul(ControlDur.ir(), blocks))
  const period = Slew.kr(followed, 1e6, 2 * Math.PI * quickest)
  const perOmega = mul(ControlRate.ir(), (-2 * 2 * margin) / (2 * Math.PI))
  return [unaryOp('reciprocal', period), mul(HPZ1.kr(period), perOmega)]
}

/**
 * Growth to add to a pole so that a filter sustains a sine when its resonance comes near 1: it outweighs the pole's own
 * decay while the filter is quieter than a set level, and falls far below it when it is louder.
 */
export function regeneration(frequency: Signal, resonance: Signal, rq: Signal, level: Signal): Signal {
  const omega = radians(highest(frequency))
  const rate = min(mul(growthPerRadian, unaryOp('sin', omega)), growth)
  const much = unaryOp('squared', mul(level, 1 / sustained))
  return mul(pow(resonance, 16), sub(mul(omega, rq, 0.5), mul(rate, sub(much, 1))))
}

const radians = (frequency: Signal): Signal => mul(frequency, 2 * Math.PI, SampleDur.ir())
