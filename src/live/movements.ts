import type { Played } from './synth.ts'

/** A knob that is turned, as a synth tells of it. */
type Turned = Omit<Extract<Played, { kind: 'knob' }>, 'kind'>

/** Where a knob is at some second. */
export interface Move {
  readonly name: string
  /** 0..1 */
  readonly position: number
  readonly at: number
}

/** A knob on its way: `next` is the second of its next move. */
interface Way {
  readonly from: number
  readonly turn: Turned & { readonly over: number }
  next: number
}

/** Turns of knobs, step by step: for whoever knows only positions, like a MIDI cable. */
export class Movements {
  readonly #position: (name: string) => number
  readonly #step: number
  /** To come, in the order of time. `from`: where the knob is as it begins, if nothing turns it before. */
  readonly #turns: (Turned & { from: number | undefined })[] = []
  readonly #ways = new Map<string, Way>()
  readonly #last = new Map<string, number>()

  /**
   * @param position where a knob is now
   * @param step seconds from one move of a knob on its way to the next. Default: 0.01
   */
  constructor(position: (name: string) => number, step = 0.01) {
    this.#position = position
    this.#step = step
  }

  /** Hears of a turn, now or to come. */
  turn(turn: Turned): void {
    const { name, over } = turn
    const after = this.#turns.findIndex((other) => other.at > turn.at)
    const place = after < 0 ? this.#turns.length : after
    const isFirst = !this.#ways.has(name) && this.#turns.slice(0, place).every((other) => other.name !== name)
    const from = isFirst && over !== undefined ? this.#position(name) : undefined
    this.#turns.splice(place, 0, { ...turn, from })
  }

  /** Drops the turns that were to begin later than at a second. */
  forget(after: number): void {
    const first = this.#turns.findIndex(({ at }) => at > after)
    if (first >= 0) this.#turns.splice(first)
  }

  /** The second of the next move, or Infinity. */
  get next(): number {
    return Math.min(this.#turns[0]?.at ?? Infinity, ...[...this.#ways.values()].map(({ next }) => next))
  }

  /** The moves until some second, in the order of time. */
  take(until: number): Move[] {
    const moves: Move[] = []
    const move = (name: string, position: number, at: number): void => {
      this.#last.set(name, position)
      moves.push({ name, position, at })
    }
    for (let { next } = this; next <= until; { next } = this) {
      const [turn] = this.#turns
      if (turn?.at === next) {
        this.#turns.shift()
        const { name, at, over = 0 } = turn
        // those after it begin where it takes the knob
        for (const other of this.#turns) if (other.name === name) other.from = undefined
        const from = turn.from ?? this.#at(name, at)
        if (over > 0 && from !== undefined)
          this.#ways.set(name, { from, turn: { ...turn, over }, next: at + Math.min(this.#step, over) }) // prettier-ignore
        else {
          this.#ways.delete(name)
          move(name, turn.position, at)
        }
        continue
      }
      for (const [name, way] of this.#ways) {
        if (way.next > next) continue
        const end = way.turn.at + way.turn.over
        move(name, along(way, next), next)
        if (next >= end) this.#ways.delete(name)
        else way.next = Math.min(next + this.#step, end)
      }
    }
    return moves
  }

  #at(name: string, at: number): number | undefined {
    const way = this.#ways.get(name)
    return way === undefined ? this.#last.get(name) : along(way, at)
  }
}

function along({ from, turn: { at: begin, over, position } }: Way, at: number): number {
  return at >= begin + over ? position : from + ((position - from) * (at - begin)) / over
}
