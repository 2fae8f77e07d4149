import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadPatchFile, maxPatchBytes } from '../../src/cli/load.ts'
import { MegasynthError, type Problem } from '../../src/errors/index.ts'
import { cli, drone, scratch } from './helpers.ts'

const folder = scratch()
const load = async (name: string): Promise<unknown> => await loadPatchFile(folder.path, name)

async function problem(name: string): Promise<Problem> {
  try {
    await load(name)
  } catch (error) {
    if (error instanceof MegasynthError) return error.problems[0] as Problem
    throw error
  }
  throw new Error(`${name} was loaded`)
}

const source = `import { definePatch } from 'megasynth'\nexport default definePatch(${JSON.stringify(drone)})\n`

describe('a patch file', () => {
  it.each(['a.ts', 'a.mts', 'a.js', 'a.mjs'])(
    '%s imports megasynth wherever it is on the disk',
    async (name) => {
      folder.write(name, source)
      expect(await load(name)).toEqual(drone)
    },
  )

  it('gets this very megasynth, its subpath too', async () => {
    folder.write(
      'same.ts',
      `import { standard, MegasynthError } from 'megasynth'
import { decodeSynthDefs } from 'megasynth/scsynth'
export default { standard, MegasynthError, decodeSynthDefs }`,
    )
    const { standard } = await import('../../src/devices/index.ts')
    const { decodeSynthDefs } = await import('../../src/scsynth/index.ts')
    const loaded = (await load('same.ts')) as Record<string, unknown>
    expect(loaded['standard']).toBe(standard)
    expect(loaded['MegasynthError']).toBe(MegasynthError)
    expect(loaded['decodeSynthDefs']).toBe(decodeSynthDefs)
  })

  it('imports files beside it, has types, and may wait', async () => {
    folder.write('part.ts', 'export const depth: number = 0.3')
    folder.write(
      'whole.ts',
      `import { depth } from './part.ts'
import type { Patch } from 'megasynth'
interface Named { name: string }
const named: Named = { name: await Promise.resolve('whole') }
export default { ...named, knobs: { depth }, devices: {} } satisfies Patch`,
    )
    expect(await load('whole.ts')).toEqual({ name: 'whole', knobs: { depth: 0.3 }, devices: {} })
  })

  it('is read anew each time, and leaves nothing in its folder', async () => {
    mkdirSync(join(folder.path, 'alone'))
    folder.write('alone/p.ts', 'export default { name: "one" }')
    expect(await load('alone/p.ts')).toEqual({ name: 'one' })
    folder.write('alone/p.ts', 'export default { name: "two" }')
    expect(await load('alone/p.ts')).toEqual({ name: 'two' })
  })

  it('may be JSON, with a schema, with a byte order mark', async () => {
    folder.write('p.json', `\uFEFF${JSON.stringify({ $schema: './patch.schema.json', ...drone })}`)
    expect(await load('p.json')).toMatchObject({ $schema: './patch.schema.json', name: 'hum' })
    expect((await cli(['check', 'p.json'], { cwd: folder.path })).code).toBe(0)
  })
})

