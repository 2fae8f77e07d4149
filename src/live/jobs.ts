import type { History, ParsedPatch, Patch } from '../patch/index.ts'
import type { Report } from '../plan/index.ts'
import { immutable } from './copied.ts'
import type { Catalogue } from './running.ts'

/** Where the knobs and the tempo go as the patch becomes another. */
export interface Travel {
  /** Seconds in which they go there. */
  readonly over: number
  /** Positions 0..1 by name. Default: where the patch declares them. */
  readonly to?: ReadonlyMap<string, number>
  /** Beats per minute that it goes to if the patch declares another tempo than the one before. Default: the one declared. */
  readonly tempo?: number
}

/** What the patch becomes. */
export interface Step {
  readonly patch: Patch
  readonly history: History
  /** Default: only those knobs move whose declaration changed, at once. */
  readonly travel?: Travel
  /** What the devices are from then on. Default: what they were. */
  readonly catalogue?: Catalogue
}

/** A change of the patch that waits for its turn. */
export interface Job {
  readonly step: (patch: Patch, history: History) => Step | undefined
  readonly resolve: (report: Report | undefined) => void
  readonly reject: (error: unknown) => void
}

/** What the graph is to go over to. */
export interface Change {
  readonly patch: Patch
  readonly parsed: ParsedPatch
  readonly travel?: Travel | undefined
  /** Default: what the devices were. */
  readonly catalogue?: Catalogue | undefined
  /** The block in which it is or was to be. Default: the one in which it begins. */
  readonly since?: number | undefined
}

/**
 * Takes changes one after the other. One that is wrong fails alone, and one that has nothing to do is done. What is
 * right is a value from then on: nobody who gets it to see can change it.
 *
 * @returns what they come to, and those that are still to be answered; undefined if there are none
 */
export function taken(
  jobs: readonly Job[],
  from: Patch,
  before: History,
  parse: (patch: Patch, catalogue: Catalogue | undefined) => ParsedPatch,
): (Change & { history: History; jobs: readonly Job[] }) | undefined {
  let [patch, history] = [from, before]
  let parsed: ParsedPatch | undefined
  let travel: Travel | undefined
  let catalogue: Catalogue | undefined
  const waiting: Job[] = []
  for (const job of jobs)
    try {
      const next = job.step(patch, history)
      if (next === undefined) {
        job.resolve(undefined)
        continue
      }
      const before = parsed
      const types = next.catalogue ?? catalogue
      parsed = parse(next.patch, types)
      catalogue = types
      patch = immutable(next.patch)
      history = next.history
      travel = next.travel ?? (travel && before && onward(travel, before, parsed))
      waiting.push(job)
    } catch (error) {
      job.reject(error)
    }
  return parsed && { patch, parsed, travel, catalogue, history, jobs: waiting }
}

/** The same travel when the patch becomes yet another: what that one declares otherwise goes where it says. */
function onward({ over, to, tempo }: Travel, before: ParsedPatch, after: ParsedPatch): Travel {
  const isSame = (knob: string): boolean => before.knobs[knob]?.value === after.knobs[knob]?.value
  return {
    over,
    ...(to && { to: new Map([...to].filter(([knob]) => isSame(knob))) }),
    ...(tempo !== undefined && before.tempo === after.tempo && { tempo }),
  }
}
