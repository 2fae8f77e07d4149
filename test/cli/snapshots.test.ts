import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { loadSnapshots, saveSnapshots, snapshotsOf } from '../../src/cli/snapshots.ts'
import { MegasynthError, type Problem } from '../../src/errors/index.ts'
import { standard, type Patch } from '../../src/index.ts'
import { placeOf, type Place } from '../../src/cli/files.ts'
import { patchArbitrary, runs } from '../laws/patches.ts'
import { scratch } from './helpers.ts'

const folder = scratch()
const place = snapshotsOf(placeOf(folder.path, 'mine.ts'))

function problemsOf(content: string): readonly Problem[] {
  folder.write('mine.snapshots.json', content)
  try {
    return loadSnapshots(place, standard).bad.flatMap(({ problems }) => problems)
  } catch (error) {
    if (error instanceof MegasynthError) return error.problems
    throw error
  }
}
/** Saves as one who knows all that is in the file. */
function save(at: Place, snapshots: ReadonlyMap<string, Patch>): void {
  let known: ReadonlyMap<string, Patch> = new Map()
  try {
    known = loadSnapshots(at, standard).snapshots
  } catch {
    // saving says what is wrong
  }
  saveSnapshots(at, snapshots, new Set(known.keys()), standard)
}
const file = (...snapshots: unknown[]): string => JSON.stringify({ format: 1, snapshots })
const hum: Patch = { devices: { osc: { type: 'oscillator' } }, connections: [['osc', 'out']] }

