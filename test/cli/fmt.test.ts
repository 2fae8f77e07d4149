import { chmodSync, lstatSync, readFileSync, statSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { runInThisContext } from 'node:vm'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatPatchText, settled } from '../../src/cli/format.ts'
import { patchToJson, patchToTypeScript, type Patch } from '../../src/patch/index.ts'
import { patchArbitrary, runs } from '../laws/patches.ts'
import { cli, drone, scratch } from './helpers.ts'

const folder = scratch()
const cwd = folder.path
const read = (name: string): string => readFileSync(join(cwd, name), 'utf8')

/** A JSON text with white space anywhere between its tokens. */
const spaced = (text: string, spaces: readonly string[]): string => {
  let at = 0
  return text.replaceAll(/"(?:[^"\\]|\\.)*"|[{}[\],:]/g, (token) => {
    const [before, after] = [spaces[at++ % spaces.length], spaces[at++ % spaces.length]]
    return `${before}${token}${after}`
  })
}
const white = fc.array(fc.constantFrom('', ' ', '\n', '\r\n', '\t', '\n\n\n'), { minLength: 1, maxLength: 9 })
/** What may stand between the tokens of a program, its comments numbered. */
const commented = (text: string, gaps: readonly number[]): string => {
  let at = 0
  return text.replaceAll(/[{},]/g, (token) => {
    const gap = gaps[at++ % gaps.length] ?? 0
    return token + (['', ' ', '\n', `\n// note ${at}\n`, ` /* note ${at} */ `, '\n\n\n'][gap] ?? '')
  })
}
const gaps = fc.array(fc.nat({ max: 5 }), { minLength: 1, maxLength: 9 })

/** What JSON makes of a value: the law speaks of data. */
const asData = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

/** What the file exports by default. */
function exported(file: string): unknown {
  const body = file.slice(file.indexOf('export default definePatch') + 'export default definePatch'.length)
  return asData(runInThisContext(`((patch) => patch)${body}`))
}
const notes = (text: string): string[] => text.match(/note \d+/g)?.toSorted() ?? []

describe('the format of patch files', () => {
  it('is that of patchToJson, whatever a JSON file looks like, and the same when it is formatted again', async () => {
    await fc.assert(
      fc.asyncProperty(patchArbitrary(6), white, fc.boolean(), async (patch, spaces, turned) => {
        const members = Object.entries(asData(patch) as object)
        const written = Object.fromEntries(turned ? members.toReversed() : members)
        const once = await formatPatchText(spaced(JSON.stringify(written), spaces), 'json', 'a.json')
        expect(JSON.parse(once)).toEqual(asData(patch))
        expect(once).toBe(patchToJson(patch))
        expect(await formatPatchText(once, 'json', 'a.json')).toBe(once)
      }),
      runs(60),
    )
  })

  it('leaves patch and comments of a program as they are, and is the same when it is formatted again', async () => {
    await fc.assert(
      fc.asyncProperty(
        patchArbitrary(5),
        gaps,
        fc.constantFrom('typescript' as const, 'javascript' as const),
        async (patch, between, language) => {
          const text = `import {definePatch} from "megasynth";\nexport default definePatch(${commented(JSON.stringify(patch), between)});`
          const once = await formatPatchText(text, language, 'a')
          expect(exported(once)).toEqual(asData(patch))
          expect(notes(once)).toEqual(notes(text))
          expect(await formatPatchText(once, language, 'a')).toBe(once)
        },
      ),
      runs(40),
    )
  })

  it('is what patchToTypeScript writes', async () => {
    await fc.assert(
      fc.asyncProperty(patchArbitrary(6), async (patch) => {
        const text = patchToTypeScript(patch)
        expect(await formatPatchText(text, 'typescript', 'a.ts')).toBe(text)
      }),
      runs(30),
    )
  })

  it('keeps code, imports, types, and what is within texts', async () => {
    const text = `// what it is
import {definePatch,semitones} from "megasynth"
import {depth} from './depth.ts'
type Wave='saw'|'sine'
const wave:Wave= "saw" /* for now */
const style = css\`a  {  color:red }\`
// prettier-ignore
const matrix = [1,  0,
                0,  1]
export default definePatch({devices:{osc:{type:'oscillator',waveform:wave}},connections:[['osc','out',depth*semitones(2)]]})`
    expect(await formatPatchText(text, 'typescript', 'a.ts')).toBe(`// what it is
import { definePatch, semitones } from 'megasynth'
import { depth } from './depth.ts'
type Wave = 'saw' | 'sine'
const wave: Wave = 'saw' /* for now */
const style = css\`a  {  color:red }\`
// prettier-ignore
const matrix = [1,  0,
                0,  1]
export default definePatch({
  devices: { osc: { type: 'oscillator', waveform: wave } },
  connections: [['osc', 'out', depth * semitones(2)]],
})
`)
  })

  it.each([
    ['json', '{"devices": {}', 'a:1:15', 'invalid-json'],
    ['json', '[]', 'a', 'not-a-patch'],
    ['json', '{"name": "megasynth"}', 'a', 'not-a-patch'],
    ['json', '{"devices": {"a": {"x": 1e999}}}', 'devices.a.x', 'out-of-range'],
    ['json', '{"devices": {}, "layout": [0, -1e999]}', 'layout[1]', 'out-of-range'],
    ['typescript', 'export default {\n  a b\n}', 'a:2:5', 'patch-file-threw'],
    ['javascript', 'let a: number', 'a:1:6', 'patch-file-threw'],
  ] as const)('is not that of %s %s', async (language, text, path, code) => {
    await expect(formatPatchText(text, language, 'a')).rejects.toMatchObject({
      problems: [expect.objectContaining({ path, code })],
    })
  })

  it('is what a formatter comes to, if it comes to anything', async () => {
    expect(await settled('aaa', async (text) => text.replace('aa', 'a'), 'a.ts')).toBe('a')
    await expect(settled('a', async (text) => `${text}a`, 'a.ts')).rejects.toMatchObject({
      problems: [expect.objectContaining({ code: 'not-formatted', path: 'a.ts' })],
    })
  })
})

