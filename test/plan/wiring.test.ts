import { describe, expect, it } from 'vitest'
import { out, standard } from '../../src/devices/index.ts'
import { parsePatch, type ConnectionSpec, type DeviceSpec, type Patch } from '../../src/patch/index.ts'
import { compile } from '../../src/plan/index.ts'
import { compiled } from './network-of.ts'

const devices: Record<string, DeviceSpec> = {
  osc: { type: 'oscillator' },
  lfo: { type: 'lfo' },
  uni: { type: 'lfo', polarity: 'unipolar' },
  env: { type: 'envelope' },
  mix: { type: 'mixer' },
  filter: { type: 'filter' },
  room: { type: 'reverb' },
  pan: { type: 'pan' },
}
const patch = (connections: ConnectionSpec[], more: Record<string, DeviceSpec> = {}): Patch => ({
  knobs: { knob: 0.5 },
  devices: { ...devices, ...more },
  connections,
})
const reading = (port: string, connections: ConnectionSpec[] = [], more?: Record<string, DeviceSpec>) => {
  const { sources, knobs, base, baseIs } = compiled(patch(connections, more)).reading(port)
  return {
    base,
    baseIs,
    sources: sources.map((source) => {
      if (source.kind === 'key') return `keys.${source.key}`
      return source.kind === 'clock' ? `clock.${source.output}` : source.name
    }),
    knobs: knobs.map(({ name }) => name),
  }
}
const output = (device: string, connections: ConnectionSpec[] = [], more?: Record<string, DeviceSpec>) =>
  compiled(patch(connections, more)).network.wired.find(({ name }) => name === device)?.output

describe('the base of a value port', () => {
  it('is the default when nothing is connected', () => {
    expect(reading('filter.cutoff')).toEqual({ base: 1000, baseIs: 'default', sources: [], knobs: [] })
  })
  it('is the constant that the patch gives, whatever is connected', () => {
    const constant = { filter: { type: 'filter', cutoff: 300 } }
    expect(reading('filter.cutoff', [], constant)).toMatchObject({ base: 300, baseIs: 'constant' })
    for (const from of ['lfo', 'env', 'knob', 'keys.pitch'])
      expect(reading('filter.cutoff', [[from, 'filter.cutoff']], constant)).toMatchObject({
        base: 300,
        baseIs: 'constant',
      })
  })
  it('is 0 as soon as one source is unipolar: it sets the port', () => {
    for (const from of ['env', 'uni', 'knob', 'keys.pitch', 'keys.velocity']) {
      expect(reading('filter.cutoff', [[from, 'filter.cutoff']])).toMatchObject({
        base: undefined,
        baseIs: 'zero',
      })
      expect(reading('filter.cutoff', [['lfo', 'filter.cutoff'], [from, 'filter.cutoff']])).toMatchObject({ baseIs: 'zero' }) // prettier-ignore
    }
  })
  it('is what the port reads anyway when all sources are bipolar: they move it', () => {
    expect(reading('filter.cutoff', [['lfo', 'filter.cutoff']])).toEqual({
      base: 1000,
      baseIs: 'default',
      sources: ['lfo'],
      knobs: [],
    })
    expect(reading('filter.cutoff', [['osc', 'filter.cutoff']])).toMatchObject({
      base: 1000,
      baseIs: 'default',
    })
    expect(reading('osc.frequency', [['lfo', 'osc.frequency']])).toMatchObject({
      baseIs: 'normal',
      sources: ['keys.pitch', 'lfo'],
    })
  })
  it('does not depend on the sign of an amount', () => {
    expect(reading('filter.cutoff', [['env', 'filter.cutoff', -0.5]])).toMatchObject({ baseIs: 'zero' })
    expect(reading('filter.cutoff', [['lfo', 'filter.cutoff', -0.5]])).toMatchObject({ baseIs: 'default' })
  })
})

