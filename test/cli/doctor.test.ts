import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { healthText } from '../../src/cli/doctor.ts'
import { examine, type Health, type Probes } from '../../src/cli/health.ts'
import { selfTest } from '../../src/cli/self-test.ts'
import { checkSequencer } from '../../src/cli/sequencer.ts'
import { fail, plain } from '../../src/errors/index.ts'
import type { Audio } from '../../src/live/index.ts'
import { render } from '../../src/midi/render.ts'
import type { Patch } from '../../src/patch/index.ts'
import { scratch } from './helpers.ts'

const main = join(import.meta.dirname, '../../dist/cli/main.js')
if (!existsSync(main)) throw new Error('dist/ is missing: run `npm run build` first')
const folder = scratch()

/** A computer with everything. */
const healthy: Probes = {
  node: '20.20.0',
  oldestNode: '20.19',
  platform: 'linux',
  startEngine: async () => {},
  selfTest: async () => ({ hertz: 440, level: -6.02, problems: [] }),
  writeFile: async () => 192_044,
  soundOutputs: async () => ['Built-in', 'USB'],
  midiPorts: async () => ({ inputs: ['Keys'], outputs: [] }),
}

const noLibrary = async (): Promise<never> =>
  fail({
    code: 'sound-library-missing',
    path: 'device',
    message: 'sound cannot be sent to a sound card on this system',
    found: 'libasound.so.2: cannot open shared object file',
    expected: 'the ALSA library, libasound.so.2',
    suggestion: 'install the package libasound2',
  })
const noSequencer = async (): Promise<never> =>
  fail({
    code: 'midi-unavailable',
    path: 'MIDI',
    message: 'this system has no MIDI ports',
    suggestion: 'modprobe snd-seq',
  })
const noEngine = async (): Promise<never> =>
  fail({ code: 'engine-failed', path: 'engine', message: 'the engine is not installed' })

const states = ({ checks }: Health): Record<string, string> =>
  Object.fromEntries(checks.map(({ name, state }) => [name, state]))
const allOk = { Node: 'ok', engine: 'ok', 'self-test': 'ok', files: 'ok', sound: 'ok', MIDI: 'ok' }
const text = (health: Health): string => healthText(health, { paint: plain }).join('\n')

describe('the health of a computer', () => {
  it('is good where everything is there', async () => {
    const health = await examine(healthy)
    expect([health.ok, health.limits, states(health)]).toEqual([true, [], allOk])
    expect(text(health)).toBe(`✓ Node       20.20.0
✓ engine     scsynth as WebAssembly starts
✓ self-test  A4 is 440.00 Hz at −6.02 dBFS; the same patch gives the same samples
✓ files      a WAV file of 192044 bytes was written
✓ sound      2 outputs: Built-in, USB
✓ MIDI       1 input: Keys; no output is connected

✓ Patches can be rendered to sound files and played live: a sound card and MIDI are there.`)
  })

  it('says what is limited, and how what is missing is had', async () => {
    const health = await examine({ ...healthy, soundOutputs: noLibrary, midiPorts: noSequencer })
    expect(health.ok).toBe(true)
    expect(text(health)).toContain(`! sound      sound cannot be sent to a sound card on this system
             found:    libasound.so.2: cannot open shared object file
             expected: the ALSA library, libasound.so.2
             install the package libasound2
! MIDI       this system has no MIDI ports
             modprobe snd-seq

✓ Patches can be rendered to sound files.
  Limited: nothing can be heard live; no MIDI keyboard or controller can be connected.`)
  })

  it.each<[string, Partial<Probes>, boolean, Partial<typeof allOk> | Record<string, string>]>([
    ['no libasound', { soundOutputs: noLibrary }, true, { sound: 'limited' }],
    ['no sound card', { soundOutputs: async () => [] }, true, { sound: 'limited' }],
    ['no sequencer', { midiPorts: noSequencer }, true, { MIDI: 'limited' }],
    ['no keyboard', { midiPorts: async () => ({ inputs: [], outputs: [] }) }, true, {}],
    [
      'neither library nor sequencer',
      { soundOutputs: noLibrary, midiPorts: noSequencer },
      true,
      { sound: 'limited', MIDI: 'limited' },
    ],
    ['an old Node', { node: '20.18.9' }, true, { Node: 'limited' }],
    ['a very old Node', { node: '9.99.0' }, true, { Node: 'limited' }],
    ['a newer Node', { node: '22.1.0' }, true, {}],
    ['a Node of tomorrow', { node: '100.0.0-nightly' }, true, {}],
    ['no engine', { startEngine: noEngine }, false, { engine: 'failed', 'self-test': 'skipped' }],
    [
      'a wrong sound',
      {
        selfTest: async () => ({
          hertz: 441,
          level: -6,
          problems: [{ code: 'engine-failed', path: 'self-test', message: 'an A4 is out of tune' }],
        }),
      },
      false,
      { 'self-test': 'failed' },
    ],
    [
      'a disk that is full',
      { writeFile: async () => fail({ code: 'unwritable-file', path: 'x', message: 'cannot be written' }) },
      false,
      { files: 'failed' },
    ],
    [
      'a library that breaks',
      {
        soundOutputs: async () => {
          throw new TypeError('boom\nat x')
        },
      },
      true,
      { sound: 'limited' },
    ],
    [
      'nothing at all',
      { startEngine: noEngine, soundOutputs: noLibrary, midiPorts: noSequencer, node: '18.0.0' },
      false,
      { Node: 'limited', engine: 'failed', 'self-test': 'skipped', sound: 'limited', MIDI: 'limited' },
    ],
  ])('with %s is known', async (_, probes, ok, differing) => {
    const health = await examine({ ...healthy, ...probes })
    expect([health.ok, states(health)]).toEqual([ok, { ...allOk, ...differing }])
    expect(health.limits).toHaveLength(Object.keys(differing).length)
    for (const { state, problems, says } of health.checks) {
      expect(says).not.toBe('')
      // whoever is limited is told why
      if (state !== 'skipped') expect(problems.length > 0).toBe(state !== 'ok')
    }
    if (!ok) expect(text(health)).toContain('✗ Sound files cannot be made here.')
  })

  it('tells how a sound card is had, by system', async () => {
    const suggestion = async (platform: NodeJS.Platform): Promise<string> =>
      text(await examine({ ...healthy, platform, soundOutputs: async () => [] }))
    expect(await suggestion('linux')).toContain('--device /dev/snd')
    expect(await suggestion('darwin')).not.toContain('/dev/snd')
  })
})

