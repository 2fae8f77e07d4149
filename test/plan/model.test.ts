import { describe, expect, it } from 'vitest'
import type { Command } from '../../src/scsynth/index.ts'
import { canonical, ModelError, ServerModel } from './model.ts'
import { compiled } from './network-of.ts'

const def = [
  ...compiled({
    devices: { lfo: { type: 'lfo' } },
    connections: [['lfo', 'out']],
  }).network.synthDefs.values(),
][0]
if (def === undefined) throw new Error('there is no SynthDef')
const { name, bytes } = def
const group = (id: number, target = 0): Command => ({ call: '/g_new', id, action: 'tail', target })
const synth = (id: number, target = 0, action: 'head' | 'tail' | 'after' | 'before' = 'tail'): Command => ({
  call: '/s_new',
  def: name,
  id,
  action,
  target,
  controls: { frequency: 2, nothing: 3 },
})
const model = (...commands: Command[]): ServerModel => {
  const server = new ServerModel()
  server.load([{ name, bytes }])
  server.run(commands)
  return server
}
const ids = (server: ServerModel): number[] => server.synths().map(({ id }) => id)

describe('the model of the server', () => {
  it.each<[string, Command[]]>([
    ['an unknown SynthDef', [{ ...synth(1), def: 'none' } as Command]],
    ['a duplicate id', [synth(1), synth(1)]],
    ['a duplicate id of a group', [group(1), group(1)]],
    ['an unknown target', [synth(1, 7)]],
    ['a synth as a group', [synth(1), synth(2, 1)]],
    ['a place beside the root', [synth(1, 0, 'after')]],
    ['a node that was freed', [synth(1), { call: '/n_free', ids: [1] }, { call: '/n_set', id: 1, controls: {} }, { call: '/n_free', ids: [1] }]], // prettier-ignore
    [
      'what went with its group',
      [group(1), synth(2, 1), { call: '/n_free', ids: [1] }, { call: '/n_free', ids: [2] }],
    ],
    ['a value that is none', [synth(1), { call: '/n_set', id: 1, controls: { frequency: NaN } }]],
    ['a bus that is none', [synth(1), { call: '/n_map', id: 1, buses: { frequency: -1 } }]],
    ['a bus of half a number', [{ call: '/c_set', values: [[0.5, 1]] }]],
    ['a bus beyond the last', [{ call: '/c_set', values: [[16384, 1]] }]],
    ['an infinite value on a bus', [{ call: '/c_set', values: [[1, Infinity]] }]],
    ['a SynthDef that was freed', [{ call: '/d_free', names: [name] }, synth(1)]],
    ['freeing a SynthDef twice', [{ call: '/d_free', names: [name, name] }]],
    ['a node next to itself', [synth(1), { call: '/n_order', action: 'after', target: 1, ids: [1] }]],
    [
      'a group inside of itself',
      [group(1), group(2, 1), { call: '/n_order', action: 'head', target: 2, ids: [1] }],
    ],
  ])('refuses %s', (_, commands) => {
    expect(() => model(...commands)).toThrow(ModelError)
  })

  it('places nodes as they are told, and keeps their order', () => {
    const server = model(
      group(1),
      synth(2, 1),
      synth(3, 1, 'head'),
      synth(4, 2, 'before'),
      synth(5, 3, 'after'),
    )
    expect(ids(server)).toEqual([3, 5, 4, 2])
    server.run([{ call: '/n_order', action: 'head', target: 1, ids: [2, 3] }])
    expect(ids(server)).toEqual([2, 3, 5, 4])
    server.run([{ call: '/n_order', action: 'before', target: 2, ids: [5, 4] }])
    expect(ids(server)).toEqual([5, 4, 2, 3])
    server.run([{ call: '/g_freeAll', id: 1 }])
    expect([ids(server), server.nodes.size]).toEqual([[], 2])
  })

  it('sets, maps and unmaps controls, and ignores those that the SynthDef does not have', () => {
    const server = model(synth(1))
    expect(server.synth(1)?.controls).not.toHaveProperty('nothing')
    expect(server.synth(1)?.given).toMatchObject({ frequency: 2, nothing: 3 })
    server.run([{ call: '/n_map', id: 1, buses: { frequency: 4 } }])
    expect(server.dump().children).toMatchObject([
      { id: 1, def: name, controls: { frequency: { controlBus: 4 } } },
    ])
    server.run([{ call: '/n_set', id: 1, controls: { frequency: 0.1 } }])
    expect(server.synth(1)?.controls['frequency']).toBe(Math.fround(0.1))
  })

  it('tells canonical trees apart by anything but ids', () => {
    const set = (bus: number, value: number): Command => ({ call: '/c_set', values: [[bus, value]] })
    const map = (id: number, bus: number): Command => ({ call: '/n_map', id, buses: { frequency: bus } })
    const a = canonical(model(set(3, 1), group(1), synth(2, 1), synth(3, 1), map(2, 3)))
    expect(canonical(model(set(9, 1), group(5), synth(8, 5), synth(7, 5), map(8, 9)))).toEqual(a)
    expect(canonical(model(set(9, 2), group(5), synth(8, 5), synth(7, 5), map(8, 9)))).not.toEqual(a)
    expect(canonical(model(set(9, 1), group(5), synth(8, 5), synth(7, 5), map(7, 9)))).not.toEqual(a)
    expect(canonical(model(set(9, 1), group(5), synth(8, 5), synth(7, 5), map(8, 9), map(7, 9)))).not.toEqual(
      a,
    )
    expect(canonical(model(set(3, 1), group(1), synth(2, 1), synth(3, 1), map(2, 3), { call: '/n_run', id: 1, run: false }))).not.toEqual(a) // prettier-ignore
  })
})
