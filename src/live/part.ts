import { MegasynthError, problemIn, type Problem } from '../errors/index.ts'
import { out, standard } from '../devices/index.ts'
import { checkPatch } from '../patch/index.ts'
import type { Score } from '../plan/score.ts'
import type { SynthOptions } from './start.ts'
import { within } from './within.ts'

/** The most patches that play together: the engine has 32 outputs. */
export const mostParts = 16

/** A patch among several that play together. */
export interface Part extends Pick<SynthOptions, 'patch' | 'catalogue' | 'snapshots'> {
  /** Factor of what it puts out, 0..8. Default: 1. */
  readonly gain?: number
}

/** A patch that plays with others, and what it plays. */
export interface PlayedPart extends Part {
  /** Its knob events must name knobs of the patch. */
  readonly score: Score
}

/** A problem of a patch, or of a snapshot beside it, is one of that part. */
const placed = (problem: Problem, part: number): Problem =>
  problemIn(`parts[${part}]${problem.path.startsWith('snapshots[') ? '' : '.patch'}`, problem)

/** What is wrong with a part, of so many; its share of the engine is smaller than the engine. */
export function inPart(error: MegasynthError, part: number, count: number): MegasynthError {
  const problems = error.problems.map((problem): Problem => {
    const { suggestion } = problem
    if (problem.code !== 'engine-limit' || suggestion === undefined) return placed(problem, part)
    return placed(
      { ...problem, suggestion: `each of ${count} patches has an equal part of it: ${suggestion}` },
      part,
    )
  })
  return new MegasynthError(problems, { cause: error })
}

/** @throws MegasynthError `out-of-range`, or with all problems of all patches */
export function checkParts(parts: readonly Part[]): void {
  const count = {
    code: 'out-of-range',
    path: 'parts',
    message: 'so many patches cannot play together',
  } as const
  within(1, mostParts, parts.length, count)
  const problems = parts.flatMap(({ patch, catalogue = standard }, i) =>
    checkPatch(patch, catalogue, out).problems.map((problem) => placed(problem, i)),
  )
  if (problems.length > 0) throw new MegasynthError(problems)
  for (const [i, { gain }] of parts.entries())
    if (gain !== undefined)
      within(0, 8, gain, { code: 'out-of-range', path: `parts[${i}].gain`, message: 'is no gain' })
}
