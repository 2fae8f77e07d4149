import { MegasynthError, fail } from '../errors/index.ts'
import { createOfflineEngine, mixed, share, type EngineOptions } from '../engine/index.ts'
import { advanced, checkPiece, type OfflineSession } from './offline.ts'
import { checkParts, inPart, type Part } from './part.ts'
import { startSynth, type SynthOptions } from './start.ts'
import type { Audio, Synth } from './synth.ts'

/** What an ensemble is made from. */
export interface EnsembleOptions extends Omit<EngineOptions, 'outputs'>, Pick<SynthOptions, 'timeout'> {
  /** 1..16 patches. */
  readonly parts: readonly Part[]
}

/** Several patches that sound together, on one engine. */
export interface Ensemble {
  /** Hz. */
  readonly sampleRate: number
  /** Seconds of the common clock. */
  readonly time: number
  /** What plays and changes each of the patches, in their order. The ensemble is closed as a whole. */
  readonly parts: readonly Omit<Synth, 'close'>[]
  /** Plays on for some seconds (rounded up to whole blocks) and returns the sum. @throws MegasynthError `engine-failed` */
  advance(seconds: number): Promise<Audio>
  close(): Promise<void>
}

/**
 * Starts several patches on one offline engine: each in a root group of its own, with its own voices, knobs and final stage;
 * what they put out is added up.
 *
 * @throws MegasynthError with all problems of all patches (`parts[1].patch.devices…`); `out-of-range`; `engine-limit` if one
 * of them is too large for its share of the engine
 * @example
 * const ensemble = await createEnsemble({ parts: [{ patch }, { patch, gain: 0.5 }] })
 * ensemble.parts[0]?.play({ kind: 'on', note: 60, velocity: 0.8 })
 * const { channels } = await ensemble.advance(1)
 * await ensemble.close()
 */
export async function createEnsemble({ parts, timeout, ...options }: EnsembleOptions): Promise<Ensemble> {
  checkParts(parts)
  const engine = await createOfflineEngine({ ...options, outputs: 2 * parts.length })
  const shares = share(engine, parts.length)
  const sessions: OfflineSession[] = []
  const close = async (): Promise<void> => {
    for (const session of sessions) await session.close()
    for (const one of shares) await one.close()
  }
  try {
    for (const [i, { patch, catalogue, snapshots }] of parts.entries()) {
      const some = {
        patch,
        ...(catalogue && { catalogue }),
        ...(timeout !== undefined && { timeout }),
        ...(snapshots && { snapshots }),
      }
      let isStarted = false
      const start = async (): Promise<OfflineSession> =>
        await startSynth(async () => {
          if (isStarted)
            fail({
              code: 'engine-failed',
              path: 'engine',
              message: 'it has died, and is not started again while several patches share it',
            })
          isStarted = true
          return shares[i] as (typeof shares)[number]
        }, some)
      sessions.push(
        await start().catch((error: unknown) => {
          throw error instanceof MegasynthError ? inPart(error, i, parts.length) : error
        }),
      )
    }
  } catch (error) {
    await close()
    throw error
  }
  // for each it is second 0 now, whenever it was started
  for (const session of sessions) session.startClock(0)
  const gains = parts.map(({ gain = 1 }) => gain)
  return {
    sampleRate: engine.sampleRate,
    get time() {
      return sessions[0]?.time ?? 0
    },
    parts: sessions,
    async advance(seconds) {
      checkPiece(seconds)
      const { sampleRate, channels } = await advanced(engine, sessions, seconds)
      return { sampleRate, channels: [0, 1].map((side) => mixed(channels, gains, side)) }
    },
    close,
  }
}
