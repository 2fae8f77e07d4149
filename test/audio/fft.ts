/** Complex Fourier transform in place (radix 2, forward, not scaled). The length is a power of two. */
function fft(re: Float64Array, im: Float64Array): void {
  const n = re.length
  for (let i = 1, j = 0; i < n; i++) {
    let bit = n >> 1
    for (; j & bit; bit >>= 1) j ^= bit
    j ^= bit
    if (i < j) {
      ;[re[i], re[j]] = [re[j]!, re[i]!]
      ;[im[i], im[j]] = [im[j]!, im[i]!]
    }
  }
  for (let size = 2; size <= n; size *= 2) {
    const half = size / 2
    for (let k = 0; k < half; k++) {
      // A fresh cosine for each k, as a running product would lose precision.
      const c = Math.cos((2 * Math.PI * k) / size)
      const s = -Math.sin((2 * Math.PI * k) / size)
      for (let i = k; i < n; i += size) {
        const j = i + half
        const x = re[j]! * c - im[j]! * s
        const y = re[j]! * s + im[j]! * c
        re[j] = re[i]! - x
        im[j] = im[i]! - y
        re[i]! += x
        im[i]! += y
      }
    }
  }
}

/** `blackman-harris` has side lobes below −92 dB, `hann` narrower peaks, `rectangle` is for impulse responses. */
export type Window = 'rectangle' | 'hann' | 'blackman-harris'

const cosines: Readonly<Record<Window, readonly number[]>> = {
  rectangle: [1],
  hann: [0.5, -0.5],
  'blackman-harris': [0.35875, -0.48829, 0.14128, -0.01168],
}

export function windowOf(kind: Window, length: number): Float64Array {
  return Float64Array.from({ length }, (_, i) =>
    cosines[kind].reduce((sum, a, k) => sum + a * Math.cos((2 * Math.PI * k * i) / length), 0),
  )
}

/** Amplitudes at multiples of `binWidth` Hz, scaled so that a sine of amplitude a has a peak of a. */
export interface Spectrum {
  readonly binWidth: number
  readonly amplitudes: Float64Array
}

/** Spectrum of the whole signal, padded with zeros to a power of two. */
export function spectrum(
  signal: ArrayLike<number>,
  sampleRate: number,
  { window = 'blackman-harris' }: { readonly window?: Window } = {},
): Spectrum {
  const size = 2 ** Math.ceil(Math.log2(Math.max(2, signal.length)))
  const re = new Float64Array(size)
  const weights = windowOf(window, signal.length)
  for (let i = 0; i < signal.length; i++) re[i] = signal[i]! * weights[i]!
  const im = new Float64Array(size)
  fft(re, im)
  const scale = 2 / weights.reduce((a, b) => a + b, 0)
  const amplitudes = Float64Array.from({ length: size / 2 + 1 }, (_, i) => scale * Math.hypot(re[i]!, im[i]!))
  amplitudes[0]! /= 2
  return { binWidth: sampleRate / size, amplitudes }
}

export interface Peak {
  /** Hz, interpolated between bins. */
  readonly frequency: number
  readonly amplitude: number
}

/** Local maxima of a spectrum, loudest first, down to `floorDb` below the loudest. Default: −60. */
export function peaks({ amplitudes, binWidth }: Spectrum, floorDb = -60): Peak[] {
  const found: Peak[] = []
  const floor = amplitudes.reduce((a, b) => Math.max(a, b), 0) * 10 ** (floorDb / 20)
  for (let i = 1; i < amplitudes.length - 1; i++) {
    const [a, b, c] = [amplitudes[i - 1]!, amplitudes[i]!, amplitudes[i + 1]!]
    if (b <= a || b < c || b < floor) continue
    // A parabola through the logarithms: the main lobe of a window is nearly one.
    const [x, y, z] = [a, b, c].map((v) => Math.log(Math.max(v, 1e-30))) as [number, number, number]
    const shift = (x - z) / (2 * (x - 2 * y + z))
    found.push({ frequency: (i + shift) * binWidth, amplitude: Math.exp(y - ((x - z) * shift) / 4) })
  }
  return found.toSorted((p, q) => q.amplitude - p.amplitude)
}

/**
 * The signal's correlation with itself, normalised to −1..1 (as in McLeod's pitch method), at lags of 0, 1/4, 2/4… samples:
 * high tones have periods of few samples.
 */
export function autocorrelation(signal: ArrayLike<number>): Float64Array {
  const n = signal.length
  const size = 2 ** Math.ceil(Math.log2(2 * n))
  const re = new Float64Array(size)
  const im = new Float64Array(size)
  for (let i = 0; i < n; i++) re[i] = signal[i]!
  fft(re, im)
  // Zeros between the positive and the negative frequencies put points between the samples.
  const fine = new Float64Array(4 * size)
  for (let i = 0; i < size; i++) fine[i < size / 2 ? i : i + 3 * size] = re[i]! ** 2 + im[i]! ** 2
  fft(fine, new Float64Array(4 * size))
  const result = new Float64Array(4 * n)
  let energy = (2 * fine[0]!) / size
  for (let i = 0; i < 4 * n; i++) {
    result[i] = energy > 0 ? (2 * fine[i]!) / size / energy : 0
    if (i % 4 === 3) energy -= signal[(i - 3) / 4]! ** 2 + signal[n - 1 - (i - 3) / 4]! ** 2
  }
  return result
}
