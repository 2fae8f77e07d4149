import { expect, it } from 'vitest'
import { withEnds } from '../../src/cli/ends.ts'
import { MegasynthError } from '../../src/errors/index.ts'

const problem = (path: string): MegasynthError =>
  new MegasynthError([{ code: 'unwritable-file', path, message: 'cannot be written' }])

/** What was done in the end, in its order, with the numbers of those that fail. */
async function ended(work: () => void, failing: Readonly<Record<number, Error>>): Promise<unknown[]> {
  const done: unknown[] = []
  try {
    const result = await withEnds(async (ends) => {
      for (const i of [1, 2, 3])
        ends.add(async () => {
          done.push(i)
          await Promise.resolve()
          if (failing[i]) throw failing[i]
        })
      work()
      return await Promise.resolve('result')
    })
    return [...done, result]
  } catch (error) {
    return [...done, error instanceof MegasynthError ? error.problems.map(({ path }) => path) : error]
  }
}

it('all is done in the end, last things first, whatever fails', async () => {
  expect(await ended(() => undefined, {})).toEqual([3, 2, 1, 'result'])
  expect(await ended(() => undefined, { 3: problem('a'), 1: problem('b') })).toEqual([3, 2, 1, ['a', 'b']])
  const bug = new Error('a mistake')
  expect(await ended(() => undefined, { 3: problem('a'), 2: bug })).toEqual([3, 2, 1, bug])
  const thrown = new Error('the work')
  const work = (): never => {
    throw thrown
  }
  expect(await ended(work, { 2: problem('a') })).toEqual([3, 2, 1, thrown])
})
