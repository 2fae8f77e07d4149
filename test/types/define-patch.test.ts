import { describe, expect, it } from 'vitest'
import { typeCheck, typeErrors } from './check.ts'

const lines = {
  voices: `voices: { mode: 'drone' },`,
  knob: `depth: { value: 0.3, label: 'Depth' },`,
  lfo: `lfo0: { type: 'lfo', waveform: 'sine', frequency: 2, shared: true },`,
  mixer: `mixer0: { type: 'mixer', level2: 0.4 },`,
  filter: `filter0: { type: 'filter', slope: 12, cutoff: 800 },`,
  cable: `['depth', 'lfo0.amplitude'],`,
}

/** A good patch in which one line is another, and the number of that line. */
function patch(change: Partial<typeof lines> = {}): { code: string; line: number } {
  const { voices, knob, lfo, mixer, filter, cable } = { ...lines, ...change }
  const code = `import { definePatch, type Patch } from 'megasynth'
export const patch: Patch = definePatch({
  format: 1,
  name: 'tremolo',
  ${voices}
  knobs: {
    volume: 0.5,
    ${knob}
  },
  devices: {
    ${lfo}
    ${mixer}
    ${filter}
    oscillator0: { type: 'oscillator', waveform: 'saw', label: 'Saw', bypass: false },
  },
  connections: [
    ${cable}
    ['keys.velocity', 'mixer0.in64'],
    ['lfo0', 'mixer0.in1', 0.5],
    ['clock.phase', 'mixer0.in2'],
    ['mixer0', 'oscillator0.amplitude'],
    ['oscillator0', 'filter0.in'],
    { from: 'filter0', to: 'out', amount: 0.5, feedback: false },
    ['volume', 'out.level'],
  ],
})
`
  const changed = Object.values(change)[0]
  return {
    code,
    line: changed === undefined ? 0 : code.split('\n').findIndex((text) => text.trim() === changed) + 1,
  }
}

type Case = readonly [title: string, change: Partial<typeof lines>, message: string]

const typos: readonly Case[] = [
  ['key of the patch', { voices: `voicess: { mode: 'drone' },` }, `Did you mean to write 'voices'?`],
  ['key of the voices', { voices: `voices: { mod: 'drone' },` }, `Did you mean to write 'mode'?`],
  ['mode of the voices', { voices: `voices: { mode: 'drne' },` }, `Did you mean '"drone"'?`],
  ['key of a knob', { knob: `depth: { value: 0.3, lable: 'Depth' },` }, `Did you mean to write 'label'?`],
  ['position of a knob', { knob: `depth: '0.3',` }, 'not assignable'],
  ['device type', { lfo: `lfo0: { type: 'lfoo', waveform: 'sine' },` }, `Did you mean '"lfo"'?`],
  ['missing device type', { lfo: `lfo0: { waveform: 'sine' },` }, `Property 'type' is missing`],
  ['port', { lfo: `lfo0: { type: 'lfo', frequncy: 2 },` }, `Did you mean to write 'frequency'?`],
  [
    'constant',
    { lfo: `lfo0: { type: 'lfo', frequency: '2' },` },
    `Type 'string' is not assignable to type 'number'`,
  ],
  ['choice', { lfo: `lfo0: { type: 'lfo', waveform: 'sinus' },` }, `Type '"sinus"' is not assignable`],
  ['shared', { lfo: `lfo0: { type: 'lfo', shared: 1 },` }, `not assignable to type 'boolean'`],
  ['numbered port', { mixer: `mixer0: { type: 'mixer', levl2: 0.4 },` }, `'levl2' does not exist`],
  ['constant of a signal port', { mixer: `mixer0: { type: 'mixer', in1: 0.4 },` }, `'in1' does not exist`],
  ['option', { filter: `filter0: { type: 'filter', slop: 12 },` }, `Did you mean to write 'slope'?`],
  [
    'value of an option',
    { filter: `filter0: { type: 'filter', slope: 13 },` },
    `Type '13' is not assignable`,
  ],
  ['knob in a cable', { cable: `['dept', 'lfo0.amplitude'],` }, `Did you mean '"depth"'?`],
  ['device in a cable', { cable: `['filter', 'lfo0.amplitude'],` }, `Did you mean '"filter0"'?`],
  ['key in a cable', { cable: `['keys.velocty', 'filter0.cutoff'],` }, `Did you mean '"keys.velocity"'?`],
  ['clock in a cable', { cable: `['clock.baet', 'filter0.cutoff'],` }, `Did you mean '"clock.beat"'?`],
  ['port in a cable', { cable: `['depth', 'lfo0.amplitud'],` }, `Did you mean '"lfo0.amplitude"'?`],
  ['destination device', { cable: `['depth', 'lfo1.amplitude'],` }, `Did you mean '"lfo0.amplitude"'?`],
  ['destination without a port', { cable: `['depth', 'mixer0'],` }, `Type '"mixer0"' is not assignable`],
  ['numbered port in a cable', { cable: `['depth', 'mixer0.inn'],` }, 'not assignable'],
  ['port of out', { cable: `['depth', 'out.lvel'],` }, `Did you mean '"out.level"'?`],
  [
    'cable into an option',
    { cable: `['depth', 'filter0.slope'],` },
    `Type '"filter0.slope"' is not assignable`,
  ],
  ['cable into a knob', { cable: `['lfo0', 'depth'],` }, `Type '"depth"' is not assignable`],
  ['amount', { cable: `['depth', 'lfo0.amplitude', '1'],` }, 'not assignable'],
  ['half a cable', { cable: `['depth'],` }, 'not assignable'],
  ['source in an object', { cable: `{ from: 'dept', to: 'lfo0.amplitude' },` }, `Did you mean '"depth"'?`],
  [
    'destination in an object',
    { cable: `{ from: 'depth', to: 'lfo0.amplitud' },` },
    `Did you mean '"lfo0.amplitude"'?`,
  ],
  [
    'key of a cable',
    { cable: `{ from: 'depth', to: 'lfo0.amplitude', amont: 2 },` },
    `'amont' does not exist`,
  ],
]

