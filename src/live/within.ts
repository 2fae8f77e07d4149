import { fail, show, type Problem } from '../errors/index.ts'

/** Refuses what is no number between two limits, whatever the caller's types say. @throws MegasynthError with the problem */
export function within(low: number, high: number, value: unknown, problem: Problem): void {
  if (typeof value === 'number' && value >= low && value <= high) return
  const expected = low === -Infinity ? `at most ${high}` : `${low}..${high}`
  fail({ ...problem, found: show(value), expected })
}