describe('the MIDI sequencer of Linux', () => {
  const failing = (code: string) => (): void => {
    throw Object.assign(new Error(code), { code })
  }

  it.each([
    ['ENOENT', 'there is no /dev/snd/seq', /modprobe snd-seq/],
    ['EACCES', 'no permission for /dev/snd/seq', /group|usermod -aG audio/],
  ])('is missed by %s', (code, found, suggestion) => {
    expect(() => checkSequencer('linux', failing(code))).toThrow(
      expect.objectContaining({
        problems: [
          expect.objectContaining({
            code: 'midi-unavailable',
            found,
            suggestion: expect.stringMatching(suggestion) as string,
          }),
        ],
      }),
    )
  })

  it('is not looked for where it is there, and on other systems', () => {
    expect(() => checkSequencer('linux', () => {})).not.toThrow()
    expect(() => checkSequencer('darwin', failing('ENOENT'))).not.toThrow()
  })
})

describe('the self-test', () => {
  const real = async (patch: Patch): Promise<Audio> => await render(patch, { notes: 'A4', seconds: 1 })
  const changed =
    (change: (channel: Float32Array, time: number) => Float32Array) =>
    async (patch: Patch): Promise<Audio> => {
      const { sampleRate, channels } = await real(patch)
      return { sampleRate, channels: channels.map((channel) => change(channel, times++)) }
    }
  let times = 0

  it('finds nothing wrong with the engine', async () => {
    const { hertz, level, problems } = await selfTest(real)
    expect(problems).toEqual([])
    expect(Math.abs(1200 * Math.log2(hertz / 440))).toBeLessThan(0.05)
    expect(level).toBeCloseTo(-6.02, 2)
  })

  it.each<[string, (channel: Float32Array, time: number) => Float32Array, RegExp]>([
    ['a wrong level', (channel) => channel.map((x) => x * 0.9), /wrong level/],
    ['a wrong pitch', (channel) => channel.map((_, i) => channel[Math.round(i * 1.001)] ?? 0), /out of tune/],
    ['silence', (channel) => new Float32Array(channel.length), /silent/],
    ['no samples', () => new Float32Array(), /out of tune/],
    ['what is no number', (channel) => channel.fill(NaN, 100, 101), /no numbers/],
    ['chance', (channel, time) => channel.map((x, i) => (i === 99 ? x + time * 1e-6 : x)), /second time/],
  ])('hears %s', async (_, change, says) => {
    const { problems } = await selfTest(changed(change))
    expect(problems.map(({ message }) => message)).toEqual(
      expect.arrayContaining([expect.stringMatching(says) as string]),
    )
  })
})

describe('megasynth doctor', () => {
  const doctor = (...flags: string[]) =>
    spawnSync(process.execPath, [main, 'doctor', ...flags], { cwd: folder.path, encoding: 'utf8' })

  it('looks at this computer, which can make sound files', () => {
    const { status, stdout, stderr } = doctor('--json')
    expect([status, stderr]).toEqual([0, ''])
    const { ok, checks, version, system } = JSON.parse(stdout) as Health &
      Record<'version' | 'system', string>
    expect([ok, system]).toEqual([true, `${process.platform}-${process.arch}`])
    expect(version).toMatch(/^\d+\.\d+\.\d+/)
    // what is heard here depends on the computer
    expect(states({ ok, checks, limits: [] })).toEqual({
      ...allOk,
      sound: expect.stringMatching(/^(ok|limited)$/) as string,
      MIDI: expect.stringMatching(/^(ok|limited)$/) as string,
    })
    expect(folder.names()).toEqual([])
    // the library of sound cards either answers, or says what of the system it misses
    for (const { problems } of checks.filter(({ name }) => name === 'sound'))
      expect(JSON.stringify(problems)).not.toMatch(/TypeError|no answer/)
  })

  it('says it to people', () => {
    const { status, stdout } = doctor()
    expect([status, stdout]).toEqual([
      0,
      expect.stringMatching(/^megasynth [\d.]+ on .*\n\n✓ Node {7}[\d.]+\n✓ engine/),
    ])
    expect(stdout).toContain('✓ Patches can be rendered to sound files')
  })
})
