import type { Report } from '../plan/index.ts'
import type { Beats } from './beats.ts'
import type { Job } from './jobs.ts'

/** Changes that wait for their beat. */
export class Later {
  #waiting: { readonly beat: number; readonly job: Job }[] = []

  /** Its report comes when the change has been made. */
  add(beat: number, step: Job['step'], over: number): Promise<Report | undefined> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ beat, job: { step, over, resolve, reject } })
    })
  }

  /** The block in which the first is due, or Infinity. It moves as the tempo does. */
  nextBlock(beats: Beats): number {
    return this.#waiting.reduce((next, { beat }) => Math.min(next, beats.blockOf(beat)), Infinity)
  }

  /** Takes those that are due in a block, in the order in which they were asked for. */
  take(beats: Beats, block: number): Job[] {
    const due = this.#waiting.filter(({ beat }) => beats.blockOf(beat) <= block)
    this.#waiting = this.#waiting.filter((one) => !due.includes(one))
    return due.map(({ job }) => job)
  }

  /** None of them will come. */
  reject(error: Error): void {
    for (const { job } of this.#waiting.splice(0)) job.reject(error)
  }
}
