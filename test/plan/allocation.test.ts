import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Allocator, emptyAllocation } from '../../src/plan/allocation.ts'

describe('a pool', () => {
  it('hands out every number once, and again what was given back', () => {
    const pool = new Allocator({ next: 10, free: {} })
    expect([pool.take(), pool.take(2), pool.take()]).toEqual([10, 11, 13])
    pool.give(11, 2)
    expect([pool.take(), pool.take(2), pool.take(2)]).toEqual([14, 11, 15])
  })

  it('never hands out what is in use, for any sequence of runs', () => {
    const step = fc.tuple(fc.boolean(), fc.integer({ min: 1, max: 3 }), fc.nat())
    fc.assert(
      fc.property(fc.array(step, { maxLength: 100, size: 'max' }), (steps) => {
        let pool = new Allocator({ next: 5, free: {} })
        const taken: [first: number, length: number][] = []
        for (const [take, length, which] of steps) {
          const given = take ? undefined : taken.splice(which % Math.max(1, taken.length), 1)[0]
          if (given) pool.give(...given)
          if (take) {
            const first = pool.take(length)
            expect(first).toBeGreaterThanOrEqual(5)
            for (const [other, size] of taken)
              expect(first + length <= other || other + size <= first).toBe(true)
            taken.push([first, length])
          }
          pool = new Allocator(pool.freeze())
        }
      }),
    )
  })

  it('is frozen to a value that later changes do not reach', () => {
    const pool = new Allocator({ next: 0, free: {} })
    pool.give(pool.take(2), 2)
    const frozen = pool.freeze()
    const before = structuredClone(frozen)
    const again = new Allocator(frozen)
    again.take(2)
    again.give(7)
    expect(frozen).toEqual(before)
  })
})

describe('the empty allocation', () => {
  it('leaves the buses of the hardware alone, two at least: out is stereo', () => {
    expect([1, 2, 8].map((outputs) => emptyAllocation(outputs).audioBuses.next)).toEqual([2, 2, 8])
  })
  it('starts node ids where it is told', () => {
    expect(emptyAllocation(2, { node: 5000 }).nodeIds).toEqual({ next: 5000, free: {} })
  })
})
