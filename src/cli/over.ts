import type { LiveSynth } from '../live/live-synth.ts'

/** Seconds of silence after which a tail has died away, and for which it is waited for at the most. */
const silence = { level: 1e-4, seconds: 0.5, most: 10 }

/**
 * Waits until it is over: the score and its tail, or somebody ends it.
 *
 * @param played the score; without it only somebody ends it
 */
export async function over(
  heard: Pick<LiveSynth, 'listen'>,
  played: Promise<void> | undefined,
  interrupt: AbortSignal,
): Promise<'over' | 'interrupted'> {
  const interrupted = new Promise<'interrupted'>((resolve) => {
    if (interrupt.aborted) resolve('interrupted')
    interrupt.addEventListener('abort', () => resolve('interrupted'), { once: true })
  })
  if (played === undefined) return await interrupted
  const first = await Promise.race([interrupted, played.then(() => 'over' as const)])
  if (first === 'interrupted') return first
  return await Promise.race([interrupted, silent(heard)])
}

/** Resolves when nothing has been heard for a while. */
async function silent(heard: Pick<LiveSynth, 'listen'>): Promise<'over'> {
  return await new Promise((resolve) => {
    let [quiet, waited] = [0, 0]
    const stop = heard.listen(({ sampleRate, channels }) => {
      const length = (channels[0]?.length ?? 0) / sampleRate
      const loud = channels.some((channel) => channel.some((sample) => Math.abs(sample) > silence.level))
      quiet = loud ? 0 : quiet + length
      waited += length
      if (quiet < silence.seconds && waited < silence.most) return
      stop()
      resolve('over')
    })
  })
}