const ugly = JSON.stringify(drone)
const pretty = patchToJson(drone as unknown as Patch)
const uglyCode = `import { definePatch } from "megasynth"\nexport default definePatch(${ugly})`

describe('megasynth fmt', () => {
  it('formats the files it is given, and says which', async () => {
    folder.write('a.json', ugly)
    folder.write('b.mts', uglyCode)
    folder.write('c.json', pretty)
    const before = statSync(join(cwd, 'c.json'))
    const { code, stdout, stderr } = await cli(['fmt', 'a.json', 'b.mts', 'c.json', './a.json'], { cwd })
    expect([code, stdout, stderr]).toEqual([0, '✓ a.json is formatted now\n✓ b.mts is formatted now\n', ''])
    expect(read('a.json')).toBe(pretty)
    expect(read('b.mts')).toMatch(
      /^import \{ definePatch \} from 'megasynth'\nexport default definePatch\(\{\n/,
    )
    // what is formatted is not even touched
    expect(statSync(join(cwd, 'c.json'))).toMatchObject({ ino: before.ino, mtimeMs: before.mtimeMs })
    const again = await cli(['fmt', 'a.json', 'b.mts', 'c.json'], { cwd })
    expect([again.code, again.stdout]).toEqual([0, '✓ 3 patch files, all formatted\n'])
  })

  it('formats all patches of a folder, and nothing else in it', async () => {
    const others = {
      'home/package.json': '{"name":"x","devices":0}',
      'home/patch.schema.json': '{"properties":{"devices":{}}}',
      'home/list.json': '["devices"]',
      'home/lib.ts': "import {defineDevice} from 'megasynth';export default {}",
      'home/script.mjs': 'export default 1;',
      'home/image.json': new Uint8Array([0, 1, 2]),
      'home/notes.txt': '{"devices":{}}',
      'home/deep/d.json': ugly,
    }
    for (const [name, content] of Object.entries(others)) folder.write(name, content)
    folder.write('home/a.json', ugly)
    folder.write('home/b.ts', uglyCode)
    const { code, stdout } = await cli(['fmt'], { cwd: join(cwd, 'home') })
    expect([code, stdout]).toEqual([0, '✓ a.json is formatted now\n✓ b.ts is formatted now\n'])
    for (const [name, content] of Object.entries(others))
      expect(readFileSync(join(cwd, name))).toEqual(Buffer.from(content as string))
    expect((await cli(['fmt', 'home'], { cwd })).stdout).toBe('✓ 2 patch files, all formatted\n')
  })

  it('refuses a folder without patches, and names what is meant to be one', async () => {
    folder.write('empty/readme.json', '{}')
    const { code, stderr } = await cli(['fmt', 'empty'], { cwd })
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining('empty: holds no patch file [unreadable-file]'),
    ])
    folder.write('broken/a.json', '{ "devices": {}, "connections": [ }')
    expect((await cli(['fmt', 'broken'], { cwd })).stderr).toContain('broken/a.json:1:35: ')
  })

  it('--check changes nothing and ends with 1', async () => {
    folder.write('check/a.json', ugly)
    folder.write('check/b.json', pretty)
    const { code, stdout, stderr } = await cli(['fmt', '--check', 'check'], { cwd })
    expect([code, stdout, stderr]).toEqual([
      1,
      '',
      'check/a.json: is not formatted [not-formatted]\n  megasynth fmt check/a.json formats it\n',
    ])
    expect(read('check/a.json')).toBe(ugly)
    expect((await cli(['fmt', '--check', 'check/b.json'], { cwd })).code).toBe(0)
  })

  it('formats the good ones, and finds all that is wrong with the others at once', async () => {
    folder.write('some/a.json', '{')
    folder.write('some/b.json', ugly)
    folder.write('some/c.ts', '!')
    const argv = ['fmt', 'some/a.json', 'some/b.json', 'some/c.ts', 'some/d.wav', 'some/e.json']
    const { code, stdout, stderr } = await cli(argv, { cwd })
    expect([code, stdout]).toEqual([1, '✓ some/b.json is formatted now\n'])
    for (const says of [
      'a.json:1:2: ends',
      'c.ts:1:2: has a syntax error',
      'd.wav: is of a type',
      'e.json: cannot be read',
    ])
      expect(stderr).toContain(`some/${says}`)
    const asJson = await cli([...argv, '--json'], { cwd })
    expect([asJson.code, asJson.json().problems.map(({ code }) => code)]).toEqual([
      1,
      ['invalid-json', 'patch-file-threw', 'unknown-file-type', 'unreadable-file'],
    ])
  })

  it('answers in JSON', async () => {
    folder.write('json/a.json', ugly)
    folder.write('json/b.json', pretty)
    expect((await cli(['fmt', 'json', '--json'], { cwd })).json()).toEqual({
      ok: true,
      files: [
        { file: 'json/a.json', changed: true },
        { file: 'json/b.json', changed: false },
      ],
    })
  })

  it('formats what is piped in', async () => {
    expect(await cli(['fmt', '-'], { cwd, stdin: ugly })).toMatchObject({
      code: 0,
      stdout: pretty,
      stderr: '',
    })
    expect((await cli(['fmt', '-'], { cwd, stdin: uglyCode })).stdout).toContain("from 'megasynth'\n")
    expect(await cli(['fmt', '-', '--check'], { cwd, stdin: pretty })).toMatchObject({ code: 0, stdout: '' })
    expect(await cli(['fmt', '-', '--check'], { cwd, stdin: ugly })).toMatchObject({ code: 1, stdout: '' })
    expect((await cli(['fmt', '-', '--json'], { cwd, stdin: ugly })).json()).toEqual({
      ok: true,
      changed: true,
      text: pretty,
    })
    const wrong = await cli(['fmt', '-'], { cwd, stdin: '{ "devices": }' })
    expect([wrong.code, wrong.stdout, wrong.stderr]).toEqual([1, '', expect.stringContaining('-:1:14: ')])
    expect(await cli(['fmt', '-', 'a.json'], { cwd })).toMatchObject({ code: 2, stdout: '' })
    const large = await cli(['fmt', '-'], { cwd, stdin: ' '.repeat(5 * 2 ** 20) })
    expect([large.code, large.stderr]).toEqual([1, expect.stringContaining('[too-large]')])
  })

  it.skipIf(process.platform === 'win32')('keeps links and permissions', async () => {
    folder.write('linked/real.json', ugly)
    chmodSync(join(cwd, 'linked/real.json'), 0o640)
    symlinkSync('real.json', join(cwd, 'linked/link.json'))
    expect((await cli(['fmt', 'linked/link.json'], { cwd })).code).toBe(0)
    expect(lstatSync(join(cwd, 'linked/link.json')).isSymbolicLink()).toBe(true)
    expect(read('linked/real.json')).toBe(pretty)
    expect(statSync(join(cwd, 'linked/real.json')).mode & 0o777).toBe(0o640)
  })
})

describe('a file that is no patch file', () => {
  it.each(['', '\n', '// to come\n', 'export const pitch = 220\n'])(
    'is none that is formatted: %j',
    async (text) => {
      folder.write('none.ts', text)
      const { code, stdout, stderr } = await cli(['fmt', '--check', 'none.ts'], { cwd })
      expect([code, stdout]).toEqual([1, ''])
      expect(stderr).toMatch(
        /^none\.ts: exports nothing by default, so it is no patch file \[no-default-export\]/,
      )
      expect((await cli(['fmt', 'none.ts'], { cwd })).code).toBe(1)
      expect(read('none.ts')).toBe(text)
    },
  )

  it('exports by default, in whichever way', async () => {
    folder.write('some.ts', 'const patch = { devices: {} }\nexport { patch as default }\n')
    expect((await cli(['fmt', '--check', 'some.ts'], { cwd })).code).toBe(0)
  })
})
