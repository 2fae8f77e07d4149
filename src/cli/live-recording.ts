import type { LiveSynth } from '../live/live-synth.ts'
import { named, type Place } from './files.ts'
import { openWav, type WavReport } from './wav.ts'

/** A live synth that is being recorded. */
export interface LiveRecording {
  /** Ends it; the file is there then. */
  finish(): Promise<WavReport & { readonly seconds: number }>
  /** Gives it up. */
  abort(): Promise<void>
}

/**
 * Records all that is heard of a synth from now on into a WAV file.
 *
 * @throws MegasynthError `file-exists`, `unwritable-file`, of the file as it was written
 */
export async function recordLive(
  synth: Pick<LiveSynth, 'sampleRate' | 'listen'>,
  place: Place,
  force: boolean,
): Promise<LiveRecording> {
  const { sampleRate } = synth
  const failed = (error: unknown): never => {
    throw named(error, place)
  }
  const wav = await openWav(place.path, { sampleRate, channels: 2, force }).catch(failed)
  process.once('exit', wav.abortSync)
  let frames = 0
  let broken: unknown
  const stop = synth.listen(({ channels }) => {
    const [left, right = left] = channels
    if (left === undefined || right === undefined || broken !== undefined) return
    try {
      wav.write([left, right])
      frames += left.length
    } catch (error) {
      // told when it is finished: the sound goes on
      broken = error
    }
  })
  const end = (): void => {
    stop()
    process.off('exit', wav.abortSync)
  }
  return {
    async finish() {
      end()
      if (broken !== undefined) return failed(broken)
      return { ...(await wav.finish().catch(failed)), seconds: frames / sampleRate }
    },
    async abort() {
      end()
      await wav.abort()
    },
  }
}
