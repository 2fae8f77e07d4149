import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '../..')
const work = mkdtempSync(join(tmpdir(), 'megasynth-pack-'))
/** An empty folder, into which the tarball is installed. */
const home = join(work, 'home')
/** A folder beside it, within no package. */
const elsewhere = join(work, 'elsewhere')
let packed: string[] = []

/** The environment without what an outer `npm test` says about this repository. */
const environment = Object.fromEntries(
  Object.entries(process.env).filter(
    ([name]) => !/^(npm_(package|lifecycle|config_local_prefix)|INIT_CWD|NODE_OPTIONS|VITEST)/.test(name),
  ),
)

function npm(folder: string, ...args: string[]): string {
  const quiet = ['--no-audit', '--no-fund', '--no-update-notifier', '--loglevel=error']
  return execFileSync('npm', [...args, ...quiet], { cwd: folder, encoding: 'utf8', env: environment })
}

/** Runs a command with the installed package; fails the test, with what it printed, if it fails. */
function run(folder: string, command: string, ...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd: folder,
    encoding: 'utf8',
    env: environment,
  })
  expect(status, `${command} ${args.join(' ')}\n${stdout}\n${stderr}`).toBe(0)
  return stdout
}

const drone = `{
  name: 'drone',
  voices: { mode: 'drone' },
  knobs: { volume: 0.5 },
  devices: { oscillator0: { type: 'oscillator', waveform: 'saw' } },
  connections: [['volume', 'oscillator0.amplitude'], ['oscillator0', 'out']],
}`

beforeAll(() => {
  if (!existsSync(join(root, 'dist/index.js'))) throw new Error('dist/ is missing: run `npm run build` first')
  // Without scripts: dist/ is built, and building it again would pull it from under the other tests.
  const [report] = JSON.parse(
    npm(root, 'pack', '--json', '--ignore-scripts', '--pack-destination', work),
  ) as {
    filename: string
    files: { path: string }[]
  }[]
  if (report === undefined) throw new Error('npm pack reported nothing')
  packed = report.files.map((file) => file.path)
  for (const folder of [home, elsewhere]) mkdirSync(folder)
  writeFileSync(join(home, 'package.json'), '{ "private": true, "type": "module" }\n')
  const tarball = join(work, report.filename)
  npm(home, 'install', tarball, '--prefer-offline', '--ignore-scripts', '--omit=dev')
})

afterAll(() => rmSync(work, { recursive: true, force: true }))

describe('the package, installed from its tarball in an empty folder', () => {
  it('holds what its users need and nothing else', () => {
    expect(packed).toEqual(
      expect.arrayContaining([
        'LICENSE',
        'NOTICE.md',
        'README.md',
        'CHANGELOG.md',
        'dist/index.js',
        'dist/index.d.ts',
        'dist/cli/main.js',
        'dist/scsynth/index.js',
        'schema/patch.schema.json',
      ]),
    )
    expect(
      packed.filter((path) => /^(test|bench|scripts|docs|node_modules)\/|\.wav$|\.wasm$/.test(path)),
    ).toEqual([])
  })

  it('renders a second of sound by its API', () => {
    writeFileSync(
      join(home, 'render.mjs'),
      `import { definePatch, render } from 'megasynth'
const { sampleRate, channels } = await render(definePatch(${drone}), { notes: 'C4', seconds: 1 })
const peak = Math.max(...channels.map((channel) => channel.reduce((most, x) => Math.max(most, Math.abs(x)), 0)))
console.log(JSON.stringify({ sampleRate, lengths: channels.map((channel) => channel.length), peak }))
`,
    )
    const { sampleRate, lengths, peak } = JSON.parse(run(home, process.execPath, 'render.mjs')) as {
      sampleRate: number
      lengths: number[]
      peak: number
    }
    expect(lengths).toEqual([sampleRate, sampleRate])
    expect(peak).toBeGreaterThan(0.01)
    expect(peak).toBeLessThan(1)
  })

  it('writes a patch that the compiler finds no fault with', () => {
    run(home, 'npx', '--no-install', 'megasynth', 'new', 'lead')
    expect(readFileSync(join(home, 'tsconfig.json'), 'utf8')).not.toContain('paths')
    run(home, process.execPath, join(root, 'node_modules/typescript/bin/tsc'), '-p', home)
  })

  it('has its subpaths', () => {
    writeFileSync(
      join(home, 'subpaths.mjs'),
      `import { decodeSynthDefs, encodeSynthDefs } from 'megasynth/scsynth'
import { openMidiPorts } from 'megasynth/midi'
import { listenOsc } from 'megasynth/osc'
import schema from 'megasynth/patch.schema.json' with { type: 'json' }
console.log(typeof decodeSynthDefs, typeof encodeSynthDefs, typeof openMidiPorts, typeof listenOsc, typeof schema)
`,
    )
    expect(run(home, process.execPath, 'subpaths.mjs').trim()).toBe(
      'function function function function object',
    )
  })

  it('has a command that says how it is used', () => {
    expect(run(home, 'npx', '--no-install', 'megasynth', '--help')).toMatch(/Usage: megasynth/)
  })

  it('renders a patch file that lies in no package and imports megasynth', () => {
    writeFileSync(
      join(elsewhere, 'drone.ts'),
      `import { definePatch } from 'megasynth'\n\nexport default definePatch(${drone})\n`,
    )
    const output = join(elsewhere, 'drone.wav')
    run(
      home,
      'npx',
      '--no-install',
      'megasynth',
      'render',
      '../elsewhere/drone.ts',
      '--seconds',
      '1',
      '-o',
      output,
    )
    // 16 bits, two channels, a second at 44.1 kHz or more.
    expect(statSync(output).size).toBeGreaterThan(44_100 * 4)
    const wav = readFileSync(output)
    expect(wav.toString('latin1', 0, 4)).toBe('RIFF')
    let peak = 0
    for (let at = 44; at + 1 < wav.length; at += 2) peak = Math.max(peak, Math.abs(wav.readInt16LE(at)))
    expect(peak).toBeGreaterThan(327)
  })
})
