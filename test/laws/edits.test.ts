import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Patch } from '../../src/patch/index.ts'
import { emptyAllocation, plan, type Allocation } from '../../src/plan/index.ts'
import type { Pool } from '../../src/plan/allocation.ts'
import { canonical, ServerModel } from '../plan/model.ts'
import { patchArbitrary, runs, sequenceArbitrary } from './patches.ts'
import { compiled, position, end, go, start, type Started } from './start.ts'

/** How many numbers of a pool are in use. */
const used = (pool: Pool, first: number): number =>
  pool.next -
  first -
  Object.entries(pool.free).reduce((sum, [length, runs]) => sum + Number(length) * runs.length, 0)

const usage = ({ nodeIds, audioBuses, controlBuses, randomIds }: Allocation) => {
  const empty = emptyAllocation()
  return {
    nodeIds: used(nodeIds, empty.nodeIds.next),
    audioBuses: used(audioBuses, empty.audioBuses.next),
    controlBuses: used(controlBuses, empty.controlBuses.next),
    randomIds: used(randomIds, empty.randomIds.next),
  }
}

/** No number is free twice. */
function expectSound({ nodeIds, audioBuses, controlBuses, randomIds }: Allocation): void {
  for (const pool of [nodeIds, audioBuses, controlBuses, randomIds]) {
    const free = Object.entries(pool.free).flatMap(([length, runs]) =>
      runs.flatMap((first) => Array.from({ length: Number(length) }, (_, i) => first + i)),
    )
    expect(new Set(free).size).toBe(free.length)
    for (const number of free) expect(number).toBeLessThan(pool.next)
  }
}

const sorted = (numbers: Iterable<number>): number[] => [...numbers].toSorted((a, b) => a - b)
const rootOf = ({ planned }: Started): number => planned.allocation.groups?.root ?? -1