describe('a patch file that cannot be loaded', () => {
  it('is missing: the nearest name is said, and where it was looked for', async () => {
    folder.write('tremolo.ts', source)
    expect(await problem('tremlo.ts')).toMatchObject({
      code: 'unreadable-file',
      path: 'tremlo.ts',
      found: `there is no such file: ${join(folder.path, 'tremlo.ts')}`,
      suggestion: 'did you mean "tremolo.ts"?',
    })
  })

  it('is missing, and nothing is called like it: the same ending makes no two names alike', async () => {
    folder.write('abc.ts', source)
    expect(await problem('xyz.ts')).not.toHaveProperty('suggestion')
  })

  it('is in a folder that is missing', async () => {
    expect(await problem('nowhere/a.ts')).toMatchObject({
      code: 'unreadable-file',
      suggestion: expect.stringContaining(join(folder.path, 'nowhere')) as string,
    })
  })

  it('is a folder', async () => {
    mkdirSync(join(folder.path, 'folder.ts'))
    expect(await problem('folder.ts')).toMatchObject({ code: 'unreadable-file', found: 'it is a folder' })
    mkdirSync(join(folder.path, 'plain'))
    expect(await problem('plain')).toMatchObject({ code: 'unknown-file-type', found: 'a folder' })
    // nor can it be looked at whether it is one
    expect(await problem('x'.repeat(3000))).toMatchObject({
      code: 'unknown-file-type',
      found: 'no file type',
    })
  })

  it('is of an unknown type', async () => {
    folder.write('a.yaml', 'devices: {}')
    folder.write('a.jsonn', '{}')
    expect(await problem('a.yaml')).toMatchObject({ code: 'unknown-file-type', found: '.yaml' })
    expect(await problem('a.jsonn')).toMatchObject({
      code: 'unknown-file-type',
      suggestion: 'did you mean ".json"?',
    })
    expect(await problem('a')).toMatchObject({ code: 'unknown-file-type', found: 'no file type' })
  })

  it.each(['b.json', 'b.ts'])('is binary: %s', async (name) => {
    folder.write(name, Uint8Array.of(0x52, 0x49, 0x46, 0x46, 0, 1))
    expect(await problem(name)).toMatchObject({ code: 'unreadable-file', found: 'it is not a text file' })
    folder.write(name, Uint8Array.of(0x7b, 0xff, 0xfe))
    expect(await problem(name)).toMatchObject({ code: 'unreadable-file', found: 'it is not UTF-8 text' })
  })

  it('is too large, by a byte', async () => {
    folder.write('large.json', '"'.padEnd(maxPatchBytes, 'x') + '"')
    expect(await problem('large.json')).toMatchObject({
      code: 'too-large',
      found: '4194305 bytes, 1 too many',
      expected: 'at most 4194304 bytes (4 MiB)',
    })
  })

  it('is truncated JSON: line and column are said', async () => {
    folder.write('cut.json', JSON.stringify(drone, undefined, 2).slice(0, 60))
    expect(await problem('cut.json')).toMatchObject({
      code: 'invalid-json',
      path: expect.stringMatching(/^cut\.json:6:\d+$/) as string,
      message: 'ends too early: the file may be truncated',
    })
  })

  it('is truncated TypeScript: line and column are said', async () => {
    folder.write('cut.ts', 'import { definePatch } from "megasynth"\nexport default definePatch({\n  name: ')
    expect(await problem('cut.ts')).toMatchObject({
      code: 'patch-file-threw',
      path: 'cut.ts:3:9',
      message: 'has a syntax error',
    })
  })

  it('throws: its line and its message are said, types above it or not', async () => {
    folder.write(
      'throws.ts',
      `interface A {\n  b: number\n}\nfunction f(a: A): never {\n  throw new RangeError(\`no \${a.b}\`)\n}\nexport default f({ b: 3 })`,
    )
    expect(await problem('throws.ts')).toMatchObject({
      code: 'patch-file-threw',
      path: 'throws.ts:5',
      message: 'threw an error while it was loaded',
      found: 'RangeError: no 3',
    })
  })

  it('throws in a file that it imports: that file is named', async () => {
    const part = folder.write('broken.ts', '\nthrow new Error("not today")')
    folder.write('outer.ts', "import './broken.ts'\nexport default {}")
    expect(await problem('outer.ts')).toMatchObject({ path: `${part}:2`, found: 'Error: not today' })
  })

  it('throws what is no error', async () => {
    folder.write('null.ts', 'throw null')
    folder.write('text.js', 'throw "oh"')
    expect(await problem('null.ts')).toMatchObject({ code: 'patch-file-threw', found: 'null' })
    expect(await problem('text.js')).toMatchObject({ code: 'patch-file-threw', found: '"oh"' })
  })

  it('throws what Megasynth told it', async () => {
    folder.write(
      'notes.ts',
      "import { noteNumber } from 'megasynth'\n\nexport default { name: noteNumber('H4') }",
    )
    expect(await problem('notes.ts')).toMatchObject({ path: 'notes.ts:3', found: 'note: is not a note' })
  })

  it('calls a function that does not exist: its name is said as it was written', async () => {
    folder.write('typo.ts', "import { definePach } from 'megasynth'\nexport default definePach({})")
    expect(await problem('typo.ts')).toMatchObject({
      path: 'typo.ts:2',
      found: 'TypeError: definePach is not a function',
    })
  })

  it('imports what cannot be found', async () => {
    folder.write('lost.ts', "import x from './nowhere.ts'\nexport default x")
    expect(await problem('lost.ts')).toMatchObject({
      code: 'patch-file-threw',
      message: 'imports something that cannot be found',
      found: '"./nowhere.ts"',
    })
  })

  it('never finishes: that is seen when nothing is left to be done', async () => {
    folder.write('never.ts', 'await new Promise(() => {})\nexport default {}')
    const loading = problem('never.ts')
    const listening = process.listenerCount('beforeExit')
    // whenever it has come to wait; this process itself is never idle
    const idle = setInterval(() => process.emit('beforeExit', 0), 10)
    expect(await loading).toMatchObject({
      code: 'patch-file-threw',
      path: 'never.ts',
      message: 'never finishes loading: it awaits something that never comes',
    })
    clearInterval(idle)
    expect(process.listenerCount('beforeExit')).toBe(listening)
  })

  it('has no default export', async () => {
    folder.write('named.ts', 'export const patch = {}')
    folder.write('empty.ts', '')
    expect(await problem('named.ts')).toMatchObject({
      code: 'no-default-export',
      found: 'exports of patch',
      suggestion: 'export default patch',
    })
    expect(await problem('empty.ts')).toMatchObject({ code: 'no-default-export', found: 'no exports' })
  })

  it('exports a function or a promise', async () => {
    folder.write('function.ts', 'export default () => ({ devices: {} })')
    folder.write('promise.ts', 'export default Promise.resolve({ devices: {} })')
    expect(await problem('function.ts')).toMatchObject({ code: 'not-a-patch', message: 'exports a function' })
    expect(await problem('promise.ts')).toMatchObject({
      code: 'not-a-patch',
      message: 'exports a promise',
      suggestion: 'write export default await …',
    })
  })
})
