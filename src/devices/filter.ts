import { mul, mulAdd, pow, rateOf, toAudio, ugens, unaryOp, type Signal } from '../ugens/index.ts'
import { plainFilter, regeneration, type FilterKind } from './biquad.ts'
import { sweptFilter } from './sweep.ts'
import { choice, defineDevice, option, signal, value } from './define.ts'

const { Amplitude, Impulse, LocalIn, LocalOut } = ugens

/** Reciprocal of the Q of a Butterworth filter of second order: flat, without a peak. */
const flat = Math.SQRT2
/** Reciprocal Qs of the two sections of a Butterworth filter of fourth order. */
const [gentle, sharp] = [1.8478, 0.7654]
/** At full resonance the Q is this many times that of the flat filter. */
const highestQ = 1414
/** Level of the clicks that start a self-oscillation: −80 dB. */
const spark = 1e-4

/** A resonant filter. */
export const filter = defineDevice({
  title: 'Filter',
  doc: 'Resonant multimode filter with 12 or 24 dB per octave. Flat (Butterworth) without resonance; the more resonance, the quieter the rest, so that the whole stays equally loud. At full resonance it rings at its cutoff, for 2200 periods; with `selfOscillation` for ever.',
  ports: {
    in: signal('What is filtered.'),
    cutoff: value('Corner or centre frequency.', {
      min: 20,
      max: 20000,
      scale: 'pitch',
      unit: 'Hz',
      default: 1000,
      audio: true,
      spare: true,
    }),
    resonance: value('Emphasis at the cutoff: 0 is flat, 1 rings.', {
      min: 0,
      max: 1,
      default: 0,
      optional: true,
    }),
    mode: choice('What passes.', ['lowpass', 'highpass', 'bandpass', 'notch']),
  },
  options: {
    slope: option('Steepness in dB per octave.', [12, 24]),
    selfOscillation: option(
      'Full resonance sustains a sine at the cutoff; costs several times as much, as an audio signal on the cutoff does.',
      [false, true],
    ),
  },
  output: { rate: 'audio', polarity: 'bipolar', channels: 'inputs' },
  generator: { option: 'selfOscillation' },
  bounded: true,
  build({ in: input, cutoff, resonance = 0, mode }, { options: { slope, selfOscillation } }) {
    const quality = pow(1 / highestQ, resonance)
    // the peak of a band-pass is 1 at any Q, and a notch has none
    const narrow = mode.constant === 'bandpass' || mode.constant === 'notch'
    const quieter = narrow ? 1 : unaryOp('sqrt', quality)
    const levels = selfOscillation ? LocalIn.kr(input.length, ...input.map(() => 0)) : []
    // a sustained sine keeps its level: then it is the input that gets quieter, and a trace of clicks starts the sine
    const driven = selfOscillation
      ? input.map((x) => mulAdd(toAudio(x), quieter, mul(Impulse.ar(11), spark)))
      : input
    const section = (kind: FilterKind, x: Signal, rq: Signal, level?: Signal): Signal => {
      if (level !== undefined)
        return sweptFilter(kind, x, cutoff, rq, regeneration(cutoff, resonance, rq, level))
      return rateOf(cutoff) === 'audio' ? sweptFilter(kind, x, cutoff, rq) : plainFilter(kind, x, cutoff, rq)
    }
    const filtered = (kind: FilterKind, channel: number): Signal => {
      const x = driven[channel] ?? 0
      const level = levels[channel]
      if (slope === 12) return section(kind, x, mul(quality, flat), level)
      const [first, second] =
        kind === 'bandpass' || kind === 'notch' ? [mul(quality, flat), flat] : [gentle, sharp]
      return section(kind, section(kind, x, first), mul(quality, second), level)
    }
    const signal = input.map((_, channel) =>
      mode.select({
        lowpass: () => filtered('lowpass', channel),
        highpass: () => filtered('highpass', channel),
        bandpass: () => filtered('bandpass', channel),
        notch: () => filtered('notch', channel),
      }),
    )
    if (!selfOscillation) return { signal, gain: quieter }
    return { signal, effects: [LocalOut.kr(...signal.map((x) => Amplitude.kr(x, 0.01, 0.03)))] }
  },
})
