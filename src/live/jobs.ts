import type { History, ParsedPatch, Patch } from '../patch/index.ts'
import type { Report } from '../plan/index.ts'
import { immutable } from './copied.ts'

/** A change of the patch that waits for its turn. */
export interface Job {
  readonly step: (
    patch: Patch,
    history: History,
  ) => { readonly patch: Patch; readonly history: History } | undefined
  /** Seconds in which the knobs go to where the patch declares them. Default: only those whose declaration changed go, at once. */
  readonly over?: number | undefined
  readonly resolve: (report: Report | undefined) => void
  readonly reject: (error: unknown) => void
}

/** What the graph is to go over to. */
export interface Change {
  readonly patch: Patch
  readonly parsed: ParsedPatch
  readonly over?: number | undefined
  /** The block in which it was to be. Default: the one in which it begins. */
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
  let over: number | undefined
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
      over = job.over ?? over
      waiting.push(job)
    } catch (error) {
      job.reject(error)
    }
  return parsed && { patch, parsed, over, history, jobs: waiting }
}
