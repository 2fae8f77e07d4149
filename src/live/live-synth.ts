import type { MegasynthError } from '../errors/index.ts'
import type { LiveStatus } from '../engine/live.ts'
import type { Audio, Synth } from './synth.ts'

/** How a live synth is doing. */
export interface Stats extends LiveStatus {
  /** Seconds of the synth's clock. */
  readonly time: number
  readonly voices: {
    /** Whose keys are down. */
    readonly held: number
    /** That run, since they sound. */
    readonly awake: number
    readonly total: number
  }
  /** Synths on the engine, those that fade out included. */
  readonly synths: number
  readonly audioBuses: number
  readonly controlBuses: number
}

/** A synth of the live server tree. */
export interface TreeLine {
  /** `device` as the patch calls it; absent for what leaves after an edit. */
  readonly device: string
  readonly type: string
  readonly id: number
  readonly leaving: boolean
  /** Peak of its output over the last blocks: 0..1 and above; absent where it has no bus of its own, and asleep. */
  readonly peak?: number
  /** Why it has no bus of its own: it only adds itself to what leaves all voices, or nobody reads it. */
  readonly goes?: 'into the sum' | 'nowhere'
}

/** A group of the live server tree, in the order in which it runs. */
export interface TreePart {
  /** `before` the voices, `voice 3`, `after` the voices. */
  readonly name: string
  /** A voice that nobody plays, and that costs nothing. */
  readonly paused: boolean
  readonly synths: readonly TreeLine[]
}

/** A synth that is heard. */
export interface LiveSynth extends Synth {
  /** Why there is no sound card behind it, in one line; undefined if there is one, or none was asked for. */
  readonly notice: string | undefined
  stats(): Stats
  /**
   * Calls a listener with all that is heard from now on, about 43 ms at a time; the result ends it.
   *
   * @example
   * const synth = await createSynth({ patch, device: 'silent' })
   * const stop = synth.listen(({ channels }) => console.log(channels[0]?.length))
   */
  listen(listener: (audio: Audio) => void): () => void
  /**
   * What a device puts out, as it is now: listens at its bus for a while; anew, if an edit moves it meanwhile.
   *
   * @param device a device of the patch, or `out`
   * @param where `voice`: 1..; default: the one that was struck last. `seconds` 0.003..10; default: 0.1
   * @throws MegasynthError `unknown-source`, also for one that an edit takes away meanwhile; `out-of-range`; `invalid-value` for a voice of what is there once
   * @returns one or two channels; a control signal has a sample a block, and its `sampleRate` says so
   */
  probe(device: string, where?: { readonly voice?: number; readonly seconds?: number }): Promise<Audio>
  /** What runs on the engine, asked of the engine itself: as it is before an edit or after it. */
  tree(): Promise<readonly TreePart[]>
}

/** The engine had died, and everything has been rebuilt. */
export interface Restart {
  readonly cause: MegasynthError
}
