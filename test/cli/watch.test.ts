import { readFileSync, rmSync } from 'node:fs'
import { expect, it, onTestFinished } from 'vitest'
import { watchFiles } from '../../src/cli/watch.ts'
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
