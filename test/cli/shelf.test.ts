import { expect, it } from 'vitest'
import { placeOf } from '../../src/cli/files.ts'
import { openShelf } from '../../src/cli/shelf.ts'
import { plain } from '../../src/errors/index.ts'
import { standard, type Patch } from '../../src/index.ts'
import { drone, scratch } from './helpers.ts'

const folder = scratch()

it('of snapshots that are read again, one that is wrong now is the one before, in its place', () => {
  const old = { ...drone, name: 'old' } as unknown as Patch
  const list = [{ name: 'c', patch: 7 }, { name: 'b', patch: { devices: 3 } }, { name: 'a', patch: drone }] // prettier-ignore
  folder.write('mine.snapshots.json', JSON.stringify({ format: 1, snapshots: list }))
  const notes: string[] = []
  const shell = { note: (line: string) => notes.push(line), errorPaint: plain } as unknown as Parameters<typeof openShelf>[2] // prettier-ignore
  const shelf = openShelf(
    placeOf(folder.path, 'mine.snapshots.json'),
    standard,
    shell,
    new Map([
      ['b', old],
      ['gone', old],
    ]),
  )
  expect([...shelf.keys()]).toEqual(['b', 'a'])
  expect(shelf.get('b')).toBe(old)
  expect(notes).toEqual([
    expect.stringMatching(
      /^warning: mine\.snapshots\.json: c is left out: snapshots\[0\]\.patch: .*\[not-a-patch\]$/,
    ),
    expect.stringMatching(
      /^warning: mine\.snapshots\.json: b is the one before: snapshots\[1\]\.patch\.devices: /,
    ),
    '2 snapshots: b, a',
  ])
})
