import type { LiveEngine } from '../engine/live.ts'
import type { Audio } from './synth.ts'

type Listener = (audio: Audio) => void

/** Who listens to all that is heard, whatever engine it comes from. */
export class Taps {
  /** What ends each of them; two registrations of one function are two. */
  readonly #ends = new Map<{ readonly listener: Listener }, () => void>()

  /** @param engine absent: it is listened to from the next {@link attach} on */
  add(listener: Listener, engine: LiveEngine | undefined): () => void {
    const tap = { listener }
    this.#ends.set(tap, engine ? attached(engine, listener) : () => undefined)
    return () => {
      this.#ends.get(tap)?.()
      this.#ends.delete(tap)
    }
  }

  /** All listen to another engine. */
  attach(engine: LiveEngine): void {
    for (const tap of this.#ends.keys()) this.#ends.set(tap, attached(engine, tap.listener))
  }
}

function attached(engine: LiveEngine, listener: Listener): () => void {
  const { sampleRate } = engine
  return engine.tap((channels) => listener({ sampleRate, channels }))
}
