import type { MegasynthError } from '../errors/index.ts'
import type { LiveEngine, LiveStatus } from './live.ts'
import { commonOf, Share, type Common } from './share.ts'

/** What the shares of a live engine have in common, besides. */
interface LiveCommon extends Common<LiveEngine> {
  /** The block that is second 0, once anybody has said so. */
  origin: number | undefined
}

/** A part of an engine that is heard. What is listened to is the sum of all parts. */
export interface LivePart extends LiveEngine {
  /** Ends the whole engine. With a cause, the parts that are in use mourn it. */
  endAll(cause?: MegasynthError): Promise<void>
}

/**
 * Several live engines out of one; see {@link share}.
 *
 * @throws MegasynthError `engine-limit` if it has not enough outputs
 */
export function shareLive(engine: LiveEngine, count: number): readonly LivePart[] {
  const common: LiveCommon = { ...commonOf(engine, count), origin: undefined }
  const parts: LiveShare[] = []
  for (let i = 0; i < count; i++) parts.push(new LiveShare(common, i, parts))
  return parts
}

class LiveShare extends Share<LiveEngine> implements LivePart {
  declare protected readonly common: LiveCommon
  readonly #all: readonly LiveShare[]
  readonly #mourners = new Set<(cause: MegasynthError) => void>()
  #mourned = false

  constructor(common: LiveCommon, index: number, all: readonly LiveShare[]) {
    super(common, index)
    this.#all = all
    common.engine.onDeath((cause) => this.#mourn(cause))
  }

  get live(): LiveStatus {
    return this.common.engine.live
  }

  get bufferBlocks(): number {
    return this.common.engine.bufferBlocks
  }

  get notice(): string | undefined {
    return this.common.engine.notice
  }

  get origin(): number | undefined {
    return this.common.origin
  }

  /** For all parts it is the same second in the same block. */
  originOf(blocks: number): number {
    return (this.common.origin ??= this.nextBlock - blocks)
  }

  tap(listener: (channels: readonly Float32Array[]) => void): () => void {
    return this.common.engine.tap(listener)
  }

  onDeath(listener: (cause: MegasynthError) => void): void {
    this.#mourners.add(listener)
  }

  /** It dies once, also if it is given up when it is dead. */
  #mourn(cause: MegasynthError): void {
    if (this.isClosed || this.#mourned) return
    this.#mourned = true
    for (const mourner of this.#mourners) mourner(cause)
  }

  async endAll(cause?: MegasynthError): Promise<void> {
    await this.common.engine.close()
    if (cause) for (const part of this.#all) part.#mourn(cause)
  }
}
