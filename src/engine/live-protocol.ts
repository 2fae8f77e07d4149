import type { Problem } from '../errors/index.ts'
import type { Command, TreeGroup } from '../scsynth/index.ts'
import type { DefToLoad, EngineEvent, Probe, ServerCounts } from './engine.ts'
import type { EngineLimits, EngineOptions } from './limits.ts'
import type { Moment } from './schedule.ts'

/** What the worker is started with. */
export interface WorkerSetup {
  readonly engine: EngineOptions
  readonly bufferFrames: number
  /** Id of the sound card; `silent` for none; absent for the default. */
  readonly device: string | undefined
  readonly shared: SharedArrayBuffer
  /** Several stereo pairs are added up, each times its gain; absent where there is one pair. */
  readonly gains: readonly number[] | undefined
}

/** Calls that are answered. */
export interface Calls {
  readonly load: { readonly takes: readonly DefToLoad[]; readonly gives: undefined }
  /** It is done in a block, or as soon as possible after it; gives the block in which it was. */
  readonly transact: {
    readonly takes: { readonly commands: readonly Command[]; readonly at: number }
    readonly gives: number
  }
  readonly queryTree: { readonly takes: number; readonly gives: TreeGroup }
  readonly counts: { readonly takes: undefined; readonly gives: ServerCounts }
  /** A bus, as it is in blocks to come. */
  readonly probe: { readonly takes: Probe; readonly gives: Float32Array }
  /** Fades out and ends. */
  readonly close: { readonly takes: undefined; readonly gives: undefined }
}

/** What is said to the worker. */
export type ToWorker =
  | {
      [M in keyof Calls]: {
        readonly say: 'call'
        readonly id: number
        readonly method: M
        readonly takes: Calls[M]['takes']
      }
    }[keyof Calls]
  | { readonly say: 'send'; readonly commands: readonly Command[]; readonly at: Moment }
  | { readonly say: 'cancel'; readonly after: number; readonly by: number | undefined }
  /** Whether the sound is wanted, besides being heard. */
  | { readonly say: 'tap'; readonly on: boolean }

/** What the worker says. */
export type FromWorker =
  | {
      readonly say: 'ready'
      readonly sink: 'card' | 'silent'
      readonly sampleRate: number
      readonly blockSize: number
      readonly outputs: number
      readonly firstBus: number
      readonly limits: EngineLimits
    }
  | { readonly say: 'answer'; readonly id: number; readonly gives: unknown }
  | { readonly say: 'refusal'; readonly id: number; readonly problems: readonly Problem[] }
  | { readonly say: 'events'; readonly events: readonly EngineEvent[] }
  | { readonly say: 'sound'; readonly channels: readonly Float32Array[] }
  /** It cannot go on. */
  | { readonly say: 'dead'; readonly problems: readonly Problem[] }

/** Numbers that the worker keeps up to date in memory that is shared, without a message. */
export const gauges = {
  /** Block in which what is sent now takes effect. */
  nextBlock: 0,
  /** Blocks handed to the device. */
  block: 1,
  /** Frames that the device played without having got them in time. */
  lost: 2,
  /** Times that computing a buffer took longer than playing it. */
  overruns: 3,
  /** Sends that were done later than they asked for. */
  late: 4,
  /** Milliseconds spent computing, and milliseconds of sound computed, since the start. */
  busy: 5,
  computed: 6,
  /** Seconds from what is computed to what is heard. */
  latency: 7,
  /** The largest gap between two questions of the device, in milliseconds. */
  gap: 8,
  /** Problems reported by events so far. */
  problems: 9,
  /** Blocks by which the latest send was late. */
  longestLate: 10,
} as const
export const gaugeCount = Object.keys(gauges).length
