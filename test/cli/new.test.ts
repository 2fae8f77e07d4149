import { existsSync, mkdirSync, readFileSync, readdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import ts from 'typescript'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Patch } from '../../src/patch/index.ts'
import { cli, scratch, type Result } from './helpers.ts'

if (!existsSync(join(import.meta.dirname, '../../dist/index.d.ts')))
  throw new Error('dist/ is missing: run `npm run build` first')

const scratchFolder = scratch()

/** An empty folder. */
function empty(name: string): { path: string; read: (file: string) => string; names: () => string[] } {
  const path = join(scratchFolder.path, name)
  mkdirSync(path, { recursive: true })
  return {
    path,
    read: (file) => readFileSync(join(path, file), 'utf8'),
    names: () =>
      readdirSync(path, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => relative(path, join(entry.parentPath, entry.name)))
        .toSorted(),
  }
}

/** An editor that has a folder open, and the file `lead.ts` in it with another text perhaps. */
class Editor {
  readonly #service: ts.LanguageService
  readonly #file: string
  readonly #text: string

  constructor(folder: string, file: string, text = readFileSync(join(folder, file), 'utf8')) {
    const { config } = ts.readConfigFile(join(folder, 'tsconfig.json'), ts.sys.readFile) as {
      config: unknown
    }
    const { options, fileNames, errors } = ts.parseJsonConfigFileContent(config, ts.sys, folder)
    this.#file = join(folder, file)
    this.#text = text
    if (errors.length > 0 || !fileNames.includes(this.#file))
      throw new Error(`tsconfig.json is wrong for ${file}`)
    this.#service = ts.createLanguageService({
      readDirectory: (path, ...rest) => ts.sys.readDirectory(path, ...rest),
      directoryExists: (path) => ts.sys.directoryExists(path),
      getDirectories: (path) => ts.sys.getDirectories(path),
      realpath: (path) => ts.sys.realpath?.(path) ?? path,
      fileExists: (name) => ts.sys.fileExists(name),
      readFile: (name) => ts.sys.readFile(name),
      getCurrentDirectory: () => folder,
      getCompilationSettings: () => options,
      getDefaultLibFileName: (given) => ts.getDefaultLibFilePath(given),
      getScriptFileNames: () => fileNames,
      getScriptVersion: () => '0',
      getScriptSnapshot: (name) => {
        const content = name === this.#file ? this.#text : ts.sys.readFile(name)
        return content === undefined ? undefined : ts.ScriptSnapshot.fromString(content)
      },
    })
  }

  problems(): { line: number; message: string }[] {
    return [
      ...this.#service.getSyntacticDiagnostics(this.#file),
      ...this.#service.getSemanticDiagnostics(this.#file),
    ].map(({ start = 0, messageText }) => ({
      line: this.#text.slice(0, start).split('\n').length,
      message: ts.flattenDiagnosticMessageText(messageText, '\n'),
    }))
  }

