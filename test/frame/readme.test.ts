import { cpSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { cli, scratch, watching } from '../cli/helpers.ts'
import { typeErrors } from '../types/check.ts'

const root = join(import.meta.dirname, '../..')
const text = readFileSync(join(root, 'README.md'), 'utf8')
const [tremolo = '', mine = '', library = '', heard = '', live = '', devices = '', ...others] = Array.from(
  text.matchAll(/```ts\n(.*?)```/gs),
  ([, code]) => code ?? '',
)
/** What is indented by four spaces and stands by itself, block by block. */
const blocks = Array.from(text.matchAll(/(?:^ {4}.*\n(?:\n(?= {4}))?)+/gm), ([block]) =>
  block.replaceAll(/^ {4}/gm, ''),
)
const folder = scratch()
/** Where somebody types what README.md shows. */
const typing = scratch()

beforeAll(() => {
  cpSync(join(root, 'examples'), join(folder.path, 'examples'), { recursive: true })
  folder.write('mine.ts', mine)
  folder.write('this-file.ts', devices)
})

describe('the code of README.md', () => {
  it('is what these tests think it is', () => {
    expect(others).toEqual([])
    for (const code of [library, heard, live]) expect(code).toContain("import patch from './mine.ts'\n")
    expect(devices).toContain('--devices this-file.ts')
  })

  it.each([
    ['the first patch', tremolo],
    ['your first patch', mine],
    ['the library', library.replace("import patch from './mine.ts'\n", `${asValue(mine)}\n`)],
    ['what is played live', heard.replace("import patch from './mine.ts'\n", `${asValue(mine)}\n`)],
    ['what changes while it sounds', live.replace("import patch from './mine.ts'\n", `${asValue(mine)}\n`)],
    ['your own devices', devices],
  ])('of %s compiles', (_, code) => expect(typeErrors(used(code))).toEqual([]))

  it('is the tremolo of the examples', () => {
    const example = readFileSync(join(root, 'examples/tremolo.ts'), 'utf8')
    expect(example).toContain(tremolo.slice(tremolo.indexOf('export default')))
  })

  it('runs', async () => {
    folder.write('library.ts', `${library}\nexport default { sampleRate, channels, sound }`)
    const { createJiti } = await import('jiti')
    const jiti = createJiti(join(folder.path, 'library.ts'), {
      virtualModules: { megasynth: await import('../../src/index.ts') },
      fsCache: false,
      interopDefault: false,
    })
    const loaded = (await jiti.import(join(folder.path, 'library.ts'))) as {
      default: { sampleRate: number; channels: Float32Array[]; sound: { channels: Float32Array[] } }
    }
    const { sampleRate, channels, sound } = loaded.default
    expect(sound.channels.map((channel) => channel.length)).toEqual([2 * sampleRate, 2 * sampleRate])
    for (const channel of [...channels, ...sound.channels])
      expect(channel.some((sample) => Math.abs(sample) > 0.01)).toBe(true)
  })

  it('runs while it sounds', async () => {
    folder.write('live.ts', `${live}\nexport default synth.patch`)
    const { createJiti } = await import('jiti')
    const jiti = createJiti(join(folder.path, 'live.ts'), {
      virtualModules: { megasynth: await import('../../src/index.ts') },
      fsCache: false,
      interopDefault: false,
    })
    const loaded = (await jiti.import(join(folder.path, 'live.ts'))) as { default: { voices: number } }
    expect(loaded.default.voices).toBe(4)
  })

  it('has devices that a patch can use', async () => {
    const patch = {
      devices: { oscillator0: { type: 'oscillator' }, ring0: { type: 'ring' } },
      connections: [
        ['oscillator0', 'ring0.in'],
        ['ring0', 'out'],
      ],
    }
    folder.write('patch.json', JSON.stringify(patch))
    const argv = ['render', 'patch.json', '--devices', 'this-file.ts', '-s', '0.2']
    const { code, stderr } = await cli(argv, { cwd: folder.path })
    expect([code, stderr]).toEqual([0, expect.stringContaining('playing C4')])
  })
})

/** A patch file as the value `patch`, for code that imports it. */
function asValue(file: string): string {
  return file.replace('export default', 'const patch =')
}

/** Examples make values; that nobody reads them is no error there, nor are two imports from one module. */
function used(code: string): string {
  const names = Array.from(code.matchAll(/^const (\{.*?\}|\w+)/gm), ([, name]) => name?.match(/\w+/g) ?? [])
  return `${code}\nexport { ${names.flat().join(', ')} }\n`
}

describe('the commands of README.md', () => {
  const commands = blocks.flatMap((block) => block.match(/^npx megasynth .*$/gm) ?? [])

  it('are there', () => expect(commands.length).toBeGreaterThan(4))

  it.each(commands)('%s', async (command) => {
    const argv = Array.from(
      command
        .replace(/ {2,}#.*$/, '')
        .replace('npx megasynth', '')
        .matchAll(/"([^"]*)"|(\S+)/g),
      ([, quoted, bare]) => quoted ?? bare ?? '',
    )
    if (argv[0] === 'play') {
      const playing = watching([...argv, '--device', 'silent'], folder.path)
      await playing.says('Ctrl-C ends')
      playing.interrupt()
      expect([await playing.code, playing.text()]).toEqual([0, expect.stringContaining('▶')])
      return
    }
    const { code, stderr } = await cli(argv, { cwd: folder.path })
    // two patches that differ
    expect([code, stderr]).toEqual([argv[0] === 'diff' ? 1 : 0, ''])
  })

  it('take a knob as --set knob=0.7', async () => {
    const argv = ['render', 'mine.ts', '-n', 'C4', '-s', '0.2', '-o', 'set.wav', '--set', 'cutoff=0.7']
    expect((await cli(argv, { cwd: folder.path })).code).toBe(0)
  })
})

it('README.md has a table of all commands', async () => {
  const rows = Array.from(text.matchAll(/^\| `megasynth (\w+).*?` +\|/gm), ([, name]) => name)
  const { stdout } = await cli(['--help'])
  const commands = Array.from(
    stdout.slice(stdout.indexOf('Commands:')).matchAll(/^ {2}([a-z]+) /gm),
    ([, name]) => name,
  )
  expect(new Set(rows)).toEqual(new Set(commands.filter((name) => name !== 'help')))
})

it('README.md shows a prompt as it answers', async () => {
  const shown = /```text\n(> .*?)```/s.exec(text)?.[1]?.trimEnd().split('\n') ?? []
  const typed = shown.filter((line) => line.startsWith('> ')).map((line) => line.slice(2))
  const answers = shown.filter((line) => !/^(> |took )/.test(line))
  expect(answers.length).toBeGreaterThan(3)
  cpSync(join(root, 'examples'), join(typing.path, 'examples'), { recursive: true })
  const { code, stdout } = await cli(['repl', 'examples/starter.ts', '--device', 'silent'], {
    cwd: typing.path,
    env: { XDG_STATE_HOME: typing.path },
    stdin: `${typed.join('\n')}\n`,
  })
  expect([code, stdout.split('\n')]).toEqual([0, expect.arrayContaining(answers)])
  expect(stdout).not.toContain('✗')
  expect(typing.names()).toContain('mine.ts')
})

it('README.md shows an error as it is printed', async () => {
  folder.write('tremolo.ts', tremolo.replace('oscillator0.amplitude', 'oscillator0.amplitud'))
  const { code, stderr } = await cli(['check', 'tremolo.ts'], { cwd: folder.path })
  expect(code).toBe(1)
  expect(blocks.filter((block) => block.startsWith('✗'))).toEqual([stderr])
})
