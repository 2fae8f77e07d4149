import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createOfflineEngine } from '../../src/engine/index.ts'
import { Schedule } from '../../src/engine/schedule.ts'
import type { Command } from '../../src/scsynth/index.ts'

const command = (id: number): readonly Command[] => [{ call: '/n_run', id, run: true }]
/** What is handed out in a block, as ids. */
function dueIn(schedule: Schedule, block: number, room = Infinity): number[] {
  const ids: number[] = []
  schedule.due(block, (commands) => {
    if (ids.length >= room) return false
    ids.push(...commands.flatMap((one) => ('id' in one ? [one.id] : [])))
    return true
  })
  return ids
}

/** How often a bus that was 0 is seen to change: once a block. */
function edges(all: readonly (readonly [block: number, bus: number, value: number])[]): number {
  const seen = [...new Map(all.map(([block, , value]) => [block, value])).values()]
  return seen.filter((value, i) => value !== (seen[i - 1] ?? 0)).length
}

describe('a schedule', () => {
  it('hands out what is due in the order of the blocks and, within one, in the order given', () => {
    const schedule = new Schedule()
    for (const [block, id] of [[5, 1], [3, 2], [5, 3], [3, 4]] as const) schedule.add({ block }, command(id)) // prettier-ignore
    expect([schedule.isDue(2), schedule.isDue(3)]).toEqual([false, true])
    expect(dueIn(schedule, 2)).toEqual([])
    expect(dueIn(schedule, 3)).toEqual([2, 4])
    expect(dueIn(schedule, 5)).toEqual([1, 3])
    expect([schedule.size, schedule.lateness]).toEqual([0, { late: 0, longestLate: 0 }])
  })

  it('shows in a block of its own what is undone in a later one, however late it comes', () => {
    const schedule = new Schedule()
    for (const value of [1, 0, 1, 0])
      schedule.add({ block: schedule.size }, [{ call: '/c_set', values: [[3, value]] }])
    const shown = [9, 10, 11, 12, 13].map((block) => {
      const values: unknown[] = []
      schedule.due(block, ([one]) => values.push(one?.call === '/c_set' && one.values[0]?.[1]) > 0)
      return values
    })
    expect(shown).toEqual([[1], [0], [1], [0], []])
    expect(schedule.lateness).toEqual({ late: 4, longestLate: 9 })
  })

  it('does not hold up what concerns something else, and has what moves on catch up', () => {
    const schedule = new Schedule()
    schedule.add({ block: 3, soon: true }, command(1))
    for (const [block, value] of [[3, 0.1], [4, 0.2], [5, 0.3]] as const) schedule.add({ block, soon: true }, [{ call: '/c_set', values: [[3, value]] }]) // prettier-ignore
    schedule.add({ block: 5 }, command(2))
    schedule.add({ block: 6 }, command(1))
    expect([5, 6].map((block) => dueIn(schedule, block))).toEqual([[1, 2], [1]])
    expect(schedule.lateness).toEqual({ late: 0, longestLate: 0 })
  })

  it('keeps the order, does nothing too early, and shows every edge of what is on or off', () => {
    const entry = fc.record({ block: fc.integer({ min: 1, max: 9 }), bus: fc.nat(2), on: fc.boolean() })
    fc.assert(
      fc.property(fc.array(entry, { size: 'max', maxLength: 40 }), fc.nat(10), (entries, first) => {
        const schedule = new Schedule()
        schedule.add({ block: 0 }, [{ call: '/c_set', values: [0, 1, 2].map((bus) => [bus, 0]) }])
        schedule.due(0, () => true)
        for (const { block, bus, on } of entries)
          schedule.add({ block }, [{ call: '/c_set', values: [[bus, Number(on)]] }])
        const meant = entries.toSorted((a, b) => a.block - b.block)
        const done: (readonly [block: number, bus: number, value: number])[] = []
        for (let block = first; schedule.size > 0; block++)
          schedule.due(block, ([one]) => {
            const [bus = -1, value = -1] = (one?.call === '/c_set' ? one.values[0] : undefined) ?? []
            expect(meant[done.length]?.block).toBeLessThanOrEqual(block)
            return done.push([block, bus, value]) > 0
          })
        expect(done.map(([, bus, value]) => [bus, value])).toEqual(
          meant.map(({ bus, on }) => [bus, Number(on)]),
        )
        for (const bus of [0, 1, 2]) {
          const of = (all: readonly (readonly [number, number, number])[]): number =>
            edges(all.filter((one) => one[1] === bus))
          expect(of(done)).toBe(of(meant.map(({ block, bus: own, on }) => [block, own, Number(on)])))
        }
      }),
    )
  })

  it('shows what goes back to what somebody else has set', async () => {
    const engine = await createOfflineEngine()
    const sound = [new Float32Array(128)]
    await engine.transact([{ call: '/c_set', values: [[3, 1]] }])
    while (engine.block < 9) engine.advance(1, sound, 0)
    for (const [block, value] of [
      [6, 0],
      [7, 1],
      [8, 1],
    ] as const)
      engine.send([{ call: '/c_set', values: [[3, value]] }], { block, soon: true })
    const seen = engine.probe({ rate: 'control', bus: 3, blocks: 3 })
    for (let i = 0; i < 3; i++) engine.advance(1, sound, 0)
    expect([...(await seen)]).toEqual([0, 1, 1])
    await engine.close()
  })

  it('does not call late what was wanted as soon as possible', () => {
    const schedule = new Schedule()
    schedule.add({ block: 1, soon: true }, command(1))
    schedule.add({ block: 1 }, command(2))
    expect(dueIn(schedule, 4)).toEqual([1, 2])
    expect(schedule.lateness).toEqual({ late: 1, longestLate: 3 })
  })

  it('keeps what finds no room for the next block, before all that is later', () => {
    const schedule = new Schedule()
    for (const id of [1, 2, 3]) schedule.add({ block: 7 }, command(id))
    for (const id of [4, 5]) schedule.add({ block: 8 }, command(id))
    expect([7, 8, 9].map((block) => dueIn(schedule, block, 2))).toEqual([[1, 2], [3, 4], [5]])
  })

  it('forgets what was caused later than a block, and only that', () => {
    const schedule = new Schedule()
    schedule.add({ block: 9, cause: 4 }, command(1))
    schedule.add({ block: 9 }, command(2))
    schedule.add({ block: 5 }, command(3))
    schedule.cancel(5)
    expect(dueIn(schedule, 5)).toEqual([3])
    expect(dueIn(schedule, 9)).toEqual([1])
  })

  it('takes back what one of several has sent, and nothing of the others', () => {
    const schedule = new Schedule()
    for (const by of [0, 1, undefined])
      schedule.add({ block: 5, ...(by !== undefined && { by }) }, [{ call: '/n_free', ids: [by ?? 2] }])
    const left = (): unknown[] => {
      const ids: unknown[] = []
      schedule.due(5, ([command]) => ids.push(command) > 0)
      return ids
    }
    schedule.cancel(5, 1)
    schedule.cancel(4, 1)
    schedule.cancel(4)
    expect(schedule.size).toBe(1)
    expect(left()).toEqual([{ call: '/n_free', ids: [0] }])
  })
})
