import { autocorrelation, peaks, spectrum, windowOf, type Window } from './fft.ts'

/** What a listener would notice, measured. Signals are samples of one channel; levels are amplitudes, 1 is full scale. */
type Signal = Float32Array

export { peaks, spectrum, type Window } from './fft.ts'

/** Root of the mean square: a sine of amplitude 1 has 0.707. */
export function rms(signal: Signal): number {
  let sum = 0
  for (const x of signal) sum += x * x
  return signal.length === 0 ? 0 : Math.sqrt(sum / signal.length)
}

/** Largest absolute value; NaN if there is one. */
export function peak(signal: Signal): number {
  let most = 0
  for (const x of signal) most = Math.max(most, Math.abs(x))
  return most
}

/** An amplitude in decibels: 1 is 0 dB, 0 is −Infinity. */
export const db = (amplitude: number): number => 20 * Math.log10(amplitude)

/** The mean. */
export function dc(signal: Signal): number {
  let sum = 0
  for (const x of signal) sum += x
  return signal.length === 0 ? 0 : sum / signal.length
}

/** Whether any sample is no finite number. */
export const hasNaN = (signal: Signal): boolean => signal.some((x) => !Number.isFinite(x))

/** How far `b` is above `a`, in cents. */
export const cents = (a: number, b: number): number => 1200 * Math.log2(b / a)

/** The complex amplitude of a frequency: windowed, and taken against the phase that it has at sample `origin`. */
function phasor(
  signal: Signal,
  from: number,
  to: number,
  radians: number,
): readonly [re: number, im: number] {
  const weights = windowOf('blackman-harris', to - from)
  let re = 0
  let im = 0
  let sum = 0
  for (let i = 0; i < weights.length; i++) {
    const x = weights[i]! * signal[from + i]!
    re += x * Math.cos(radians * i)
    im -= x * Math.sin(radians * i)
    sum += weights[i]!
  }
  return [(2 * re) / sum, (2 * im) / sum]
}

/** Amplitude of the partial at a frequency. Others should be at least 4 / (length of the signal in seconds) Hz away. */
export function levelAt(signal: Signal, sampleRate: number, frequency: number): number {
  return Math.hypot(...phasor(signal, 0, signal.length, (2 * Math.PI * frequency) / sampleRate))
}

/**
 * Pitch in Hz of a steady tone with a fundamental, exact to well below 0.2 cent. The signal should hold 12 periods or more.
 * NaN for silence.
 */
export function fundamental(signal: Signal, sampleRate: number): number {
  const mean = dc(signal)
  const centred = signal.map((x) => x - mean)
  // The period: the first lag at which the signal is nearly as like itself as at any other.
  const alike = autocorrelation(centred.subarray(0, 16384))
  // Lags here are quarters of a sample.
  const tops: { lag: number; height: number }[] = []
  const past = alike.findIndex((x) => x < 0)
  if (past < 0) return NaN
  for (let lag = past; lag < alike.length / 2; lag++) {
    const [a, b, c] = [alike[lag - 1]!, alike[lag]!, alike[lag + 1]!]
    if (b <= a || b < c || b <= 0) continue
    const shift = (a - c) / (2 * (a - 2 * b + c))
    tops.push({ lag: (lag + shift) / 4, height: b - ((a - c) * shift) / 4 })
  }
  const highest = tops.reduce((most, top) => Math.max(most, top.height), 0)
  const period = tops.find((top) => top.height >= 0.9 * highest)?.lag
  if (period === undefined) return NaN
  // The partial near it, from the spectrum.
  const guess = sampleRate / period
  const near = peaks(spectrum(centred, sampleRate), -80).find((p) => Math.abs(p.frequency / guess - 1) < 0.06)
  const coarse = near?.frequency ?? guess
  // The rest from how far its phase turns between the two halves.
  const radians = (2 * Math.PI * coarse) / sampleRate
  const half = Math.floor(centred.length / 2)
  const [re1, im1] = phasor(centred, 0, half, radians)
  const [re2, im2] = phasor(centred, half, 2 * half, radians)
  const turn = (Math.atan2(im2, re2) - Math.atan2(im1, re1) - radians * half) / (2 * Math.PI)
  return coarse + ((turn - Math.round(turn)) * sampleRate) / half
}

/** The level around each sample, in a window centred on it: RMS, or the largest absolute value. */
export function envelopeOf(
  signal: Signal,
  sampleRate: number,
  windowMs: number,
  kind: 'rms' | 'peak' = 'rms',
): Float64Array {
  const half = Math.max(0, Math.round((windowMs * sampleRate) / 2000))
  const n = signal.length
  if (kind === 'rms') {
    const sums = new Float64Array(n + 1)
    for (let i = 0; i < n; i++) sums[i + 1] = sums[i]! + signal[i]! ** 2
    return Float64Array.from({ length: n }, (_, i) => {
      const [from, to] = [Math.max(0, i - half), Math.min(n, i + half + 1)]
      return Math.sqrt(Math.max(0, sums[to]! - sums[from]!) / (to - from))
    })
  }
  // Candidates for the maximum, falling: a smaller one before a larger one can never be it.
  const candidates = new Int32Array(n)
  let [first, last, next] = [0, 0, 0]
  return Float64Array.from({ length: n }, (_, i) => {
    for (; next < Math.min(n, i + half + 1); next++) {
      while (last > first && Math.abs(signal[candidates[last - 1]!]!) <= Math.abs(signal[next]!)) last--
      candidates[last++] = next
    }
    while (candidates[first]! < i - half) first++
    return Math.abs(signal[candidates[first]!]!)
  })
}

