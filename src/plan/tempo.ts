/** Beats of a bar. */
export const beatsPerBar = 4

/** Beats by which a beat may be missed and is still met: a float is not exact. A microsecond at 120 beats per minute. */
export const tolerance = 2e-6

/**
 * Which beat it is in which block: a line that begins where the tempo changed last. Beats and blocks are counted from 0
 * and may be fractions; bars begin at beats 0, 4, 8, …
 */
export interface TempoMap {
  /** Beats per minute. */
  readonly tempo: number
  /** Blocks per second. */
  readonly blockRate: number
  /** A block, and the beat that it begins with. */
  readonly block: number
  readonly beat: number
  /** It stands still at that beat, until it goes on at its tempo. */
  readonly stands: boolean
}

/**
 * Beat 0 is at block 0.
 *
 * @param tempo beats per minute, above 0
 * @param blockRate blocks per second
 * @example
 * beatAt(createTempoMap(120, 375), 375) // 2
 */
export function createTempoMap(tempo: number, blockRate: number): TempoMap {
  return { tempo, blockRate, block: 0, beat: 0, stands: false }
}

/** Beats per block; 0 while it stands. */
export function beatsPerBlock({ tempo, blockRate, stands }: TempoMap): number {
  return stands ? 0 : tempo / 60 / blockRate
}

/** The beat with which a block begins. */
export function beatAt(map: TempoMap, block: number): number {
  return map.beat + (block - map.block) * beatsPerBlock(map)
}

/** The first block that begins at a beat or after it; Infinity while it stands before it. */
export function blockAt(map: TempoMap, beat: number): number {
  if (map.stands) return beat - tolerance <= map.beat ? map.block : Infinity
  return map.block + Math.ceil((beat - tolerance - map.beat) / beatsPerBlock(map))
}

/**
 * Another tempo from a block on. The phase does not jump.
 *
 * @example
 * const faster = withTempo(createTempoMap(120, 375), 240, 375)
 * beatAt(faster, 375) // 2, as before
 * beatAt(faster, 750) // 6
 */
export function withTempo(map: TempoMap, tempo: number, block: number): TempoMap {
  return tempo === map.tempo ? map : { ...map, tempo, block, beat: beatAt(map, block) }
}

/**
 * From a block on it stands still, or goes on from where it stands.
 *
 * @example
 * const standing = withStanding(createTempoMap(120, 375), true, 375)
 * beatAt(standing, 750) // 2, as at block 375
 */
export function withStanding(map: TempoMap, stands: boolean, block: number): TempoMap {
  return stands === map.stands ? map : { ...map, stands, block, beat: beatAt(map, block) }
}

/** Another beat from a block on: the one that somebody else is at. */
export function withBeat(map: TempoMap, beat: number, block: number): TempoMap {
  return { ...map, block, beat }
}

/** The first beat, from the beginning of a block on, that is a multiple of so many. While it stands, one that is over is not the next. */
export function multipleAfter(map: TempoMap, block: number, beats: number): number {
  const last = beats * Math.floor((beatAt(map, block) + tolerance) / beats)
  const isNow = map.stands ? last >= map.beat - tolerance : blockAt(map, last) >= block
  return isNow ? last : last + beats
}

/** Beats since the beginning of its bar, 0 … 4. */
export function beatInBar(map: TempoMap, block: number): number {
  const beat = beatAt(map, block) % beatsPerBar
  return beat < 0 ? beat + beatsPerBar : beat
}
