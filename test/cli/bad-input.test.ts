import { chmodSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { cli, drone, keyed, scratch, type Result } from './helpers.ts'

const folder = scratch()
const cwd = folder.path
folder.write('hum.json', JSON.stringify(drone))
folder.write('keyed.json', JSON.stringify(keyed))

/** Checks and renders: both must refuse, with the same words. */
async function refused(patch: object | string, name = 'p.json'): Promise<Result> {
  folder.write(name, typeof patch === 'string' ? patch : JSON.stringify(patch))
  const [checked, rendered] = [
    await cli(['check', name], { cwd }),
    await cli(['render', name, '-s', '1'], { cwd }),
  ]
  expect(rendered).toMatchObject({ code: checked.code, stdout: checked.stdout, stderr: checked.stderr })
  expect(folder.names().filter((name) => /\.(wav|part)$/.test(name))).toEqual([])
  return checked
}

describe('a bad patch is refused with exit code 1', () => {
  it('unknown names: each with its place and the nearest name', async () => {
    const { code, stdout, stderr } = await refused({
      ...drone,
      devices: { ...drone.devices, filter0: { type: 'filtr' }, lfo0: { type: 'lfo', wavefrm: 'sine' } },
      connections: [
        ...drone.connections,
        ['rat', 'lfo0.frequency'],
        ['lfo0', 'oscillator0.amplitud'],
        ['lfo0', 'oscilator0.fm'],
      ],
    })
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toContain('✗ p.json has 5 problems:')
    expect(stderr).toMatch(
      /devices\.filter0\.type: .* \[unknown-device-type\]\n.*"filtr"\n.*\n {2}did you mean "filter"\?/,
    )
    expect(stderr).toMatch(/devices\.lfo0\.wavefrm: .* \[unknown-port\][^[]*did you mean "waveform"\?/)
    expect(stderr).toMatch(/connections\[4\]: .* \[unknown-source\][^[]*did you mean "rate"\?/)
    expect(stderr).toMatch(
      /connections\[5\]: .* \[unknown-port\][^[]*did you mean "oscillator0\.amplitude"\?/,
    )
    expect(stderr).toMatch(
      /connections\[6\]: .* \[unknown-destination\][^[]*did you mean "oscillator0\.fm"\?/,
    )
  })

  it('cycles: named in full', async () => {
    const { code, stderr } = await refused({
      devices: { a: { type: 'mixer' }, b: { type: 'amplifier' }, c: { type: 'mixer' } },
      connections: [
        ['a', 'b.in'],
        ['b', 'c.in1'],
        ['c', 'a.in1'],
        ['c', 'out'],
      ],
    })
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/a → b → c → a.*\[cycle\]|\[cycle\][^[]*a → b → c → a/s),
    ])
  })

  it.each([
    [
      'a knob out of 0..1',
      { ...drone, knobs: { ...drone.knobs, volume: 1.5 } },
      'knobs.volume',
      'out-of-range',
      '1.5',
    ],
    [
      'an object knob out of 0..1',
      { ...drone, knobs: { ...drone.knobs, volume: { value: -1 } } },
      'knobs.volume.value',
      'out-of-range',
      '-1',
    ],
    [
      'a port out of its range',
      { ...drone, devices: { ...drone.devices, lfo0: { type: 'lfo', frequency: 1e6 } } },
      'devices.lfo0.frequency',
      'out-of-range',
      '1000000',
    ],
  ])('%s', async (_, patch, path, code, found) => {
    const result = await refused(patch)
    expect(result.code).toBe(1)
    expect(result.stderr).toContain(`${path}: `)
    expect(result.stderr).toContain(`[${code}]\n  found:    ${found}\n`)
  })

  it('NaN, in a file that computes', async () => {
    const { code, stderr } = await refused(
      `import type { Patch } from 'megasynth'
export default { knobs: { k: 0 / 0 }, devices: { oscillator0: { type: 'oscillator', frequency: Number('x') } }, connections: [['oscillator0', 'out', NaN]] } satisfies Patch`,
      'nan.ts',
    )
    expect(code).toBe(1)
    expect(stderr).toContain('knobs.k: ')
    expect(stderr).toContain('devices.oscillator0.frequency: ')
    expect(stderr).toContain('connections[0]: ')
    expect(stderr.match(/found: {4}NaN/g)).toHaveLength(3)
  })

  it('NaN in JSON, with line and column', async () => {
    const { code, stderr } = await refused('{\n  "knobs": { "k": NaN }\n}')
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining('p.json:2:19: JSON has no NaN and no Infinity [invalid-json]'),
    ])
  })

  it('a truncated file', async () => {
    const { code, stderr } = await refused(JSON.stringify(drone).slice(0, -20))
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/^p\.json:1:\d+: ends too early: the file may be truncated \[invalid-json\]\n/),
    ])
  })

  it('a missing file', async () => {
    const { code, stderr } = await cli(['render', 'huum.json'], { cwd })
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(
        /^huum\.json: cannot be read \[unreadable-file\]\n.*\n.*\n {2}did you mean "hum\.json"\?\n$/,
      ),
    ])
  })

  it('a file that throws', async () => {
    const { code, stderr } = await refused(
      "import { definePatch } from 'megasynth'\n\nthrow new Error('half done')\n",
      'throws.ts',
    )
    expect([code, stderr]).toEqual([
      1,
      'throws.ts:3: threw an error while it was loaded [patch-file-threw]\n  found:    Error: half done\n',
    ])
  })

  it.each([
    ['null', 'null', 'not-a-patch'],
    ['a list', '[]', 'not-a-patch'],
    ['a newer format', JSON.stringify({ ...drone, format: 2 }), 'unsupported-format'],
    ['an unknown key', JSON.stringify({ ...drone, knbs: {} }), 'unknown-key'],
  ])('%s', async (_, text, code) => {
    const result = await refused(text)
    expect([result.code, result.stderr]).toEqual([1, expect.stringContaining(`[${code}]`)])
  })

  it('as JSON all problems are on stdout, with the file', async () => {
    folder.write('two.json', JSON.stringify({ ...drone, knobs: { volume: 2, rate: -2 } }))
    const { code, stderr, json } = await cli(['check', 'two.json', '--json'], { cwd })
    expect([code, stderr]).toEqual([1, ''])
    expect(json()).toEqual({
      ok: false,
      file: 'two.json',
      problems: [
        expect.objectContaining({ code: 'out-of-range', path: 'knobs.volume' }),
        expect.objectContaining({ code: 'out-of-range', path: 'knobs.rate' }),
      ],
    })
  })
})