  /** What is offered behind a piece of the text. */
  completions(behind: string): string[] {
    const at = this.#text.indexOf(behind) + behind.length
    return (this.#service.getCompletionsAtPosition(this.#file, at, {})?.entries ?? []).map(({ name }) => name)
  }
}

describe('megasynth new, in an empty folder', () => {
  const home = empty('home')
  let result: Result
  beforeAll(async () => {
    result = await cli(['new', 'lead'], { cwd: home.path })
  })

  it('writes the patch and what the editor needs, and says what to do next', () => {
    expect([result.code, result.stderr]).toEqual([0, ''])
    expect(home.names()).toEqual(['.vscode/settings.json', 'lead.ts', 'tsconfig.json'])
    expect(result.stdout).toBe(`✓ lead.ts: a patch to start from
  for the editor: tsconfig.json, .vscode/settings.json

Next:
  npx megasynth play lead.ts --notes "A2+E3+C4+G4 F2+C4+E4+A4 C3+G3+E4+B4" --loop  hear it, and hear what you save
  npx megasynth repl lead.ts                                                       play and change it at a prompt
  npx megasynth render lead.ts --notes "A2+E3+C4+G4 F2+C4+E4+A4 C3+G3+E4+B4"       a WAV file of it
  npx megasynth check lead.ts                                                      what every port reads
  npx megasynth devices                                                            what else there is
`)
  })

  it('writes a patch that is checked without an error, and in which all names are completed', () => {
    const editor = new Editor(home.path, 'lead.ts')
    expect(editor.problems()).toEqual([])
    expect(editor.completions("['strings', 'filter0.i")).toEqual(
      expect.arrayContaining(['filter0.in', 'filter0.cutoff', 'reverb0.mix', 'out']),
    )
    expect(editor.completions("    ['mot")).toEqual(expect.arrayContaining(['motion', 'tide', 'keys.pitch']))
    const begun = home.read('lead.ts').replace("filter0: { type: 'filter'", "filter0: { type: ''")
    const offered = new Editor(home.path, 'lead.ts', begun).completions("filter0: { type: '")
    expect(offered).toEqual(expect.arrayContaining(['filter', 'oscillator', 'reverb']))
  })

  it('has the editor say what is wrong, on its line', () => {
    const text = home.read('lead.ts').replace("['strings', 'filter0.in']", "['strings', 'filter0.im']")
    const line = text.slice(0, text.indexOf('filter0.im')).split('\n').length
    const [problem, ...others] = new Editor(home.path, 'lead.ts', text).problems()
    expect(others).toEqual([])
    expect(problem).toMatchObject({
      line,
      message: expect.stringMatching(/Did you mean '"filter0.in"'/) as string,
    })
  })

  it('takes its own advice: every command that it names works', async () => {
    for (const [, line = ''] of result.stdout.matchAll(/^ {2}npx megasynth (.*?) {2,}/gm)) {
      const argv = Array.from(line.matchAll(/"([^"]*)"|(\S+)/g), ([, text, word]) => text ?? word ?? '')
      const isLive = ['play', 'repl'].includes(argv[0] ?? '')
      const { code, stdout, stderr } = isLive
        ? await cli([...argv, '--device', 'silent'], {
            cwd: home.path,
            env: { XDG_STATE_HOME: join(scratchFolder.path, 'state') },
            // Ctrl-C at once; the prompt ends since nothing is piped in
            ...(argv[0] === 'play' && {
              interrupts: { signal: AbortSignal.abort('SIGINT'), release: () => {} },
            }),
          })
        : await cli(argv, { cwd: home.path })
      expect([line, code, isLive ? '' : stderr]).toEqual([line, 0, ''])
      if (isLive) expect(stdout).toContain('▶ lead.ts on no sound device')
    }
    expect(home.names()).toContain('lead.wav')
    const loud = await cli(['render', 'lead.ts', '-n', 'A2+E3+C4+G4 F2+C4+E4+A4', '--json', '--force'], {
      cwd: home.path,
    })
    expect(loud.json()).toMatchObject({ clipped: 0, invalid: 0 })
    // neither shy nor near the curve of the last stage
    expect(loud.json()['peakDbfs']).toBeGreaterThan(-14)
    expect(loud.json()['peakDbfs']).toBeLessThan(-4)
    const formatted = await cli(['fmt', '--check'], { cwd: home.path })
    expect([formatted.code, formatted.stderr]).toEqual([0, ''])
  })

  it('overwrites nothing, and goes on in a folder that is set up', async () => {
    const before = ['lead.ts', 'tsconfig.json', '.vscode/settings.json'].map(home.read)
    const again = await cli(['new', 'lead'], { cwd: home.path })
    expect([again.code, again.stdout, again.stderr]).toEqual([
      1,
      '',
      `lead.ts: is there already [file-exists]
  expected: a new file
  choose another name, or take that file away
`,
    ])
    const other = await cli(['new', 'deep/er/bass.mjs'], { cwd: home.path })
    expect([other.code, other.stdout]).toEqual([0, expect.not.stringContaining('for the editor')])
    expect(['lead.ts', 'tsconfig.json', '.vscode/settings.json'].map(home.read)).toEqual(before)
    const script = home.read('deep/er/bass.mjs')
    expect(new Editor(home.path, 'deep/er/bass.mjs').problems()).toEqual([])
    expect(
      new Editor(home.path, 'deep/er/bass.mjs', script.replace("'filter0.in'", "'filter0.im'")).problems(),
    ).toHaveLength(1)
  })
})

describe('megasynth new', () => {
  it('writes JSON with its schema beside it', async () => {
    const home = empty('json')
    const { code, stdout } = await cli(['new', 'songs/lead.json'], { cwd: home.path })
    expect([code, stdout]).toEqual([0, expect.stringContaining('for the editor: songs/patch.schema.json\n')])
    const patch = JSON.parse(home.read('songs/lead.json')) as Patch
    expect([patch.$schema, patch.name]).toEqual(['./patch.schema.json', 'lead'])
    expect(home.read('songs/patch.schema.json')).toBe((await cli(['schema'])).stdout)
    await cli(['new', 'lead', '--no-editor'], { cwd: home.path })
    expect((await cli(['diff', 'lead.ts', 'songs/lead.json'], { cwd: home.path })).code).toBe(0)
    expect((await cli(['fmt', '--check', 'songs'], { cwd: home.path })).code).toBe(0)
  })

  it('writes only the patch if that is wanted', async () => {
    const home = empty('bare')
    await cli(['new', 'a', '--no-editor'], { cwd: home.path })
    await cli(['new', 'b.json', '--no-editor'], { cwd: home.path })
    expect(home.names()).toEqual(['a.ts', 'b.json'])
    expect(home.read('b.json')).not.toContain('$schema')
  })

  it('needs no paths where megasynth is installed', async () => {
    const home = empty('installed')
    scratchFolder.write('installed/node_modules/megasynth/package.json', '{}')
    await cli(['new', 'lead'], { cwd: home.path })
    expect(home.read('tsconfig.json')).not.toContain('paths')
  })

  it('says what is missing in a configuration that is there', async () => {
    const home = empty('own')
    const config = '{ "compilerOptions": { "strict": true } }'
    scratchFolder.write('own/tsconfig.json', config)
    const { code, stderr } = await cli(['new', 'lead'], { cwd: home.path })
    expect([code, home.read('tsconfig.json')]).toEqual([0, config])
    expect(stderr).toMatch(
      /^note: tsconfig\.json is there already.*"paths": \{"megasynth":\[".*dist\/index\.d\.ts"\]/,
    )
    // one above does not govern a folder that has its own
    const inner = await cli(['new', 'sub/lead.ts'], { cwd: join(home.path) })
    expect(inner.code).toBe(0)
    mkdirSync(join(home.path, 'within'))
    await cli(['new', 'lead'], { cwd: join(home.path, 'within') })
    expect(new Editor(join(home.path, 'within'), 'lead.ts').problems()).toEqual([])
  })

  it('sets up the folder of a patch that lies elsewhere', async () => {
    const [here, there] = [empty('here'), empty('there')]
    const { stdout } = await cli(['new', join(there.path, 'lead')], { cwd: here.path })
    expect(here.names()).toEqual([])
    expect(there.names()).toContain('tsconfig.json')
    expect(stdout).toContain(join(there.path, 'tsconfig.json'))
  })

  it('answers in JSON', async () => {
    const { code, json } = await cli(['new', "it's", '--json'], { cwd: empty('answers').path })
    expect([code, json()]).toEqual([
      0,
      {
        ok: true,
        file: "it's.ts",
        editor: ['tsconfig.json', '.vscode/settings.json'],
        remarks: [],
        next: [
          `npx megasynth play 'it'\\''s.ts' --notes "A2+E3+C4+G4 F2+C4+E4+A4 C3+G3+E4+B4" --loop`,
          `npx megasynth repl 'it'\\''s.ts'`,
          `npx megasynth render 'it'\\''s.ts' --notes "A2+E3+C4+G4 F2+C4+E4+A4 C3+G3+E4+B4"`,
          `npx megasynth check 'it'\\''s.ts'`,
          'npx megasynth devices',
        ],
      },
    ])
    const loaded = await cli(['check', "it's.ts", '--json'], { cwd: join(scratchFolder.path, 'answers') })
    expect(loaded.json()['name']).toBe("it's")
  })

  it.each(['', '.', '..', 'a/', '.ts', 'x'.repeat(65), 'lead.wav', 'lead.tsx'])(
    'refuses the name %j',
    async (name) => {
      const home = empty('refusing')
      const { code, stdout, stderr } = await cli(['new', name], { cwd: home.path })
      expect([code, stdout, home.names()]).toEqual([name.startsWith('lead') ? 1 : 2, '', []])
      expect(stderr).toMatch(/\[(invalid-option|unknown-file-type)\]/)
    },
  )

  it('names a folder that cannot be made', async () => {
    const home = empty('blocked')
    scratchFolder.write('blocked/file', '')
    const { code, stderr } = await cli(['new', 'file/lead'], { cwd: home.path })
    expect([code, stderr]).toEqual([1, expect.stringContaining('file/lead.ts: its folder cannot be made')])
  })
})
