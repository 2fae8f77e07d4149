import { spawn, spawnSync } from 'node:child_process'
import { closeSync, existsSync, mkdirSync, openSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { until } from '../until.ts'
import { drone, scratch } from './helpers.ts'

const main = join(import.meta.dirname, '../../dist/cli/main.js')
if (!existsSync(main)) throw new Error('dist/ is missing: run `npm run build` first')

const folder = scratch()
folder.write('hum.json', JSON.stringify(drone))

const environment = { ...process.env, NO_COLOR: '1' }

/** Runs the built command line as a program of its own. */
function megasynth(...argv: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [main, ...argv], {
    cwd: folder.path,
    encoding: 'utf8',
    env: environment,
  })
}

describe('megasynth as a program', () => {
  it('renders', () => {
    const { status, stdout } = megasynth('render', 'hum.json', '-s', '0.2')
    expect([status, stdout]).toEqual([0, expect.stringMatching(/^✓ hum\.wav: 0\.20 s/)])
    expect(statSync(join(folder.path, 'hum.wav')).size).toBe(44 + 9600 * 4)
  })

  it('runs a patch that imports megasynth', () => {
    folder.write(
      'p.ts',
      `import { definePatch } from 'megasynth'\nexport default definePatch(${JSON.stringify(drone)})`,
    )
    expect(megasynth('check', 'p.ts').status).toBe(0)
  })

  // a device on which nothing can be written
  it.skipIf(!existsSync('/dev/full'))('tells the shell that its output could not be written', () => {
    for (const argv of [['check', 'hum.json'], ['devices'], ['schema']]) {
      const full = openSync('/dev/full', 'w')
      const stdio = ['ignore', full, 'pipe'] as const
      const { status, stderr } = spawnSync(process.execPath, [main, ...argv], { cwd: folder.path, encoding: 'utf8', env: environment, stdio: [...stdio] }) // prettier-ignore
      closeSync(full)
      expect([argv, status, stderr]).toEqual([argv, 1, expect.stringContaining('[unwritable-file]')])
    }
  })

  it('tells the shell what went wrong', () => {
    folder.write('bad.json', '{')
    expect(megasynth('check', 'bad.json').status).toBe(1)
    expect(megasynth('chekc').status).toBe(2)
  })

  it('renders the demo with the files of the package, over its own earlier file', () => {
    mkdirSync(join(folder.path, 'demo'))
    folder.write('demo/megasynth-demo.wav', 'earlier')
    const { status, stdout, stderr } = spawnSync(process.execPath, [main, 'demo'], {
      cwd: join(folder.path, 'demo'),
      encoding: 'utf8',
      // without a sound card
      env: { ...environment, ALSA_CONFIG_PATH: '/dev/null' },
    })
    expect([status, stderr]).toEqual([
      0,
      expect.stringMatching(/^There is no sound card here: .*pad\.ts.*\n$/),
    ])
    expect(stdout).toMatch(
      /^✓ megasynth-demo\.wav: 1\d\d\.\d\d s, peak −\d+\.\d dBFS, \d+× real time\nNext: .*tremolo\.ts/,
    )
    expect(statSync(join(folder.path, 'demo/megasynth-demo.wav')).size).toBeGreaterThan(100 * 48000 * 4)
  })

  const valid = `export default ${JSON.stringify(drone)}`
  const misbehaving = (name: string, code: string, ...argv: string[]): ReturnType<typeof megasynth> => {
    folder.write(name, code)
    const before = folder.names()
    const result = megasynth('render', name, ...argv)
    expect(folder.names()).toEqual(before)
    return result
  }

  it.each([
    [
      'throws later',
      `\nsetTimeout(() => { throw new RangeError('too late') }, 0)\n${valid}`,
      'bad.ts:2: threw an error after it was loaded [patch-file-threw]\n  found:    RangeError: too late\n',
    ],
    [
      'throws later what is no error',
      `setTimeout(() => { throw 'nothing' }, 0)\n${valid}`,
      'patch file: threw an error after it was loaded [patch-file-threw]\n  found:    "nothing"\n',
    ],
    [
      'rejects what nobody awaits',
      `\n\nvoid Promise.resolve().then(() => { throw new Error('alone') })\n${valid}`,
      'bad.ts:3: threw an error after it was loaded [patch-file-threw]\n  found:    Error: alone\n',
    ],
    [
      'never finishes loading',
      `await new Promise(() => {})\n${valid}`,
      'bad.ts: never finishes loading: it awaits something that never comes [patch-file-threw]\n',
    ],
    [
      'ends the program',
      `\nprocess.exit(0)\n${valid}`,
      'bad.ts:2: ended the program before it was done [patch-file-threw]\n  found:    process.exit(0)\n',
    ],
    [
      'ends the program later',
      `setTimeout(process.exit, 0, 3)\n${valid}`,
      'patch file: ended the program before it was done [patch-file-threw]\n  found:    process.exit(3)\n',
    ],
  ])('a patch file that %s is a problem, and nothing is left half', (_, code, says) => {
    const { status, stdout, stderr } = misbehaving('bad.ts', code, '-s', '20')
    expect([status, stdout]).toEqual([1, ''])
    expect(stderr).toContain(says)
    expect(stderr).not.toMatch(/^ +at /m)
    const asJson = misbehaving('bad.ts', code, '-s', '20', '--json')
    expect([asJson.status, asJson.stderr]).toEqual([1, ''])
    expect(JSON.parse(asJson.stdout)).toMatchObject({ ok: false, problems: [{ code: 'patch-file-threw' }] })
  })

  it('ends when it is done, whatever a patch file left running', () => {
    folder.write('busy.ts', `setInterval(() => {}, 1000)\n${valid}`)
    const { status, stdout } = megasynth('check', 'busy.ts')
    expect([status, stdout]).toEqual([0, expect.stringContaining('busy.ts is valid')])
  })

  it.skipIf(process.platform === 'win32').each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s leaves nothing half and ends with %d', async (signal, exitCode) => {
    const before = folder.names()
    const child = spawn(process.execPath, [main, 'render', 'hum.json', '-s', '20000', '-o', 'long.wav'], {
      cwd: folder.path,
      env: environment,
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    let stderr = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
    const part = (): string | undefined => folder.names().find((name) => name.endsWith('.part'))
    // until it is writing
    await until(
      () => child.exitCode !== null || statSync(join(folder.path, part() ?? 'hum.json')).size > 100_000,
    )
    expect(part()).toMatch(/^\.long\.wav\..*\.part$/)
    child.kill(signal)
    expect(await ended).toBe(exitCode)
    expect(stderr).toBe('interrupted: nothing was written\n')
    expect(folder.names()).toEqual(before)
  })
})
