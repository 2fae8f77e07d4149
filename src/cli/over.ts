import type { LiveSynth } from '../live/live-synth.ts'
import { longestTail, silence } from '../live/silence.ts'

/**
 * Waits until it is over: the score and its tail, or somebody ends it.
 *
 * @param played the score; without it only somebody ends it
 * @param pause seconds after which something silent may still be heard; is asked for when the score is over, since the patch
 *   may have been edited by then
 */
export async function over(
  heard: Pick<LiveSynth, 'listen'>,
  played: Promise<void> | undefined,
  interrupt: AbortSignal,
  pause: () => number,
): Promise<'over' | 'interrupted'> {
  const interrupted = new Promise<'interrupted'>((resolve) => {
    if (interrupt.aborted) resolve('interrupted')
    interrupt.addEventListener('abort', () => resolve('interrupted'), { once: true })
  })
  if (played === undefined) return await interrupted
  const first = await Promise.race([interrupted, played.then(() => 'over' as const)])
  if (first === 'interrupted') return first
  return await Promise.race([interrupted, silent(heard, silence.seconds + pause())])
}

/** Resolves when nothing has been heard for so many seconds. */
async function silent(heard: Pick<LiveSynth, 'listen'>, patience: number): Promise<'over'> {
  return await new Promise((resolve) => {
    let [quiet, waited] = [0, 0]
    const stop = heard.listen(({ sampleRate, channels }) => {
      const length = (channels[0]?.length ?? 0) / sampleRate
      const loud = channels.some((channel) => channel.some((sample) => Math.abs(sample) > silence.level))
      quiet = loud ? 0 : quiet + length
      waited += length
      if (quiet < patience && waited < longestTail) return
      stop()
      resolve('over')
    })
  })
}
