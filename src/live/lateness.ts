import type { LiveStatus } from '../engine/live.ts'

/** What a session handed to its engine only after its time. */
export class Lateness {
  #count = 0
  #longest = 0

  /** @param seconds by which the latest of them is late */
  add(count: number, seconds: number): void {
    this.#count += count
    this.#longest = Math.max(this.#longest, seconds)
  }

  /** With what the engine itself did too late. */
  with(live: LiveStatus): LiveStatus {
    return {
      ...live,
      late: live.late + this.#count,
      longestLate: Math.max(live.longestLate, this.#longest),
    }
  }
}