describe('the snapshots of a patch file', () => {
  it('are beside it', () => {
    expect(place).toEqual({ shown: 'mine.snapshots.json', path: join(folder.path, 'mine.snapshots.json') })
    expect(snapshotsOf(placeOf('/a', 'b/c.patch.json')).shown).toBe(join('b', 'c.patch.snapshots.json'))
  })

  it('are none where there is no file', () => {
    expect(loadSnapshots(snapshotsOf(placeOf(folder.path, 'nothing.ts')), standard).snapshots.size).toBe(0)
  })

  it('come back as they were saved, in their order', () => {
    const name = fc.string({ minLength: 1, maxLength: 64 }).filter((text) => text.trim() === text)
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(fc.oneof(name, fc.constantFrom('2', '1', 'constructor')), patchArbitrary(4)), { maxLength: 4, selector: ([name]) => name }), // prettier-ignore
        (list) => {
          const plain = list
            .filter(([text]) => text !== '__proto__')
            .map(([text, patch]) => [text, JSON.parse(JSON.stringify(patch)) as Patch] as const)
          save(place, new Map(plain))
          expect([...loadSnapshots(place, standard).snapshots]).toEqual(plain)
        },
      ),
      runs(100),
    )
  })

  it('are written whole or not at all, and nothing else is left', () => {
    save(place, new Map([['a', hum]]))
    const before = readFileSync(place.path, 'utf8')
    const circular: { self?: unknown } = {}
    circular.self = circular
    expect(() => save(place, new Map([['b', circular as Patch]]))).toThrow('circular')
    expect(readFileSync(place.path, 'utf8')).toBe(before)
    expect(folder.names()).toEqual(['mine.snapshots.json'])
    const nowhere = snapshotsOf(placeOf(folder.path, 'no/where.ts'))
    expect(() => save(nowhere, new Map([['a', hum]]))).toThrow('its folder does not exist')
  })

  it.each<[title: string, content: string, code: string, path: string]>([
    ['no JSON', '{', 'invalid-json', 'mine.snapshots.json:1:2'],
    ['a list', '[]', 'invalid-value', ''],
    ['a patch', JSON.stringify(hum), 'invalid-value', ''],
    ['nothing', 'null', 'invalid-value', ''],
    ['another format', '{ "format": 0, "snapshots": [] }', 'invalid-value', ''],
    ['a newer format', '{ "format": 2, "snapshots": [] }', 'unsupported-format', 'format'],
    ['too many', file(...Array.from({ length: 1025 }, () => 0)), 'too-large', 'snapshots'],
    ['no name', file({ patch: hum }), 'invalid-name', 'snapshots[0].name'],
    ['a wrong name', file({ name: '__proto__', patch: hum }), 'invalid-name', 'snapshots[0].name'],
    ['two of one name', file({ name: 'a', patch: hum }, { name: 'a', patch: hum }), 'duplicate-name', 'snapshots[1].name'], // prettier-ignore
    ['no patch', file({ name: 'a' }), 'not-a-patch', 'snapshots[0].patch'],
    ['a wrong patch', file({ name: 'a', patch: { ...hum, connections: [['osc', 'ou']] } }), 'unknown-destination', 'snapshots[0].patch.connections[0]'], // prettier-ignore
  ])('are refused with their place: %s', (_, content, code, path) => {
    expect(problemsOf(content)).toMatchObject([{ code, path }])
  })

  it('are there, though others are wrong, which stay in the file as they are', () => {
    const [bad, odd, second] = [{ name: 'b', patch: { devices: { x: { type: 'y' } } }, mine: 1 }, 7, { name: 'a', patch: 'of another time' }] // prettier-ignore
    folder.write('mine.snapshots.json', file(bad, { name: 'a', patch: hum }, odd, { name: 'c', patch: hum }, second)) // prettier-ignore
    const { snapshots, bad: left } = loadSnapshots(place, standard)
    expect([...snapshots.keys()]).toEqual(['a', 'c'])
    expect(left.map(({ name, index }) => [name, index])).toEqual([['b', 0], [undefined, 2], ['a', 4]]) // prettier-ignore
    const list = (): unknown[] =>
      (JSON.parse(readFileSync(place.path, 'utf8')) as { snapshots: unknown[] }).snapshots
    save(place, new Map([...snapshots, ['d', hum]]))
    expect(list()).toEqual([bad, { name: 'a', patch: hum }, odd, { name: 'c', patch: hum }, second, { name: 'd', patch: hum }]) // prettier-ignore
    // another one under its name takes its place
    save(place, new Map([['b', hum]]))
    expect(list()).toEqual([{ name: 'b', patch: hum }, odd, second])
  })

  it('that were added or mended meanwhile stay in the file, in their places', () => {
    const one = (name: string): { name: string; patch: Patch } => ({ name, patch: hum })
    const names = ['a', 'b', 'c']
    const law = fc.array(fc.constantFrom('nothing', 'known', 'held', 'both'), { minLength: 3, maxLength: 3 })
    fc.assert(
      fc.property(law, (fates) => {
        folder.write('mine.snapshots.json', file(...names.map((name) => ({ ...one(name), theirs: true }))))
        const are = (...wanted: string[]): string[] => names.filter((_, i) => wanted.includes(fates[i] ?? ''))
        const held = [...are('held', 'both'), 'mine']
        saveSnapshots(
          place,
          new Map(held.map((name) => [name, hum])),
          new Set(are('known', 'both')),
          standard,
        )
        const list = (JSON.parse(readFileSync(place.path, 'utf8')) as { snapshots: unknown[] }).snapshots
        // what is held is as it is here; what is only known was forgotten; of the others nothing is known
        expect(list).toHaveLength(held.length + are('nothing').length)
        expect(list).toEqual(expect.arrayContaining([...held.map(one), ...are('nothing').map((name) => ({ ...one(name), theirs: true }))])) // prettier-ignore
        if (are('known').length === 0) expect(list.map((item) => (item as { name: string }).name)).toEqual([...names, 'mine']) // prettier-ignore
      }),
      runs(100),
    )
  })

  it('are not written over what cannot be read', () => {
    for (const content of ['{"format": 1, "snapshots": [', '{ "format": 2, "snapshots": [] }', '[]']) {
      folder.write('mine.snapshots.json', content)
      expect(() => save(place, new Map([['a', hum]]))).toThrow('unwritable-file')
      expect(readFileSync(place.path, 'utf8')).toBe(content)
    }
    folder.write('mine.snapshots.json', file(...Array.from({ length: 1024 }, () => 0)))
    expect(() => save(place, new Map([['a', hum]]))).toThrow('too-large')
  })

  it('are all checked at once', () => {
    const content = file({ name: '', patch: hum }, 7, { name: 'c', patch: { devices: { x: { type: 'y' } } } })
    expect(problemsOf(content).map(({ path }) => path)).toEqual([
      'snapshots[0].name',
      'snapshots[1].name',
      'snapshots[1].patch',
      'snapshots[2].patch.devices.x.type',
    ])
  })

  it('may be any bytes', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.json(),
          fc.string(),
          fc.json().map((json) => `{"format":1,"snapshots":[${json}]}`),
        ),
        (content) => {
          // prettier-ignore
          problemsOf(content)
        },
      ),
      runs(300),
    )
  })
})
