import { describe, expect, it } from 'vitest'
import { cli, drone, scratch } from './helpers.ts'

const folder = scratch()
const cwd = folder.path

async function check(patch: object, ...flags: string[]): Promise<string> {
  folder.write('p.json', JSON.stringify(patch))
  const { code, stdout, stderr } = await cli(['check', 'p.json', ...flags], { cwd })
  expect([code, stderr]).toEqual([0, ''])
  return stdout
}

/** The line of a port of a device, with single spaces. */
function line(text: string, place: string): string {
  const [device = '', port = ''] = place.split('.')
  const lines = text.split('\n')
  const start = lines.findIndex((line) => line.startsWith(`  ${device} `))
  const found = lines.slice(start + 1).find((line) => line.startsWith(`    ${port} `))
  return found?.trim().replaceAll(/ +/g, ' ') ?? ''
}

const synth = {
  voices: 4,
  knobs: { bright: { value: 0.5, range: [200, 800] }, dry: 0.25 },
  devices: {
    oscillator0: { type: 'oscillator', waveform: 'saw' },
    oscillator1: { type: 'oscillator', frequency: 30 },
    envelope0: { type: 'envelope' },
    lfo0: { type: 'lfo', shared: true },
    filter0: { type: 'filter' },
    pan0: { type: 'pan' },
    delay0: { type: 'delay', shared: false },
    amplifier0: { type: 'amplifier' },
    reverb0: { type: 'reverb' },
  },
  connections: [
    ['oscillator0', 'filter0.in'],
    ['bright', 'filter0.cutoff'],
    ['lfo0', 'filter0.cutoff', 1 / 64],
    ['oscillator1', 'pan0.position', 0.5],
    ['keys.velocity', 'pan0.level', 0.5],
    ['envelope0', 'pan0.level', -0.25],
    ['oscillator1', 'delay0.feedback', 0.1],
    ['lfo0', 'oscillator0.frequency', 1 / 128],
    ['filter0', 'amplifier0.in', 0.5],
    ['envelope0', 'amplifier0.gain'],
    ['amplifier0', 'pan0.in'],
    ['pan0', 'delay0.in'],
    ['delay0', 'reverb0.in'],
    ['dry', 'reverb0.mix'],
    ['reverb0', 'out'],
  ],
}

