import { setImmediate } from 'node:timers/promises'
import type { Chunk, Length } from '../live/index.ts'
import { named, type Place } from './files.ts'
import { Interrupted, type Signal } from './exit.ts'
import type { Shell } from './io.ts'
import { createProgress } from './progress.ts'
import { openWav, type WavFormat, type WavReport } from './wav.ts'

/** What is recorded, and how it is written. */
export interface Recording {
  readonly output: Place
  readonly sampleRate: number
  /** Plays what is recorded. */
  readonly play: () => AsyncIterable<Chunk>
  /** Seconds of what is written, without the tail. */
  readonly duration: number
  readonly length: Length
  readonly format: WavFormat
  /** Default: as {@link openWav} has it. */
  readonly dither?: boolean
  readonly force: boolean
}

/** What has been recorded. */
export interface Recorded extends WavReport {
  readonly seconds: number
  /** How many times faster than real time. */
  readonly speed: number
}

const channels = 2

/**
 * Records what is played in a WAV file, chunk by chunk, with a progress bar on a terminal. Whatever goes wrong, and if it is
 * interrupted, nothing is left behind.
 *
 * @throws Interrupted; MegasynthError as `play` and `openWav` do
 */
export async function record(recording: Recording, shell: Shell): Promise<Recorded> {
  const { output, sampleRate, duration, length, format, dither, force } = recording
  const start = performance.now()
  // without either the length is known only when it is silent
  const known = length.seconds ?? (length.tail === undefined ? undefined : duration + length.tail)
  const interrupts = shell.io.catchInterrupts()
  const progress = createProgress(shell.io.stderr, shell.errorPaint, output.shown, () => performance.now())
  try {
    const wav = await openWav(output.path, {
      sampleRate,
      channels,
      format,
      force,
      ...(dither !== undefined && { dither }),
      ...(known !== undefined && { frames: Math.round(known * sampleRate) }),
    })
    // if the process ends otherwise, by something that a patch file left running
    process.once('exit', wav.abortSync)
    try {
      let seconds = 0
      for await (const chunk of recording.play()) {
        wav.write(chunk.channels)
        seconds = chunk.done
        progress.update(chunk.done, chunk.total)
        // signals arrive only between two turns of the event loop
        await setImmediate()
        if (interrupts.signal.aborted) throw new Interrupted(interrupts.signal.reason as Signal)
      }
      const report = await wav.finish()
      return { ...report, seconds, speed: (seconds * 1000) / (performance.now() - start) }
    } finally {
      process.off('exit', wav.abortSync)
      await wav.abort()
    }
  } catch (error) {
    throw named(error, output)
  } finally {
    progress.end()
    interrupts.release()
  }
}
