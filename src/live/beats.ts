import {
  beatAt,
  beatInBar,
  beatsPerBlock,
  blockAt,
  clockPositions,
  createTempoMap,
  beatsPerBar,
  multipleAfter,
  tolerance,
  withBeat,
  withStanding,
  withTempo,
  type TempoMap,
} from '../plan/index.ts'

/** The beat jumped. A jump that was taken back and is made again is the same. */
interface Jump {
  /** How many there have been. */
  readonly count: number
  /** The block in which it is somewhere else. */
  readonly block: number
}

/** Which beat it is: a value. */
export interface BeatState {
  readonly map: TempoMap
  /** The last jump, with what was until then. */
  readonly jump: Jump & { readonly from: TempoMap; readonly last: Jump }
  /** The engine's clock is new or somewhere else, or may be: it must be told where it is. */
  readonly untold: boolean
}

/** A beat that is waited for, as it is seen since a jump. */
export interface Awaited {
  readonly grid: 'beat' | 'bar'
  readonly beat: number
  readonly jump: Jump
}

const lengths = { beat: 1, bar: beatsPerBar } as const
const isSame = (a: Jump, b: Jump): boolean => a.count === b.count && a.block === b.block

/** Beats by which a jump may land behind one that is waited for, which then comes at once: so far a clock that is followed may be off. */
const justMissed = 1 / 8

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
    const map = createTempoMap(120, blockRate)
    const jump = { count: 0, block: 0 }
    this.state = { map, jump: { ...jump, from: map, last: jump }, untold: false }
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

  /** The next beat, or the next with which a bar begins, as seen from a block: its own, if it begins with one. */
  await(grid: Awaited['grid'], block: number): Awaited {
    const { map, jump } = this.state
    const next = (line: TempoMap, from: number): number => multipleAfter(line, from, lengths[grid])
    if (block < jump.block) {
      const before = { grid, beat: next(jump.from, block), jump: jump.last }
      if (this.#comesBefore(before)) return before
    }
    return { grid, beat: next(map, Math.max(block, jump.block)), jump }
  }

  /** What is waited for as it is seen now: if the beat has jumped, it is the next one from where it jumped to. */
  sight(awaited: Awaited, now: number): Awaited {
    const { map, jump } = this.state
    if (isSame(awaited.jump, jump) || this.#comesBefore(awaited)) return awaited
    const { grid } = awaited
    const from = beatAt(map, Math.max(now, jump.block)) - (map.stands ? tolerance : justMissed)
    return { grid, beat: Math.ceil(from / lengths[grid]) * lengths[grid], jump }
  }

  /** The block in which something comes that is waited for, as it is seen now; Infinity while the beat stands before it. */
  blockOf({ beat, jump: seen }: Awaited): number {
    const { map, jump } = this.state
    return isSame(seen, jump) ? Math.max(blockAt(map, beat), jump.block) : blockAt(jump.from, beat)
  }

  /** Whether something that was waited for before the last jump comes before it. */
  #comesBefore({ beat, jump: seen }: Awaited): boolean {
    const { jump } = this.state
    return isSame(seen, jump.last) && blockAt(jump.from, beat) < jump.block
  }

  get isRunning(): boolean {
    return !this.state.map.stands
  }

  /** Stands still from a block on, or goes on. */
  setRunning(running: boolean, block: number): void {
    this.#go(withStanding(this.state.map, !running, block))
  }

  /** The tempo that a patch is played at which declares this one. @param instead goes before what is declared anew */
  tempoOf(declared: number, instead = declared): number {
    return declared === this.#declared ? this.tempo : instead
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
    this.state = { ...this.state, map, untold: true }
    for (const [name, position] of clockPositions(beatsPerBlock(map))) this.#turn(name, position)
  }

  setBeat(beat: number, block: number): void {
    const { map, jump } = this.state
    this.state = {
      map: withBeat(map, beat, block),
      jump: { count: jump.count + 1, block, from: map, last: { count: jump.count, block: jump.block } },
      untold: true,
    }
  }

  /** The engine has a new clock; or it has been told where it is. */
  set untold(untold: boolean) {
    if (untold !== this.state.untold) this.state = { ...this.state, untold }
  }
}
