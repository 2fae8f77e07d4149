import { MegasynthError, fail, problemIn, type Problem } from '../errors/index.ts'
import { out, standard } from '../devices/index.ts'
import { createOfflineEngine, share, type EngineOptions } from '../engine/index.ts'
import { checkPatch } from '../patch/index.ts'
import { within } from './within.ts'
import { advanced, checkPiece, type OfflineSession } from './offline.ts'
import { startSynth, type SynthOptions } from './start.ts'
import type { Audio, Synth } from './synth.ts'

/** The most patches that play together: the engine has 32 outputs. */
export const mostParts = 16

/** A patch among several that play together. */
export interface Part extends Pick<SynthOptions, 'patch' | 'catalogue' | 'snapshots'> {
  /** Factor of what it puts out, 0..8. Default: 1. */
  readonly gain?: number
}

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
  /** What plays each of the patches, in their order. */
  readonly parts: readonly Pick<Synth, 'play' | 'setKnob' | 'knob' | 'setTempo' | 'recall'>[]
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
      return mixed(await advanced(engine, sessions, seconds), gains)
    },
    close,
  }
}

/** The sum of stereo pairs. */
function mixed({ sampleRate, channels }: Audio, gains: readonly number[]): Audio {
  const sum = [0, 1].map((side) => {
    const total = new Float32Array(channels[side]?.length ?? 0)
    for (const [i, gain] of gains.entries()) {
      const channel = channels[2 * i + side] ?? total
      for (let frame = 0; frame < total.length; frame++)
        total[frame] = (total[frame] ?? 0) + gain * (channel[frame] ?? 0)
    }
    return total
  })
  return { sampleRate, channels: sum }
}

/** A problem of a patch, or of a snapshot beside it, is one of that part. */
const placed = (problem: Problem, part: number): Problem =>
  problemIn(`parts[${part}]${problem.path.startsWith('snapshots[') ? '' : '.patch'}`, problem)

/** What is wrong with a part; its share of the engine is smaller than the engine. */
function inPart(error: MegasynthError, part: number, count: number): MegasynthError {
  const problems = error.problems.map((problem): Problem => {
    const { suggestion } = problem
    if (problem.code !== 'engine-limit' || suggestion === undefined) return placed(problem, part)
    return placed(
      { ...problem, suggestion: `each of ${count} patches has an equal part of it: ${suggestion}` },
      part,
    )
  })
  return new MegasynthError(problems, { cause: error })
}

function checkParts(parts: readonly Part[]): void {
  const count = {
    code: 'out-of-range',
    path: 'parts',
    message: 'so many patches cannot play together',
  } as const
  within(1, mostParts, parts.length, count)
  const problems = parts.flatMap(({ patch, catalogue = standard }, i) =>
    checkPatch(patch, catalogue, out).problems.map((problem) => placed(problem, i)),
  )
  if (problems.length > 0) throw new MegasynthError(problems)
  for (const [i, { gain }] of parts.entries())
    if (gain !== undefined)
      within(0, 8, gain, { code: 'out-of-range', path: `parts[${i}].gain`, message: 'is no gain' })
}