describe('polarity', () => {
  it('belongs to the output, or to an option of it', () => {
    expect(output('lfo')?.polarity).toBe('bipolar')
    expect(output('uni')?.polarity).toBe('unipolar')
    expect(output('env')?.polarity).toBe('unipolar')
  })
  it('of a mixer is bipolar only if everything in it is', () => {
    expect(output('mix', [['lfo', 'mix.in1'], ['osc', 'mix.in2']])?.polarity).toBe('bipolar') // prettier-ignore
    for (const from of ['knob', 'env', 'uni', 'keys.velocity'])
      expect(output('mix', [['lfo', 'mix.in1'], [from, 'mix.in2']])?.polarity).toBe('unipolar') // prettier-ignore
  })
  it('is seen through a chain of mixers: a knob in the first sets the port', () => {
    const more = { mix2: { type: 'mixer' } }
    const chain: ConnectionSpec[] = [['lfo', 'mix.in1'], ['mix', 'mix2.in1'], ['mix2', 'filter.cutoff']] // prettier-ignore
    expect(reading('filter.cutoff', chain, more)).toMatchObject({ baseIs: 'default' })
    expect(reading('filter.cutoff', [...chain, ['knob', 'mix.in2']], more)).toMatchObject({ baseIs: 'zero' })
  })
})

describe('what is normalled', () => {
  it('is read when nothing is connected, in a voice only', () => {
    expect(reading('osc.frequency')).toEqual({
      base: undefined,
      baseIs: 'normal',
      sources: ['keys.pitch'],
      knobs: [],
    })
    expect(reading('env.gate').sources).toEqual(['keys.gate'])
    const shared = { osc: { type: 'oscillator', shared: true }, env: { type: 'envelope', shared: true } }
    expect(reading('osc.frequency', [], shared)).toMatchObject({ base: 440, baseIs: 'default', sources: [] })
    expect(reading('env.gate', [], shared)).toMatchObject({ sources: [] })
  })
  it('may be the clock, also for what is shared', () => {
    const info = {
      ...standard.lfo,
      ports: { ...standard.lfo.ports, reset: { kind: 'trigger', doc: 'Resets.', normal: 'clock.bar' } },
    } as const
    const catalogue = { step: info }
    const both = { a: { type: 'step', shared: true }, b: { type: 'step' } }
    const { wired, nodes } = compile(parsePatch({ devices: both }, catalogue, out), { catalogue })
    for (const name of ['a', 'b'])
      expect(wired.find((one) => one.name === name)?.readings.find(({ port }) => port === 'reset')).toMatchObject({ sources: [{ kind: 'clock', output: 'bar' }], baseIs: 'normal' }) // prettier-ignore
    expect(nodes[0]?.name).toBe('clock')
  })
  it('gives way to a cable or a constant', () => {
    expect(reading('env.gate', [['lfo', 'env.gate']]).sources).toEqual(['lfo'])
    expect(reading('osc.frequency', [['knob', 'osc.frequency']])).toMatchObject({
      sources: [],
      knobs: ['knob'],
    })
    expect(reading('osc.frequency', [], { osc: { type: 'oscillator', frequency: 55 } })).toMatchObject({
      base: 55,
      sources: [],
    })
  })
})

describe('rate and width', () => {
  it('of a mixer follow its inputs', () => {
    expect(output('mix', [['lfo', 'mix.in1']])).toMatchObject({ rate: 'control', channels: 1 })
    expect(output('mix', [['lfo', 'mix.in1'], ['osc', 'mix.in9']])).toMatchObject({ rate: 'audio', channels: 1 }) // prettier-ignore
    const wide: ConnectionSpec[] = [['osc', 'pan.in'], ['pan', 'mix.in1']] // prettier-ignore
    expect(output('mix', wide)).toMatchObject({ rate: 'audio', channels: 2 })
    expect(output('filter', [...wide, ['mix', 'filter.in']])).toMatchObject({ rate: 'audio', channels: 2 })
  })
  it('do not follow what only modulates', () => {
    expect(output('filter', [['osc', 'pan.in'], ['pan', 'filter.cutoff']])).toMatchObject({ channels: 1 }) // prettier-ignore
    expect(output('mix', [['osc', 'mix.level']])).toMatchObject({ rate: 'control' })
  })
  it('go around feedback until nothing changes', () => {
    const more = { a: { type: 'mixer' }, b: { type: 'mixer' } }
    const loop: ConnectionSpec[] = [['a', 'b.in1'], { from: 'b', to: 'a.in1', feedback: true }] // prettier-ignore
    expect(output('a', loop, more)).toEqual({ rate: 'control', channels: 1, sum: 1, polarity: 'bipolar' })
    const entered: ConnectionSpec[] = [...loop, ['osc', 'pan.in'], ['pan', 'b.in2'], ['knob', 'b.in3']]
    for (const name of ['a', 'b'])
      expect(output(name, entered, more)).toEqual({
        rate: 'audio',
        channels: 2,
        sum: 2,
        polarity: 'unipolar',
      })
  })
})

