import type { Report } from '../plan/index.ts'
import type { Awaited, Beats } from './beats.ts'
import type { Job } from './jobs.ts'

/** A change that waits for its beat. */
interface Waiting {
  awaited: Awaited
  readonly job: Job
  isPrepared: boolean
}

/** Changes that wait for their beat. */
export class Later {
  #waiting: Waiting[] = []

  get isEmpty(): boolean {
    return this.#waiting.length === 0
  }

  /** Its report comes when the change has been made. */
  add(awaited: Awaited, step: Job['step']): Promise<Report | undefined> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ awaited, job: { step, resolve, reject }, isPrepared: false })
    })
  }

  /** Looks anew at what they wait for, since the beat may have jumped. */
  look(beats: Beats, now: number): void {
    for (const one of this.#waiting) one.awaited = beats.sight(one.awaited, now)
  }

  /** The block in which the first is due, or Infinity. It moves as the tempo does. */
  nextBlock(beats: Beats): number {
    return Math.min(Infinity, ...this.#waiting.map(({ awaited }) => beats.blockOf(awaited)))
  }

  /**
   * The block in which something is to be done about one, or Infinity.
   *
   * @param ahead blocks by which one is prepared before it is due
   * @param lead blocks by which it is handed over before it is due
   */
  nextTurn(beats: Beats, ahead: number, lead: number): number {
    const turns = this.#waiting.map(
      ({ awaited, isPrepared }) => beats.blockOf(awaited) - (isPrepared ? lead : ahead),
    )
    return Math.min(Infinity, ...turns)
  }

  /** Prepares those that are due until a block. What is wrong with one is said when it is made. */
  async prepare(beats: Beats, block: number, work: (step: Job['step']) => Promise<void>): Promise<void> {
    const due = this.#waiting.filter((one) => !one.isPrepared && beats.blockOf(one.awaited) <= block)
    for (const one of due) {
      one.isPrepared = true
      await work(one.job.step).catch(() => undefined)
    }
  }

  /** Takes those that are due until a block, in the order in which they were asked for. */
  take(beats: Beats, block: number): Job[] {
    const due = this.#waiting.filter(({ awaited }) => beats.blockOf(awaited) <= block)
    this.#waiting = this.#waiting.filter((one) => !due.includes(one))
    return due.map(({ job }) => job)
  }

  /** None of them will come. */
  reject(error: Error): void {
    for (const { job } of this.#waiting.splice(0)) job.reject(error)
  }
}
