import type { NoteEvent } from '../plan/index.ts'

type Pedal = Extract<NoteEvent, { kind: 'sustain' | 'sostenuto' }>

const isPedal = (event: NoteEvent): event is Pedal => event.kind === 'sustain' || event.kind === 'sostenuto'
/** Bend, pressure and timbre of a channel. */
const isWheel = (event: NoteEvent): boolean =>
  event.kind === 'bend' || event.kind === 'timbre' || (event.kind === 'pressure' && event.note === undefined)
const nameOf = (event: NoteEvent): string =>
  `${event.kind} ${'channel' in event ? (event.channel ?? '') : ''}`

/** What a cable said last of a wheel is the last in its map. */
type Said<C> = Map<C, NoteEvent>
const newest = <C>(said: Said<C>): [C, NoteEvent] | undefined => [...said].at(-1)

/**
 * Several cables that play the same channels: a pedal is down as long as one of them has it down; of bend, pressure and timbre what
 * was said last holds, and with a cable that leaves goes what it said.
 */
export class Merge<C> {
  /** Who has each pedal of a channel down. */
  readonly #pedals = new Map<string, Set<C>>()
  readonly #wheels = new Map<string, Said<C>>()

  /** What is to be played of what a cable asks for; undefined: nothing, another one says otherwise. */
  hear(cable: C, event: NoteEvent): NoteEvent | undefined {
    if (isPedal(event)) return this.#pedal(cable, event)
    if (isWheel(event)) {
      const said = this.#wheels.get(nameOf(event)) ?? new Map<C, NoteEvent>()
      this.#wheels.set(nameOf(event), said)
      said.delete(cable)
      said.set(cable, event)
    }
    // its pedals are up with it, and nothing will say so
    else if (event.kind === 'silence') for (const down of this.#pedals.values()) down.delete(cable)
    return event
  }

  /**
   * What is to be played as a cable leaves.
   *
   * @param events what lets go of all that it held
   */
  leave(cable: C, events: readonly NoteEvent[]): readonly NoteEvent[] {
    const rest = new Map(events.filter(isWheel).map((event) => [nameOf(event), event]))
    const kept = events.flatMap((event) => {
      const heard = isWheel(event) ? undefined : this.hear(cable, event)
      return heard === undefined ? [] : [heard]
    })
    const wheels = [...this.#wheels].flatMap(([name, said]) => {
      const held = newest(said)?.[0] === cable
      said.delete(cable)
      // nothing of it is left to be taken back where another has spoken since
      const event = held ? (newest(said)?.[1] ?? rest.get(name)) : undefined
      return event === undefined ? [] : [event]
    })
    for (const down of this.#pedals.values()) down.delete(cable)
    return [...kept, ...wheels]
  }

  #pedal(cable: C, event: Pedal): NoteEvent | undefined {
    const down = this.#pedals.get(nameOf(event)) ?? new Set<C>()
    this.#pedals.set(nameOf(event), down)
    if (event.down) down.add(cable)
    else down.delete(cable)
    return event.down || down.size === 0 ? event : undefined
  }
}
