import type { FirstNumbers } from '../plan/index.ts'
import type { Command, Reply, TreeGroup } from '../scsynth/index.ts'
import type { Problem } from '../errors/index.ts'
import type { EngineLimits } from './limits.ts'
import type { Moment } from './schedule.ts'

/** A SynthDef as an engine loads it. */
export interface DefToLoad {
  readonly name: string
  /** The bytes of an `.scsyndef` file that holds this one SynthDef. */
  readonly bytes: Uint8Array
  /** What it is for, as errors shall say it: `filter (filter0)`. Default: the name. */
  readonly label?: string
}

/** What an engine tells without being asked. */
export type EngineEvent =
  /** A notification or answer: `/n_go`, `/n_end`, `/n_off`… */
  | { readonly type: 'reply'; readonly block: number; readonly reply: Reply }
  /** What a synth puts out is no number, has run away (infinite, or far beyond use), or is well again. */
  | { readonly type: 'trouble'; readonly block: number; readonly node: number; readonly state: Soundness }
  /** Something that was sent unconfirmed went wrong: `subject`, if that can be told. */
  | {
      readonly type: 'problem'
      readonly block: number
      readonly problem: Problem
      readonly subject?: Command | undefined
    }

/** What a synth that watches itself has found. */
export type Soundness = 'nan' | 'runaway' | 'sound'

/** How an engine is doing, as far as it is known without asking it. */
export interface EngineStatus {
  readonly state: 'running' | 'failed' | 'closed'
  /** Blocks whose sound has been delivered. */
  readonly block: number
  /** Blocks computed and not yet delivered. */
  readonly buffered: number
  /** Messages that wait for the next block. */
  readonly pending: number
  /** Problems reported by events so far. */
  readonly problems: number
  /** Sends that were done in a later block than they asked for. */
  readonly late: number
  /** Blocks by which the latest of them was late. */
  readonly longestLate: number
}

/** What exists on the server. */
export interface ServerCounts {
  readonly ugens: number
  readonly synths: number
  /** The root group counts. */
  readonly groups: number
  readonly synthDefs: number
}

/** A bus that is to be looked at for some blocks. */
export interface Probe {
  readonly rate: 'audio' | 'control'
  readonly bus: number
  readonly blocks: number
}

/**
 * Whatever runs scsynth. All methods take commands as values and keep their order; a block is the unit of time.
 *
 * Errors are MegasynthErrors: 'engine-limit' names the limit, by how much it is exceeded and what raises it, and
 * nothing was sent; 'engine-failed' says what the engine refused, or that it died; 'engine-timeout' means that it did not
 * answer; 'engine-closed' that it is used after `close`.
 */
export interface Engine {
  readonly kind: 'offline' | 'embedded' | 'native' | 'supernova'
  readonly sampleRate: number
  /** Frames per block. */
  readonly blockSize: number
  readonly outputs: number
  /** The first audio bus that a patch may use for itself. */
  readonly firstBus: number
  /** Where its numbers begin, if it is a share of an engine. Default: nobody else uses any. */
  readonly first?: FirstNumbers
  /** What every plan must be checked against. */
  readonly limits: EngineLimits
  /** Number of the block in which `send` and `transact` take effect; blocks count from 0. */
  readonly nextBlock: number
  /**
   * Loads SynthDefs and sees that they are there. It may take several blocks, in which what sounds goes on. Loading
   * a name again replaces the SynthDef for synths yet to come. Rejects with every SynthDef that the engine refuses
   * ('engine-failed'), that is not what it says ('invalid-synthdef') or too large ('engine-limit').
   */
  load(defs: readonly DefToLoad[]): Promise<void>
  /**
   * All of it takes effect at the next block, as one transaction, after everything sent before. It ends with a marker
   * that is read back: when the promise resolves, the commands have run and the engine complained about none.
   * Rejects with the commands that failed, named by `describe` (default: call, SynthDef and node id); the rest of the
   * transaction has run then, so what is wanted must be rebuilt. A transaction beyond a limit is refused whole.
   *
   * @param at a later block in which it is to take effect: it waits for it. Default: as soon as possible
   * @returns the block in which it took effect
   * @example
   * await engine.transact([{ call: '/s_new', def: 'sine', id: 1000, action: 'tail', target: 0, controls: {} }])
   */
  transact(
    commands: readonly Command[],
    describe?: (command: Command) => string,
    at?: number,
  ): Promise<number>
  /**
   * Light and unconfirmed, for knobs and notes: takes effect at the next block, in order, after everything sent before.
   * What the engine complains about becomes an event. Throws 'engine-limit' when the next block can take no more.
   *
   * @param at a later block, after all else that is sent for it. What would be too much for that block is done in the next,
   *   and what is meant for different blocks is done in different blocks, also if it comes too late.
   */
  send(commands: readonly Command[], at?: Moment): void
  /** Forgets what was sent for later, and was caused in a later block than this one; `by`: by whom it was sent, see {@link Moment}. */
  cancel(after: number, by?: number): void
  /** Looks at a bus for some blocks, from the next one on: 128 samples a block of an audio bus, one of a control bus. */
  probe(probe: Probe): Promise<Float32Array>
  /** The nodes below a group, with their controls. A tree too large for one answer is an 'engine-limit'. */
  queryTree(group: number): Promise<TreeGroup>
  counts(): Promise<ServerCounts>
  status(): EngineStatus
  /** Calls `listener` for every event from now on; the result ends it. */
  listen(listener: (event: EngineEvent) => void): () => void
  close(): Promise<void>
}

/**
 * An engine without a sound card, driven block by block. Equal calls in equal order give equal bytes.
 *
 * The engine runs commands only when a block begins. So `load`, `transact`, `queryTree` and `counts` compute blocks
 * ahead (one each; `load` one per 255 SynthDefs), and keep their sound: `advance` delivers it first. Nothing is lost and
 * time is right, but what is sent next takes effect in block `nextBlock`, after the blocks kept.
 */
export interface OfflineEngine extends Engine {
  readonly kind: 'offline'
  /** Number of the block that `advance` delivers next; blocks count from 0. */
  readonly block: number
  /**
   * Delivers the next blocks into `out` (one array per channel, at most `outputs`), from frame `offset` on.
   * Throws 'engine-failed' when the engine dies, 'invalid-value' when `out` has no room.
   */
  advance(blocks: number, out: readonly Float32Array[], offset: number): void
}
