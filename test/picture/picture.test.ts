import { describe, expect, it } from 'vitest'
import { semitones } from '../../src/patch/semitones.ts'
import type { Patch } from '../../src/patch/index.ts'
import type { Picture } from '../../src/picture/index.ts'
import { framesOf } from '../../src/picture/picture.ts'
import { hostile } from './hostile.ts'
import { fifty } from './large.ts'
import { drawn } from './pictures.ts'

const patch: Patch = {
  name: 'parts',
  voices: 3,
  knobs: { bright: { value: 0.25, label: 'Brightness' }, wet: { value: 0.5, label: 'WET' } },
  devices: {
    drift: { type: 'lfo', shared: true, waveform: 'triangle', polarity: 'unipolar' },
    oscillator0: { type: 'oscillator', amplitude: 0.5, offset2: 7 },
    shape: { type: 'envelope', attack: 0.01 },
    filter0: { type: 'filter', slope: 24, mode: 'highpass', label: 'Sweep' },
    muted: { type: 'filter', bypass: true },
    pan0: { type: 'pan' },
    reverb0: { type: 'reverb' },
  },
  connections: [
    ['drift', 'oscillator0.waveform'],
    ['oscillator0', 'filter0.in'],
    ['bright', 'filter0.cutoff', 0.5],
    ['shape', 'filter0.cutoff', semitones(24)],
    ['keys.velocity', 'filter0.cutoff', semitones(-12)],
    ['keys.pitch', 'filter0.cutoff', 0.5],
    ['clock.phase', 'drift.amplitude'],
    ['filter0', 'muted.in'],
    ['muted', 'pan0.in'],
    ['pan0', 'reverb0.in', -2],
    ['wet', 'reverb0.mix'],
    ['reverb0', 'out'],
    { from: 'reverb0', to: 'pan0.in', feedback: true },
  ],
}
const picture = drawn(patch)
const cable = (from: string, to: string): Picture['cables'][number] | undefined =>
  picture.cables.find((one) => one.from === from && `${one.to}.${one.port}` === to)
const node = (id: string): Picture['nodes'][number] | undefined => picture.nodes.find((one) => one.id === id)

describe('the picture of a patch', () => {
  it('tells audio, control and knobs apart, and how wide a cable is', () => {
    expect(cable('oscillator0', 'filter0.in')).toMatchObject({ signal: 'audio', channels: 1 })
    expect(cable('shape', 'filter0.cutoff')).toMatchObject({ signal: 'control' })
    expect(cable('keys.pitch', 'filter0.cutoff')).toMatchObject({ signal: 'control' })
    expect(cable('clock.phase', 'drift.amplitude')).toMatchObject({ signal: 'control' })
    expect(cable('bright', 'filter0.cutoff')).toMatchObject({ signal: 'knob' })
    expect(cable('reverb0', 'out.in')).toMatchObject({ signal: 'audio', channels: 2, feedback: false })
    expect(cable('reverb0', 'pan0.in')).toMatchObject({ feedback: true })
  })

  it('has amounts, in semitones where they are that', () => {
    const amounts = picture.cables.map(({ from, to, amount }) => [`${from} → ${to}`, amount])
    expect(amounts.filter(([, amount]) => amount !== undefined)).toEqual([
      ['bright → filter0', '× 0.5'],
      ['shape → filter0', '24 st'],
      ['keys.velocity → filter0', '−12 st'],
      ['keys.pitch → filter0', '× 0.5'],
      ['pan0 → reverb0', '× −2'],
    ])
  })

  it('has the ports that are written, connected or normalled, in the order of the type', () => {
    expect(node('oscillator0')).toMatchObject({
      settings: [],
      ports: [
        { name: 'frequency', reads: 'keys.pitch', normal: true },
        { name: 'amplitude', reads: '0.5', normal: false },
        { name: 'waveform', normal: false },
        { name: 'offset2', reads: '7 semitones', normal: false },
        { name: 'gate', reads: 'keys.gate', normal: true },
      ],
    })
    expect(node('shape')).toMatchObject({ ports: [{ reads: '0.01 s' }, { reads: 'keys.gate' }] })
    expect(node('out')).toMatchObject({ ports: [{ name: 'in', normal: false }] })
  })

  it('has choices and options that are not the default', () => {
    expect(node('drift')).toMatchObject({ settings: ['triangle', 'polarity unipolar'] })
    expect(node('filter0')).toMatchObject({ settings: ['highpass', 'slope 24'] })
    expect(node('reverb0')).toMatchObject({ settings: [] })
  })

  it('has labels, where they say more than the name', () => {
    expect(node('bright')).toMatchObject({ label: 'Brightness', position: 0.25 })
    expect(node('filter0')).toMatchObject({ label: 'Sweep' })
    expect(node('wet')).not.toHaveProperty('label')
  })

  it('has bypassed devices, and what reads them in the part where it really is', () => {
    expect(node('muted')).toMatchObject({ bypass: true, output: { rate: 'audio', channels: 1 } })
    // what is silent does not make a mixer audio
    const { nodes } = drawn({
      devices: { hiss: { type: 'noise', bypass: true }, mixer0: { type: 'mixer' } },
      connections: [['hiss', 'mixer0.in1']],
    })
    expect(nodes.find(({ id }) => id === 'mixer0')).toMatchObject({ output: { rate: 'control' } })
  })

  it('frames the parts, and leaves knobs and out beside them', () => {
    expect(framesOf(picture).map(({ title, nodes }) => [title, nodes.map(({ id }) => id)])).toEqual([
      ['knobs', ['bright', 'wet']],
      ['shared, before the voices', ['clock.phase', 'drift']],
      [
        'in each of the 3 voices',
        ['keys.velocity', 'keys.pitch', 'oscillator0', 'shape', 'filter0', 'muted', 'pan0'],
      ],
      ['shared, after the voices', ['reverb0']],
      ['out', ['out']],
    ])
  })

  it('of one voice says so', () => {
    const titles = (voices: Patch['voices']): string[] =>
      framesOf(drawn({ ...(voices !== undefined && { voices }), devices: { a: { type: 'lfo' } } })).map(
        ({ title }) => title,
      )
    expect(titles({ mode: 'drone' })).toContain('in the voice that is always on')
    expect(titles({ mode: 'legato' })).toContain('in the voice (legato)')
    expect(titles(undefined)).toContain('in each of the 8 voices')
  })

  it('of nothing is out alone', () => {
    expect(drawn({ devices: {} }).nodes.map(({ id }) => id)).toEqual(['out'])
    expect(drawn({ devices: {} }).cables).toEqual([])
  })

  it('holds no text that could do harm, or that is endless', () => {
    const { nodes } = drawn(hostile)
    const labels = nodes.flatMap((node) => ('label' in node ? [node.label ?? ''] : []))
    expect(labels).toHaveLength(7)
    for (const label of labels) {
      expect(label).not.toMatch(/[\p{Cc}\p{Cs}\u2028\u202e]/u)
      expect(label.length).toBeLessThanOrEqual(40)
    }
    expect(labels).toContain('\\"\\l{|}<a> next')
  })

  it('of fifty devices has them all', () => {
    const { nodes, cables } = drawn(fifty)
    expect(nodes.filter(({ kind, id }) => kind === 'device' && id !== 'out')).toHaveLength(50)
    expect(cables).toHaveLength(fifty.connections?.length ?? 0)
  })
})
