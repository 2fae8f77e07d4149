import { describe, expect, it } from 'vitest'
import { out, standard } from '../../src/devices/index.ts'
import { MegasynthError, type Problem } from '../../src/errors/index.ts'
import { checkPatch, parsePatch } from '../../src/patch/index.ts'
import { limits } from '../../src/patch/limits.ts'
import { tremolo } from './tremolo.ts'

const check = (data: unknown): readonly Problem[] => checkPatch(data, standard, out).problems

const devices = {
  lfo0: { type: 'lfo' },
  filter0: { type: 'filter' },
  mixer0: { type: 'mixer' },
  osc0: { type: 'oscillator' },
  reverb0: { type: 'reverb' },
}
const knobs = { volume: 0.5, depth: 0.2 }
const top = (more: object): object => ({ knobs, devices, ...more })
const knob = (spec: unknown): object => top({ knobs: { ...knobs, knob0: spec } })
const device = (spec: unknown): object => top({ devices: { ...devices, dev0: spec } })
const cable = (spec: unknown): object => top({ connections: [spec] })
const cables = (...connections: unknown[]): object => top({ connections })
const many = (n: number, value: unknown): object =>
  Object.fromEntries(Array.from({ length: n }, (_, i) => [`n${i}`, value]))

type Case = readonly [data: unknown, code: string, path: string, message: string, suggestion?: string]

