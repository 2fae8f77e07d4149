import { fail } from '../errors/index.ts'
import { encoderOf, headerOf, headerSize, maxDataBytes, sampleBytes, type WavFormat } from './wav-format.ts'
import { openWhole } from './whole-file.ts'

export type { WavFormat } from './wav-format.ts'

/** How a WAV file is written. */
export interface WavOptions {
  /** Hertz, a whole number 1..384000. */
  readonly sampleRate: number
  /** 1..64. */
  readonly channels: number
  /** 16 or 24 bit integers, or 32 bit floats. Default: '16'. */
  readonly format?: WavFormat
  /** Triangular dither of ±1 step, the same in every run; floats are never dithered. Default: true for '16'. */
  readonly dither?: boolean
  /** Whether a file that is already there is replaced. Default: false. */
  readonly force?: boolean
  /** How long it will be, where that is known: a file too long for WAV is then refused before the first sample. */
  readonly frames?: number
}

/** What was written. */
export interface WavReport {
  /** Size of the file. */
  readonly bytes: number
  /** Samples beyond ±1 that an integer format had to clip. */
  readonly clipped: number
  /** Largest absolute value of a sample before clipping; 1 is full scale. */
  readonly peak: number
  /** Samples that were no finite number; they are written as 0. */
  readonly invalid: number
}

/** A WAV file that is being written. Nothing is at its path until {@link WavWriter.finish} has succeeded. */
export interface WavWriter {
  /**
   * Appends frames: the first `frames` samples (default: all) of each channel. If it throws, the file is given up.
   *
   * @throws MegasynthError `too-large` at 4 GiB, `unwritable-file` with the reason (disk full)
   */
  write(channels: readonly Float32Array[], frames?: number): void
  /**
   * Brings everything to the disk and the file to its path, all at once.
   *
   * @throws MegasynthError `file-exists` if another file has come there meanwhile, `unwritable-file` with the reason
   */
  finish(): Promise<WavReport>
  /** Gives the file up and removes what was written; does nothing when it is finished or given up already. */
  abort(): Promise<void>
  /** As {@link WavWriter.abort}, for handlers of signals and of process exit. */
  abortSync(): void
}

const framesAtOnce = 4096

function checkOptions(path: string, { sampleRate, channels, format = '16', frames = 0 }: WavOptions): void {
  const whole = (name: string, value: number, max: number): void => {
    if (!Number.isInteger(value) || value < 1 || value > max)
      fail({
        code: 'invalid-option',
        path,
        message: `has a wrong ${name}`,
        found: String(value),
        expected: `a whole number 1..${max}`,
      })
  }
  whole('sample rate', sampleRate, 384_000)
  whole('number of channels', channels, 64)
  checkLength(path, frames * channels * sampleBytes[format], sampleRate * channels * sampleBytes[format])
}

/** @param perSecond bytes of one second, to say the limit in hours as well */
function checkLength(path: string, dataBytes: number, perSecond: number): void {
  if (dataBytes <= maxDataBytes) return
  const hours = (maxDataBytes / perSecond / 3600).toFixed(1)
  fail({
    code: 'too-large',
    path,
    message: 'is too long for a WAV file',
    found: `${dataBytes} bytes of samples`,
    expected: `at most ${maxDataBytes} bytes (4 GiB, here ${hours} hours)`,
    suggestion: 'render it in parts, or with fewer bits or a lower sample rate',
  })
}

/**
 * Begins a WAV file. It is written beside its path, under a hidden name that ends in `.part`, and moved there by
 * `finish`; a run that is broken off leaves nothing behind if it calls `abort` or `abortSync`.
 *
 * @throws MegasynthError `file-exists`; `unwritable-file` with the reason; `too-large`; `invalid-option`
 * @example
 * const wav = await openWav('tone.wav', { sampleRate: 48000, channels: 2 })
 * wav.write([left, right])
 * const { clipped } = await wav.finish()
 */
export async function openWav(path: string, options: WavOptions): Promise<WavWriter> {
  const { sampleRate, channels, format = '16', force = false } = options
  checkOptions(path, options)
  const file = openWhole(path, { force })
  const frameBytes = channels * sampleBytes[format]
  const encoder = encoderOf(format, options.dither ?? format === '16')
  const buffer = new Uint8Array(frameBytes * framesAtOnce)
  const view = new DataView(buffer.buffer)
  let dataBytes = 0

  const header = (): Uint8Array => headerOf({ sampleRate, channels, format, dataBytes })
  file.run(() => file.put(header()))
  return {
    write(blocks, frames = blocks[0]?.length ?? 0) {
      if (blocks.length !== channels || blocks.some((block) => block.length < frames))
        throw new RangeError(`${path} takes ${channels} channels of at least ${frames} samples`)
      file.run(() => {
        checkLength(path, dataBytes + frames * frameBytes, sampleRate * frameBytes)
        for (let from = 0; from < frames; from += framesAtOnce) {
          const size = encoder.write(blocks, from, Math.min(frames, from + framesAtOnce), view)
          file.put(buffer.subarray(0, size))
          dataBytes += size
        }
      })
    },
    async finish() {
      file.run(() => {
        if (dataBytes % 2 === 1) file.put(Uint8Array.of(0))
        file.put(header(), 0)
      })
      file.finish()
      return { bytes: headerSize(format) + dataBytes + (dataBytes % 2), ...encoder.report() }
    },
    async abort() {
      file.abort()
    },
    abortSync: file.abort,
  }
}
