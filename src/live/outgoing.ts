import type { Engine, Moment } from '../engine/index.ts'
import type { Command } from '../scsynth/index.ts'
import { pieces } from './pieces.ts'

/** Commands that wait to be handed over. */
export class Outgoing {
  #commands: Command[] = []
  #sent = 0

  /** How many pieces were handed over so far. */
  get sent(): number {
    return this.#sent
  }

  push(...commands: readonly Command[]): void {
    this.#commands.push(...commands)
  }

  clear(): void {
    this.#commands = []
  }

  /** Hands over what is to happen in the next block, or in a later one. What the engine does not take stays for the one after. */
  flush(engine: Pick<Engine, 'send'>, at?: Moment): void {
    const waiting = pieces(this.#commands.splice(0))
    this.#sent += waiting.length
    try {
      for (; waiting[0]; waiting.shift()) engine.send(waiting[0], at)
    } finally {
      this.#commands.unshift(...waiting.flat())
    }
  }
}
