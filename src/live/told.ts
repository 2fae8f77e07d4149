import { clockControls, clockName, type Allocation } from '../plan/index.ts'
import type { Command } from '../scsynth/index.ts'

const clockOf = ({ nodes }: Allocation): number | undefined => nodes.get(clockName)?.instances[0]?.id

/** Which synth of a clock has been told where it is, and when. */
export class Told {
  #last: { readonly id: number; readonly block: number } | undefined

  /** Synths were born: one of them may have the number of a clock that is no more. */
  born(ids: ReadonlySet<number>): void {
    if (this.#last && ids.has(this.#last.id)) this.#last = undefined
  }

  forget(): void {
    this.#last = undefined
  }

  /** Whether there is a clock that has never been told. */
  isNew(allocation: Allocation): boolean {
    const id = clockOf(allocation)
    return id !== undefined && id !== this.#last?.id
  }

  /**
   * What tells the clock, if there is one, where it is in a block.
   *
   * @param beat since the beginning of its bar
   * @returns undefined if that must wait for the next block, since it was told something in the block before
   */
  tell(allocation: Allocation, block: number, beat: number): Command[] | undefined {
    const id = clockOf(allocation)
    if (id === undefined) return []
    // a trigger in two blocks in a row is one
    if (this.#last?.id === id && this.#last.block === block - 1) return undefined
    this.#last = { id, block }
    return [{ call: '/n_set', id, controls: { [clockControls.at]: beat, [clockControls.sync]: 1 } }]
  }
}