describe('a bypassed device', () => {
  const bypassed = { filter: { type: 'filter', bypass: true } }
  it('has no node, and its readers read what it would', () => {
    const through = patch([['osc', 'filter.in'], ['lfo', 'filter.cutoff'], ['filter', 'room.in']], bypassed) // prettier-ignore
    const { network, reading: read } = compiled(through)
    expect(network.nodes.map(({ name }) => name)).not.toContain('filter')
    expect(read('room.in').sources).toMatchObject([{ kind: 'device', name: 'osc' }])
  })
  it('multiplies the amounts of its cables, and passes feedback on', () => {
    const { reading: read } = compiled(
      patch(
        [['osc', 'filter.in', 0.5], { from: 'filter', to: 'mix.in3', amount: -3, feedback: true }],
        bypassed,
      ),
    )
    expect(read('mix.in3').sources).toEqual([
      { kind: 'device', name: 'osc', amount: -1.5, feedback: true, rate: 'audio', channels: 1 },
    ])
  })
  it('passes on all inputs of a mixer, knobs and keys too', () => {
    const cables: ConnectionSpec[] = [['lfo', 'mix.in1'], ['knob', 'mix.in7'], ['keys.velocity', 'mix.in64'], ['mix', 'osc.amplitude']] // prettier-ignore
    expect(reading('osc.amplitude', cables, { mix: { type: 'mixer', bypass: true } })).toMatchObject({
      sources: ['lfo', 'keys.velocity'],
      knobs: ['knob'],
      baseIs: 'zero',
    })
  })
  it('leads through chains of bypassed devices, and around a loop of them only once', () => {
    const more = { filter: { type: 'filter', bypass: true }, mix: { type: 'mixer', bypass: true } }
    const cables: ConnectionSpec[] = [['osc', 'mix.in1'], ['mix', 'filter.in'], { from: 'filter', to: 'mix.in2', feedback: true }, ['filter', 'room.in']] // prettier-ignore
    expect(reading('room.in', cables, more).sources).toEqual(['osc'])
  })
  it('without a signal input is silent', () => {
    expect(
      reading('filter.in', [['osc', 'filter.in']], { osc: { type: 'oscillator', bypass: true } }).sources,
    ).toEqual([])
  })
  it('that is a generator is silent, whatever modulates it', () => {
    const more = { osc: { type: 'oscillator', bypass: true } }
    expect(reading('filter.in', [['mix', 'osc.fm'], ['lfo', 'mix.in1'], ['osc', 'filter.in']], more).sources).toEqual([]) // prettier-ignore
    // a filter that may sing by itself still passes on what it filters
    const singing = { filter: { type: 'filter', selfOscillation: true, bypass: true } }
    expect(
      reading(
        'room.in',
        [
          ['osc', 'filter.in'],
          ['filter', 'room.in'],
        ],
        singing,
      ).sources,
    ).toEqual(['osc'])
  })
  it('does not carry keys out of the voices: nothing is left of them there', () => {
    const cables: ConnectionSpec[] = [['keys.velocity', 'mix.in1'], ['osc', 'mix.in2'], ['mix', 'room.in'], ['mix', 'out.level']] // prettier-ignore
    const more = { mix: { type: 'mixer', bypass: true } }
    expect(reading('room.in', cables, more).sources).toEqual(['osc'])
    expect(reading('out.level', cables, more).sources).toEqual(['osc'])
  })
})

describe('choices, gates and optional ports', () => {
  it('a choice is known beforehand unless a cable chooses', () => {
    expect(compiled(patch([])).reading('osc.waveform').choice).toBe('saw')
    expect(
      compiled(patch([], { osc: { type: 'oscillator', waveform: 'sine' } })).reading('osc.waveform').choice,
    ).toBe('sine')
    expect(compiled(patch([['knob', 'osc.waveform']])).reading('osc.waveform').choice).toBeUndefined()
  })
  it('an optional port is there only if the patch mentions it', () => {
    const ports = (more?: Record<string, DeviceSpec>, connections: ConnectionSpec[] = []) =>
      compiled(patch(connections, more))
        .network.wired.find(({ name }) => name === 'osc')
        ?.readings.map(({ port }) => port)
    expect(ports()).not.toContain('level2')
    expect(ports({ osc: { type: 'oscillator', level2: 0.3 } })).toContain('level2')
    expect(ports({}, [['lfo', 'osc.level2']])).toContain('level2')
  })
})
