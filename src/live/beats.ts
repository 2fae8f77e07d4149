import {
  beatAt,
  beatInBar,
  beatsPerBlock,
  blockAt,
  clockPositions,
  createTempoMap,
  beatsPerBar,
  multipleAfter,
  withBeat,
  withStanding,
  withTempo,
  type TempoMap,
} from '../plan/index.ts'

/** Which beat it is: a value. */
export interface BeatState {
  readonly map: TempoMap
  /** The engine's clock is new or somewhere else, or may be: it must be told where it is. */
  readonly untold: boolean
}

/**
 * The session's time in beats: at the tempo of the patch until another is set, and at that until a patch declares another.
 * What the engine must know of the tempo is turned like a knob.
 */
export class Beats {
  readonly #turn: (knob: string, position: number) => void
  #declared: number | undefined
  state: BeatState

  /**
   * Beat 0 is at block 0.
   *
   * @param blockRate blocks per second
   * @param turn takes what the engine must know
   */
  constructor(blockRate: number, turn: (knob: string, position: number) => void) {
    this.#turn = turn
    this.state = { map: createTempoMap(120, blockRate), untold: false }
  }

  get tempo(): number {
    return this.state.map.tempo
  }

  /** The beat at a block, or between two. */
  at(block: number): number {
    return beatAt(this.state.map, block)
  }

  /** The same, from the beginning of its bar. */
  inBar(block: number): number {
    return beatInBar(this.state.map, block)
  }

  /** The first block at a beat or after it. */
  blockOf(beat: number): number {
    return blockAt(this.state.map, beat)
  }

  /** The next beat, or the next with which a bar begins, as seen from a block: its own, if it begins with one. */
  next(grid: 'beat' | 'bar', block: number): number {
    return multipleAfter(this.state.map, block, grid === 'beat' ? 1 : beatsPerBar)
  }

  get isRunning(): boolean {
    return !this.state.map.stands
  }

  /** Stands still from a block on, or goes on. */
  setRunning(running: boolean, block: number): void {
    this.#go(withStanding(this.state.map, !running, block))
  }

  /** The tempo that a patch is played at which declares this one. */
  tempoOf(declared: number): number {
    return declared === this.#declared ? this.tempo : declared
  }

  /** A patch plays that declares this tempo. Says whether the patch before declared another: then it is to be taken. */
  declares(tempo: number): boolean {
    const isNew = tempo !== this.#declared
    this.#declared = tempo
    return isNew
  }

  setTempo(tempo: number, block: number): void {
    this.#go(withTempo(this.state.map, tempo, block))
  }

  #go(map: TempoMap): void {
    this.state = { map, untold: true }
    for (const [name, position] of clockPositions(beatsPerBlock(map))) this.#turn(name, position)
  }

  setBeat(beat: number, block: number): void {
    this.state = { map: withBeat(this.state.map, beat, block), untold: true }
  }

  /** The engine has a new clock; or it has been told where it is. */
  set untold(untold: boolean) {
    if (untold !== this.state.untold) this.state = { ...this.state, untold }
  }
}
