import { describe, expect, it } from 'vitest'
import { openCatalogue } from '../../src/cli/catalogue.ts'
import { standard } from '../../src/devices/index.ts'
import { MegasynthError } from '../../src/errors/index.ts'
import { cli, scratch } from './helpers.ts'

const folder = scratch()

const ring = `import { defineDevice, option, signal, ugen, value } from 'megasynth'

const ring = defineDevice({
  title: 'Ring modulator',
  doc: 'Multiplies its input by a sine.',
  ports: { in: signal('What is multiplied.'), frequency: value('Of the sine.', { min: 1, max: 5000, scale: 'exponential', unit: 'Hz', default: 100 }) },
  options: { half: option('Half as loud.', [false, true]) },
  output: { rate: 'audio', polarity: 'bipolar', channels: 1 },
  build: ({ in: input, frequency }) => ugen.mul(input[0], ugen.ugens.SinOsc.ar(frequency, 0)),
})
export default { ring }
`

const patch = {
  voices: { mode: 'drone' },
  devices: { oscillator0: { type: 'oscillator', waveform: 'sine' }, ring0: { type: 'ring', frequency: 300 } },
  connections: [
    ['oscillator0', 'ring0.in'],
    ['ring0', 'out'],
  ],
}

describe('--devices', () => {
  it('adds device types to the standard ones, and they sound', async () => {
    folder.write('mine.ts', ring)
    folder.write('p.json', JSON.stringify(patch))
    const rendered = await cli(['render', 'p.json', '--devices', 'mine.ts', '-s', '0.3', '--json'], {
      cwd: folder.path,
    })
    expect(rendered.stderr).toBe('')
    expect(rendered.json()).toMatchObject({ ok: true, peak: expect.any(Number) as number })
    expect(rendered.json()['peak']).toBeGreaterThan(0.3)
  })

  it('is in the reference and in the schema', async () => {
    folder.write('mine.ts', ring)
    const card = await cli(['devices', 'ring', '--devices', 'mine.ts'], { cwd: folder.path })
    expect(card.stdout).toContain('ring: Ring modulator')
    expect(card.stdout).toMatch(
      /frequency {2}value {3}1 … 5000 Hz exponential {2}default 100 Hz {2}Of the sine\./,
    )
    expect(card.stdout).toMatch(/half {2}false \| true {2}default false/)
    const schema = await cli(['schema', '--devices', 'mine.ts'], { cwd: folder.path })
    expect(schema.stdout).toContain('"const": "ring"')
  })

  it('without it such a patch is refused', async () => {
    folder.write('p.json', JSON.stringify(patch))
    const { code, stderr } = await cli(['check', 'p.json'], { cwd: folder.path })
    expect(code).toBe(1)
    expect(stderr).toContain('devices.ring0.type: there is no device type "ring" [unknown-device-type]')
  })

  it('may replace a standard type', async () => {
    folder.write(
      'lfo.ts',
      "import { standard } from 'megasynth'\nexport default { lfo: { ...standard.lfo, title: 'Mine' } }",
    )
    const types = await openCatalogue(folder.path, 'lfo.ts')
    expect(types['lfo']?.title).toBe('Mine')
    expect(types['filter']).toBe(standard.filter)
  })

  const types = (text: string): string =>
    `import { choice, defineDevice, option, signal, value } from 'megasynth'
const good = { title: 'T', doc: 'D', ports: { in: signal('I') }, output: { rate: 'audio', polarity: 'bipolar', channels: 1 }, build: () => 0 }
export default ${text}`

  it.each([
    ['4', 'bad.ts', 'an object: device types by name'],
    ['{ a: 4 }', 'bad.ts: a', 'a device type, made by defineDevice({ … })'],
    ['{ "1a": good }', 'bad.ts: 1a', 'a name of letters, digits and _'],
    ['{ out: good }', 'bad.ts: out', 'another name: out is always there'],
    ['{ a: { ...good, title: undefined } }', 'bad.ts: a.title', 'a text'],
    ['{ a: { ...good, build: 3 } }', 'bad.ts: a.build', 'a function'],
    [
      '{ a: { ...good, output: { rate: "audo", polarity: "bipolar", channels: 1 } } }',
      'bad.ts: a.output.rate',
      'audio, control or inputs',
    ],
    [
      '{ a: { ...good, output: { rate: "audio", polarity: "bipolar", channels: 3 } } }',
      'bad.ts: a.output.channels',
      '1, 2 or inputs',
    ],
    [
      '{ a: { ...good, output: { rate: "audio", polarity: { option: "x" }, channels: 1 } } }',
      'bad.ts: a.output.polarity.option',
      'the name of one of its options',
    ],
    [
      '{ a: { ...good, ports: { in: 3 } } }',
      'bad.ts: a.ports.in',
      'a port: signal(…), value(…), gate(…), trigger(…) or choice(…)',
    ],
    [
      '{ a: { ...good, ports: { type: signal("x") } } }',
      'bad.ts: a.ports.type',
      'another name: every device has type',
    ],
    [
      '{ a: { ...good, ports: { x: value("x", { min: 1, max: 1, default: 1 }) } } }',
      'bad.ts: a.ports.x',
      'min below max',
    ],
    [
      '{ a: { ...good, ports: { x: value("x", { min: 0, max: 1, default: 2 }) } } }',
      'bad.ts: a.ports.x.default',
      'a default within min..max',
    ],
    [
      '{ a: { ...good, ports: { x: value("x", { min: NaN, max: 1, default: 1 }) } } }',
      'bad.ts: a.ports.x.min',
      'a finite number',
    ],
    [
      '{ a: { ...good, ports: { x: value("x", { min: 0, max: 1, default: 1, scale: "exponential" }) } } }',
      'bad.ts: a.ports.x.min',
      'a min above 0, since its scale is not linear',
    ],
    [
      '{ a: { ...good, ports: { x: { ...choice("x", ["a"]), default: "b" } } } }',
      'bad.ts: a.ports.x.default',
      'one of its choices',
    ],
    [
      '{ a: { ...good, options: { in: option("x", [1]) } } }',
      'bad.ts: a.options.in',
      'another name: a port has this one',
    ],
  ])('%s is refused at %s', async (text, path, expected) => {
    folder.write('bad.ts', types(text))
    const error: unknown = await openCatalogue(folder.path, 'bad.ts').catch((error: unknown) => error)
    expect(error).toBeInstanceOf(MegasynthError)
    expect((error as MegasynthError).problems).toMatchObject([
      { code: 'invalid-device-type', path, expected },
    ])
  })

  it('names all that is wrong at once, with exit code 1', async () => {
    folder.write('bad.ts', types('{ a: { ...good, title: 3, doc: 4 }, b: good }'))
    const { code, stderr } = await cli(['devices', '--devices', 'bad.ts'], { cwd: folder.path })
    expect(code).toBe(1)
    expect(stderr.match(/invalid-device-type/g)).toHaveLength(2)
  })

  it('takes no JSON: a device type has a function', async () => {
    folder.write('types.json', '{}')
    const { code, stderr } = await cli(['devices', '--devices', 'types.json'], { cwd: folder.path })
    expect([code, stderr]).toEqual([1, expect.stringContaining('[unknown-file-type]')])
  })

  it('a type whose build throws is a problem of that type, not of Megasynth', async () => {
    folder.write(
      'throws.ts',
      ring.replace('build: ({', "build: () => { throw new Error('no sound') }, wasBuild: ({"),
    )
    folder.write('throws.json', JSON.stringify(patch))
    const { code, stderr } = await cli(['check', 'throws.json', '--devices', 'throws.ts'], {
      cwd: folder.path,
    })
    expect(code).toBe(1)
    expect(stderr).toContain('ring: its build threw an error [invalid-device-type]')
    expect(stderr).toContain('found:    Error: no sound')
  })

  it('a type whose function fails is named', async () => {
    folder.write('nan.ts', types('{ ring: { ...good, build: () => NaN } }'))
    folder.write(
      'p.json',
      JSON.stringify({ ...patch, devices: { ...patch.devices, ring0: { type: 'ring' } } }),
    )
    const { code, stderr } = await cli(['check', 'p.json', '--devices', 'nan.ts'], { cwd: folder.path })
    expect([code, stderr]).toEqual([1, expect.stringContaining('[invalid-device-type]')])
  })
})
