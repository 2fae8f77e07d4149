import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Patch } from '../../src/patch/index.ts'
import type { Allocation, Plan } from '../../src/plan/index.ts'
import { canonical } from '../plan/model.ts'
import { patchArbitrary, runs, sequenceArbitrary } from './patches.ts'
import { Session, start } from './start.ts'

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

const namesOf = (all: ReadonlyMap<string, unknown>): string[] => [...all.keys()].toSorted()
const idsOf = ({ allocation }: Session, name: string): number[] =>
  (allocation.nodes.get(name)?.instances ?? []).map(({ id }) => id)
const synthsOf = ({ model }: Session): number[] => model.synths().map(({ id }) => id)

/** Two patches, one after the other, while nobody plays. */
function twoOf([a, b]: readonly Patch[]): { session: Session; before: Session; planned: Plan } {
  const [session, before] = [new Session(), new Session()]
  before.edit(a as Patch)
  session.edit(a as Patch)
  return { session, before, planned: session.edit(b as Patch) }
}

describe('any sequence of patches, at rest', () => {
  it('needs no more numbers however often it is repeated', () => {
    fc.assert(
      fc.property(patchArbitrary(6), patchArbitrary(6), fc.nat({ max: 255 }), (a, b, sounding) => {
        const session = new Session()
        const next: number[][] = []
        for (let round = 0; round < 5; round++) {
          for (const patch of [a, b]) {
            session.edit(patch, (voice) => (sounding >> voice) & 1)
            for (const voice of session.allocation.voices.keys())
              session.play(voice, ((sounding >> voice) & 1) === 1)
            session.rest()
          }
          const { nodeIds, audioBuses, controlBuses, randomIds } = session.allocation
          next.push([nodeIds, audioBuses, controlBuses, randomIds].map((pool) => pool.next))
          expectSound(session.allocation)
        }
        // pools of runs of different lengths settle after the first rounds
        expect(next[4]).toEqual(next[3])
      }),
      runs(20),
    )
  })

  it('keeps the node of every device that is kept, and reports what it does', () => {
    fc.assert(
      fc.property(sequenceArbitrary(2), (patches) => {
        const { session, before, planned } = twoOf(patches)
        const { kept, set, replaced, added, removed, renamed, synths } = planned.report
        const oldName = new Map(renamed.map(({ from, to }) => [to, from]))
        for (const name of [...kept, ...set]) {
          const [old, now] = [idsOf(before, oldName.get(name) ?? name), idsOf(session, name)]
          const common = Math.min(old.length, now.length)
          expect(now.slice(0, common)).toEqual(old.slice(0, common))
        }
        for (const name of replaced)
          if (before.allocation.nodes.get(name)?.node.part !== 'voice' || session.count > 0)
            expect(idsOf(session, name)).not.toEqual(idsOf(before, name))
        expect([...kept, ...set, ...replaced, ...added].toSorted()).toEqual(namesOf(session.allocation.nodes))
        expect(
          [...kept, ...set, ...replaced, ...removed].map((name) => oldName.get(name) ?? name).toSorted(),
        ).toEqual(namesOf(before.allocation.nodes))
        session.rest()
        const [old, now] = [synthsOf(before), synthsOf(session)]
        if (planned.allocation.leaving.some(({ tail }) => tail !== undefined)) return
        expect(synths.born).toBe(now.filter((id) => !old.includes(id)).length)
        expect(synths.freed).toBe(old.filter((id) => !now.includes(id)).length)
      }),
      runs(50),
    )
  })

  it('touches no device that the edit does not concern: an identical one is kept, and gets no command', () => {
    fc.assert(
      fc.property(patchArbitrary(), (patch) => {
        const session = new Session()
        session.edit(patch)
        // a new device that nobody reads concerns nobody
        const added = session.edit({
          ...patch,
          devices: { ...patch.devices, extra: { type: 'oscillator', shared: true } },
        })
        expect(added.report).toMatchObject({ added: ['extra'], removed: [], replaced: [], set: [] })
        expect(added.transaction.map(({ call }) => call)).toEqual(['/s_new'])
        const removed = session.edit(patch)
        expect(removed.report).toMatchObject({ added: [], removed: ['extra'], replaced: [], set: [] })
        session.rest()
        expect(canonical(session.model)).toEqual(canonical(start(patch).model))
      }),
      runs(50),
    )
  })

  it('replaces a synth when a control that it reads only at its birth changes: such a control is never set', () => {
    fc.assert(
      fc.property(sequenceArbitrary(2), (patches) => {
        for (const command of twoOf(patches).planned.transaction)
          if (command.call === '/n_set')
            for (const name of Object.keys(command.controls))
              expect(name).not.toMatch(/\.bus$|^-(own|mix|random|seed)$/)
      }),
      runs(50),
    )
  })
})
