import { choked, controlNames, type Allocation, type KeySet, type Network } from '../plan/index.ts'
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
  hear(from: Allocation, network: Network, { voice, choke, anew }: KeySet, block: number): Command[] {
    const place = from.voices[voice]
    // what is silent has nothing to fade, and would not fade before its next note
    if (place === undefined || place.paused) return []
    const level = choke ?? (anew && this.fades(place.group) ? 1 : undefined)
    if (level === undefined) return []
    this.#marks.set(place.group, [...(this.#marks.get(place.group) ?? []), { block, level }])
    return choked(from, network, voice, level)
  }

  /** What a voice was last told, or was by a block. */
  #level(group: number, by = Infinity): number {
    return this.#marks.get(group)?.findLast(({ block }) => block <= by)?.level ?? 1
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
      return choked(from, network, voice, this.#level(group))
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

  /**
   * What an edit has fade in comes, in a voice that fades, no further than the voice has gone by a block: together with what
   * it replaces it is as loud as that.
   */
  tempered(start: readonly Command[], { nodes, voices }: Allocation, block: number): readonly Command[] {
    if (this.#marks.size === 0) return start
    const levels = new Map(
      [...nodes.values()].flatMap(({ node, instances }) =>
        node.part !== 'voice'
          ? []
          : instances.map(({ id }, voice) => [id, this.#level(voices[voice]?.group ?? -1, block)] as const),
      ),
    )
    return start.map((command) => {
      if (command.call !== '/n_set' || command.controls[controlNames.mixFade] !== 1) return command
      const level = levels.get(command.id) ?? 1
      return { ...command, controls: { ...command.controls, [controlNames.mixFade]: level } }
    })
  }

  /** After an edit, what is new in a voice that fades must fade as well. */
  again(from: Allocation, network: Network): Command[] {
    return from.voices.flatMap(({ group }, voice) =>
      this.fades(group) ? choked(from, network, voice, this.#level(group)) : [],
    )
  }
}
