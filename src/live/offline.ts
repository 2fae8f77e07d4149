import { MegasynthError, type Problem } from '../errors/index.ts'
import type { OfflineEngine } from '../engine/index.ts'
import type { Happening } from './player.ts'
import { Session } from './session.ts'
import type { Audio, OfflineSynth } from './synth.ts'
import { within } from './within.ts'

/** The session on an engine that is driven block by block. */
export class OfflineSession extends Session<OfflineEngine> implements OfflineSynth {
  get time(): number {
    const { block, blockSize, sampleRate } = this.teller
    return ((block - this.origin) * blockSize) / sampleRate
  }

  /** The blocks that the engine has computed as it started are not heard. */
  startClock(seconds: number): void {
    const { block, nextBlock, blockSize, outputs, sampleRate } = this.engine
    const unheard = Array.from({ length: outputs }, () => new Float32Array((nextBlock - block) * blockSize))
    this.engine.advance(nextBlock - block, unheard, 0)
    this.origin = nextBlock - Math.round((seconds * sampleRate) / blockSize)
  }

  protected schedule(happening: Happening, block: number | undefined): void {
    const { now, player } = this
    const isAtOnce = happening.kind === 'knob' && block === undefined && happening.blocks === undefined
    if (isAtOnce) player.turn(happening.name, happening.position)
    // what was asked for before is done before
    if (!isAtOnce || player.nextBlock <= now) player.add(Math.max(block ?? now, now), happening)
  }

  protected forgetAhead(): void {
    this.player.forget(this.now)
  }

  async advance(seconds: number): Promise<Audio> {
    checkPiece(seconds)
    this.turns.endBatch()
    return await this.turns.take(async () => {
      await this.revive()
      return await advanced(this.engine, [this], seconds)
    })
  }

  /** Looks after itself and hands over what is due. The result is the block of the engine in which it must do so again. */
  async prepare(): Promise<number> {
    await this.changeDue()
    if (this.engine.nextBlock % blocksPerLook === 0) await this.look()
    this.#happen()
    // looks are at fixed times, so that it is all one how a stretch of time is cut into pieces
    const glance = (Math.floor(this.engine.nextBlock / blocksPerLook) + 1) * blocksPerLook
    return Math.min(Math.min(this.player.nextBlock, this.nextChange) + this.origin, glance)
  }

  /** What the engine complained about since it was last asked. */
  takeProblems(): Problem[] {
    return this.graph.takeProblems()
  }

  /** Hands over what is due in the next block. */
  #happen(): void {
    const { now, player, graph } = this
    if (player.nextBlock <= now) {
      this.strike(player.perform(now, player.take(now)), now)
      this.tellClock(now)
    }
    graph.setKnobs(player.knobs.takeTurned(), player.knobs.position)
    graph.flush()
  }
}

/** Refuses what is no length of one piece of sound. */
export function checkPiece(seconds: number): void {
  const message = 'this is no length of one piece of sound'
  within(0, longestAdvance, seconds, { code: 'out-of-range', path: 'seconds', message })
}

/**
 * The sound of an engine in the next seconds, while all sessions on it play.
 *
 * @throws MegasynthError with what the engine complained about
 */
export async function advanced(
  engine: OfflineEngine,
  sessions: readonly OfflineSession[],
  seconds: number,
): Promise<Audio> {
  const { blockSize, sampleRate, outputs } = engine
  // a hair less, so that 128 / 48000 s is one block in spite of its rounding
  const blocks = Math.ceil((seconds * sampleRate) / blockSize - 1e-6)
  const channels = Array.from({ length: outputs }, () => new Float32Array(blocks * blockSize))
  for (let done = 0; done < blocks;) {
    let next = Infinity
    for (const session of sessions) next = Math.min(next, await session.prepare())
    const { block, nextBlock } = engine
    const count = Math.min(Math.max(next, nextBlock + 1) - block, blocks - done)
    engine.advance(count, channels, done * blockSize)
    done += count
  }
  const problems = sessions.flatMap((session) => session.takeProblems())
  if (problems.length > 0) throw new MegasynthError(problems)
  return { sampleRate, channels }
}

/** Seconds of sound in one piece: more would not fit into memory. */
const longestAdvance = 3600
/** Blocks from one look after voices, tails and troubles to the next: 43 ms at 48 kHz. */
const blocksPerLook = 16
