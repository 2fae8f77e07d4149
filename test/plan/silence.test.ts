import { describe, expect, it } from 'vitest'
import type { ConnectionSpec, DeviceSpec } from '../../src/patch/index.ts'
import { decodeSynthDefs } from '../../src/scsynth/index.ts'
import { compiled } from './network-of.ts'

/** Whether the device that leaves the voice has a gate of its own. */
const hasGate = (
  leaving: string,
  connections: ConnectionSpec[],
  devices: Record<string, DeviceSpec> = {},
): boolean => {
  const { network, node } = compiled({
    knobs: { knob: 0.5 },
    devices: {
      osc: { type: 'oscillator' },
      env: { type: 'envelope' },
      amp: { type: 'amplifier' },
      filter: { type: 'filter' },
      mix: { type: 'mixer' },
      echo: { type: 'delay', shared: false },
      lfo: { type: 'lfo' },
      ...devices,
    },
    connections: [...connections, [leaving, 'out']],
  })
  const { bytes = new Uint8Array() } = network.synthDefs.get(node(leaving).def) ?? {}
  return decodeSynthDefs(bytes).some(({ ugens }) => ugens.some(({ name }) => name === 'EnvGen'))
}

describe('the declick gate of what leaves the voices', () => {
  it('is there without an envelope, and not before the way out', () => {
    expect(hasGate('osc', [])).toBe(true)
    expect(hasGate('filter', [['osc', 'filter.in']])).toBe(true)
    const { node } = compiled({
      devices: { osc: { type: 'oscillator' }, filter: { type: 'filter' } },
      connections: [['osc', 'filter.in'], ['filter', 'out']], // prettier-ignore
    })
    expect('-gate' in node('osc').controls).toBe(false)
    expect(node('filter').controls['-gate']).toEqual({ kind: 'key', key: 'gate' })
  })
  it('is not there where an envelope alone opens a level', () => {
    expect(hasGate('amp', [['osc', 'amp.in'], ['env', 'amp.gain']])).toBe(false) // prettier-ignore
    expect(hasGate('osc', [['env', 'osc.amplitude']])).toBe(false)
    expect(hasGate('osc', [['env', 'osc.amplitude', 0.3]])).toBe(false)
    expect(hasGate('osc', [['keys.gate', 'osc.amplitude']])).toBe(false)
  })
  it('is there where something else holds that level open', () => {
    expect(hasGate('osc', [['env', 'osc.amplitude'], ['knob', 'osc.amplitude']])).toBe(true) // prettier-ignore
    expect(hasGate('osc', [['env', 'osc.amplitude'], ['lfo', 'osc.amplitude']])).toBe(true) // prettier-ignore
    expect(hasGate('osc', [['env', 'osc.amplitude']], { osc: { type: 'oscillator', amplitude: 0.2 } })).toBe(
      true,
    )
    expect(hasGate('osc', [['keys.velocity', 'osc.amplitude']])).toBe(true)
  })
  it('is not there behind what falls silent: filter, mixer, delay with its tail', () => {
    const shaped: ConnectionSpec[] = [['osc', 'amp.in'], ['env', 'amp.gain']] // prettier-ignore
    for (const next of ['filter.in', 'mix.in3', 'echo.in'])
      expect(hasGate(next.split('.')[0] as string, [...shaped, ['amp', next]])).toBe(false)
  })
  it('is there when not everything that goes in falls silent', () => {
    expect(hasGate('mix', [['osc', 'amp.in'], ['env', 'amp.gain'], ['amp', 'mix.in1'], ['osc', 'mix.in2']])).toBe(true) // prettier-ignore
    expect(hasGate('mix', [['osc', 'amp.in'], ['env', 'amp.gain'], ['amp', 'mix.in1'], ['knob', 'mix.in2']])).toBe(true) // prettier-ignore
  })
  it('is there when the envelope does not follow the key', () => {
    expect(hasGate('osc', [['env', 'osc.amplitude'], ['lfo', 'env.gate']])).toBe(true) // prettier-ignore
    expect(hasGate('osc', [['env', 'osc.amplitude']], { env: { type: 'envelope', gate: 1 } })).toBe(true)
  })
  it('trusts no feedback, and no generator', () => {
    const loop: ConnectionSpec[] = [['osc', 'amp.in'], ['env', 'amp.gain'], ['amp', 'filter.in'], { from: 'mix', to: 'filter.in', feedback: true }, ['filter', 'mix.in1']] // prettier-ignore
    expect(hasGate('filter', loop)).toBe(true)
    expect(hasGate('osc', [['env', 'osc.fm']])).toBe(true)
  })
  it('is not on shared devices', () => {
    const { node } = compiled({
      devices: { osc: { type: 'oscillator' }, room: { type: 'reverb' } },
      connections: [['osc', 'room.in'], ['room', 'out']], // prettier-ignore
    })
    expect('-gate' in node('osc').controls).toBe(true)
    expect('-gate' in node('room').controls).toBe(false)
  })
})