describe('any sequence of patches', () => {
  it('ends like a fresh start of the last: tree, controls, mappings, buses, SynthDefs, up to ids', () => {
    fc.assert(
      fc.property(sequenceArbitrary(3), (patches) => {
        const model = new ServerModel()
        let allocation = emptyAllocation()
        for (const patch of patches) {
          const step = go(model, allocation, patch)
          allocation = step.planned.allocation
          const fresh = start(patch)
          expect(canonical(model, rootOf(step))).toEqual(canonical(fresh.model, rootOf(fresh)))
          expect([...model.defs.keys()].toSorted()).toEqual([...fresh.model.defs.keys()].toSorted())
          expect([...allocation.synthDefs].toSorted()).toEqual([...model.defs.keys()].toSorted())
          // what no bus of the patch is, is silent
          expect(sorted(model.buses.values())).toEqual(sorted(fresh.model.buses.values()))
          expect(model.nodes.size).toBe(fresh.model.nodes.size)
          expect(usage(allocation)).toEqual(usage(fresh.planned.allocation))
          expectSound(allocation)
        }
      }),
      runs(50),
    )
  })

  it('leaves nothing behind when it ends', () => {
    fc.assert(
      fc.property(sequenceArbitrary(2), (patches) => {
        const model = new ServerModel()
        let allocation = emptyAllocation()
        for (const patch of patches) allocation = go(model, allocation, patch).planned.allocation
        const ended = end(model, allocation)
        expect([...model.nodes.keys()]).toEqual([0])
        expect(model.group(0)?.children).toEqual([])
        expect([...model.buses]).toEqual([])
        expect([...model.defs]).toEqual([])
        expect(usage(ended.allocation)).toEqual({ nodeIds: 0, audioBuses: 0, controlBuses: 0, randomIds: 0 })
        expectSound(ended.allocation)
        const { groups, voices, nodes, knobBuses, synthDefs } = ended.allocation
        expect([groups, voices.length, nodes.size, knobBuses.size, synthDefs.size]).toEqual([
          undefined,
          0,
          0,
          0,
          0,
        ])
      }),
      runs(40),
    )
  })

  it('needs no more numbers however often it is repeated', () => {
    fc.assert(
      fc.property(patchArbitrary(6), patchArbitrary(6), (a, b) => {
        const model = new ServerModel()
        let allocation = emptyAllocation()
        const next: number[][] = []
        for (let round = 0; round < 5; round++) {
          for (const patch of [a, b]) allocation = go(model, allocation, patch).planned.allocation
          const { nodeIds, audioBuses, controlBuses, randomIds } = allocation
          next.push([nodeIds, audioBuses, controlBuses, randomIds].map((pool) => pool.next))
        }
        // pools of runs of different lengths settle after the first rounds
        expect(next[4]).toEqual(next[3])
      }),
      runs(20),
    )
  })

  it('keeps the node of every device that is kept, and reports what it does', () => {
    fc.assert(
      fc.property(sequenceArbitrary(2), ([a, b]) => {
        const model = new ServerModel()
        const first = go(model, emptyAllocation(), a as Patch)
        const before = new Set(model.synths().map(({ id }) => id))
        const second = go(model, first.planned.allocation, b as Patch)
        const after = new Set(model.synths().map(({ id }) => id))
        const { kept, set, replaced, added, removed, synths } = second.planned.report
        const idsOf = ({ planned }: Started, name: string): number[] =>
          (planned.allocation.nodes.get(name)?.instances ?? []).map(({ id }) => id)
        for (const name of [...kept, ...set]) {
          const [old, now] = [idsOf(first, name), idsOf(second, name)]
          const common = Math.min(old.length, now.length)
          expect(now.slice(0, common)).toEqual(old.slice(0, common))
        }
        for (const name of replaced)
          expect(idsOf(second, name).filter((id) => idsOf(first, name).includes(id))).toEqual([])
        const names = (all: ReadonlyMap<string, unknown>): string[] => [...all.keys()].toSorted()
        expect([...kept, ...set, ...replaced, ...added].toSorted()).toEqual(
          names(second.planned.allocation.nodes),
        )
        expect([...kept, ...set, ...replaced, ...removed].toSorted()).toEqual(
          names(first.planned.allocation.nodes),
        )
        expect(synths.born).toBe([...after].filter((id) => !before.has(id)).length)
        expect(synths.freed).toBe([...before].filter((id) => !after.has(id)).length)
      }),
      runs(50),
    )
  })

  it('touches no device that the edit does not concern: an identical one is kept, and gets no command', () => {
    fc.assert(
      fc.property(patchArbitrary(), (patch) => {
        const model = new ServerModel()
        const first = go(model, emptyAllocation(), patch)
        // a new device that nobody reads concerns nobody
        const more = { ...patch, devices: { ...patch.devices, extra: { type: 'oscillator', shared: true } } }
        const second = go(model, first.planned.allocation, more)
        expect(second.planned.report).toMatchObject({ added: ['extra'], removed: [], replaced: [], set: [] })
        expect(second.planned.transaction.map(({ call }) => call)).toEqual(['/s_new'])
        const back = go(model, second.planned.allocation, patch)
        expect(back.planned.report).toMatchObject({ added: [], removed: ['extra'], replaced: [], set: [] })
        expect(canonical(model, rootOf(back))).toEqual(canonical(start(patch).model, rootOf(first)))
      }),
      runs(50),
    )
  })

  it('replaces a synth when a control that it reads only at its birth changes: such a control is never set', () => {
    fc.assert(
      fc.property(sequenceArbitrary(2), ([a, b]) => {
        const model = new ServerModel()
        const first = go(model, emptyAllocation(), a as Patch)
        const { network } = compiled(b as Patch)
        const { transaction } = plan(first.planned.allocation, network, { position })
        for (const command of transaction)
          if (command.call === '/n_set')
            for (const name of Object.keys(command.controls))
              expect(name).not.toMatch(/\.bus$|^-(own|mix|random|seed)$/)
      }),
      runs(50),
    )
  })
})
