import { add, div, min, mul, neg, pow, sub, ugens, unaryOp, type Signal } from '../ugens/index.ts'

const { BPF, BRF, RHPF, RLPF, SampleDur, SampleRate, SOS } = ugens

export type FilterKind = 'lowpass' | 'highpass' | 'bandpass' | 'notch'

/** Growth of an oscillation that starts by itself, per sample at the most: a tenth in a block, which a loop of one block can hold. */
const growth = 0.0008
/** And per radian: what is slow must grow slowly, or its level would be regulated within its period. */
const growthPerRadian = 0.02
/** Peak at which a self-oscillation settles. */
const sustained = 0.5

/** Largest ω·rq for which the server's filters are well behaved. */
const steadiest = 1.5

/** A frequency that a filter can take: below Nyquist whatever the sample rate. */
export function highest(frequency: Signal): Signal {
  return min(frequency, mul(SampleRate.ir(), 0.49))
}

/**
 * The server's own filter of second order: cheapest, its cutoff at control rate. Its damping is `tan(ω·rq/2)`, which
 * blows up where ω·rq comes near π: so `rq` is held below that, in the highest octaves.
 *
 * @param rq reciprocal of Q
 */
export function plainFilter(kind: FilterKind, x: Signal, frequency: Signal, rq: Signal): Signal {
  const safe = highest(frequency)
  const steady = min(rq, div(mul(SampleRate.ir(), steadiest / (2 * Math.PI)), safe))
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
 * A filter of second order whose cutoff may move at audio rate. Coefficients: Robert Bristow-Johnson, "Cookbook formulae
 * for audio equalizer biquad filter coefficients".
 *
 * @param rq reciprocal of Q
 * @param extraDamping added to the damping of the poles alone; below zero the filter oscillates
 */
export function biquad(
  kind: FilterKind,
  x: Signal,
  frequency: Signal,
  rq: Signal,
  extraDamping: Signal,
): Signal {
  const omega = radians(highest(frequency))
  const cosine = unaryOp('cos', omega)
  const damping = dampingOf(omega, rq)
  const alpha = add(damping, extraDamping)
  const scale = unaryOp('reciprocal', add(1, alpha))
  const coefficients = [...numerator(kind, cosine, damping), mul(2, cosine), sub(alpha, 1)]
  return SOS.ar(x, ...coefficients.map((coefficient) => mul(coefficient, scale)))
}

/**
 * Damping to add so that a filter sustains a sine when its resonance comes near 1: below its own damping while the
 * filter is quieter than a set level, far above when it is louder.
 */
export function regeneration(frequency: Signal, resonance: Signal, rq: Signal, level: Signal): Signal {
  const omega = radians(highest(frequency))
  const rate = min(mul(growthPerRadian, unaryOp('sin', omega)), growth)
  const much = unaryOp('squared', mul(level, 1 / sustained))
  return mul(pow(resonance, 16), sub(mul(rate, sub(much, 1)), dampingOf(omega, rq)))
}

const radians = (frequency: Signal): Signal => mul(frequency, 2 * Math.PI, SampleDur.ir())

/** The damping that the server's filters give themselves; see {@link plainFilter}. */
const dampingOf = (omega: Signal, rq: Signal): Signal =>
  unaryOp('tan', mul(min(mul(omega, rq), steadiest), 0.5))

function numerator(kind: FilterKind, cosine: Signal, damping: Signal): readonly [Signal, Signal, Signal] {
  switch (kind) {
    case 'lowpass':
      return [mul(sub(1, cosine), 0.5), sub(1, cosine), mul(sub(1, cosine), 0.5)]
    case 'highpass':
      return [mul(add(1, cosine), 0.5), neg(add(1, cosine)), mul(add(1, cosine), 0.5)]
    case 'bandpass':
      return [damping, 0, neg(damping)]
    case 'notch':
      return [1, mul(-2, cosine), 1]
  }
}
