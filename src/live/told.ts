import { clockControls, clockName, type Allocation } from '../plan/index.ts'
import type { Command } from '../scsynth/index.ts'

/** Whether the clock's synth knows which beat it is: it must be told when it is born, and when the beat jumps. */
export class Told {
  #last: { readonly id: number; readonly block: number } | undefined

  /** Synths were born: one of them may have the number of a clock that is no more. */
  born(ids: ReadonlySet<number>): void {
    if (this.#last && ids.has(this.#last.id)) this.#last = undefined
  }

  forget(): void {
    this.#last = undefined
  }

  /**
   * What tells the clock where it is in a block, if it must be told.
   *
   * @param beat since the beginning of its bar
   * @param again although it knows
   * @returns undefined if that must wait for the next block, since it was told something else in the block before
   */
  tell({ nodes }: Allocation, block: number, beat: number, again: boolean): Command[] | undefined {
    const id = nodes.get(clockName)?.instances[0]?.id
    const known = this.#last?.id === id
    if (id === undefined || (known && !again)) return []
    // a trigger in two blocks in a row is one
    if (known && this.#last && this.#last.block >= block - 1) return undefined
    this.#last = { id, block }
    return [{ call: '/n_set', id, controls: { [clockControls.at]: beat, [clockControls.sync]: 1 } }]
  }
}