/** Seconds until the signal first reaches `part` of its largest absolute value. Default: 0.99. */
export function timeToPeak(signal: Signal, sampleRate: number, part = 0.99): number {
  const goal = part * peak(signal)
  return signal.findIndex((x) => Math.abs(x) >= goal) / sampleRate
}

/** Seconds from the loudest moment until the level has fallen by `fallDb` for good; Infinity if it has not at the end. */
export function decayTime(
  signal: Signal,
  sampleRate: number,
  { fallDb = 60, windowMs = 10 }: { readonly fallDb?: number; readonly windowMs?: number } = {},
): number {
  const envelope = envelopeOf(signal, sampleRate, windowMs)
  const loudest = envelope.reduce((best, x, i) => (x > envelope[best]! ? i : best), 0)
  const floor = envelope[loudest]! * 10 ** (-fallDb / 20)
  const last = envelope.findLastIndex((x) => x > floor)
  return last === envelope.length - 1 ? Infinity : (last + 1 - loudest) / sampleRate
}

/** Largest absolute second difference. */
export function sharpness(signal: Signal): number {
  let most = 0
  for (let i = 2; i < signal.length; i++)
    most = Math.max(most, Math.abs(signal[i]! - 2 * signal[i - 1]! + signal[i - 2]!))
  return most
}

/**
 * How much of a click an edit is: the largest second difference within ±50 ms of it ÷ the larger of the same in the
 * steady old and new sounds. A figure of 1 is none. Unless given, the steady sounds are the 200 ms before and after those
 * 100 ms. 0 in silence; Infinity for a sound between silences.
 */
export function clickFigure(
  signal: Signal,
  sampleRate: number,
  atSeconds: number,
  steady: { readonly before?: Signal; readonly after?: Signal } = {},
): number {
  const slice = (from: number, to: number): Signal =>
    signal.subarray(
      Math.max(0, Math.round((atSeconds + from) * sampleRate)),
      Math.max(0, Math.round((atSeconds + to) * sampleRate)),
    )
  const before = sharpness(steady.before ?? slice(-0.25, -0.05))
  const after = sharpness(steady.after ?? slice(0.05, 0.25))
  const edit = sharpness(slice(-0.05, 0.05))
  return edit === 0 ? 0 : edit / Math.max(before, after)
}

function sameLength(a: Signal, b: Signal): void {
  if (a.length !== b.length) throw new RangeError(`signals of ${a.length} and ${b.length} samples`)
}

/** How alike two signals are, level and mean left aside: 1 alike, 0 unrelated, −1 inverted; NaN if one is constant. */
export function correlation(a: Signal, b: Signal): number {
  sameLength(a, b)
  const [meanA, meanB] = [dc(a), dc(b)]
  let [ab, aa, bb] = [0, 0, 0]
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i]! - meanA, b[i]! - meanB]
    ab += x * y
    aa += x * x
    bb += y * y
  }
  return ab / Math.sqrt(aa * bb)
}

/** Largest difference of two samples, in dB of full scale; −Infinity if they are all equal, NaN if any is no number. */
export function maxDifferenceDb(a: Signal, b: Signal): number {
  sameLength(a, b)
  let most = 0
  for (let i = 0; i < a.length; i++) most = Math.max(most, Math.abs(a[i]! - b[i]!))
  return db(most)
}

/** Rate in Hz, up to `highest` (default 40), at which the level beats. The signal should hold 4 beats or more. */
export function beatRate(signal: Signal, sampleRate: number, highest = 40): number {
  const rate = 8 * highest
  const block = sampleRate / rate
  const power = Float64Array.from({ length: Math.floor(signal.length / block) }, (_, i) => {
    const part = signal.subarray(Math.round(i * block), Math.round((i + 1) * block))
    return rms(part) ** 2
  })
  const mean = power.reduce((a, b) => a + b, 0) / power.length
  const levels = spectrum(
    power.map((x) => x - mean),
    rate,
    { window: 'hann' },
  )
  return peaks(levels).find((p) => p.frequency <= highest)?.frequency ?? NaN
}

/**
 * Slope of the power density from `low` to `high` Hz, in dB per octave: white noise 0, pink −3, a saw −6. Of a line
 * spectrum, every third of an octave must hold a line. Of an impulse response take `window: 'rectangle'`.
 */
export function slopeDbPerOctave(
  signal: Signal,
  sampleRate: number,
  low: number,
  high: number,
  options: { readonly window?: Window } = {},
): number {
  const { amplitudes, binWidth } = spectrum(signal, sampleRate, options)
  const bands = Math.max(2, Math.round(3 * Math.log2(high / low)))
  const edge = (i: number): number => Math.round((low * (high / low) ** (i / bands)) / binWidth)
  const points = Array.from({ length: bands }, (_, i) => {
    const band = amplitudes.subarray(edge(i), Math.max(edge(i) + 1, edge(i + 1)))
    const power = band.reduce((sum, x) => sum + x * x, 0) / band.length
    return { x: Math.log2(high / low) * ((i + 0.5) / bands), y: 10 * Math.log10(power) }
  })
  const mean = (f: (p: { x: number; y: number }) => number): number =>
    points.reduce((sum, p) => sum + f(p), 0) / points.length
  const [x, y] = [mean((p) => p.x), mean((p) => p.y)]
  return mean((p) => (p.x - x) * (p.y - y)) / mean((p) => (p.x - x) ** 2)
}
