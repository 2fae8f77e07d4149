import type { Command } from '../scsynth/index.ts'
import type { KeyName } from '../patch/ports.ts'
import type { Allocation } from './allocation.ts'
import type { DeviceSynthDef } from './device-synthdef.ts'
import type { Network } from './network.ts'
import { Planner } from './planner.ts'
import type { Report } from './report.ts'

/** What turns what is running into what is wanted: a value, to be printed, checked or executed. */
export interface Plan {
  /** SynthDefs to load and to see loaded before the transaction. */
  readonly load: readonly DeviceSynthDef[]
  /** Everything else, to take effect within one block. */
  readonly transaction: readonly Command[]
  /** To be sent unconfirmed when the transaction is done: all fades go off at once; a new patch, born paused, starts. */
  readonly start: readonly Command[]
  /** What is running after it; what leaves is freed later by `settle`. */
  readonly allocation: Allocation
  readonly report: Report
  /** For every voice from now on, which one it was before. Undefined: it is new. */
  readonly voices: readonly (number | undefined)[]
}

/** What the plan must know besides the network: where the knobs are, and when it is. */
export interface PlanInput {
  /** Position 0..1 of a knob. */
  readonly position: (knob: string) => number
  /** Values of the keys of a voice that is born. Default: at rest, C4. */
  readonly keys?: (voice: number) => Readonly<Record<KeyName, number>>
  /** Number of the block in which it takes effect. Default: 0. */
  readonly block?: number
  /** Blocks per second. Default: 375. */
  readonly blockRate?: number
  /** Synths whose state is spoilt: they are replaced, and cut off. Default: none. */
  readonly poisoned?: ReadonlySet<number>
}

/**
 * Plans the way from what is running to a network. What did not change is not touched; what did goes over in fades that
 * add up to one; what rings, rings out. `plan(p, p)` has no commands. Pure.
 *
 * @param from what is running; {@link emptyAllocation} for nothing
 * @param network what is wanted; `undefined` for nothing
 * @example
 * const network = compile(parsePatch(patch, standard, out), { catalogue: standard })
 * const { load, report, allocation } = plan(emptyAllocation(), network, { position: () => 0.5 })
 */
export function plan(from: Allocation, network: Network | undefined, input: PlanInput): Plan {
  return new Planner(from, network, input).plan()
}