const cases: readonly Case[] = [
  // the patch as a whole
  [undefined, 'not-a-patch', '', 'is not a patch'],
  ['text', 'not-a-patch', '', 'is not a patch'],
  [[], 'not-a-patch', '', 'is not a patch'],
  [() => tremolo, 'not-a-patch', '', 'is a function, which is no data'],
  [{}, 'missing-key', 'devices', 'is missing'],
  [{ devics: {} }, 'unknown-key', 'devics', 'is not a key of this object', 'did you mean "devices"?'],
  [top({ colour: 1 }), 'unknown-key', 'colour', 'is not a key of this object'],
  [top({ format: 2 }), 'unsupported-format', 'format', 'newer Megasynth', 'update Megasynth'],
  [top({ format: '1' }), 'invalid-value', 'format', 'must be 1', 'write 1 without quotes'],
  [top({ format: 0 }), 'invalid-value', 'format', 'must be 1'],
  [top({ name: 3 }), 'invalid-value', 'name', 'must be a text'],
  [top({ name: 'x'.repeat(limits.textLength + 1) }), 'invalid-value', 'name', 'at most 1000 characters'],
  [top({ tempo: 0 }), 'out-of-range', 'tempo', 'must be a number 1..999 beats per minute'],
  [top({ tempo: 1000 }), 'out-of-range', 'tempo', 'must be a number 1..999 beats per minute'],
  [top({ tempo: '120' }), 'invalid-value', 'tempo', 'must be a number', 'write 120 without quotes'],
  [top({ voices: 0 }), 'out-of-range', 'voices', 'must be a whole number 1..128'],
  [top({ voices: 129 }), 'out-of-range', 'voices', 'must be a whole number 1..128'],
  [top({ voices: 1.5 }), 'invalid-value', 'voices', 'must be a whole number 1..128'],
  [top({ voices: 'eight' }), 'invalid-value', 'voices', '1..128, or { count?, mode? }'],
  [top({ voices: { count: 200 } }), 'out-of-range', 'voices.count', 'must be a whole number 1..128'],
  [
    top({ voices: { mode: 'dron' } }),
    'invalid-value',
    'voices.mode',
    'must be one of poly',
    'did you mean "drone"?',
  ],
  [top({ voices: { cont: 2 } }), 'unknown-key', 'voices.cont', 'is not a key', 'did you mean "count"?'],
  [top({ connections: {} }), 'invalid-value', 'connections', 'must be an array of connections'],
  [top({ knobs: [] }), 'invalid-value', 'knobs', 'must be an object: knobs by name'],
  [{ devices: many(limits.devices + 1, { type: 'lfo' }) }, 'too-large', 'devices', 'too many devices'],
  [{ devices, knobs: many(limits.knobs + 1, 0.5) }, 'too-large', 'knobs', 'too many knobs'],
  [
    cables(...Array.from({ length: limits.connections + 1 }, () => ['volume', 'out'])),
    'too-large',
    'connections',
    'too many',
  ],
  [top({ layout: Array<number>(limits.values).fill(0) }), 'too-large', '', 'The patch is too large.'],

  // names
  [
    top({ knobs: { 'my knob': 0 } }),
    'invalid-name',
    'knobs["my knob"]',
    'is not a valid name',
    'rename it: "my_knob"',
  ],
  [top({ knobs: { '2nd': 0 } }), 'invalid-name', 'knobs.2nd', 'is not a valid name', 'rename it: "_2nd"'],
  [
    top({ knobs: { ['x'.repeat(65)]: 0 } }),
    'invalid-name',
    `knobs["${'x'.repeat(57)}…"]`,
    'is not a valid name',
  ],
  ...['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty'].map((name): Case => [
    JSON.parse(`{ "devices": { "${name}": { "type": "lfo" } } }`),
    'invalid-name',
    `devices.${name}`,
    'is not a valid name',
  ]),
  [
    top({ knobs: { out: 0.5 } }),
    'reserved-name',
    'knobs.out',
    '"out" is always there',
    'connect to "out" without declaring it',
  ],
  [
    { devices: { keys: { type: 'lfo' } } },
    'reserved-name',
    'devices.keys',
    'always there',
    'rename it: "keys0"',
  ],
  [
    { devices: { clock: { type: 'lfo' } } },
    'reserved-name',
    'devices.clock',
    'always there',
    'rename it: "clock0"',
  ],
  [
    top({ knobs: { lfo0: 0.5 } }),
    'duplicate-name',
    'devices.lfo0',
    'has the name of a knob',
    'rename the device or knobs.lfo0',
  ],

  // knobs
  [knob(1.5), 'out-of-range', 'knobs.knob0', 'must be a position 0..1'],
  [knob(-0.1), 'out-of-range', 'knobs.knob0', 'must be a position 0..1'],
  [knob(Number.NaN), 'invalid-value', 'knobs.knob0', 'must be a position 0..1'],
  [knob('0.5'), 'invalid-value', 'knobs.knob0', 'must be a position 0..1, or { value'],
  [knob({}), 'missing-key', 'knobs.knob0.value', 'is missing'],
  [knob({ value: 2 }), 'out-of-range', 'knobs.knob0.value', 'must be a position 0..1'],
  [knob({ vlaue: 0.5 }), 'unknown-key', 'knobs.knob0.vlaue', 'is not a key', 'did you mean "value"?'],
  [
    knob({ value: 0.5, lable: 'x' }),
    'unknown-key',
    'knobs.knob0.lable',
    'is not a key',
    'did you mean "label"?',
  ],
  [knob({ value: 0.5, range: [1] }), 'invalid-value', 'knobs.knob0.range', 'must be two numbers'],
  [knob({ value: 0.5, range: [1, Infinity] }), 'invalid-value', 'knobs.knob0.range[1]', 'must be a number'],
  [knob({ value: 0.5, range: [2, 2] }), 'invalid-value', 'knobs.knob0.range', 'both ends are equal'],
  [
    knob({ value: 0.5, range: [0, 2], scale: 'exponential' }),
    'out-of-range',
    'knobs.knob0.range',
    'the scale "exponential" cannot go',
  ],
  [knob({ value: 0.5, scale: 'log' }), 'invalid-value', 'knobs.knob0.scale', 'must be one of linear'],
  [
    knob({ value: 0.5, midi: { cc: 128 } }),
    'out-of-range',
    'knobs.knob0.midi.cc',
    'must be a controller number 0..127',
  ],
  [
    knob({ value: 0.5, midi: { cc: 1, chanel: 2 } }),
    'unknown-key',
    'knobs.knob0.midi.chanel',
    'is not a key',
    'did you mean "channel"?',
  ],
  [
    {
      devices,
      knobs: { sweep: { value: 0.5, range: [0, 100] } },
      connections: [['sweep', 'filter0.cutoff']],
    },
    'out-of-range',
    'knobs.sweep.range',
    'the scale of filter0.cutoff cannot go',
    'write scale: "linear" in the knob, or ends above 0',
  ],

  // devices
  [device(3), 'invalid-value', 'devices.dev0', 'must be a device'],
  [device({}), 'missing-key', 'devices.dev0.type', 'is missing'],
  [
    device({ typ: 'lfo' }),
    'missing-key',
    'devices.dev0.type',
    'is missing',
    'did you mean "type" instead of "typ"?',
  ],
  [device({ type: 3 }), 'invalid-value', 'devices.dev0.type', 'must be the name of a device type'],
  [
    device({ type: 'flter' }),
    'unknown-device-type',
    'devices.dev0.type',
    'no device type "flter"',
    'did you mean "filter"?',
  ],
  [device({ type: 'toString' }), 'unknown-device-type', 'devices.dev0.type', 'no device type "toString"'],
  [device({ type: 'out' }), 'unknown-device-type', 'devices.dev0.type', 'always there', 'connect to "out"'],
  [device({ type: 'filter', shared: 1 }), 'invalid-value', 'devices.dev0.shared', 'must be true or false'],
  [
    device({ type: 'filter', cutof: 200 }),
    'unknown-port',
    'devices.dev0.cutof',
    'filter has no port or option "cutof"',
    'did you mean "cutoff"?',
  ],
  [
    device({ type: 'filter', slop: 12 }),
    'unknown-port',
    'devices.dev0.slop',
    'filter has no port',
    'did you mean "slope"?',
  ],
  [
    device({ type: 'filter', cutoff: 5 }),
    'out-of-range',
    'devices.dev0.cutoff',
    'must be a number 20..20000 Hz',
  ],
  [
    device({ type: 'filter', cutoff: 1e9 }),
    'out-of-range',
    'devices.dev0.cutoff',
    'must be a number 20..20000 Hz',
  ],
  [
    device({ type: 'filter', cutoff: Infinity }),
    'invalid-value',
    'devices.dev0.cutoff',
    'must be a number 20..20000 Hz',
  ],
  [
    device({ type: 'filter', cutoff: '1200' }),
    'invalid-value',
    'devices.dev0.cutoff',
    'must be',
    'write 1200 without quotes',
  ],
  [
    device({ type: 'filter', mode: 'lowpas' }),
    'invalid-value',
    'devices.dev0.mode',
    'must be one of lowpass',
    'did you mean "lowpass"?',
  ],
  [device({ type: 'filter', slope: 18 }), 'invalid-value', 'devices.dev0.slope', 'must be one of 12, 24'],
  [
    device({ type: 'filter', slope: '24' }),
    'invalid-value',
    'devices.dev0.slope',
    'must be',
    'write 24 without quotes',
  ],
  [
    device({ type: 'filter', in: 1 }),
    'invalid-value',
    'devices.dev0.in',
    'takes no constant',
    'connect something to it instead: ["…", "dev0.in"]',
  ],
  [device({ type: 'mixer', in2: 1 }), 'invalid-value', 'devices.dev0.in2', 'takes no constant'],
  [device({ type: 'mixer', level3: 2 }), 'out-of-range', 'devices.dev0.level3', 'must be a number 0..1'],
  [device({ type: 'mixer', level65: 1 }), 'unknown-port', 'devices.dev0.level65', 'mixer has no port'],
  [device({ type: 'mixer', 'level#': 1 }), 'unknown-port', 'devices.dev0["level#"]', 'mixer has no port'],
  [
    device({ type: 'envelope', gate: 'on' }),
    'invalid-value',
    'devices.dev0.gate',
    'must be a number; above 0 is high',
  ],

  // connections
  [cable(5), 'invalid-value', 'connections[0]', 'must be [from, to], [from, to, amount] or {'],
  [cable(['volume']), 'invalid-value', 'connections[0]', 'must be [from, to]'],
  [cable(['volume', 'out', 1, 2]), 'invalid-value', 'connections[0]', 'must be [from, to]'],
  [cable([3, 'out']), 'invalid-value', 'connections[0]', 'its source must be a source'],
  [cable(['volume', 3]), 'invalid-value', 'connections[0]', 'its destination must be a destination'],
  [
    cable(['volume', 'out', '1']),
    'invalid-value',
    'connections[0]',
    'its amount must be a number',
    'write 1 without quotes',
  ],
  [cable(['volume', 'out', Number.NaN]), 'invalid-value', 'connections[0]', 'its amount must be'],
  [
    cable(['volume', 'out', 1001]),
    'out-of-range',
    'connections[0]',
    'its amount must be a number −1000..1000',
  ],
  [cable({ from: 'volume' }), 'missing-key', 'connections[0]', 'its destination is missing'],
  [
    cable({ from: 'volume', to: 'out', amont: 2 }),
    'unknown-key',
    'connections[0].amont',
    'not a key',
    'did you mean "amount"?',
  ],
  [
    cable({ from: 'lfo0', to: 'out', feedback: 1 }),
    'invalid-value',
    'connections[0]',
    'its feedback must be true or false',
  ],
  [
    cable({ from: 'volume', to: 'out', feedback: true }),
    'invalid-value',
    'connections[0]',
    'only the output of a device',
    'remove feedback',
  ],
  [
    cable(['volum', 'out']),
    'unknown-source',
    'connections[0]',
    'no source "volum"',
    'did you mean "volume"?',
  ],
  [
    cable(['keys.velocty', 'filter0.cutoff']),
    'unknown-source',
    'connections[0]',
    'no source',
    'did you mean "keys.velocity"?',
  ],
  [
    cable(['lfo0.out', 'filter0.cutoff']),
    'unknown-source',
    'connections[0]',
    'no source',
    'the output of a device is named like the device: did you mean "lfo0"?',
  ],
  [cable(['toString', 'out']), 'unknown-source', 'connections[0]', 'no source "toString"'],
  [cable(['out', 'filter0.in']), 'not-connectable', 'connections[0]', '"out" is where sound leaves'],
  [
    cable(['lfo0', 'filter1.cutoff']),
    'unknown-destination',
    'connections[0]',
    'no device "filter1"',
    'did you mean "filter0.cutoff"?',
  ],
  [
    cable(['lfo0', 'filter0.cutof']),
    'unknown-port',
    'connections[0]',
    'device "filter0" has no port "cutof"',
    'did you mean "filter0.cutoff"?',
  ],
  [
    cable(['lfo0', 'filter0.res']),
    'unknown-port',
    'connections[0]',
    'has no port "res"',
    'did you mean "filter0.resonance"?',
  ],
  [cable(['lfo0', 'mixer0.in65']), 'unknown-port', 'connections[0]', 'has no port "in65"'],
  [cable(['lfo0', 'mixer0.in#']), 'unknown-port', 'connections[0]', 'has no port "in#"'],
  [cable(['lfo0', 'mixer0.constructor']), 'unknown-port', 'connections[0]', 'has no port "constructor"'],
  [
    cable(['lfo0', 'mixer0']),
    'unknown-port',
    'connections[0]',
    'names device "mixer0" without a port',
    'did you mean "mixer0.in1"?',
  ],
  [
    cable(['lfo0', 'out.lvl']),
    'unknown-port',
    'connections[0]',
    'out has no port "lvl"',
    'did you mean "out.level"?',
  ],
  [
    cable(['lfo0', 'filter0.slope']),
    'not-connectable',
    'connections[0]',
    'is an option',
    'write it in the device: filter0: { …, slope: … }',
  ],
  [cable(['lfo0', 'volume']), 'not-connectable', 'connections[0]', 'knob "volume" is a source'],
  [cable(['lfo0', 'keys.pitch']), 'not-connectable', 'connections[0]', '"keys" is a source'],
  [cable(['lfo0', 'lfo0.frequency']), 'self-connection', 'connections[0]', 'cannot feed itself'],
  [
    cable({ from: 'lfo0', to: 'lfo0.frequency', feedback: true }),
    'self-connection',
    'connections[0]',
    'cannot feed itself',
  ],
  [
    cables(['lfo0', 'filter0.cutoff'], ['volume', 'out'], {
      from: 'lfo0',
      to: 'filter0.cutoff',
      amount: 0.5,
    }),
    'duplicate-connection',
    'connections[2]',
    'the same pair as connections[0]',
    'remove connections[2], or add its amount to that of connections[0]',
  ],
  [
    cables(['osc0', 'filter0.in'], ['filter0', 'mixer0.in1'], ['mixer0', 'osc0.fm']),
    'cycle',
    'connections[2]',
    'closes a cycle: osc0 → filter0 → mixer0 → osc0',
    'mark connections[2] as feedback: { from: "mixer0", to: "osc0.fm", feedback: true }',
  ],
  [
    cable(['keys.velocity', 'reverb0.mix']),
    'shared-reads-keys',
    'connections[0]',
    '"reverb0" exists once',
    'write shared: false in devices.reverb0',
  ],
  [cable(['keys.velocity', 'out.level']), 'shared-reads-keys', 'connections[0]', '"out" exists once'],
  [
    cables(['osc0', 'reverb0.in'], ['reverb0', 'filter0.in']),
    'voice-after-shared',
    'connections[1]',
    '"filter0" is in every voice, but "reverb0" comes after the voices',
    'write shared: true in devices.filter0, or shared: false in devices.reverb0',
  ],
]

