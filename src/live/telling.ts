import type { ReadPatch } from '../patch/differences.ts'
import { withPositions } from '../patch/index.ts'
import { withDifferences, type Report } from '../plan/index.ts'
import type { Beats } from './beats.ts'
import type { Travel } from './jobs.ts'
import type { Knobs } from './knobs.ts'

/**
 * Tells of a change of the patch in what it will be heard: knobs and tempo from where they are to where they go. To be asked
 * before the change, which moves them.
 *
 * @param before the patch that sounds; undefined: none, so that there is nothing to be told
 * @param travel where all knobs go; undefined: only those that the patch declares otherwise than the one before
 */
export function telling(
  before: ReadPatch | undefined,
  after: ReadPatch,
  { knobs, beats }: { readonly knobs: Knobs; readonly beats: Beats },
  travel?: Travel,
): (report: Report) => Report {
  if (before === undefined) return (report) => report
  const positions = travel === undefined ? knobs.inPatch(after.parsed) : travel.to
  const declared = (knob: string): number => after.parsed.knobs[knob]?.value ?? 0
  const was = asHeard(before, knobs.position, beats.tempo)
  const tempo = beats.tempoOf(after.parsed.tempo, travel?.tempo)
  const will = asHeard(after, (knob) => positions?.get(knob) ?? declared(knob), tempo)
  return (report) => withDifferences(report, was, will)
}

/** A patch with its knobs and its tempo where they are. */
const asHeard = (
  { patch, parsed }: ReadPatch,
  position: (knob: string) => number,
  tempo: number,
): ReadPatch => ({ patch: withPositions(patch, position, tempo), parsed: { ...parsed, tempo } })
