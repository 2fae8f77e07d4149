import { describe, expect, it } from 'vitest'
import { fail } from '../../src/errors/index.ts'
import { guarded } from '../../src/live/guarded.ts'
import { errorOf } from '../engine/helpers.ts'

describe('what is asked of an engine', () => {
  it('is what it answers', async () => {
    expect(await guarded(async () => await Promise.resolve(3), 'count', 1)).toBe(3)
  })

  it('is an error with what was asked and how long it was waited for, if it does not answer', async () => {
    const { problems } = await errorOf(() => guarded(() => new Promise(() => undefined), 'count', 0.01))
    expect(problems).toMatchObject([
      { code: 'engine-timeout', path: 'engine', message: 'no answer when it was to count', expected: 'within 0.01 s' }, // prettier-ignore
    ])
  })

  it('fails with the problems that the engine has', async () => {
    const refuse = async (): Promise<void> => {
      await Promise.resolve()
      fail({ code: 'engine-limit', path: 'here', message: 'too much' })
    }
    expect((await errorOf(() => guarded(refuse, 'count', 1))).problems).toMatchObject([
      { code: 'engine-limit', path: 'here' },
    ])
  })

  it.each([
    ['at once', () => { throw new TypeError('no such thing') }], // prettier-ignore
    ['later', () => Promise.reject(new TypeError('no such thing'))],
  ])('is a problem also if the engine breaks %s', async (_, broken) => {
    const error = await errorOf(() => guarded(broken, 'count', 1))
    expect(error.problems).toMatchObject([{ code: 'engine-failed', found: 'TypeError: no such thing' }])
    expect(error.cause).toBeInstanceOf(TypeError)
  })

  it('leaves no timer behind', async () => {
    const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
    const before = timers()
    await guarded(async () => await Promise.resolve(), 'count', 1000)
    expect(timers()).toBe(before)
  })
})
