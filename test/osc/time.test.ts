import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { secondsOf, timeTagOf } from '../../src/osc/time.ts'

describe('time tags', () => {
  it('are those of NTP', () => {
    // 1 January 1970 and 2000, and half a second
    expect(secondsOf(2_208_988_800n << 32n)).toBe(0)
    expect(secondsOf((3_155_673_600n << 32n) | 0x8000_0000n)).toBe(Date.UTC(2000, 0, 1) / 1000 + 0.5)
    expect(timeTagOf(Date.UTC(2000, 0, 1) / 1000 + 0.5)).toBe((3_155_673_600n << 32n) | 0x8000_0000n)
  })

  it('go on after 7 February 2036, when their seconds begin anew', () => {
    const end = Date.UTC(2036, 1, 7, 6, 28, 16) / 1000
    expect(timeTagOf(end)).toBe(0n)
    expect(secondsOf(5n << 32n)).toBe(end + 5)
  })

  it('come back to within a microsecond', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: Date.UTC(2100, 0, 1) / 1000, noNaN: true }), (seconds) => {
        expect(Math.abs(secondsOf(timeTagOf(seconds)) - seconds)).toBeLessThan(1e-6)
      }),
    )
  })
})
