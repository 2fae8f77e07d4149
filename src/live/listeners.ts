/** Who wants to hear of what, by the name of the event. */
export class Listeners<Events extends object> {
  readonly #byEvent = new Map<keyof Events, Set<(what: never) => void>>()

  /** Calls a listener for every such event from now on; the result ends it. */
  add<E extends keyof Events>(event: E, listener: (what: Events[E]) => void): () => void {
    const listeners = this.#byEvent.get(event) ?? new Set()
    this.#byEvent.set(event, listeners)
    // two registrations of one function are two
    const own = (what: Events[E]): void => listener(what)
    listeners.add(own)
    return () => listeners.delete(own)
  }

  tell<E extends keyof Events>(event: E, what: Events[E]): void {
    for (const listener of this.#byEvent.get(event) ?? [])
      try {
        ;(listener as (what: Events[E]) => void)(what)
      } catch {
        // the sound goes on, and the others are told
      }
  }
}