describe('checkPatch', () => {
  it.each(cases.map((one, i) => [`${i}: ${one[1]} at ${one[2]}: ${one[3]}`, one] as const))(
    '%s',
    (_, [data, code, path, message, suggestion]) => {
      const expected = { code, path, message: expect.stringContaining(message) as string }
      const problems = check(data)
      expect(problems).toEqual([expect.objectContaining(expected)])
      if (suggestion !== undefined) expect(problems[0]?.suggestion).toBe(suggestion)
    },
  )

  it('reports all problems at once', () => {
    const problems = check({
      tempo: -1,
      knobs: { volume: 2 },
      devices: { lfo0: { type: 'lfo', wavefrm: 'sine' }, osc0: { type: 'osc' } },
      connections: [
        ['volum', 'lfo0.amplitude'],
        ['lfo0', 'osc0.anything'],
        ['lfo0', 'nobody.in'],
      ],
    })
    expect(problems.map(({ code, path }) => `${code} ${path}`)).toEqual([
      'out-of-range tempo',
      'out-of-range knobs.volume',
      'unknown-port devices.lfo0.wavefrm',
      'unknown-device-type devices.osc0.type',
      'unknown-source connections[0]',
      'unknown-destination connections[2]',
    ])
  })

  it('says nothing of names where devices or knobs cannot be read at all', () => {
    expect(check({ devices: 5, connections: [['a', 'b.c']] }).map(({ path }) => path)).toEqual(['devices'])
    expect(
      check({ devices, knobs: 5, connections: [['a', 'filter0.cutoff']] }).map(({ path }) => path),
    ).toEqual(['knobs'])
  })

  it('leaves out only "did you mean" when a patch has thousands of mistakes', () => {
    const wrong = Array.from({ length: 15_000 }, (_, i) => ['lfo0', `n${i}.frequenc`])
    const problems = check({
      devices: { lfo0: { type: 'lfo' }, ...many(1000, { type: 'lfo' }) },
      connections: wrong,
    })
    expect(problems.length).toBeGreaterThan(13_000)
    expect(problems[0]?.suggestion).toBe('did you mean "n0.frequency"?')
    expect(problems.at(-1)).not.toHaveProperty('suggestion')
  })

  it('names each independent cycle, and only those that nothing breaks', () => {
    const lfo = { type: 'lfo' }
    const ring = (a: string, b: string): unknown[] => [
      [a, `${b}.frequency`],
      [b, `${a}.frequency`],
    ]
    const connections = [
      ...ring('a', 'b'),
      ...ring('c', 'd'),
      ['e', 'f.phase'],
      { from: 'f', to: 'e.phase', feedback: true },
    ]
    const problems = check({ devices: { a: lfo, b: lfo, c: lfo, d: lfo, e: lfo, f: lfo }, connections })
    expect(problems.map(({ found }) => found)).toEqual(['a → b → a', 'c → d → c'])
  })

  it('finds a cycle through as many devices as a patch may have', () => {
    const names = Array.from({ length: limits.devices }, (_, i) => `n${i}`)
    const connections = names.map((name, i) => [name, `${names[(i + 1) % names.length]}.frequency`])
    const problems = check({ devices: many(limits.devices, { type: 'lfo' }), connections })
    expect(problems).toHaveLength(1)
    expect(problems[0]?.message).toBe(`closes a cycle: ${[...names, 'n0'].join(' → ')}`)
  })
})

