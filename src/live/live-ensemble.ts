import { MegasynthError, fail } from '../errors/index.ts'
import { createLiveEngine, type LiveEngine, type LiveOptions, type LiveStatus } from '../engine/live.ts'
import { shareLive, type LivePart } from '../engine/live-share.ts'
import { closed } from './guarded.ts'
import { LiveSession } from './live.ts'
import type { LiveSynth } from './live-synth.ts'
import { checkParts, inPart, type Part } from './part.ts'
import { startSession, type SynthOptions } from './start.ts'
import type { Audio } from './synth.ts'

/** What a live ensemble is made from. */
export interface LiveEnsembleOptions extends Omit<LiveOptions, 'outputs'>, Pick<SynthOptions, 'timeout'> {
  /** 1..16 patches. */
  readonly parts: readonly Part[]
}

/** One of several patches that are heard together: played, turned and edited by itself. */
export type LivePlayer = Omit<LiveSynth, 'close' | 'listen' | 'notice'>

/** Several patches that are heard together, on one engine and one sound device. */
export interface LiveEnsemble {
  /** Hz. */
  readonly sampleRate: number
  /** Seconds of the clock that all have in common. */
  readonly time: number
  /** Why there is no sound card behind it, in one line; undefined if there is one, or none was asked for. */
  readonly notice: string | undefined
  /** What plays and changes each of the patches, in their order. */
  readonly parts: readonly LivePlayer[]
  /** How the engine of all is doing. */
  stats(): LiveStatus
  /** Calls a listener with the sum that is heard from now on, about 43 ms at a time; the result ends it. */
  listen(listener: (audio: Audio) => void): () => void
  /** Fades out and ends the engine. */
  close(): Promise<void>
}

/**
 * Starts several patches that are heard together: on one engine, each in a root group of its own, with its own voices, knobs,
 * edits and final stage. They have second 0 in common. If the engine dies, one for all takes its place, and each is
 * rebuilt with its knobs and held notes.
 *
 * @throws MegasynthError with all problems of all patches (`parts[1].patch.devices…`); `out-of-range`; `engine-limit` if one
 * of them is too large for its share of the engine; `no-sound-device`, `sound-library-missing`, `invalid-option`
 * @example
 * const ensemble = await createLiveEnsemble({ parts: [{ patch }, { patch, gain: 0.5 }], device: 'silent' })
 * const [melody, bass] = ensemble.parts
 * melody?.noteOn(72)
 * bass?.noteOn(36)
 * await ensemble.close()
 */
export async function createLiveEnsemble({
  parts,
  timeout,
  ...engine
}: LiveEnsembleOptions): Promise<LiveEnsemble> {
  checkParts(parts)
  const gains = parts.map(({ gain = 1 }) => gain)
  const common = new CommonEngine(async () =>
    shareLive(await createLiveEngine({ ...engine, outputs: 2 * parts.length }, gains), parts.length),
  )
  await common.start()
  const sessions: LiveSession[] = []
  const close = async (): Promise<void> => {
    // it fades out while everything is still there
    await common.close()
    for (const session of sessions) await session.close()
  }
  try {
    for (const [i, { gain: _, ...part }] of parts.entries())
      sessions.push(
        await startSession<LiveEngine, LiveSession>(
          () => common.part(i),
          { ...part, ...(timeout !== undefined && { timeout }) },
          (...given) => new LiveSession(...given),
        ).catch((error: unknown) => {
          throw error instanceof MegasynthError ? inPart(error, i, parts.length) : error
        }),
      )
  } catch (error) {
    await close()
    throw error
  }
  const first = sessions[0] as LiveSession
  return {
    get sampleRate() {
      return first.sampleRate
    },
    get time() {
      return first.time
    },
    get notice() {
      return first.notice
    },
    parts: sessions,
    stats: () => first.stats(),
    listen: (listener) => first.listen(listener),
    close,
  }
}

/** The engine that all parts have in common, and the one that takes its place. */
class CommonEngine {
  readonly #start: () => Promise<readonly LivePart[]>
  #parts: Promise<readonly LivePart[]> | undefined
  /** Who has got its part of this engine. */
  readonly #given = new Set<number>()
  #closed = false

  constructor(start: () => Promise<readonly LivePart[]>) {
    this.#start = start
  }

  async start(): Promise<void> {
    await (this.#parts ??= this.#start())
  }

  /** A part of the engine. Whoever asks again has found that this one is of no use: then there is another one for all. */
  async part(index: number): Promise<LivePart> {
    if (this.#closed) throw new MegasynthError([closed])
    const before = this.#given.has(index) ? this.#parts : undefined
    if (this.#parts === undefined || before !== undefined) {
      this.#given.clear()
      this.#parts = this.#start()
    }
    this.#given.add(index)
    const parts = this.#parts
    if (before) await giveUp(before)
    return (await parts)[index] ?? fail({ code: 'out-of-range', path: 'parts', message: 'no such part' })
  }

  async close(): Promise<void> {
    this.#closed = true
    const parts = await this.#parts?.catch(() => undefined)
    await parts?.[0]?.endAll()
  }
}

/** Ends an engine, if it is there at all; whoever else uses it hears of it. */
async function giveUp(engine: Promise<readonly LivePart[]>): Promise<void> {
  const parts = await engine.catch(() => undefined)
  const cause = {
    code: 'engine-failed',
    path: 'engine',
    message: 'it was given up for another part',
  } as const
  await parts?.[0]?.endAll(new MegasynthError([cause]))
}
