import { clockPositions, beatAt, beatInBar, beatsPerBlock } from '../plan/index.ts'
import { createTempoMap, nextBar, nextBeat, withBeat, withTempo, type TempoMap } from '../plan/index.ts'

/** A place on the grid of beats. */
export type Grid = 'now' | 'beat' | 'bar'

/**
 * The session's time in beats: at the tempo of the patch until another is set, and at that until a patch declares another.
 * What the engine must know of the tempo is turned like a knob.
 */
export class Beats {
  readonly #turn: (knob: string, position: number) => void
  #map: TempoMap
  #declared: number | undefined
  /** The clock of the engine is at another beat, and must be told. */
  jumped = false

  /**
   * Beat 0 is at block 0.
   *
   * @param blockRate blocks per second
   * @param turn takes what the engine must know
   */
  constructor(blockRate: number, turn: (knob: string, position: number) => void) {
    this.#turn = turn
    this.#map = createTempoMap(120, blockRate)
  }

  get tempo(): number {
    return this.#map.tempo
  }

  /** The beat at a block, or between two. */
  at(block: number): number {
    return beatAt(this.#map, block)
  }

  /** The same, from the beginning of its bar. */
  inBar(block: number): number {
    return beatInBar(this.#map, block)
  }

  /** The first block on the grid, from this one on. */
  next(grid: Grid, block: number): number {
    if (grid === 'now') return block
    return grid === 'beat' ? nextBeat(this.#map, block) : nextBar(this.#map, block)
  }

  /** A patch plays that declares this tempo. Says whether the patch before declared another: then it is to be taken. */
  declares(tempo: number): boolean {
    const isNew = tempo !== this.#declared
    this.#declared = tempo
    return isNew
  }

  setTempo(tempo: number, block: number): void {
    this.#map = withTempo(this.#map, tempo, block)
    for (const [name, position] of clockPositions(beatsPerBlock(this.#map))) this.#turn(name, position)
  }

  setBeat(beat: number, block: number): void {
    this.#map = withBeat(this.#map, beat, block)
    this.jumped = true
  }
}
