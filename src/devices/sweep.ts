import { add, clip, div, mul, mulAdd, sub, toAudio, ugens, unaryOp, type Signal } from '../ugens/index.ts'
import type { FilterKind } from './biquad.ts'

const { OneZero, SampleDur, SampleRate, SinOsc, SOS } = ugens

/** Frequencies that a swept filter can take, relative to the sample rate. */
const highestShare = 0.45

/**
 * A filter of second order whose cutoff may move anyhow, at any rate. What rings is one complex pole, turned to 0 Hz: the
 * input times an oscillator at the cutoff, through two one-poles, and back. A pole that only shrinks cannot gain from
 * being turned, so no modulation makes it louder than its input times 2Q: where a direct form has a state that means
 * something else at every cutoff, here it is an amplitude. The zeros are those of the bilinear transform.
 *
 * @param rq reciprocal of Q, below 2, at control rate
 * @param growth added to the logarithm of the pole's radius: above 0 the filter may oscillate
 */
export function sweptFilter(
  kind: FilterKind,
  x: Signal,
  frequency: Signal,
  rq: Signal,
  growth: Signal = 0,
): Signal {
  // interpolated: coefficients in straight lines from block to block would not belong together
  const safe = clip(toAudio(frequency), 20, mul(SampleRate.ir(), highestShare))
  const omega = mul(safe, 2 * Math.PI, SampleDur.ir())
  const turn = unaryOp('sqrt', sub(1, mul(rq, rq, 0.25)))
  const natural = unaryOp('exp', mul(omega, mul(rq, -0.5)))
  const radius = growth === 0 ? natural : unaryOp('exp', add(mul(omega, mul(rq, -0.5)), growth))
  const angle = mul(omega, turn)
  const drive = sub(1, natural)

  const [cosine, sine] = [Math.PI / 2, 0].map((phase) => SinOsc.ar(mul(safe, turn), phase)) as [
    Signal,
    Signal,
  ]
  const driven = mul(OneZero.ar(x, 0.5), drive)
  const [a, b] = [cosine, sine].map((carrier) => onePole(mul(driven, carrier), radius)) as [Signal, Signal]
  const real = add(mul(a, cosine), mul(b, sine))
  const imaginary = sub(mul(a, sine), mul(b, cosine))

  const half = unaryOp('sin', mul(angle, 0.5))
  const squared = mul(half, half)
  const inner = mul(radius, mulAdd(squared, -2, 1))
  const outer = unaryOp('reciprocal', mul(radius, unaryOp('sin', angle)))
  const gap = sub(1, radius)
  // `natural` also where the radius grows: so the sine of an oscillation is in every kind
  const band = (): Signal => mul(sub(real, mul(mul(sub(1, inner), outer), imaginary)), add(1, natural))
  const low = (): Signal => {
    const level = div(add(mul(gap, gap, 0.5), mul(radius, squared, 2)), drive)
    return mul(add(real, mul(mul(add(1, inner), outer), imaginary)), level)
  }
  switch (kind) {
    case 'lowpass':
      return low()
    case 'highpass':
      return sub(sub(x, low()), band())
    case 'bandpass':
      return band()
    case 'notch':
      return sub(x, band())
  }
}

/** `y = x + radius · y'`. All coefficients at audio rate: with mixed rates the server reads them once a block. */
const onePole = (x: Signal, radius: Signal): Signal => {
  const [none, one] = [toAudio(0), toAudio(1)]
  return SOS.ar(x, one, none, none, radius, none)
}
