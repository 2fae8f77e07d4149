import { describe, expect, it } from 'vitest'
import type { Patch } from '../../src/patch/index.ts'
import {
  emptyAllocation,
  fadesSoon,
  keysAtRest,
  nextDue,
  plan,
  settle,
  silenced,
} from '../../src/plan/index.ts'
import { fadeSeconds } from '../../src/plan/device-synthdef.ts'
import { compiled } from './network-of.ts'

/** Block in which a fade that begins in block 1000 is over. */
const over = 1000 + Math.ceil(fadeSeconds * 375)

const patch = (type: string, amount?: number): Patch => ({
  voices: { mode: 'mono' },
  devices: { a: { type, shared: false }, lfo: { type: 'lfo' } },
  connections: [['a', 'out'], ...(amount === undefined ? [] : [['lfo', 'out.level', amount] as const])],
})
const input = { position: () => 0, keys: () => ({ ...keysAtRest, gate: 1 }) }
const swap = (a: Patch, b: Patch, block = 1000) => {
  const first = plan(emptyAllocation(), compiled(a).network, input).allocation
  return plan(first, compiled(b).network, { ...input, block }).allocation
}

describe('settling', () => {
  it('waits until a fade is over, and frees then what has faded out, with its numbers', () => {
    const allocation = swap(patch('oscillator'), patch('noise'))
    const [id] = allocation.leaving.map((leaving) => leaving.id)
    expect(nextDue(allocation)).toBe(over)
    expect(settle(allocation, over - 1)).toEqual({ commands: [], allocation })
    const { commands, allocation: after } = settle(allocation, over)
    expect(commands).toEqual([{ call: '/n_free', ids: [id] }])
    expect([after.leaving, nextDue(after)]).toEqual([[], Infinity])
    expect(after.nodeIds.free[1]).toContain(id)
    expect([...after.order.values()].flat()).not.toContain(id)
  })
  it('takes off a cable that was pulled out, and silences its bus', () => {
    const allocation = swap(patch('oscillator', 0.5), patch('oscillator'))
    expect(allocation.unplugging).toMatchObject([{ control: 'level.1', until: over }])
    const [{ id, bus } = { id: 0, bus: 0 }] = allocation.unplugging
    const { commands, allocation: after } = settle(allocation, 2000)
    expect(commands[0]).toEqual({ call: '/n_set', id, controls: { 'level.1': 0 } })
    const zeros = commands.flatMap((command) => (command.call === '/c_set' ? command.values : []))
    expect(zeros).toContainEqual([bus, 0])
    expect(after.unplugging).toEqual([])
  })
  it('lets ring out what rings, for 30 s at most, or until it is silent', () => {
    const allocation = swap(patch('delay'), patch('noise'))
    expect(nextDue(allocation)).toBe(1000 + 30 * 375)
    const ids = new Set(allocation.leaving.map(({ id }) => id))
    const quiet = silenced(allocation, ids, 3000)
    expect(nextDue(quiet)).toBe(3000)
    expect(silenced(quiet, ids, 4000)).toBe(quiet)
    expect(silenced(allocation, new Set([1]), 3000)).toBe(allocation)
  })
  it('frees so many synths at a time, if it is asked to', () => {
    const voices = { mode: 'mono', unison: { voices: 3, spread: 0 } } as const
    const allocation = swap({ ...patch('oscillator'), voices }, { ...patch('noise'), voices })
    const first = settle(allocation, 2000, 2)
    expect(first.commands).toMatchObject([{ call: '/n_free', ids: [expect.any(Number), expect.any(Number)] }])
    expect(settle(first.allocation, 2000, 2).allocation.leaving).toEqual([])
  })
  it('tells when the readers of a tail should go over to life without it', () => {
    const allocation = swap(patch('delay'), patch('noise'))
    const tails = allocation.leaving.map(({ tail = '' }) => ({
      ...{
        name: tail,
        part: 'voice' as const,
        rate: 'audio' as const,
        channels: 1 as const,
        sum: 1 as const,
      },
      cables: [],
    }))
    const end = 1000 + 30 * 375
    expect(fadesSoon(allocation, tails, end - 1)).toBe(false)
    expect(fadesSoon(allocation, tails, end)).toBe(true)
    expect(fadesSoon(allocation, [], end)).toBe(false)
  })
})
