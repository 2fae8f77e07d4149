import { createLiveEngine, type LiveOptions } from '../engine/live.ts'
import { LiveSession } from './live.ts'
import type { LiveSynth } from './live-synth.ts'
import { startSession, type SessionOptions } from './start.ts'

/** What a live synth is made from. */
export interface LiveSynthOptions extends LiveOptions, SessionOptions {}

/**
 * Starts a synth that is heard: on the system's sound device, or on another (`device`); silently, with one line in
 * `notice`, where there is no sound card.
 *
 * @throws MegasynthError with all problems of the patch; `engine-limit` if it is too large for the engine;
 * `no-sound-device`, `sound-library-missing`, `invalid-option`
 * @example
 * const synth = await createSynth({ patch })
 * synth.noteOn(60)
 * synth.noteOff(60, { at: synth.time + 0.5 })
 * await synth.close()
 */
export async function createSynth({
  patch,
  catalogue,
  timeout,
  snapshots,
  ...engine
}: LiveSynthOptions): Promise<LiveSynth> {
  return await startSession(
    () => createLiveEngine(engine),
    {
      patch,
      ...(catalogue && { catalogue }),
      ...(timeout !== undefined && { timeout }),
      ...(snapshots && { snapshots }),
    },
    (...parts) => new LiveSession(...parts),
  )
}
