/** How a sample is stored: 16 or 24 bit integers, or 32 bit floats. */
export type WavFormat = '16' | '24' | '32f'

/** Bytes of one sample. */
export const sampleBytes: Readonly<Record<WavFormat, number>> = { '16': 2, '24': 3, '32f': 4 }

const formatTag = { pcm: 1, ieeeFloat: 3 }

/** Bytes before the first sample: floats have a longer `fmt ` chunk and a `fact` chunk. */
export const headerSize = (format: WavFormat): number => (format === '32f' ? 58 : 44)

/** The most bytes of samples in a file: sizes are 32 bit numbers, header and pad byte included. */
export const maxDataBytes = 2 ** 32 - 1 - headerSize('32f')

/** The bytes before the first sample. */
export function headerOf(wav: {
  readonly sampleRate: number
  readonly channels: number
  readonly format: WavFormat
  readonly dataBytes: number
}): Uint8Array {
  const { sampleRate, channels, format, dataBytes } = wav
  const float = format === '32f'
  const frameBytes = channels * sampleBytes[format]
  const bytes = new Uint8Array(headerSize(format))
  const view = new DataView(bytes.buffer)
  let at = 0
  const name = (text: string): void => {
    for (const letter of text) bytes[at++] = letter.charCodeAt(0)
  }
  const u16 = (value: number): void => {
    view.setUint16(at, value, true)
    at += 2
  }
  const u32 = (value: number): void => {
    view.setUint32(at, value, true)
    at += 4
  }
  name('RIFF')
  u32(bytes.length - 8 + dataBytes + (dataBytes % 2))
  name('WAVE')
  {
    name('fmt ')
    u32(float ? 18 : 16)
    u16(float ? formatTag.ieeeFloat : formatTag.pcm)
    u16(channels)
    u32(sampleRate)
    u32(sampleRate * frameBytes)
    u16(frameBytes)
    u16(8 * sampleBytes[format])
    if (float) u16(0) // length of an extension
  }
  if (float) {
    name('fact')
    u32(4)
    u32(dataBytes / frameBytes)
  }
  name('data')
  u32(dataBytes)
  return bytes
}

/** Turns samples into bytes and keeps account of them. */
export interface Encoder {
  /** Writes the frames `from` to `to` of all channels, interleaved, to the start of `view`; returns the bytes written. */
  write(channels: readonly Float32Array[], from: number, to: number, view: DataView): number
  /** Samples beyond ±1 in an integer format, the largest absolute value, and samples that were no finite number. */
  report(): { clipped: number; peak: number; invalid: number }
}

/** Evenly distributed numbers from 0 to 1, the same in every run (xorshift, 32 bits). */
function uniform(): () => number {
  let state = 0x9e3779b9
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  }
}

/** An encoder with its own dither: the difference of two even distributions of one step, whose noise does not follow the signal. */
export function encoderOf(format: WavFormat, dither: boolean): Encoder {
  const random = uniform()
  const size = sampleBytes[format]
  const scale = 2 ** (8 * size - 1)
  let clipped = 0
  let peak = 0
  let invalid = 0

  function integer(sample: number): number {
    if (sample > 1 || sample < -1) clipped++
    const noise = dither ? random() - random() : 0
    return Math.max(-scale, Math.min(scale - 1, Math.round(sample * scale + noise)))
  }

  return {
    write(channels, from, to, view) {
      let at = 0
      for (let frame = from; frame < to; frame++)
        for (const channel of channels) {
          let sample = channel[frame] ?? 0
          if (!Number.isFinite(sample)) {
            invalid++
            sample = 0
          }
          peak = Math.max(peak, Math.abs(sample))
          if (format === '32f') view.setFloat32(at, sample, true)
          else if (format === '16') view.setInt16(at, integer(sample), true)
          else {
            const value = integer(sample)
            view.setUint16(at, value & 0xffff, true)
            view.setInt8(at + 2, value >> 16)
          }
          at += size
        }
      return at
    },
    report: () => ({ clipped, peak, invalid }),
  }
}
