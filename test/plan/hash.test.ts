import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hashBytes } from '../../src/plan/hash.ts'

describe('hashBytes', () => {
  it('is 16 hexadecimal digits, equal for equal bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(hashBytes(bytes)).toMatch(/^[0-9a-f]{16}$/)
        expect(hashBytes(bytes.slice())).toBe(hashBytes(bytes))
      }),
    )
  })
  it('tells apart what differs in one bit, and 100,000 short texts', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1, maxLength: 300 }),
        fc.nat(),
        fc.nat({ max: 7 }),
        (bytes, at, bit) => {
          const other = bytes.slice()
          other[at % bytes.length] = (other[at % bytes.length] ?? 0) ^ (1 << bit)
          expect(hashBytes(other)).not.toBe(hashBytes(bytes))
        },
      ),
    )
    const seen = new Set(
      Array.from({ length: 100_000 }, (_, i) => hashBytes(new TextEncoder().encode(`device${i}`))),
    )
    expect(seen.size).toBe(100_000)
  })
})
