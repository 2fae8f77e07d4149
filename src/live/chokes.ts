import { choked, type Allocation, type KeySet, type Network } from '../plan/index.ts'
import type { Command } from '../scsynth/index.ts'

/** From a block of the engine on a voice fades, or it no longer does. */
interface Mark {
  readonly block: number
  readonly fades: boolean
}

/** Voices that were choked: what leaves them fades at once, whatever their releases. */
export class Chokes {
  /** By group, in the order of their blocks: some may be to come. */
  readonly #marks = new Map<number, readonly Mark[]>()

  /** What a voice is told in a block: it may fade from then on, or come back. */
  hear(from: Allocation, network: Network, { voice, choke, anew }: KeySet, block: number): Command[] {
    const place = from.voices[voice]
    // what is silent has nothing to fade, and would not fade before its next note
    if (place === undefined || place.paused) return []
    const fades = choke === true
    if (!fades && !(anew && this.fades(place.group))) return []
    this.#marks.set(place.group, [...(this.#marks.get(place.group) ?? []), { block, fades }])
    return choked(from, network, voice, fades)
  }

  fades(group: number): boolean {
    return this.#marks.get(group)?.at(-1)?.fades === true
  }

  /** Whether a voice has been fading since a block. */
  hasFaded(group: number, since: number): boolean {
    const last = this.#marks.get(group)?.at(-1)
    return last?.fades === true && last.block <= since
  }

  /** The voice is born anew. */
  forget(group: number): void {
    this.#marks.delete(group)
  }

  clear(): void {
    this.#marks.clear()
  }

  /** What was to be after a block is not, and voices are as they were before. */
  takeBack(from: Allocation, network: Network, after: number): Command[] {
    return from.voices.flatMap(({ group }, voice) => {
      const marks = this.#marks.get(group) ?? []
      const left = marks.filter(({ block }) => block <= after)
      if (left.length === marks.length) return []
      this.#marks.set(group, left)
      return choked(from, network, voice, this.fades(group))
    })
  }

  /** Takes out the groups that have been fading since a block, or fell asleep before. */
  takeOver({ voices }: Allocation, since: number): Set<number> {
    const over = new Set<number>()
    if (this.#marks.size === 0) return over
    const places = new Map(voices.map((place) => [place.group, place]))
    for (const [group, marks] of this.#marks) {
      const place = places.get(group)
      if (place !== undefined && (place.paused || this.hasFaded(group, since))) over.add(group)
      const isBack = marks.every(({ fades, block }) => !fades && block <= since)
      if (place === undefined || over.has(group) || isBack) this.#marks.delete(group)
    }
    return over
  }

  /** After an edit, what is new in a voice that fades must fade as well. */
  again(from: Allocation, network: Network): Command[] {
    return from.voices.flatMap(({ group }, voice) =>
      this.fades(group) ? choked(from, network, voice, true) : [],
    )
  }
}
