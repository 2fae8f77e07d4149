/** To how much of itself what leaves a voice fades, from a block on that is so many later. */
interface ChokeStep {
  readonly blocks: number
  readonly level: number
}

/** Seconds times Hertz²: how long the way takes at a pitch. */
const slowness = 212
/** Seconds from one step to the next; a fade of 0.13 s makes a straight line of them. */
const stepSeconds = 0.016
/** Below A0 it takes no longer: 0.28 s. */
const lowest = 27.5

/**
 * How what leaves a choked voice is taken down: at once, or for a low note in equal steps, each smoothed as any fade is. A gain goes
 * from block to block in straight lines. Their corners are a click where they are sharper than the sine that they scale, which at f Hertz
 * bends by (2πf)². Steps through the filter of a fade make a nearly straight way, whose corners are the smaller the longer it is, and
 * which takes less time than a slower filter. So it lasts in proportion to 1/f², and from A♯2 (117 Hz) on there is but one step. Pure.
 *
 * @param pitch in semitones, as MIDI notes are counted
 * @param blockSeconds length of a block
 * @returns in their order; the first is now, the last one goes to 0
 */
export function chokeSteps(pitch: number, blockSeconds: number): readonly ChokeStep[] {
  const hertz = Math.max(lowest, 440 * 2 ** ((pitch - 69) / 12))
  const count = Math.ceil(slowness / hertz ** 2 / stepSeconds)
  return Array.from({ length: count }, (_, i) => ({
    blocks: Math.round((i * stepSeconds) / blockSeconds),
    level: 1 - (i + 1) / count,
  }))
}
