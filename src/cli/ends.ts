import { MegasynthError } from '../errors/index.ts'

/** What is to be done in the end: the last that was added first. */
export interface Ends {
  add(end: () => unknown): void
}

/**
 * Does some work, and then, whatever came of it, all that is to be done in the end. What fails there does not keep the rest
 * from being done.
 *
 * @throws what the work threw; else what failed in the end, all of it if all are problems
 */
export async function withEnds<T>(work: (ends: Ends) => Promise<T>): Promise<T> {
  const ends: (() => unknown)[] = []
  let result: T
  try {
    result = await work({ add: (end) => void ends.push(end) })
  } catch (error) {
    await allOf(ends)
    throw error
  }
  const failures = await allOf(ends)
  const other = failures.find((failure) => !(failure instanceof MegasynthError))
  if (other !== undefined) throw other
  const problems = failures.flatMap((failure) => (failure as MegasynthError).problems)
  if (problems.length > 0) throw new MegasynthError(problems, { cause: failures[0] })
  return result
}

/** @returns what was thrown */
async function allOf(ends: readonly (() => unknown)[]): Promise<unknown[]> {
  const failures: unknown[] = []
  for (const end of ends.toReversed())
    try {
      await end()
    } catch (error) {
      failures.push(error)
    }
  return failures
}
