import { choked, type Allocation, type KeySet } from '../plan/index.ts'
import type { Command } from '../scsynth/index.ts'

/** From a block of the engine on a voice fades to a level, or if that is 1, no longer. */
interface Mark {
  readonly block: number
  readonly level: number
}

/** Voices that were choked: what leaves them fades at once, whatever their releases. */
export class Chokes {
  /** By group, in the order of their blocks: some may be to come. */
  readonly #marks = new Map<number, readonly Mark[]>()

  /** What a voice is told in a block: it may fade from then on, or come back. */
  hear({ voices }: Allocation, { voice, choke, anew }: KeySet, block: number): Command[] {
    const place = voices[voice]
    // what is silent has nothing to fade, and would not fade before its next note
    if (place === undefined || place.paused) return []
    const level = choke ?? (anew && this.fades(place.group) ? 1 : undefined)
    if (level === undefined) return []
    this.#marks.set(place.group, [...(this.#marks.get(place.group) ?? []), { block, level }])
    return choked([place], level)
  }

  /** What a voice was last told. */
  #level(group: number): number {
    return this.#marks.get(group)?.at(-1)?.level ?? 1
  }

  fades(group: number): boolean {
    return this.#level(group) < 1
  }

  /** Whether a voice has been fading to silence since a block. */
  hasFaded(group: number, since: number): boolean {
    const last = this.#marks.get(group)?.at(-1)
    return last?.level === 0 && last.block <= since
  }

  /** Whether something that a voice is told in a block, or later, is on its way. */
  isToldLater(group: number, block: number): boolean {
    return (this.#marks.get(group)?.at(-1)?.block ?? -1) >= block
  }

  /** Voices are born anew, and are not choked. */
  forget({ voices }: Allocation, groups: readonly number[]): Command[] {
    for (const group of groups) this.#marks.delete(group)
    return choked(
      voices.filter(({ group }) => groups.includes(group)),
      1,
    )
  }

  clear(): void {
    this.#marks.clear()
  }

  /** What was to be after a block is not, and voices are as they were before. */
  takeBack({ voices }: Allocation, after: number): Command[] {
    return voices.flatMap((place) => {
      const { group } = place
      const marks = this.#marks.get(group) ?? []
      const left = marks.filter(({ block }) => block <= after)
      if (left.length === marks.length) return []
      this.#marks.set(group, left)
      return choked([place], this.#level(group))
    })
  }

  /** Takes out the groups that have been fading to silence since a block, or fell asleep before. */
  takeOver({ voices }: Allocation, since: number): Set<number> {
    const over = new Set<number>()
    if (this.#marks.size === 0) return over
    const places = new Map(voices.map((place) => [place.group, place]))
    for (const [group, marks] of this.#marks) {
      const place = places.get(group)
      if (place !== undefined && (place.paused || this.hasFaded(group, since))) over.add(group)
      const isBack = marks.every(({ level, block }) => level === 1 && block <= since)
      if (place === undefined || over.has(group) || isBack) this.#marks.delete(group)
    }
    return over
  }
}
