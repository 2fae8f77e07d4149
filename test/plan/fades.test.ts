import { describe, expect, it } from 'vitest'
import { audioBus, type Instance, type Leaving } from '../../src/plan/allocation.ts'
import { Fades } from '../../src/plan/fades.ts'
import type { NetworkNode } from '../../src/plan/network.ts'

const node: NetworkNode = {
  name: 'a',
  type: 'oscillator',
  part: 'voice',
  def: 'a-1',
  rate: 'audio',
  channels: 1,
  sum: 1,
  own: true,
  mix: true,
  random: false,
  rings: false,
  watched: false,
  controls: {},
  bases: {},
}
const instance = (id: number, own = 4): Instance => ({ id, own, values: {} })
const leaving = (id: number, more: Partial<Leaving> = {}): Leaving => ({
  ...instance(id),
  name: 'a',
  node,
  group: 1,
  mix: 8,
  reads: [],
  faded: [],
  until: 100,
  ...more,
})
type How = 'kept' | 'back' | 'born'
const fade = (
  how: How,
  rivals: Leaving[],
  order: number[],
  { paused = false, device = node, predecessor = instance(1), fresh = [] as number[] } = {},
) => {
  const fades = new Fades(new Set(fresh.map(audioBus)), 150)
  const staying = { node: device, instance: instance(2), mix: 8, how }
  const wanted = how === 'born' ? { ...staying, predecessor: { ...predecessor, node: device } } : staying
  const result = fades.fade([wanted], rivals, order, paused)
  return { ...result, births: Object.fromEntries(result.births), commands: fades.commands() }
}
const set = (id: number, controls: Record<string, number>) => ({ call: '/n_set', id, controls })

describe('fades', () => {
  it('have the one that runs later fade over the other, and both into the sum', () => {
    const { births, commands, leaving: after } = fade('born', [leaving(1)], [1, 2])
    expect(births).toEqual({ 2: { '-fade': 0, '-mixFade': 0 } })
    expect(commands).toEqual([set(2, { '-fade': 1, '-mixFade': 1 }), set(1, { '-mixFade': 0 })])
    // it does not end before its fade does
    expect(after).toMatchObject([{ faded: ['-mixFade'], until: 150 }])
  })
  it('have what leaves fade out if it runs later', () => {
    const { births, commands } = fade('born', [leaving(1)], [2, 1])
    expect(births).toEqual({ 2: { '-mixFade': 0 } })
    expect(commands).toEqual([set(1, { '-fade': 0, '-mixFade': 0 }), set(2, { '-mixFade': 1 })])
  })
  it('begin once', () => {
    const { commands, leaving: after } = fade('kept', [leaving(1, { faded: ['-mixFade'] })], [1, 2])
    expect(commands).toEqual([])
    expect(after).toMatchObject([{ until: 100 }])
  })
  it('turn round for what is called back', () => {
    const { births, commands } = fade('back', [leaving(1)], [2, 1])
    expect(births).toEqual({})
    expect(commands).toEqual([set(1, { '-fade': 0, '-mixFade': 0 }), set(2, { '-fade': 1, '-mixFade': 1 })])
    expect(fade('back', [], [2]).commands).toEqual([set(2, { '-fade': 1, '-mixFade': 1 })])
  })
  it('close the input of what rings, and open that of its successor', () => {
    const device = { ...node, rings: true }
    const { births, commands } = fade('born', [leaving(1, { node: device })], [1, 2], { device })
    expect(births).toEqual({ 2: { '-fade': 0 } })
    expect(commands).toEqual([set(2, { '-fade': 1 }), set(1, { '-fade': 0 })])
    expect(fade('back', [], [2], { device }).commands).toEqual([set(2, { '-fade': 1 })])
  })
  it('are not needed on buses that nobody reads yet, but for an input that rings', () => {
    const fresh = [4, 8]
    const { births, commands } = fade('born', [leaving(1, { own: 5, mix: 9 })], [1, 2], { fresh })
    expect([births, commands]).toEqual([{}, []])
    const device = { ...node, rings: true }
    expect(fade('born', [], [2], { fresh, device }).commands).toEqual([set(2, { '-onset': 1 })])
    expect(fade('born', [], [2], { fresh: [4] }).commands).toEqual([set(2, { '-mixFade': 1 })])
  })
  it('do not happen in a voice that is paused', () => {
    const { births, commands } = fade('born', [leaving(1)], [1, 2], { paused: true })
    expect([births, commands]).toEqual([{}, []])
  })
  it('come with a start from where the predecessor was, on the same bus only', () => {
    const device = { ...node, own: true, mix: false, continues: 'state' as const }
    const { births, commands } = fade('born', [], [2], { device, fresh: [4] })
    expect(births).toEqual({ 2: { '-resume': 1, '-pulse': 1 } })
    expect(commands).toEqual([set(2, { '-resume': 0, '-pulse': 0 })])
    expect(fade('born', [], [2], { device, fresh: [4], predecessor: instance(1, 5) }).commands).toEqual([])
  })
})
