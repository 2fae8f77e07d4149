import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { cli, drone, scratch } from '../cli/helpers.ts'

const folder = scratch()
const lines = async (argv: readonly string[], ...typed: string[]): Promise<string> => {
  const { code, stdout, stderr } = await cli(['repl', ...argv, '--device', 'silent'], {
    cwd: folder.path,
    env: { XDG_STATE_HOME: join(folder.path, 'state') },
    stdin: `${typed.join('\n')}\n`,
  })
  expect(code).toBe(0)
  return stderr + stdout
}
const listed = (file: string): string[] =>
  (JSON.parse(readFileSync(join(folder.path, file), 'utf8')) as { snapshots: { name: string }[] }).snapshots.map(({ name }) => name) // prettier-ignore

it('a snapshot that is wrong stops nobody from playing, and is not lost with the next store', async () => {
  folder.write('lead.json', JSON.stringify(drone))
  const wrong = { name: 'wrong', patch: { ...drone, devices: { oscillator0: { type: 'oscilator' } } } }
  folder.write('lead.snapshots.json', JSON.stringify({ format: 1, snapshots: [wrong, { name: 'verse', patch: drone }] })) // prettier-ignore
  const text = await lines(['lead.json'], 'snapshots()', "store('chorus')", 'snapshots()')
  expect(text).toMatch(/^warning: lead\.snapshots\.json: wrong is left out: snapshots\[0\]\.patch\.devices\.oscillator0\.type: .* did you mean "oscillator"\? \[unknown-device-type\]; \d+ more problems$/m) // prettier-ignore
  expect(text).toContain("[ 'verse' ]")
  expect(text).toContain('chorus is stored, in lead.snapshots.json')
  expect(text).toContain("[ 'verse', 'chorus' ]")
  expect(listed('lead.snapshots.json')).toEqual(['wrong', 'verse', 'chorus'])
  expect(JSON.parse(readFileSync(join(folder.path, 'lead.snapshots.json'), 'utf8'))).toMatchObject({ snapshots: [wrong, {}, {}] }) // prettier-ignore
})

it('a file of snapshots that is broken stops nobody either, and is not written over', async () => {
  folder.write('broken.json', JSON.stringify(drone))
  folder.write('broken.snapshots.json', '{')
  const text = await lines(['broken.json'], "store('a')", 'snapshots()')
  expect(text).toContain('warning: no snapshots come from broken.snapshots.json, there are none:')
  expect(text).toMatch(/broken\.snapshots\.json: is not replaced.*\[unwritable-file\]/)
  expect(text).toContain("[ 'a' ]")
  expect(readFileSync(join(folder.path, 'broken.snapshots.json'), 'utf8')).toBe('{')
})

it('snapshots go with the file that is played, and are kept as soon as there is one', async () => {
  folder.write('one.json', JSON.stringify(drone))
  folder.write('two.json', JSON.stringify(drone))
  folder.write('two.snapshots.json', JSON.stringify({ format: 1, snapshots: [{ name: 'coda', patch: drone }] })) // prettier-ignore
  const text = await lines(['one.json'], "store('verse')", "load('two.json')", "store('end')", 'snapshots()')
  expect(text).toContain("[ 'coda', 'end' ]")
  expect([listed('one.snapshots.json'), listed('two.snapshots.json')]).toEqual([['verse'], ['coda', 'end']])
  expect(await lines([], "store('first')", "save('mine.ts')", "store('second')")).toContain(
    'mine.ts is written, and its snapshots in mine.snapshots.json',
  )
  expect(listed('mine.snapshots.json')).toEqual(['first', 'second'])
  await lines([], "save('alone.ts')")
  expect(existsSync(join(folder.path, 'alone.snapshots.json'))).toBe(false)
  expect(await lines(['mine.ts'], 'snapshots()')).toContain("[ 'first', 'second' ]")
})

it('what is added to the file or mended in it meanwhile is not lost with the next store or forget', async () => {
  folder.write('live.json', JSON.stringify(drone))
  const wrong = { name: 'wrong', patch: { devices: 3 } }
  const [verse, mended, added] = ['verse', 'wrong', 'added'].map((name) => ({ name, patch: drone }))
  const write = (...snapshots: unknown[]): string => JSON.stringify({ format: 1, snapshots })
  folder.write('live.snapshots.json', write(verse, wrong))
  const edit = (text: string): string =>
    `process.getBuiltinModule('fs').writeFileSync(${JSON.stringify(join(folder.path, 'live.snapshots.json'))}, ${JSON.stringify(text)})`
  await lines(['live.json'], edit(write(verse, mended, added)), "store('chorus')")
  expect(listed('live.snapshots.json')).toEqual(['verse', 'wrong', 'added', 'chorus'])
  // what is forgotten is gone, and may be put there again; what is taken out of the file is gone, too
  await lines(['live.json'], "forget('added')", "forget('verse')", edit(write(verse, mended)), "store('end')")
  expect(listed('live.snapshots.json')).toEqual(['verse', 'wrong', 'end'])
})
