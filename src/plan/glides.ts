/** A knob on its way, in a straight line. */
export interface Glide {
  /** Positions 0..1. */
  readonly from: number
  readonly to: number
  /** The block in which it begins, and the one in which it arrives. */
  readonly begin: number
  readonly end: number
}

/** Knobs on their way, by name: a value. */
export type Glides = ReadonlyMap<string, Glide>

/** Where a glide is in a block: exactly at its end from its last block on. */
export function glideAt({ from, to, begin, end }: Glide, block: number): number {
  return block >= end ? to : from + (to - from) * Math.max(0, (block - begin) / (end - begin))
}

/**
 * Goes on to a block: where each knob is, and those that are still on their way after it.
 *
 * @example
 * const glides = new Map([['cutoff', { from: 0, to: 1, begin: 0, end: 10 }]])
 * glided(glides, 5).positions // [['cutoff', 0.5]]
 */
export function glided(
  glides: Glides,
  block: number,
): { readonly positions: readonly (readonly [name: string, position: number])[]; readonly glides: Glides } {
  const positions = [...glides].map(([name, glide]) => [name, glideAt(glide, block)] as const)
  return { positions, glides: new Map([...glides].filter(([, { end }]) => end > block)) }
}
