import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, expect, it } from 'vitest'
import { placeOf } from '../../src/cli/files.ts'
import type { Shell } from '../../src/cli/io.ts'
import { ShelfKeeper, together } from '../../src/cli/shelf-keeper.ts'
import { snapshotsOf } from '../../src/cli/snapshots.ts'
import { plain } from '../../src/errors/index.ts'
import { standard, type Patch } from '../../src/index.ts'
import { runs } from '../laws/patches.ts'
import { drone, scratch } from './helpers.ts'
import { until } from '../until.ts'

const folder = scratch()
const place = snapshotsOf(placeOf(folder.path, 'mine.ts'))
const named = (name: string): Patch => ({ ...(drone as unknown as Patch), name })
const keepers: ShelfKeeper[] = []
afterEach(async () => {
  for (const keeper of keepers.splice(0)) await keeper.close()
})

/** What a synth has of snapshots, and who keeps them; with what is said. */
function kept(...names: string[]) {
  const all = new Map(names.map((name) => [name, named(name)]))
  const synth = {
    get snapshots() {
      return new Map(all)
    },
    store: (name: string, patch?: Patch) => void all.set(name, patch ?? named(`${name}, stored here`)),
    forget: (name: string) => void all.delete(name),
  }
  write(...names.map((name) => [name, named(name)] as const))
  const said: string[] = []
  const shell = { note: (line: string) => said.push(line), errorPaint: plain } as unknown as Shell
  const keeper = new ShelfKeeper(synth, () => standard, shell, { place, snapshots: synth.snapshots })
  keepers.push(keeper)
  const names_ = (): string[] => [...all].map(([name, patch]) => `${name}: ${patch.name}`)
  return { synth, keeper, said, names: names_ }
}
const write = (...list: (readonly [string, unknown])[]): string =>
  folder.write('mine.snapshots.json', JSON.stringify({ format: 1, snapshots: list.map(([name, patch]) => ({ name, patch })) })) // prettier-ignore
const inFile = (): string[] => {
  const { snapshots } = JSON.parse(readFileSync(join(folder.path, 'mine.snapshots.json'), 'utf8')) as { snapshots: { name: string; patch: Patch }[] } // prettier-ignore
  return snapshots.map(({ name, patch }) => `${name}: ${patch.name}`)
}

it('a snapshot that is edited in the file is there when it is saved, and is not written over by a store', async () => {
  const { synth, keeper, said, names } = kept('a', 'b', 'c')
  write(['a', named('edited')], ['c', named('c')], ['d', named('new')])
  await until(() => said.length > 0)
  expect(names()).toEqual(['a: edited', 'c: c', 'd: new'])
  expect(said).toEqual(['3 snapshots: a, c, d'])
  synth.store('c')
  keeper.save(place)
  expect(inFile()).toEqual(['a: edited', 'c: c, stored here', 'd: new'])
  // what it has written itself is no news: the next is what somebody else has written
  write(['e', named('newer')])
  await until(() => said.length > 1)
  expect(said.slice(1)).toEqual(['1 snapshot: e'])
})

it('also if it is stored before anybody has told of the edit; of what both changed the store counts', () => {
  const { synth, keeper, names } = kept('a', 'b', 'c')
  write(['d', named('new')], ['b', named('edited')], ['a', named('edited')], ['c', { wrong: 1 }])
  synth.store('a')
  keeper.save(place)
  expect(names()).toEqual(['d: new', 'b: edited', 'a: a, stored here', 'c: c'])
  expect(inFile().slice(0, 3)).toEqual(['d: new', 'b: edited', 'a: a, stored here'])
  synth.forget('b')
  keeper.save(place)
  expect(names()).toEqual(['d: new', 'a: a, stored here', 'c: c'])
})

it('a file that is away for a while takes nothing away', async () => {
  const { keeper, names, synth } = kept('a')
  const { rmSync } = await import('node:fs')
  rmSync(place.path)
  await new Promise((resolve) => setTimeout(resolve, 400))
  expect(names()).toEqual(['a: a'])
  synth.store('b')
  keeper.save(place)
  expect(inFile()).toEqual(['a: a', 'b: b, stored here'])
})

it('each snapshot is what was changed; if both were changed what is here; nothing else', () => {
  const value = fc.option(fc.constantFrom('x', 'y', 'z'), { nil: undefined })
  fc.assert(
    fc.property(fc.array(fc.tuple(value, value, value), { maxLength: 5 }), (list) => {
      const shelf = (which: 0 | 1 | 2): Map<string, Patch> =>
        new Map(
          list.flatMap((three, i) => (three[which] === undefined ? [] : [[`${i}`, named(three[which])]])),
        )
      const known = new Map([...shelf(0)].map(([name, patch]) => [name, JSON.stringify(patch)]))
      const result = together(shelf(1), shelf(2), known)
      for (const [i, [before, own, file]] of list.entries())
        expect(result.get(`${i}`)?.name).toBe(own === before ? file : own)
    }),
    runs(200),
  )
})
