/** How far off a beat may be before it is jumped to, rather than caught up with. */
const jump = 1 / 8
/** In how many beats what is off is caught up with. */
const catchUp = 4
/** How much faster or slower it may be meanwhile, as a ratio: a little, for a pitch may hang on it. */
const most = 0.02

/**
 * How our own clock keeps to one that is heard: its tempo, or a little more or less while it is off, and a jump if it is
 * far off. Pure.
 *
 * @param tempo beats per minute that are heard
 * @param heard the beat that is heard
 * @param own the beat that it is here
 * @example
 * lockedTo(120, 4, 4.1) // { tempo: 117.6, beat: undefined }
 */
export function lockedTo(
  tempo: number,
  heard: number,
  own: number,
): { readonly tempo: number; readonly beat: number | undefined } {
  const off = heard - own
  if (Math.abs(off) > jump) return { tempo, beat: heard }
  const more = Math.min(most, Math.max(-most, off / catchUp))
  return { tempo: tempo * (1 + more), beat: undefined }
}
