import { readFileSync, rmSync } from 'node:fs'
import { expect, it, onTestFinished, vi } from 'vitest'
import { watchFiles } from '../../src/cli/watch.ts'
import { until } from '../until.ts'
import { scratch } from './helpers.ts'

const folder = scratch()

it.each([
  ['emptied', () => folder.write('one.ts', '')],
  ['taken away', () => rmSync(`${folder.path}/one.ts`)],
])('a file that is %s before it is written is told of when it is written', async (_, begin) => {
  const file = folder.write('one.ts', 'old')
  const found: string[] = []
  let hear = (): void => undefined
  const heard = new Promise<void>((resolve) => (hear = resolve))
  const watch = watchFiles(async () => {
    try {
      found.push(readFileSync(file, 'utf8'))
    } catch {
      found.push('away')
    }
    if (found.at(-1) === 'new') hear()
    await Promise.resolve()
  })
  onTestFinished(async () => await watch.close())
  watch.follow([file])
  begin()
  // its timer was set first: however late it fires, that of the watch fires after it
  setTimeout(() => folder.write('one.ts', 'new'), 200)
  await heard
  expect(found).toEqual(['new'])
})

it('a file that stays empty, or away, is told of as well', async () => {
  const file = folder.write('two.ts', 'old')
  let hear: (changed: ReadonlySet<string>) => void = () => undefined
  const watch = watchFiles(async (changed) => await Promise.resolve(hear(changed)))
  onTestFinished(async () => await watch.close())
  watch.follow([file])
  for (const change of [() => folder.write('two.ts', ''), () => rmSync(file)]) {
    const heard = new Promise<ReadonlySet<string>>((resolve) => (hear = resolve))
    change()
    expect([...(await heard)]).toEqual([file])
  }
})

it('what is saved while it is called back is told of after it, once, also of a file that is followed only then', async () => {
  const [one, two] = [folder.write('one.ts', 'old'), folder.write('two.ts', 'old')]
  const told: string[][] = []
  let [isHeld, release] = [false, (): void => undefined]
  const watch = watchFiles(async (changed) => {
    told.push([...changed].toSorted())
    if (told.length > 1) return
    await new Promise<void>((resolve) => ([isHeld, release] = [true, resolve]))
    watch.follow([one, two])
  })
  onTestFinished(async () => await watch.close())
  watch.follow([one])
  folder.write('one.ts', 'new')
  await until(() => isHeld)
  for (let i = 0; i < 30; i++) folder.write('one.ts', `newer ${i}`)
  folder.write('two.ts', 'new')
  release()
  await until(() => told.flat().includes(two) && told.flat().filter((file) => file === one).length > 1)
  expect(told.flat().filter((file) => file === one)).toHaveLength(2)
  expect(told.flat().filter((file) => file === two)).toHaveLength(1)
})

it('when it is closed while it is called back, that is its end: nothing is looked at or told of any more', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  const file = folder.write('one.ts', 'old')
  let [calls, release] = [0, (): void => undefined]
  const watch = watchFiles(async () => {
    calls++
    await new Promise<void>((resolve) => (release = resolve))
    watch.follow([file])
  })
  watch.follow([file])
  for (const text of ['new', 'newer']) {
    folder.write('one.ts', text)
    // a look, and the quiet after it
    vi.advanceTimersByTime(2000)
  }
  const closed = watch.close()
  release()
  await closed
  folder.write('one.ts', 'newest')
  vi.advanceTimersByTime(5000)
  expect(calls).toBe(1)
  expect(vi.getTimerCount()).toBe(0)
})