describe('parsePatch', () => {
  it('throws one error with every problem', () => {
    const run = (): unknown => parsePatch({ tempo: 0 }, standard, out)
    expect(run).toThrow(MegasynthError)
    expect(run).toThrow(/tempo: must be a number 1\.\.999[\s\S]*devices: is missing/)
  })

  it('gives the tremolo patch its normal form', () => {
    expect(parsePatch(tremolo, standard, out)).toEqual({
      name: 'tremolo',
      voices: { count: 1, mode: 'drone' },
      tempo: 120,
      knobs: { volume: { value: 0.5 }, rate: { value: 0.4 }, depth: { value: 0.3, label: 'Depth' } },
      devices: {
        lfo0: {
          type: 'lfo',
          shared: false,
          bypass: false,
          constants: {},
          choices: { waveform: 'sine' },
          options: { polarity: 'bipolar' },
        },
        mixer0: { type: 'mixer', shared: false, bypass: false, constants: {}, choices: {}, options: {} },
        oscillator0: {
          type: 'oscillator',
          shared: false,
          bypass: false,
          constants: {},
          choices: { waveform: 'saw' },
          options: {},
        },
      },
      connections: [
        { from: { kind: 'knob', name: 'rate' }, to: 'lfo0', port: 'frequency', feedback: false },
        { from: { kind: 'knob', name: 'depth' }, to: 'lfo0', port: 'amplitude', feedback: false },
        { from: { kind: 'device', name: 'lfo0' }, to: 'mixer0', port: 'in1', feedback: false },
        { from: { kind: 'knob', name: 'volume' }, to: 'mixer0', port: 'in2', feedback: false },
        { from: { kind: 'device', name: 'mixer0' }, to: 'oscillator0', port: 'amplitude', feedback: false },
        { from: { kind: 'device', name: 'oscillator0' }, to: 'out', port: 'in', feedback: false },
      ],
    })
  })

  it('fills in defaults: 8 voices in poly mode, 120 beats per minute, shared as the type says', () => {
    const patch = parsePatch(
      { devices: { ...devices, dry: { type: 'reverb', shared: false } } },
      standard,
      out,
    )
    expect(patch).toMatchObject({
      name: '',
      voices: { count: 8, mode: 'poly' },
      tempo: 120,
      knobs: {},
      connections: [],
    })
    expect(Object.entries(patch.devices).filter(([, { shared }]) => shared)).toEqual([
      ['reverb0', expect.anything()],
    ])
  })

  it.each([
    [3, { count: 3, mode: 'poly' }],
    [{ mode: 'mono' }, { count: 8, mode: 'mono' }],
    [
      { count: 4, mode: 'drone' },
      { count: 1, mode: 'drone' },
    ],
  ])('reads voices: %j', (voices, expected) => {
    expect(parsePatch(top({ voices }), standard, out).voices).toEqual(expected)
  })

  it('keeps constants, choices and options apart', () => {
    const spec = { type: 'filter', label: 'Wah', bypass: true, cutoff: 300, mode: 'notch', slope: 24 }
    expect(parsePatch(device(spec), standard, out).devices['dev0']).toMatchObject({
      type: 'filter',
      label: 'Wah',
      bypass: true,
      shared: false,
      constants: { cutoff: 300 },
      choices: { mode: 'notch' },
      options: { slope: 24 },
    })
    expect(
      parsePatch(device({ type: 'mixer', level64: 0.5 }), standard, out).devices['dev0']?.constants,
    ).toEqual({ level64: 0.5 })
    expect(
      parsePatch(device({ type: 'envelope', gate: 1 }), standard, out).devices['dev0']?.constants,
    ).toEqual({ gate: 1 })
  })

  it('accepts a port with a constant and a cable, every kind of port for a knob, and reversed ranges', () => {
    const connections = [
      ['volume', 'dev0.cutoff', -0.5],
      ['volume', 'dev0.mode'],
      ['volume', 'dev0.in'],
      ['volume', 'out.level'],
    ]
    const parsed = parsePatch(
      {
        ...device({ type: 'filter', cutoff: 300 }),
        knobs: { volume: { value: 1, range: [900, 300] } },
        connections,
      },
      standard,
      out,
    )
    expect(parsed.connections[0]).toEqual({
      from: { kind: 'knob', name: 'volume' },
      to: 'dev0',
      port: 'cutoff',
      amount: -0.5,
      feedback: false,
    })
    expect(parsed.connections[3]).toMatchObject({ to: 'out', port: 'level' })
    expect(parsed.knobs).toEqual({ volume: { value: 1, range: [900, 300] } })
  })

  it('knows the device types of the catalogue that it is given', () => {
    const ring = { ...standard.amplifier, title: 'Ring' }
    const patch = { devices: { r: { type: 'ring', gain: 0.5 } } }
    expect(parsePatch(patch, { ...standard, ring }, out).devices['r']?.constants).toEqual({ gain: 0.5 })
    expect(check(patch).map(({ code }) => code)).toEqual(['unknown-device-type'])
    expect(checkPatch(patch, {}, out).problems.map(({ code }) => code)).toEqual(['unknown-device-type'])
  })
})