describe('megasynth check', () => {
  it('says that a patch is valid, and what it takes of the engine', async () => {
    const text = await check(drone)
    expect(text).toContain('✓ p.json is valid: hum\n')
    expect(text).toContain('2 devices, 2 knobs, 4 connections; one voice, always on (drone)\n')
    expect(text).toMatch(
      /on the engine: 3 synths of 3 SynthDefs \(\d+ bytes\), 1 audio bus, \d+ control buses/,
    )
    expect(await check(synth)).toMatch(/4 voices \(poly\)\n {2}on the engine: 59 synths of 9 SynthDefs/)
  })

  it.each([
    ['filter0.in', 'in oscillator0'],
    ['amplifier0.in', 'in filter0 × 0.5'],
    ['oscillator0.waveform', 'waveform constant saw'],
    ['lfo0.waveform', 'waveform default sine'],
    ['oscillator1.frequency', 'frequency constant 30 Hz'],
    ['envelope0.attack', 'attack default 0.01 s'],
    ['envelope0.gate', 'gate keys.gate (normal)'],
    ['amplifier0.gain', 'gain envelope0 0 … 1'],
    ['oscillator0.fm', 'fm nothing'],
    ['reverb0.mix', 'mix knob dry 0 … 1 now 0.25'],
    // two semitones below the knob's lowest, two above its highest
    ['filter0.cutoff', 'cutoff knob bright (200 … 800) + lfo0 × 0.0156 (±2 semitones) 178 … 898 Hz'],
    ['pan0.position', 'position default 0 + oscillator1 × 0.5 −1 … 1'],
    ['pan0.level', 'level keys.velocity × 0.5 + envelope0 × -0.25 0 … 0.5'.replace('-', '−')],
    ['delay0.feedback', 'feedback default 0.4 + oscillator1 × 0.1 (read once a block) 0.302 … 0.498'],
  ])('says what %s reads', async (place, reads) => {
    expect(line(await check(synth), place)).toBe(reads)
  })

  it('says that a frequency follows the keys, and by how much an LFO bends it', async () => {
    expect(line(await check(synth), 'oscillator0.frequency')).toMatch(
      /^frequency keys\.pitch \(normal\) \+ lfo0 × 0\.00781 \(±1 semitones\) [\d.]+ … \d+ Hz$/,
    )
  })

  it('says what reads the clock, and how fast it runs', async () => {
    const patch = {
      tempo: 90,
      devices: { envelope0: { type: 'envelope' }, oscillator0: { type: 'oscillator' } },
      connections: [
        ['clock.beat', 'envelope0.gate'],
        ['clock.phase', 'oscillator0.amplitude', 0.5],
        ['envelope0', 'out.level'],
        ['oscillator0', 'out'],
      ],
    }
    const text = await check(patch)
    expect(text).toContain(
      '\n  the clock runs at 90 beats per minute, for envelope0.gate, oscillator0.amplitude\n',
    )
    expect(line(text, 'envelope0.gate')).toBe('gate clock.beat')
    expect(line(text, 'oscillator0.amplitude')).toBe('amplitude clock.phase × 0.5 0 … 0.5')
    const clocks = [await check(patch, '--json'), await check(drone, '--json')].map(
      (json) => (JSON.parse(json) as { clock: unknown }).clock,
    )
    expect(clocks).toEqual([['envelope0.gate', 'oscillator0.amplitude'], []])
    expect(await check(drone)).not.toContain('clock')
  })

  it('says what is before, in and after the voices', async () => {
    const text = await check(synth)
    const places = [
      'before the voices',
      '  lfo0 lfo',
      'in every voice',
      '  oscillator0 ',
      'after the voices',
      '  reverb0 ',
      '  out ',
    ]
    const found = places.map((place) => text.indexOf(`\n${place}`))
    expect(found).not.toContain(-1)
    expect(found).toEqual(found.toSorted((a, b) => a - b))
  })

  it('shows knobs where --set puts them', async () => {
    expect(line(await check(drone), 'lfo0.amplitude')).toContain('default 1')
    expect(await check(drone, '--set', 'volume=0.75')).toMatch(/amplitude {2,}knob volume +0 … 1 +now 0\.75/)
  })

  it('a feedback cable, a gate with several sources, and a choice that is connected are said as such', async () => {
    const text = await check({
      ...synth,
      connections: [
        ...synth.connections,
        { from: 'filter0', to: 'oscillator0.amplitude', feedback: true },
        ['keys.velocity', 'envelope0.gate'],
        ['lfo0', 'envelope0.gate'],
        ['lfo0', 'oscillator0.waveform'],
      ],
    })
    expect(text).toContain('filter0 (one block late)')
    expect(line(text, 'envelope0.gate')).toBe('gate the highest of keys.velocity, lfo0')
    expect(line(text, 'oscillator0.waveform')).toMatch(/^waveform lfo0, one of .*saw/)
  })

  it('remarks on what is hardly meant', async () => {
    expect(await check({ ...drone, knobs: { ...drone.knobs, spare: 0 } })).toContain(
      'note: knob spare is connected to nothing',
    )
    expect(await check({ ...drone, devices: { ...drone.devices, lfo1: { type: 'lfo' } } })).toContain(
      'note: lfo1 has no way to out: nobody hears it',
    )
    expect(await check({ ...drone, connections: [] })).toContain(
      'note: nothing is connected to out: the patch is silent',
    )
    expect(await check(drone)).not.toContain('note:')
  })

  it('says how voices are given to notes', async () => {
    const says = async (voices: object): Promise<string> => await check({ ...synth, voices })
    expect(await says({ steal: 'quietest', unison: 4 })).toContain(
      '8 voices (poly), steal quietest, unison of 4 (±10 cents, spread 0.5)\n',
    )
    expect(
      await says({ mode: 'mono', priority: 'low', glide: { time: 0.2, per: 'octave', when: 'legato' } }),
    ).toContain('1 voice (mono), priority low, glide 0.2 s per octave, legato\n')
  })

  it('answers in JSON', async () => {
    const answer = JSON.parse(await check(synth, '--json')) as Record<string, unknown>
    expect(answer).toMatchObject({
      ok: true,
      file: 'p.json',
      voices: { count: 4, mode: 'poly' },
      engine: { synths: 59, synthDefs: 9 },
      remarks: [],
    })
    expect(answer['devices']).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          name: 'reverb0',
          type: 'reverb',
          part: 'after',
          output: { rate: 'audio', channels: 2, polarity: 'bipolar' },
          ports: expect.arrayContaining([
            { port: 'mix', kind: 'value', reads: 'knob dry', range: [0, 1], now: 0.25 },
          ]) as unknown,
        }),
      ]),
    )
  })

  it('shows a patch without voices', async () => {
    const text = await check({
      devices: { noise0: { type: 'noise', shared: true } },
      connections: [['noise0', 'out']],
    })
    expect(text).not.toContain('in every voice')
    expect(text).toContain('before the voices')
  })
})
