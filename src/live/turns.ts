import type { Report } from '../plan/index.ts'
import type { Job } from './jobs.ts'

/** One thing after the other, in the order of the calls. */
export class Turns {
  /** What was asked for last, and must be done before anything else is. */
  #last: Promise<unknown> = Promise.resolve()
  /** Changes that will be one plan: all that is asked for until something else is. */
  #batch: Job[] | undefined

  /** Does something when all that was asked for before is done. */
  take<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work)
    this.#last = turn.catch(() => undefined)
    return turn
  }

  /** A change, made with all that are asked for in one go. @param work makes them, and answers them */
  change(step: Job['step'], work: (jobs: readonly Job[]) => Promise<void>): Promise<Report | undefined> {
    return new Promise((resolve, reject) => {
      const job = { step, resolve, reject }
      if (this.#batch) this.#batch.push(job)
      else {
        const batch = [job]
        this.#batch = batch
        void this.take(() => {
          if (this.#batch === batch) this.endBatch()
          return work(batch)
        })
      }
    })
  }

  /** Changes that are asked for from now on are no part of those before. */
  endBatch(): void {
    this.#batch = undefined
  }
}
