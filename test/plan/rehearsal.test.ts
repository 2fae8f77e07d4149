import { describe, expect, it } from 'vitest'
import type { Patch } from '../../src/patch/index.ts'
import {
  differences,
  emptyAllocation,
  keysAtRest,
  plan,
  Rehearsal,
  type Allocation,
} from '../../src/plan/index.ts'
import type { Command } from '../../src/scsynth/index.ts'
import { problemOf } from '../scsynth/problem-of.ts'
import { compiled } from './network-of.ts'

const input = { position: () => 0, keys: () => ({ ...keysAtRest, gate: 1 }), block: 1000 }
const patch: Patch = {
  voices: 2,
  devices: { a: { type: 'oscillator' }, b: { type: 'oscillator' }, sum: { type: 'mixer' } },
  connections: [['a', 'sum.in1'], ['b', 'sum.in2'], ['sum', 'out']], // prettier-ignore
}
const after = (from: Allocation, next: Patch) => plan(from, compiled(next).network, input)
const first = after(emptyAllocation(), patch)
const edited = after(first.allocation, {
  ...patch,
  devices: { ...patch.devices, b: { type: 'noise' }, c: { type: 'lfo' } },
  connections: [['b', 'sum.in2'], ['a', 'sum.in1', 0.5], ['c', 'a.amplitude'], ['sum', 'out']], // prettier-ignore
})
const { groups, voices, nodes, order } = first.allocation
const [voice = -1, other = -1] = voices.map(({ group }) => group)
const ids = order.get(voice) ?? []
const [one = -1, two = -1] = ids

describe('a rehearsal', () => {
  it('leads from nothing to a patch, and from it to the next, step by step', () => {
    const begun = new Rehearsal(emptyAllocation())
    const { groups: seen } = begun.run([...first.transaction, ...first.start])
    begun.end(first.allocation)
    expect(seen.get(voice)).toEqual(ids)
    expect(problemOf(() => begun.end(edited.allocation))).toMatchObject({ code: 'invalid-plan' })
    const went = new Rehearsal(first.allocation)
    for (const command of [...edited.transaction, ...edited.start]) went.run([command])
    went.end(edited.allocation)
  })

  it('misses every command that puts something in its place', () => {
    for (const [i, { call }] of edited.transaction.entries()) {
      if (call !== '/s_new' && call !== '/n_order' && call !== '/n_free') continue
      const rehearsal = new Rehearsal(first.allocation)
      const problem = problemOf(() => {
        rehearsal.run([...edited.transaction.toSpliced(i, 1), ...edited.start])
        rehearsal.end(edited.allocation)
      })
      expect(problem, call).toMatchObject({ code: 'invalid-plan' })
    }
  })

  const def = nodes.get('a')?.node.def ?? ''
  it.each<Command>([
    { call: '/s_new', def, id: one, action: 'tail', target: voice, controls: {} },
    { call: '/s_new', def, id: 5000, action: 'after', target: 4999, controls: {} },
    { call: '/s_new', def, id: 5000, action: 'head', target: one, controls: {} },
    { call: '/g_new', id: groups?.root ?? -1, action: 'tail', target: 0 },
    { call: '/n_set', id: 4999, controls: { frequency: 1 } },
    { call: '/n_map', id: 4999, buses: { frequency: 1 } },
    { call: '/n_order', action: 'head', target: voice, ids: [4999] },
    { call: '/n_free', ids: [4999] },
    { call: '/n_run', id: 4999, run: true },
  ])('does not do what the server could not: $call', (command) => {
    expect(problemOf(() => new Rehearsal(first.allocation).run([command]))).toMatchObject({
      code: 'invalid-plan',
      path: command.call,
    })
  })

  it('does not know what is in a group that was freed', () => {
    const rehearsal = new Rehearsal(first.allocation)
    rehearsal.run([{ call: '/n_free', ids: [groups?.root ?? -1] }])
    expect(problemOf(() => rehearsal.run([{ call: '/n_set', id: one, controls: {} }]))).toMatchObject({
      code: 'invalid-plan',
    })
  })

  it('expects what was given last, and knows what differs from it', () => {
    const expected = new Rehearsal(first.allocation).run([
      { call: '/n_set', id: one, controls: { frequency: 1, amplitude: 0.1 } },
      { call: '/n_map', id: one, buses: { frequency: 7 } },
      { call: '/n_order', action: 'before', target: one, ids: [two] },
      { call: '/c_set', values: [[3, 0.1], [3, 0.2]] }, // prettier-ignore
    ])
    expect([...expected.groups.keys()]).toEqual([voice])
    expect([...expected.buses]).toEqual([[3, Math.fround(0.2)]])
    const synth = (id: number, controls = {}) => ({ id, def: 'x', controls })
    const [amplitude, frequency] = [Math.fround(0.1), { controlBus: 7 }]
    const swapped = [two, one, ...ids.slice(2)].map((id) =>
      synth(id, id === one ? { amplitude, frequency } : {}),
    )
    expect(differences(expected, { id: voice, children: swapped })).toEqual([])
    expect(differences(expected, { id: other, children: [] })).toEqual([])
    expect(differences(expected, { id: voice, children: swapped.toReversed() })).toHaveLength(1)
    const wrong = swapped.map(({ id }) => synth(id, { amplitude: 0, frequency: { audioBus: 7 } }))
    expect(differences(expected, { id: voice, children: wrong })).toEqual([
      { id: one, found: 'frequency audio bus 7', expected: 'control bus 7' },
      { id: one, found: 'amplitude 0', expected: String(amplitude) },
    ])
  })
})
