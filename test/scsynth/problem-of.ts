import { MegasynthError, type Problem } from '../../src/errors/index.ts'

/** The problem that `work` throws; anything else that it does fails the test. */
export function problemOf(work: () => unknown): Problem {
  try {
    work()
  } catch (error) {
    if (error instanceof MegasynthError && error.problems[0] !== undefined) return error.problems[0]
    throw error
  }
  throw new Error('nothing was thrown')
}

/** Runs `work`, which may throw a problem of this code and nothing else. Returns whether it did. */
export function isRefused(code: Problem['code'], work: () => unknown): boolean {
  try {
    work()
    return false
  } catch (error) {
    if (error instanceof MegasynthError && error.code === code) return true
    throw error
  }
}
