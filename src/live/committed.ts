import type { Happening, Past } from './player.ts'

/** What was handed to the engine for a block that may be to come. */
export interface Committed {
  readonly block: number
  readonly happenings: readonly Happening[]
  /** Voices whose keys it sets. */
  readonly voices: readonly number[]
  readonly before: Past
}

/** Voices of which something is asked later than in a block. */
export const askedAfter = (committed: readonly Committed[], block: number): ReadonlySet<number> =>
  new Set(committed.flatMap((one) => (one.block > block ? one.voices : [])))
