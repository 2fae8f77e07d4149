import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Timeline } from '../../src/live/timeline.ts'

describe('a timeline', () => {
  it('hands everything out in the order of blocks, and within one in the order given', () => {
    const step = fc.oneof(
      { weight: 3, arbitrary: fc.record({ add: fc.nat({ max: 12 }) }) },
      { weight: 1, arbitrary: fc.record({ take: fc.nat({ max: 12 }) }) },
      { weight: 1, arbitrary: fc.record({ remove: fc.nat({ max: 12 }) }) },
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60, size: 'max' }), (steps) => {
        const timeline = new Timeline<number>()
        let waiting: { block: number; item: number }[] = []
        for (const [item, step] of steps.entries()) {
          if ('add' in step) {
            timeline.add(step.add, item)
            waiting.push({ block: step.add, item })
          } else if ('remove' in step) {
            const isMeant = (item: number): boolean => item % 3 > 0
            timeline.remove(step.remove, isMeant)
            waiting = waiting.filter(({ block, item }) => block <= step.remove || !isMeant(item))
          } else {
            const due = waiting
              .filter(({ block }) => block <= step.take)
              .toSorted((a, b) => a.block - b.block)
            waiting = waiting.filter(({ block }) => block > step.take)
            expect(timeline.takeUntil(step.take)).toEqual(due.map(({ item }) => item))
          }
          expect(timeline.size).toBe(waiting.length)
          expect(timeline.nextBlock).toBe(Math.min(Infinity, ...waiting.map(({ block }) => block)))
        }
        timeline.clear()
        expect([timeline.size, timeline.nextBlock, timeline.takeUntil(100)]).toEqual([0, Infinity, []])
      }),
      { numRuns: 300 },
    )
  })
})
