import { MegasynthError } from '../errors/index.ts'
import type { OfflineEngine } from '../engine/index.ts'
import type { Happening } from './player.ts'
import { Session } from './session.ts'
import type { Audio, OfflineSynth } from './synth.ts'
import { within } from './within.ts'

/** The session on an engine that is driven block by block. */
export class OfflineSession extends Session<OfflineEngine> implements OfflineSynth {
  get time(): number {
    return ((this.engine.block - this.origin) * this.engine.blockSize) / this.engine.sampleRate
  }

  /** The blocks that the engine has computed as it started are not heard. */
  protected startClock(seconds: number): void {
    const { block, nextBlock, blockSize, outputs, sampleRate } = this.engine
    const unheard = Array.from({ length: outputs }, () => new Float32Array((nextBlock - block) * blockSize))
    this.engine.advance(nextBlock - block, unheard, 0)
    this.origin = nextBlock - Math.round((seconds * sampleRate) / blockSize)
  }

  protected schedule(happening: Happening, block: number | undefined): void {
    if (happening.kind === 'knob' && block === undefined)
      this.player.knobs.turn(happening.name, happening.position)
    else this.player.add(Math.max(block ?? this.now, this.now), happening)
  }

  async advance(seconds: number): Promise<Audio> {
    const message = 'this is no length of one piece of sound'
    within(0, longestAdvance, seconds, { code: 'out-of-range', path: 'seconds', message })
    this.endBatch()
    return await this.inTurn(() => this.#sound(seconds))
  }

  async #sound(seconds: number): Promise<Audio> {
    await this.revive()
    const { blockSize, sampleRate, outputs } = this.engine
    // a hair less, so that 128 / 48000 s is one block in spite of its rounding
    const blocks = Math.ceil((seconds * sampleRate) / blockSize - 1e-6)
    const channels = Array.from({ length: outputs }, () => new Float32Array(blocks * blockSize))
    for (let done = 0; done < blocks;) {
      if (this.engine.nextBlock % blocksPerLook === 0) await this.look()
      this.#happen()
      const { block, nextBlock } = this.engine
      // looks are at fixed times, so that it is all one how a stretch of time is cut into pieces
      const glance = (Math.floor(nextBlock / blocksPerLook) + 1) * blocksPerLook
      const next = Math.min(this.player.nextBlock + this.origin, glance)
      const count = Math.min(Math.max(next, nextBlock + 1) - block, blocks - done)
      this.engine.advance(count, channels, done * blockSize)
      done += count
    }
    const problems = this.graph.takeProblems()
    if (problems.length > 0) throw new MegasynthError(problems)
    return { sampleRate, channels }
  }

  /** Hands over what is due in the next block. */
  #happen(): void {
    const { now, player, graph } = this
    this.strike(player.perform(now, player.take(now)), now)
    this.tellClock(now)
    graph.setKnobs(player.knobs.takeTurned(), player.knobs.position)
    graph.flush()
  }
}

/** Seconds of sound in one piece: more would not fit into memory. */
const longestAdvance = 3600
/** Blocks from one look after voices, tails and troubles to the next: 43 ms at 48 kHz. */
const blocksPerLook = 16
