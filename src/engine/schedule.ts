import type { Command } from '../scsynth/index.ts'

/** When commands take effect. */
export interface Moment {
  /** Number of the block. */
  readonly block: number
  /** Block of what caused them, if that is another: what is played in one block may have to end in the next. Default: `block`. */
  readonly cause?: number
  /** It is wanted as soon as possible: in a later block it is not late. Default: false. */
  readonly soon?: boolean
  /** Who sends it, where several do: each can take back what is its own. */
  readonly by?: number
}

interface Entry extends Moment {
  readonly cause: number
  readonly soon: boolean
  readonly commands: readonly Command[]
}

type Setting = readonly [what: number | string, value: number]

/** What some commands set: buses by their number, controls and runs of nodes by name, and their values. */
const setBy = (commands: readonly Command[]): Setting[] =>
  commands.flatMap((command): readonly Setting[] => {
    if (command.call === '/c_set') return command.values
    if (command.call === '/n_run') return [[`run ${command.id}`, Number(command.run)]]
    if (command.call !== '/n_set' && command.call !== '/s_new') return []
    return Object.entries(command.controls).flatMap(([name, value]) =>
      typeof value === 'number' ? [[`${command.id} ${name}`, value]] : [],
    )
  })

/**
 * What is to be sent in blocks to come. If some of it comes late, it is done as soon as it can be; but what goes somewhere
 * and back in different blocks does so in different blocks, however late: a gate that falls and rises must be seen to do so.
 */
export class Schedule {
  /** In the order of their blocks and, within one, in the order given. */
  #entries: Entry[] = []
  /** What buses were set to, the last time, by whomever. */
  readonly #shown = new Map<number, number>()
  #late = 0
  #longestLate = 0

  /** Entries that were done in a later block than was asked for, and blocks by which the latest of them was late. */
  get lateness(): { readonly late: number; readonly longestLate: number } {
    return { late: this.#late, longestLate: this.#longestLate }
  }

  get size(): number {
    return this.#entries.length
  }

  /** Whether something is due in a block. */
  isDue(block: number): boolean {
    return (this.#entries[0]?.block ?? Infinity) <= block
  }

  add({ block, cause = block, soon = false, by }: Moment, commands: readonly Command[]): void {
    let at = this.#entries.length
    while (at > 0 && (this.#entries[at - 1] as Entry).block > block) at--
    this.#entries.splice(at, 0, { block, cause, soon, commands, ...(by !== undefined && { by }) })
  }

  /** Something is set that was not in the schedule: what undoes what is told from what buses showed before. */
  note(commands: readonly Command[]): void {
    for (const command of commands)
      if (command.call === '/c_set') for (const [bus, value] of command.values) this.#shown.set(bus, value)
  }

  /** Forgets what was caused by something later than a block, and sent by somebody. */
  cancel(after: number, by?: number): void {
    this.#entries = this.#entries.filter((entry) => entry.cause <= after || entry.by !== by)
  }

  /**
   * Hands out what is due in a block, piece by piece, in its order. What would undo what was meant for an earlier block,
   * before that was seen, stays for the next block with all that is meant for the same one; and so does what is refused.
   *
   * @param take false: there is no room for it
   */
  due(block: number, take: (commands: readonly Command[]) => boolean): void {
    if (!this.isDue(block)) return
    const done = new Map<number | string, number>()
    let count = 0
    for (
      let first = this.#entries[0];
      first !== undefined && first.block <= block;
      first = this.#entries[count]
    ) {
      const { block: wanted } = first
      const end = this.#entries.findIndex((entry, i) => i > count && entry.block !== wanted)
      const together = this.#entries.slice(count, end < 0 ? undefined : end)
      const sets = together.map(({ commands }) => setBy(commands))
      if (sets.flat().some((one) => this.#undoes(one, done))) break
      const refused = together.findIndex(({ commands }) => !take(commands))
      for (const [what, value] of sets.slice(0, refused < 0 ? undefined : refused).flat())
        done.set(what, value)
      count += refused < 0 ? together.length : refused
      if (refused >= 0) break
    }
    for (const [what, value] of done) if (typeof what === 'number') this.#shown.set(what, value)
    for (const { block: wanted, soon } of this.#entries.splice(0, count)) {
      if (soon || wanted >= block) continue
      this.#late++
      this.#longestLate = Math.max(this.#longestLate, block - wanted)
    }
  }

  /** Whether nobody would see what has just been set. */
  #undoes([what, value]: Setting, done: ReadonlyMap<number | string, number>): boolean {
    const last = done.get(what)
    if (last === undefined || last === value) return false
    if (typeof what === 'string') return true
    const shown = this.#shown.get(what) ?? 0
    return shown === value && shown !== last
  }

  clear(): void {
    this.#entries = []
  }
}
