import { afterAwake } from '../engine/awake.ts'
import { MegasynthError, fail, type Problem } from '../errors/index.ts'

/**
 * What an engine promised. Whatever goes wrong is a MegasynthError: `engine-timeout` when it does not answer in time,
 * its own errors as they are, `engine-failed` for any other.
 *
 * @param ask asks it
 * @param what what was asked of it, in a few words
 * @param seconds how long it is waited for, while this thread can run
 */
export async function guarded<T>(ask: () => Promise<T>, what: string, seconds: number): Promise<T> {
  let end = (): void => undefined
  const late = new Promise<never>((_, reject) => {
    end = afterAwake(seconds, () => {
      reject(
        new MegasynthError([
          {
            code: 'engine-timeout',
            path: 'engine',
            message: `no answer when it was to ${what}`,
            expected: `within ${seconds} s`,
          },
        ]),
      )
    })
  })
  try {
    return await Promise.race([ask(), late])
  } catch (error) {
    if (error instanceof MegasynthError) throw error
    const message = `it broke when it was to ${what}`
    return fail({ code: 'engine-failed', path: 'engine', message, found: String(error) }, { cause: error })
  } finally {
    end()
  }
}

export const closed: Problem = {
  code: 'engine-closed',
  path: 'synth',
  message: 'the synth was closed meanwhile',
}
