import type { History, ParsedPatch, Patch } from '../patch/index.ts'
import type { Report } from '../plan/index.ts'

/** A change of the patch that waits for its turn. */
export interface Job {
  readonly step: (
    patch: Patch,
    history: History,
  ) => { readonly patch: Patch; readonly history: History } | undefined
  readonly resolve: (report: Report | undefined) => void
  readonly reject: (error: unknown) => void
}

/**
 * Takes changes one after the other. One that is wrong fails alone, and one that has nothing to do is done.
 *
 * @returns what they come to, and those that are still to be answered; undefined if there are none
 */
export function taken(
  jobs: readonly Job[],
  from: Patch,
  before: History,
  parse: (patch: Patch) => ParsedPatch,
): { patch: Patch; parsed: ParsedPatch; history: History; jobs: readonly Job[] } | undefined {
  let [patch, history] = [from, before]
  let parsed: ParsedPatch | undefined
  const waiting: Job[] = []
  for (const job of jobs)
    try {
      const next = job.step(patch, history)
      if (next === undefined) {
        job.resolve(undefined)
        continue
      }
      parsed = parse(next.patch)
      ;({ patch, history } = next)
      waiting.push(job)
    } catch (error) {
      job.reject(error)
    }
  return parsed && { patch, parsed, history, jobs: waiting }
}
