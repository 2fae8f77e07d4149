import { describe, expect, it } from 'vitest'
import { out, standard } from '../../src/devices/index.ts'
import {
  parsePatch,
  partsOf,
  type ConnectionSpec,
  type DeviceSpec,
  type ParsedPatch,
} from '../../src/patch/index.ts'
import { compile } from '../../src/plan/index.ts'
import { sortDevices } from '../../src/plan/order.ts'

const parsed = (devices: Record<string, DeviceSpec>, connections: ConnectionSpec[]): ParsedPatch =>
  parsePatch({ devices, connections }, standard, out)
const order = (devices: Record<string, DeviceSpec>, connections: ConnectionSpec[]): string => {
  const patch = parsed(devices, connections)
  return sortDevices(patch, partsOf(patch)).join(' ')
}
const mixers = (names: string): Record<string, DeviceSpec> =>
  Object.fromEntries(names.split(' ').map((name) => [name, { type: 'mixer' }]))

describe('the order of devices', () => {
  it('puts every device after what it reads, however the patch lists them', () => {
    expect(order(mixers('c b a'), [['a', 'b.in1'], ['b', 'c.in1'], ['c', 'out']])).toBe('a b c out') // prettier-ignore
  })
  it('is depth first: a bus is read soon after it was written', () => {
    const cables: ConnectionSpec[] = [['a1', 'a2.in1'], ['b1', 'b2.in1'], ['a2', 'sum.in1'], ['b2', 'sum.in2'], ['sum', 'out']] // prettier-ignore
    expect(order(mixers('sum a2 b2 a1 b1'), cables)).toBe('a1 a2 b1 b2 sum out')
  })
  it('goes on from what is heard to what is not', () => {
    expect(order(mixers('unheard heard'), [['heard', 'out']])).toBe('heard unheard out')
  })
  it('leaves feedback out', () => {
    expect(order(mixers('b a'), [['a', 'b.in1'], { from: 'b', to: 'a.in1', feedback: true }, ['b', 'out']])).toBe('a b out') // prettier-ignore
  })
  it('puts shared devices before the voices, or after them if they read them', () => {
    const devices = {
      room: { type: 'reverb' },
      voice: { type: 'oscillator' },
      slow: { type: 'lfo', shared: true },
      echo: { type: 'delay' },
    }
    const cables: ConnectionSpec[] = [['voice', 'room.in'], ['slow', 'voice.amplitude'], ['room', 'echo.in'], ['echo', 'out'], ['slow', 'echo.mix']] // prettier-ignore
    expect(order(devices, cables)).toBe('slow voice room echo out')
  })
  it('takes a chain of 4,096 devices, and compiles it', () => {
    const names = Array.from({ length: 4096 }, (_, i) => `m${i}`)
    const devices = Object.fromEntries(names.toReversed().map((name) => [name, { type: 'mixer' }]))
    const cables = names.map((name, i): [string, string] => [name, i === 4095 ? 'out' : `m${i + 1}.in1`])
    const patch = parsed(devices, cables)
    expect(sortDevices(patch, partsOf(patch))).toEqual([...names, 'out'])
    expect(compile(patch, { catalogue: standard }).nodes).toHaveLength(4097)
  })
})
