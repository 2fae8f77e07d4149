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

/**
 * The buses and nodes that some commands set: a bus by its number, a node by its own below zero. What only takes away, or asks,
 * may follow in the same block.
 */
const setBy = (commands: readonly Command[]): number[] =>
  commands.flatMap((command) => {
    if (command.call === '/c_set') return command.values.map(([bus]) => bus)
    const isNode = ['/s_new', '/n_set', '/n_map', '/n_mapa', '/n_run'].includes(command.call)
    return isNode && 'id' in command ? [-1 - command.id] : []
  })

/**
 * What is to be sent in blocks to come. If some of it comes late, it is done as soon as it can be; but what sets the same
 * in different blocks does so in different blocks, however late: a gate that falls and rises must be seen to do so.
 */
export class Schedule {
  /** In the order of their blocks and, within one, in the order given. */
  #entries: Entry[] = []
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

  /** Forgets what was caused by something later than a block, and sent by somebody. */
  cancel(after: number, by?: number): void {
    this.#entries = this.#entries.filter((entry) => entry.cause <= after || entry.by !== by)
  }

  /**
   * Hands out what is due in a block, piece by piece, in its order, until one is refused, or sets what one that was meant
   * for an earlier block has just set: that stays for the next block, as does all after it.
   *
   * @param take false: there is no room for it
   */
  due(block: number, take: (commands: readonly Command[]) => boolean): void {
    const count = this.#doable(block, take)
    for (const { block: wanted, soon } of this.#entries.splice(0, count)) {
      if (soon || wanted >= block) continue
      this.#late++
      this.#longestLate = Math.max(this.#longestLate, block - wanted)
    }
  }

  /** Hands out, and counts. */
  #doable(block: number, take: (commands: readonly Command[]) => boolean): number {
    const before = new Set<number>()
    let now: number[] = []
    let of = this.#entries[0]?.block
    for (const [count, { block: wanted, commands }] of this.#entries.entries()) {
      if (wanted > block) return count
      if (wanted !== of) {
        for (const one of now) before.add(one)
        now = []
        of = wanted
      }
      // nothing is late in most blocks
      const sets = wanted < block || before.size > 0 ? setBy(commands) : []
      if (sets.some((one) => before.has(one)) || !take(commands)) return count
      now.push(...sets)
    }
    return this.#entries.length
  }

  clear(): void {
    this.#entries = []
  }
}
