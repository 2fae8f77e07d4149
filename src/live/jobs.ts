import type { History, ParsedPatch, Patch } from '../patch/index.ts'
import type { Report } from '../plan/index.ts'
import { immutable } from './copied.ts'

/** Where the knobs go as the patch becomes another. */
export interface Travel {
  /** Seconds in which they go there. */
  readonly over: number
  /** Positions 0..1 by name. Default: where the patch declares them. */
  readonly to?: ReadonlyMap<string, number>
}

/** What the patch becomes. */
export interface Step {
  readonly patch: Patch
  readonly history: History
  /** Default: only those knobs move whose declaration changed, at once. */
  readonly travel?: Travel
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
  parse: (patch: Patch) => ParsedPatch,
): (Change & { history: History; jobs: readonly Job[] }) | undefined {
  let [patch, history] = [from, before]
  let parsed: ParsedPatch | undefined
  let travel: Travel | undefined
  const waiting: Job[] = []
  for (const job of jobs)
    try {
      const next = job.step(patch, history)
      if (next === undefined) {
        job.resolve(undefined)
        continue
      }
      parsed = parse(next.patch)
      patch = immutable(next.patch)
      history = next.history
      travel = next.travel ?? travel
      waiting.push(job)
    } catch (error) {
      job.reject(error)
    }
  return parsed && { patch, parsed, travel, history, jobs: waiting }
}
