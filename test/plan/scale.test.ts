import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  denormalise,
  knobLevel,
  knobSignal,
  normalise,
  normalisedRange,
  summing,
  type Range,
} from '../../src/plan/scale.ts'

const linear: Range = { min: -48, max: 48, scale: 'linear' }
const exponential: Range = { min: 0.001, max: 20, scale: 'exponential' }
const pitch: Range = { min: 20, max: 20000, scale: 'pitch' }
const ranges = fc.constantFrom(linear, exponential, pitch)

describe('normalise and denormalise', () => {
  it('are inverse within min..max', () => {
    fc.assert(
      fc.property(ranges, fc.double({ min: 0, max: 1, noNaN: true }), (range, at) => {
        const [low, high] = normalisedRange(range)
        const n = low + at * (high - low)
        expect(normalise(range, denormalise(range, n))).toBeCloseTo(n, 12)
      }),
    )
  })

  it('reach min and max exactly, and hold what is outside of them', () => {
    for (const range of [linear, exponential, pitch]) {
      const [low, high] = normalisedRange(range)
      expect(denormalise(range, low)).toBeCloseTo(range.min, 12)
      expect(denormalise(range, low - 5)).toBeCloseTo(range.min, 12)
      expect(denormalise(range, high) / range.max).toBeCloseTo(1, 12)
      expect(denormalise(range, high + 5) / range.max).toBeCloseTo(1, 12)
    }
  })

  it('map 0..1 to min..max, evenly or in equal ratios', () => {
    expect(denormalise(linear, 0.5)).toBe(0)
    expect(denormalise(linear, 0.75)).toBe(24)
    expect(denormalise({ min: 1, max: 100, scale: 'exponential' }, 0.5)).toBeCloseTo(10, 12)
    expect(normalise({ min: 1, max: 100, scale: 'exponential' }, 10)).toBeCloseTo(0.5, 12)
  })

  it('a pitch of n/128 is MIDI note n, on every port: A4 is 440 Hz', () => {
    const wide: Range = { min: 8, max: 20000, scale: 'pitch' }
    expect(denormalise(wide, 69 / 128)).toBe(440)
    expect(denormalise(pitch, 69 / 128)).toBe(440)
    expect(denormalise(wide, 57 / 128)).toBe(220)
    for (let note = 0; note < 128; note++) {
      expect(denormalise(wide, note / 128)).toBeCloseTo(440 * 2 ** ((note - 69) / 12), 8)
      expect(normalise(wide, 440 * 2 ** ((note - 69) / 12))).toBeCloseTo(note / 128, 12)
    }
  })
})

describe('summing', () => {
  it('is a unit in which a sum stands for the normalised one', () => {
    expect(summing(linear)).toEqual({ origin: -48, span: 96 })
    expect(summing(pitch)).toEqual({ origin: 0, span: 128 })
    const { origin, span } = summing(exponential)
    expect(Math.exp(origin + 0.5 * span)).toBeCloseTo(denormalise(exponential, 0.5), 12)
  })
})

describe('what a knob says', () => {
  it('without a range is the whole of the port', () => {
    expect(knobSignal({}, 0.25, linear)).toBe(0.25)
    const [low, high] = normalisedRange(pitch)
    expect([knobSignal({}, 0, pitch), knobSignal({}, 1, pitch)]).toEqual([low, high])
  })

  it('with a range is that range in the unit of the port', () => {
    expect(denormalise(pitch, knobSignal({ range: [200, 800] }, 0.5, pitch))).toBeCloseTo(400, 9)
    expect(denormalise(pitch, knobSignal({ range: [200, 800], scale: 'linear' }, 0.5, pitch))).toBeCloseTo(
      500,
      9,
    )
    expect(denormalise(linear, knobSignal({ range: [12, -12] }, 1, linear))).toBe(-12)
  })

  it('is at min where a linear range reaches what a logarithm cannot', () => {
    expect(denormalise(pitch, knobSignal({ range: [-100, 100], scale: 'linear' }, 0, pitch))).toBeCloseTo(
      20,
      9,
    )
    expect(
      denormalise(exponential, knobSignal({ range: [0, 1], scale: 'linear' }, 0, exponential)),
    ).toBeCloseTo(0.001, 9)
  })

  it('is its position, or its range, where there is no unit', () => {
    expect(knobLevel({}, 0.3)).toBe(0.3)
    expect(knobLevel({ range: [-1, 1] }, 0.25)).toBe(-0.5)
    expect(knobLevel({ range: [1, 100], scale: 'exponential' }, 0.5)).toBeCloseTo(10, 12)
  })
})
