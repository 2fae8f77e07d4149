import { describe, expect, it } from 'vitest'
import { out, standard } from '../../src/devices/index.ts'
import { parsePatch, type Patch } from '../../src/patch/index.ts'
import { emptyAllocation, keysAtRest, networkAfter, plan, settle, silenced } from '../../src/plan/index.ts'
import { compiled } from './network-of.ts'

const devices = {
  osc: { type: 'oscillator' },
  echo: { type: 'delay' },
  amp: { type: 'amplifier', shared: true },
}
const wet: Patch = {
  voices: 2,
  devices,
  connections: [['osc', 'echo.in'], ['echo', 'amp.in', 0.5], ['osc', 'amp.in'], ['amp', 'out']], // prettier-ignore
}
const dry: Patch = { voices: 2, devices: { osc: devices.osc, amp: devices.amp }, connections: [['osc', 'amp.in'], ['amp', 'out']] } // prettier-ignore
const input = (gate: number) => ({ position: () => 0, keys: () => ({ ...keysAtRest, gate }) })
const parsed = (patch: Patch) => parsePatch(patch, standard, out)

/** The network after an edit from one patch to another, and what runs then. */
function edited(a: Patch, b: Patch, gate = 1) {
  const before = compiled(a).network
  const from = plan(emptyAllocation(), before, input(gate)).allocation
  const network = networkAfter(from, before, parsed(b), standard, 0)
  return { from, network, allocation: plan(from, network, input(gate)).allocation }
}

describe('tails', () => {
  it('are read on by whoever read them, with the amounts of their cables', () => {
    const { from, network } = edited(wet, dry)
    const id = from.nodes.get('echo')?.instances[0]?.id
    expect(network.tails).toEqual([
      {
        name: `~echo/${id}`,
        part: 'after',
        rate: 'audio',
        channels: 1,
        sum: 1,
        cables: [{ to: 'amp', port: 'in', amount: 0.5 }],
      },
    ])
  })
  it('stay until they are silent, then their readers live without them', () => {
    const { network, allocation } = edited(wet, dry)
    expect(networkAfter(allocation, network, parsed(dry), standard, 100).tails).toEqual(network.tails)
    const ids = new Set(allocation.leaving.map(({ id }) => id))
    const quiet = silenced(allocation, ids, 200)
    expect(networkAfter(quiet, network, parsed(dry), standard, 199).tails).toEqual(network.tails)
    const without = networkAfter(quiet, network, parsed(dry), standard, 200)
    expect(without.nodes).toEqual(compiled(dry).network.nodes)
    const gone = settle(plan(quiet, without, { ...input(1), block: 100 }).allocation, 1000).allocation
    expect([gone.leaving, gone.lingering]).toEqual([[], []])
  })
  it('are not needed where a successor writes the same bus', () => {
    const room = { ...wet, devices: { ...devices, echo: { type: 'delay', time: 0.1, shared: true } } }
    expect(edited(wet, room).network.tails).toEqual([])
  })
  it('have no readers among what is gone, or before the voices', () => {
    const without = { ...dry, devices: { osc: devices.osc }, connections: [['osc', 'out'] as const] }
    expect(edited(wet, without).network.tails).toEqual([])
    const inFront: Patch = { voices: 2, devices: { osc: devices.osc, amp: devices.amp }, connections: [['amp', 'osc.amplitude'], ['osc', 'out']] } // prettier-ignore
    expect(edited(wet, inFront).network.tails).toEqual([])
  })
  it('of a voice are silence in the voices that are paused, and are not there if all are', () => {
    const inVoice = (more: Patch['devices']): Patch => ({
      voices: { mode: 'mono', unison: { voices: 2, spread: 0 } },
      devices: { osc: devices.osc, filter: { type: 'filter' }, ...more },
      connections: [...('echo' in more ? ([['osc', 'echo.in'], ['echo', 'filter.in']] as const) : []), ['filter', 'out']], // prettier-ignore
    })
    const echo = { type: 'delay', shared: false }
    expect(edited(inVoice({ echo }), inVoice({}), 0).network.tails).toEqual([])
    const before = compiled(inVoice({ echo })).network
    const keys = (voice: number) => ({ ...keysAtRest, gate: voice })
    const from = plan(emptyAllocation(), before, { position: () => 0, keys }).allocation
    const network = networkAfter(from, before, parsed(inVoice({})), standard, 0)
    const { allocation } = plan(from, network, { position: () => 0, keys })
    const reads = allocation.nodes.get('filter')?.instances.map(({ values }) => values['in.1.bus'])
    expect(reads).toEqual([allocation.silence, from.nodes.get('echo')?.instances[1]?.own])
  })
})
