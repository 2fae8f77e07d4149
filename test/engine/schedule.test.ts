import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
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

  it('sets the same in different blocks if it was meant for different ones, however late it comes', () => {
    const schedule = new Schedule()
    for (const block of [1, 2, 3]) schedule.add({ block }, command(7))
    expect([10, 11, 12].map((block) => dueIn(schedule, block))).toEqual([[7], [7], [7]])
    expect(schedule.lateness).toEqual({ late: 3, longestLate: 9 })
  })

  it('does not hold up what concerns something else', () => {
    const schedule = new Schedule()
    schedule.add({ block: 3, soon: true }, command(1))
    schedule.add({ block: 5 }, command(2))
    schedule.add({ block: 6 }, command(1))
    schedule.add({ block: 6 }, command(3))
    expect([5, 6].map((block) => dueIn(schedule, block))).toEqual([
      [1, 2],
      [1, 3],
    ])
    expect(schedule.lateness).toEqual({ late: 0, longestLate: 0 })
  })

  it('keeps the order, and shows every value of a bus and of a node for a block, whatever comes when', () => {
    const entry = fc.record({
      block: fc.nat(8),
      bus: fc.nat(2),
      node: fc.nat(2),
      isBus: fc.boolean(),
    })
    fc.assert(
      fc.property(fc.array(entry, { size: 'max', maxLength: 40 }), fc.nat(10), (entries, first) => {
        const schedule = new Schedule()
        for (const [i, { block, bus, node, isBus }] of entries.entries())
          schedule.add({ block }, [
            isBus
              ? { call: '/c_set', values: [[bus, i]] }
              : { call: '/n_set', id: node, controls: { what: i } },
          ])
        const wanted = [...entries.entries()].toSorted(([, a], [, b]) => a.block - b.block)
        const order: number[] = []
        for (let block = first; schedule.size > 0; block++) {
          const shown = new Map<string, number>()
          schedule.due(block, ([command]) => {
            const i = command?.call === '/c_set' ? command.values[0]?.[1] : command?.call === '/n_set' ? command.controls['what'] : -1 // prettier-ignore
            const { block: meant, bus, node, isBus } = entries[i as number] as (typeof entries)[number]
            expect(meant).toBeLessThanOrEqual(block)
            const thing = isBus ? `bus ${bus}` : `node ${node}`
            expect(shown.get(thing) ?? meant).toBe(meant)
            shown.set(thing, meant)
            order.push(i as number)
            return true
          })
        }
        expect(order).toEqual(wanted.map(([i]) => i))
      }),
    )
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