describe('a bad MIDI file is refused with exit code 1', () => {
  const bach = readFileSync('examples/midi/bach-prelude-bwv846.mid')

  it.each([
    ['truncated', bach.subarray(0, bach.length - 100), 'invalid-midi'],
    ['not MIDI', new TextEncoder().encode('RIFF and so on'), 'invalid-midi'],
    ['empty', new Uint8Array(), 'invalid-midi'],
    ['too large', new Uint8Array(16 * 2 ** 20 + 1), 'too-large'],
  ])('%s', async (_, bytes, problem) => {
    folder.write('bad.mid', bytes)
    const { code, stdout, stderr } = await cli(['render', 'keyed.json', '--midi', 'bad.mid'], { cwd })
    expect([code, stdout, stderr]).toEqual([
      1,
      '',
      expect.stringMatching(new RegExp(`^bad\\.mid.*\\[${problem}\\]`)),
    ])
    expect(folder.names()).not.toContain('keyed.wav')
  })

  it('missing', async () => {
    folder.write('bach.mid', bach)
    const { code, stderr } = await cli(['render', 'keyed.json', '--midi', 'bahc.mid'], { cwd })
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/^bahc\.mid: cannot be read \[unreadable-file\][^]*did you mean "bach\.mid"\?/),
    ])
  })
})

describe('an output that cannot be written is refused with exit code 1', () => {
  mkdirSync(join(cwd, 'outputs/folder.wav'), { recursive: true })

  it.each([
    ['nowhere/a.wav', 'unwritable-file', 'its folder does not exist'],
    ['outputs/folder.wav', 'unwritable-file', 'it is a folder'],
    ['hum.json/a.wav', 'unwritable-file', 'its folder is a file'],
  ])('%s', async (output, problem, found) => {
    const { code, stdout, stderr } = await cli(['render', 'hum.json', '-s', '1', '-o', output], { cwd })
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toContain(`${output}: cannot be written [${problem}]\n  found:    ${found}\n`)
  })

  it.skipIf(process.getuid?.() === 0)('a folder without permission', async () => {
    const locked = join(cwd, 'locked')
    folder.write('locked/a.txt', '')
    chmodSync(locked, 0o500)
    const { code, stderr } = await cli(['render', 'hum.json', '-s', '1', '-o', 'locked/a.wav'], { cwd })
    chmodSync(locked, 0o700)
    expect([code, stderr]).toEqual([1, expect.stringContaining('found:    no permission')])
  })

  it('longer than a WAV file can be: before a sample is rendered', async () => {
    const { code, stderr } = await cli(['render', 'hum.json', '-s', '80000', '-o', 'long.wav', '-f', '32f'], {
      cwd,
    })
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/^long\.wav: is too long for a WAV file \[too-large\]/),
    ])
    expect(folder.names()).not.toContain('long.wav')
  })
})

describe('a patch too large for the engine is refused with exit code 1', () => {
  const many = (devices: number): object => ({
    voices: 128,
    devices: Object.fromEntries(
      Array.from({ length: devices }, (_, i) => [`filter${i}`, { type: 'filter' }]),
    ),
    connections: Array.from({ length: devices }, (_, i) => [`filter${i}`, 'out']),
  })

  it('says which limit, by how much, and which option raises it', async () => {
    // 130 filters in each of 128 voices and 8 spare ones, the groups of the voices, out, four groups of the patch, the root
    const { code, stderr } = await refused(many(130))
    expect([code, stderr]).toEqual([
      1,
      `✗ p.json has 1 problem:

patch: the patch needs too many synths and groups [engine-limit]
  found:    17822, 1438 too many
  expected: at most 16384
  make the engine larger: --engine maxNodes=32768
`,
    ])
  })

  it('fits when the option is followed', async () => {
    folder.write('p.json', JSON.stringify(many(130)))
    expect((await cli(['check', 'p.json', '--engine', 'maxNodes=32768'], { cwd })).code).toBe(0)
  })

  it('says when no option helps', async () => {
    const { code, stderr } = await refused(many(600))
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining('the engine cannot be made that large: take fewer voices or devices'),
    ])
  })

  it('by the memory of its delay lines', async () => {
    folder.write(
      'delays.json',
      JSON.stringify({
        ...keyed,
        voices: 16,
        devices: { ...keyed.devices, delay0: { type: 'delay', shared: false } },
        connections: [
          ['oscillator0', 'delay0.in'],
          ['delay0', 'out'],
        ],
      }),
    )
    const { code, stderr } = await cli(
      ['render', 'delays.json', '-n', 'C4+D4+E4+F4+G4+A4', '--engine', 'memory=1024'],
      {
        cwd,
      },
    )
    expect(code).toBe(1)
    expect(stderr).toContain('[engine-limit]')
    expect(stderr).toContain('make the engine larger: --engine memory=12288')
    expect(folder.names().filter((name) => name.includes('delays.wav'))).toEqual([])
  })
})
