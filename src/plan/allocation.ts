import type { ControlValue } from '../scsynth/index.ts'
import type { ParsedPatch } from '../patch/types.ts'
import type { NetworkNode } from './network.ts'

/** A pool of numbers: indices are handed out in runs (a stereo bus is a run of two) and taken back. */
export interface Pool {
  /** The first number never handed out. */
  readonly next: number
  /** Runs that were given back, by their length. */
  readonly free: Readonly<Record<number, readonly number[]>>
}

/** What the controls of a synth were given. */
export type Values = Readonly<Record<string, ControlValue>>

/** One synth of a node. */
export interface Instance {
  readonly id: number
  /** Its own output bus. */
  readonly own?: number
  readonly randomId?: number
  readonly values: Values
}

/** A node of the network as it runs: one instance, or one a voice. */
export interface RunningNode {
  readonly node: NetworkNode
  readonly instances: readonly Instance[]
  /** The bus on which all voices add up. */
  readonly mix?: number
}

/** The groups of a patch: `root` holds the other three in this order; every voice has a group of its own. */
export interface Groups {
  readonly root: number
  readonly before: number
  readonly voices: number
  readonly after: number
}

/** A running voice: its group, and the first of its buses for keys. */
export interface RunningVoice {
  readonly group: number
  readonly keys: number
  /** Nobody plays it and it is silent: its group does not run. */
  readonly paused: boolean
}

/** How many voices there are for notes, and how they are given to them. */
export type VoiceCount = Pick<ParsedPatch['voices'], 'count' | 'mode'>

/** A synth that an edit took out and that still sounds: it is covered by its successor, faded out, or it rings out. */
export interface Leaving extends Instance {
  /** Of the device that it was. */
  readonly name: string
  readonly node: NetworkNode
  readonly group: number
  readonly mix?: number
  /** Buses that it reads, as {@link audioBus} and {@link controlBus} have them. */
  readonly reads: readonly number[]
  /** Fades that went to 0. */
  readonly faded: readonly string[]
  /** Block in which it is freed at the latest. */
  readonly until: number
  /** The name under which others read it as it rings out. */
  readonly tail?: string
}

/** A cable that was pulled out of a synth that stays: closed now, taken off when that has been heard. */
export interface Unplugging {
  readonly id: number
  readonly control: string
  readonly bus: number
  readonly until: number
}

/** A run of numbers in use. */
export interface Resource {
  readonly pool: 'nodes' | 'audio' | 'control' | 'random'
  readonly first: number
  readonly length: number
}

/** A bus among both kinds, as one number: it is cheap to compare, and there are many of them. */
export const audioBus = (index: number): number => 2 * index
export const controlBus = (index: number): number => 2 * index + 1

/** Where the numbers begin that a patch may use, on an engine that it shares with others. */
export interface FirstNumbers {
  readonly node: number
  readonly audioBus: number
  readonly controlBus: number
  readonly randomId: number
  /** The bus of its left output. */
  readonly output: number
}

/** What is on the server for one patch, and what of it is free: the value from which the next plan starts. */
export interface Allocation {
  /** The bus of its left output; the right one is the next. */
  readonly output: number
  readonly nodeIds: Pool
  readonly audioBuses: Pool
  readonly controlBuses: Pool
  readonly randomIds: Pool
  readonly groups?: Groups
  readonly voices: readonly RunningVoice[]
  /** The voices that the patch asks for; undefined if it needs none. */
  readonly policy?: VoiceCount
  readonly nodes: ReadonlyMap<string, RunningNode>
  /** Control bus of each knob mapping. */
  readonly knobBuses: ReadonlyMap<string, number>
  /** SynthDefs that are loaded. */
  readonly synthDefs: ReadonlySet<string>
  /** Ids of the synths of each group in the order in which they run. */
  readonly order: ReadonlyMap<number, readonly number[]>
  readonly leaving: readonly Leaving[]
  readonly unplugging: readonly Unplugging[]
  /** Buses that nobody needs any more but what leaves. */
  readonly lingering: readonly Resource[]
  /** A stereo audio bus on which nobody writes, for voices in which there is no tail. */
  readonly silence?: number
}

/**
 * Nothing is running yet.
 *
 * @param outputs hardware outputs: their buses come first
 * @param first first numbers to use; several patches on one engine start from different ones. Default: node 1000, the audio
 * bus after the outputs, 0 of all others
 * @example
 * const second = emptyAllocation(4, { node: 1_000_000, audioBus: 1000, controlBus: 4000, randomId: 500, output: 2 })
 */
export function emptyAllocation(outputs = 2, first: Partial<FirstNumbers> = {}): Allocation {
  // the final stage is stereo, whatever the hardware has
  const { node = 1000, audioBus = Math.max(outputs, 2), controlBus = 0, randomId = 0, output = 0 } = first
  return {
    output,
    nodeIds: { next: node, free: {} },
    audioBuses: { next: audioBus, free: {} },
    controlBuses: { next: controlBus, free: {} },
    randomIds: { next: randomId, free: {} },
    voices: [],
    nodes: new Map(),
    knobBuses: new Map(),
    synthDefs: new Set(),
    order: new Map(),
    leaving: [],
    unplugging: [],
    lingering: [],
  }
}

/** A pool while a plan is made: the planner's scratch copy, frozen to a {@link Pool} at the end. */
export class Allocator {
  #next: number
  /** Numbers handed out so far. */
  taken = 0
  readonly #free: Map<number, number[]>

  constructor(pool: Pool) {
    this.#next = pool.next
    this.#free = new Map(Object.entries(pool.free).map(([length, runs]) => [Number(length), [...runs]]))
  }

  /** The first number of a run. */
  take(length = 1): number {
    this.taken += length
    // the oldest first: what the engine still tells of a node that is gone must not be taken for another's
    const again = this.#free.get(length)?.shift()
    if (again !== undefined) return again
    const first = this.#next
    this.#next += length
    return first
  }

  give(first: number, length = 1): void {
    const runs = this.#free.get(length)
    if (runs) runs.push(first)
    else this.#free.set(length, [first])
  }

  freeze(): Pool {
    return { next: this.#next, free: Object.fromEntries(this.#free) }
  }
}
