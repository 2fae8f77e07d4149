import fc from 'fast-check'
import { expect, it } from 'vitest'
import { glideAt, glided, type Glides } from '../../src/plan/index.ts'
import type { Glide } from '../../src/plan/glides.ts'
import { runs } from '../laws/patches.ts'

const position = fc.double({ min: 0, max: 1, noNaN: true })
const glide: fc.Arbitrary<Glide> = fc
  .tuple(position, position, fc.nat({ max: 1e6 }), fc.nat({ max: 1e5 }))
  .map(([from, to, begin, length]) => ({ from, to, begin, end: begin + length }))

it('a glide is a straight line that arrives exactly at its end', () => {
  fc.assert(
    fc.property(glide, fc.nat({ max: 1e5 }), (one, more) => {
      const { from, to, begin, end } = one
      expect(glideAt(one, end)).toBe(to)
      expect(glideAt(one, end + more)).toBe(to)
      if (end > begin) expect(glideAt(one, begin)).toBe(from)
      const middle = (glideAt(one, begin) + to) / 2
      if (end > begin) expect(glideAt(one, (begin + end) / 2)).toBeCloseTo(middle, 12)
      // never beyond its ends, not even by a rounding
      const at = glideAt(one, begin + more)
      expect(at).toBeGreaterThanOrEqual(Math.min(from, to))
      expect(at).toBeLessThanOrEqual(Math.max(from, to))
    }),
    runs(500),
  )
})

it('glides go on until they have arrived, each by itself', () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.string(), glide, { maxKeys: 5 }),
      fc.nat({ max: 1_200_000 }),
      (some, block) => {
        const before: Glides = new Map(Object.entries(some))
        const { positions, glides } = glided(before, block)
        expect(positions).toEqual([...before].map(([name, one]) => [name, glideAt(one, block)]))
        for (const [name, one] of before) expect(glides.has(name)).toBe(one.end > block)
      },
    ),
    runs(200),
  )
})
