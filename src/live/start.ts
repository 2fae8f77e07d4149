import { MegasynthError, problemIn, show } from '../errors/index.ts'
import { parsePatch, type ParsedPatch, type Patch } from '../patch/index.ts'
import { out, standard, type DeviceType } from '../devices/index.ts'
import { createOfflineEngine, type Engine, type EngineOptions, type OfflineEngine } from '../engine/index.ts'
import { copied, immutable } from './copied.ts'
import { Graph } from './graph.ts'
import { OfflineSession } from './offline.ts'
import type { Session } from './session.ts'
import type { OfflineSynth } from './synth.ts'

/** What a synth is made from. */
export interface SynthOptions extends EngineOptions {
  /** What is played. */
  readonly patch: Patch
  /** The device types that the patch may use. Default: `standard`. */
  readonly catalogue?: Readonly<Record<string, DeviceType>>
  /** Patches that can be recalled from the start, by their names. Default: none. */
  readonly snapshots?: ReadonlyMap<string, Patch>
  /** Seconds for which an answer of the engine is waited for. Default: 10. */
  readonly timeout?: number
}

/**
 * Starts a synth on the offline engine: a virtual clock, no sound card, the same bytes for the same calls.
 *
 * @throws MegasynthError with all problems of the patch, or of a snapshot; `engine-limit` if it is too large for the engine
 * @example
 * const synth = await createOffline({ patch })
 * synth.noteOn(60)
 * synth.noteOff(60, { at: 0.5 })
 * const { sampleRate, channels } = await synth.advance(2)
 * await synth.close()
 */
export async function createOffline(
  { patch, catalogue, timeout, snapshots, ...engine }: SynthOptions = {} as SynthOptions,
): Promise<OfflineSynth> {
  const options = {
    ...(catalogue && { catalogue }),
    ...(timeout !== undefined && { timeout }),
    ...(snapshots && { snapshots }),
  }
  return await startSynth(() => createOfflineEngine(engine), { patch, ...options })
}

/** Starts an offline synth on an engine; `create` is called again if the engine dies. */
export async function startSynth(
  create: () => Promise<OfflineEngine>,
  options: SessionOptions,
): Promise<OfflineSession> {
  return await startSession(create, options, (...parts) => new OfflineSession(...parts))
}

/** What a session is made from, besides its engine. */
export type SessionOptions = Pick<SynthOptions, 'patch' | 'catalogue' | 'timeout' | 'snapshots'>

/** Starts a session on an engine; `create` is called again if the engine dies. */
export async function startSession<E extends Engine, S extends Session<E>>(
  create: () => Promise<E>,
  { patch: given, catalogue = standard, timeout = 10, snapshots = new Map<string, Patch>() }: SessionOptions,
  make: (...parts: ConstructorParameters<typeof Session<E>>) => S,
): Promise<S> {
  const patch = copied(given)
  // the engine starts while the patch is read
  const starting = create()
  starting.catch(() => undefined)
  let parsed: ParsedPatch
  try {
    parsed = parsePatch(patch, catalogue, out)
    immutable(patch)
  } catch (error) {
    await starting.then((unused) => unused.close()).catch(() => undefined)
    throw error
  }
  const synth = make(new Graph(await starting, { create, timeout }), catalogue, patch)
  try {
    for (const [name, snapshot] of snapshots) store(synth, name, snapshot)
    await synth.start(patch, parsed)
    return synth
  } catch (error) {
    await synth.close()
    throw error
  }
}

/** Problems are those of that snapshot. */
function store(synth: Pick<OfflineSynth, 'store'>, name: string, patch: Patch): void {
  try {
    synth.store(name, patch)
  } catch (error) {
    if (!(error instanceof MegasynthError)) throw error
    throw new MegasynthError(
      error.problems.map((problem) => problemIn(`snapshots[${show(name)}]`, problem)),
      { cause: error },
    )
  }
}
