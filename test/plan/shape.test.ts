import { describe, expect, it } from 'vitest'
import { standard } from '../../src/devices/index.ts'
import type { ConnectionSpec, DeviceSpec } from '../../src/patch/index.ts'
import { compiled } from './network-of.ts'

const defOf = (
  device: string,
  connections: ConnectionSpec[] = [],
  devices: Record<string, DeviceSpec> = {},
): string =>
  compiled({
    knobs: { knob: 0.5, other: 0.1 },
    devices: {
      osc: { type: 'oscillator' },
      osc2: { type: 'oscillator' },
      filter: { type: 'filter' },
      lfo: { type: 'lfo' },
      env: { type: 'envelope' },
      slow: { type: 'lfo', shared: true },
      room: { type: 'reverb' },
      ...devices,
    },
    connections: [['osc', 'filter.in'], ['filter', 'room.in'], ['room', 'out'], ...connections], // prettier-ignore
  }).node(device).def

/** Value ports of the devices in the patch above that keep a slot free. */
const spare = (['osc', 'filter', 'lfo', 'room'] as const).flatMap((device) => {
  const type = { osc: 'oscillator', filter: 'filter', lfo: 'lfo', room: 'reverb' }[
    device
  ] as keyof typeof standard
  return Object.entries(standard[type].ports).flatMap(([port, declaration]) => {
    const { kind, spare: free, optional } = { spare: false, optional: false, ...declaration }
    const ready = kind === 'value' && !optional && (free || device === 'room')
    return ready ? [{ device, port: `${device}.${port}` }] : []
  })
})

describe.each(spare)('$port', ({ device, port }) => {
  it('takes a first control cable, and gives it back, with the same SynthDef', () => {
    const source = device === 'lfo' ? 'env' : device === 'room' ? 'slow' : 'lfo'
    expect(defOf(device, [[source, port]])).toBe(defOf(device))
    expect(defOf(device, [[source, port, -0.3]])).toBe(defOf(device))
  })
  it('takes any number of knobs with the same SynthDef', () => {
    expect(defOf(device, [['knob', port]])).toBe(defOf(device))
    expect(defOf(device, [['knob', port], ['other', port, 0.2]])).toBe(defOf(device)) // prettier-ignore
  })
})

describe('the SynthDef of a device', () => {
  it('depends on its wiring: rate, number and kind of sources', () => {
    const plain = defOf('filter')
    expect(defOf('filter', [['lfo', 'filter.cutoff'], ['env', 'filter.cutoff']])).not.toBe(plain) // prettier-ignore
    expect(defOf('filter', [['osc2', 'filter.cutoff']])).not.toBe(plain)
    expect(defOf('filter', [['osc2', 'filter.in']])).not.toBe(plain)
    expect(defOf('filter', [['osc2', 'filter.in', 0.5]])).not.toBe(defOf('filter', [['osc2', 'filter.in']]))
    expect(defOf('filter', [], { filter: { type: 'filter', mode: 'notch' } })).not.toBe(plain)
    expect(defOf('filter', [], { filter: { type: 'filter', slope: 24 } })).not.toBe(plain)
  })
  it('does not depend on who it reads', () => {
    const devices = { lfo2: { type: 'lfo' } }
    expect(defOf('filter', [['lfo', 'filter.cutoff']], devices)).toBe(
      defOf('filter', [['lfo2', 'filter.cutoff']], devices),
    )
    expect(defOf('filter', [['keys.pitch', 'filter.cutoff']], devices)).toBe(
      defOf('filter', [['lfo2', 'filter.cutoff']], devices),
    )
  })
  it('is memoised per device type, not per name of one', () => {
    const catalogue = { ...standard, filter: { ...standard.filter, build: () => 0 } }
    const patch = { devices: { filter: { type: 'filter' } }, connections: [['filter', 'out'] as const] }
    expect(compiled(patch, catalogue).node('filter').def).not.toBe(compiled(patch).node('filter').def)
    expect(compiled(patch, catalogue).node('filter').def).toBe(compiled(patch, catalogue).node('filter').def)
  })
})
