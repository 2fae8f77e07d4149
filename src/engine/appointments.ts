interface Appointment {
  readonly at: number
  readonly keep: () => void
  readonly fail: (error: unknown) => void
}

/** What waits for a block of its own, and is asked for what came of it. */
export class Appointments {
  /** In the order of their blocks and, within one, in the order given. */
  readonly #waiting: Appointment[] = []
  #busy = false

  /** Does something as soon as it is a block's turn. Gives what comes of it. */
  make<T>(at: number, work: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      const keep = (): void => {
        try {
          resolve(work())
        } catch (error) {
          reject(error)
        }
      }
      const after = this.#waiting.findIndex((other) => other.at > at)
      this.#waiting.splice(after < 0 ? this.#waiting.length : after, 0, { at, keep, fail: reject })
    })
  }

  /** Does what is due, one after the other. Each may take blocks, after which more is due. */
  keep(block: () => number): void {
    if (this.#busy || this.#waiting.length === 0) return
    this.#busy = true
    try {
      for (let [next] = this.#waiting; next !== undefined && next.at <= block(); [next] = this.#waiting) {
        this.#waiting.shift()
        next.keep()
      }
    } finally {
      this.#busy = false
    }
  }

  /** None of them will be kept. */
  fail(error: unknown): void {
    for (const { fail } of this.#waiting.splice(0)) fail(error)
  }
}
