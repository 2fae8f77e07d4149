import { describe, expect, it } from 'vitest'
import { out, standard } from '../../src/devices/index.ts'
import { MegasynthError, type Problem } from '../../src/errors/index.ts'
import { checkPatch, parsedVoices, parsePatch } from '../../src/patch/index.ts'
import { limits } from '../../src/patch/limits.ts'
import { connectionMistakes } from './connection-mistakes.ts'
import { mistakes } from './mistakes.ts'
import { device, devices, many, top } from './specs.ts'
import { tremolo } from './tremolo.ts'

const check = (data: unknown): readonly Problem[] => checkPatch(data, standard, out).problems

describe('checkPatch', () => {
  it.each(
    [...mistakes, ...connectionMistakes].map(
      (one, i) => [`${i}: ${one[1]} at ${one[2]}: ${one[3]}`, one] as const,
    ),
  )('%s', (_, [data, code, path, message, suggestion]) => {
    const expected = { code, path, message: expect.stringContaining(message) as string }
    const problems = check(data)
    expect(problems).toEqual([expect.objectContaining(expected)])
    if (suggestion !== undefined) expect(problems[0]?.suggestion).toBe(suggestion)
  })

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
      voices: parsedVoices({ mode: 'drone' }),
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
    [3, { count: 3, mode: 'poly', priority: 'last', steal: 'oldest' }],
    [{ mode: 'mono' }, { count: 1, mode: 'mono' }],
    [
      { count: 4, mode: 'drone' },
      { count: 1, mode: 'drone' },
    ],
    [{}, { unison: { voices: 1 }, glide: { time: 0 } }],
    [{ unison: 4 }, { count: 8, unison: { voices: 4, detune: 10, spread: 0.5 } }],
    [
      { mode: 'legato', unison: { voices: 3, detune: 5 } },
      { count: 3, unison: { voices: 3, detune: 5, spread: 0.5 } },
    ],
    [{ glide: 0.2 }, { glide: { time: 0.2, per: 'interval', when: 'always' } }],
    [
      { glide: { time: 1, per: 'octave', when: 'legato' } },
      { glide: { time: 1, per: 'octave', when: 'legato' } },
    ],
    [
      { steal: 'none', priority: 'low' },
      { steal: 'none', priority: 'low' },
    ],
  ])('reads voices: %j', (voices, expected) => {
    expect(parsePatch(top({ voices }), standard, out).voices).toMatchObject(expected)
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