const ring = `import { defineDevice, definePatch, standard } from 'megasynth'
export const ring = defineDevice({
  title: 'Ring modulator',
  doc: 'Multiplies two signals.',
  ports: {
    in: { kind: 'signal', doc: 'Carrier.' },
    depth: { kind: 'value', doc: 'Depth.', min: 0, max: 1, scale: 'linear', unit: '', default: 1 },
  },
  options: { quality: { doc: 'Quality.', values: ['low', 'high'], default: 'low' } },
  output: { rate: 'audio', polarity: 'bipolar', channels: 1 },
  build: ({ depth }) => depth,
})
`

/** Four kinds of devices in turn, each with two cables. */
function large(devices: number): string {
  const types = ['filter', 'lfo', 'mixer', 'oscillator'] as const
  const ports = { filter: 'cutoff', lfo: 'frequency', mixer: 'in3', oscillator: 'amplitude' } as const
  const list = Array.from({ length: devices }, (_, i) => types[i % 4] ?? 'lfo')
  return `import { definePatch } from 'megasynth'
definePatch({
  knobs: { ${list.map((_, i) => `knob${i}: 0.5`).join(', ')} },
  devices: { ${list.map((type, i) => `dev${i}: { type: '${type}' },`).join('\n')} },
  connections: [
    ${list.map((type, i) => `['knob${i}', 'dev${i}.${ports[type]}'], ['dev${i}', 'out'],`).join('\n')}
  ],
})`
}

describe('definePatch', () => {
  it('accepts a good patch, which is a Patch', () => {
    expect(typeErrors(patch().code)).toEqual([])
  })

  it.each(typos)('finds a wrong %s, on its line and nowhere else', (_, change, message) => {
    const { code, line } = patch(change)
    expect(line).toBeGreaterThan(0)
    expect(typeErrors(code)).toEqual([{ line, message: expect.stringContaining(message) as string }])
  })

  it('accepts a patch of devices only', () => {
    expect(typeErrors(`import { definePatch } from 'megasynth'\ndefinePatch({ devices: {} })`)).toEqual([])
    const code = `import { definePatch } from 'megasynth'
definePatch({
  devices: { lfo0: { type: 'lfo' } },
  connections: [
    ['lfo0', 'out'],
    ['anything', 'out'],
  ],
})`
    expect(typeErrors(code)).toEqual([{ line: 6, message: expect.stringContaining('"anything"') as string }])
  })

  it('asks for devices', () => {
    expect(typeErrors(`import { definePatch } from 'megasynth'\ndefinePatch({ knobs: {} })`)).toEqual([
      { line: 2, message: expect.stringContaining(`'devices' is missing`) as string },
    ])
  })

  it('knows the device types of the catalogue that it is given', () => {
    const use = (device: string, cable: string): string => `${ring}
export default definePatch(
  {
    devices: { lfo0: { type: 'lfo' }, ring0: { ${device} } },
    connections: [['lfo0', '${cable}']],
  },
  { ...standard, ring },
)`
    const last = ring.split('\n').length
    expect(typeErrors(use(`type: 'ring', depth: 0.5, quality: 'high'`, 'ring0.in'))).toEqual([])
    expect(typeErrors(use(`type: 'ring', dpth: 0.5`, 'ring0.in'))).toEqual([
      { line: last + 3, message: expect.stringContaining(`Did you mean to write 'depth'?`) as string },
    ])
    expect(typeErrors(use(`type: 'ring', quality: 'hi'`, 'ring0.in'))).toHaveLength(1)
    expect(typeErrors(use(`type: 'ring'`, 'ring0.depht'))).toEqual([
      { line: last + 4, message: expect.stringContaining(`Did you mean '"ring0.depth"'?`) as string },
    ])
    const without = use(`type: 'ring'`, 'ring0.depth').replace(', ring }', ' }')
    expect(typeErrors(without)).toEqual([
      { line: last + 3, message: expect.stringContaining('"ring"') as string },
    ])
  })

  it('finds one typo in a patch of 200 devices', () => {
    const code = large(200)
    expect(typeErrors(code)).toEqual([])
    expect(typeErrors(code.replace(`'dev100.cutoff'`, `'dev100.cutof'`))).toEqual([
      {
        line: expect.any(Number) as number,
        message: expect.stringContaining(`Did you mean '"dev100.cutoff"'?`) as string,
      },
    ])
  })

  it('costs the compiler work in proportion to the patch', () => {
    const work = [50, 100, 200].map((n) => typeCheck(large(n)).instantiations)
    const [small = 0, middle = 0, whole = 0] = work
    // Twice the devices add twice as many types, not four times; and a few hundred for each device.
    expect((whole - middle) / (middle - small)).toBeLessThan(2.2)
    expect(whole).toBeLessThan(200 * 500)
  })
})
