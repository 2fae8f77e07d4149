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
 * What is to be sent in blocks to come. What was meant for different blocks is done in different blocks, however late
 * it came: a gate that falls and rises must be seen to do so.
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
   * Hands out what is due in a block, piece by piece, until one is refused: that stays for the next block, as does all
   * that was meant for a later block than the first.
   *
   * @param take false: there is no room for it
   */
  due(block: number, take: (commands: readonly Command[]) => boolean): void {
    const first = this.#entries[0]
    if (first === undefined || first.block > block) return
    let count = 0
    while (this.#entries[count]?.block === first.block && take((this.#entries[count] as Entry).commands))
      count++
    const done = this.#entries.splice(0, count)
    const late = first.block < block ? done.filter(({ soon }) => !soon).length : 0
    this.#late += late
    if (late > 0) this.#longestLate = Math.max(this.#longestLate, block - first.block)
  }

  clear(): void {
    this.#entries = []
  }
}
