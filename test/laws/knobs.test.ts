import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { standard, out } from '../../src/devices/index.ts'
import type { ValuePort } from '../../src/patch/ports.ts'
import { knobBusValue, type KnobMapping } from '../../src/plan/knobs.ts'
import {
  denormalise,
  knobSignal,
  normalise,
  normalisedRange,
  rangeOf,
  summing,
  type Range,
} from '../../src/plan/scale.ts'
import { runs } from './patches.ts'

/** Every value port of the catalogue. */
const ports = Object.entries({ ...standard, out }).flatMap(([type, info]) =>
  Object.entries(info.ports).flatMap(([name, port]) =>
    port.kind === 'value' ? [{ name: `${type}.${name}`, port: port as ValuePort }] : [],
  ),
)
const portArbitrary = fc.constantFrom(...ports).map(({ port }) => rangeOf(port))
const positionArbitrary = fc.double({ min: 0, max: 1, noNaN: true })
const expectClose = (value: number, expected: number, range: Range): void => {
  const scale = range.scale === 'linear' ? range.max - range.min : expected
  expect(Math.abs(value - expected)).toBeLessThanOrEqual(1e-12 * Math.abs(scale))
}
const single = (port: Range, form: KnobMapping['form'] = 'unit'): KnobMapping => ({
  terms: [{ name: 'k', amount: 1 }],
  base: 0,
  port,
  form,
})

describe.each(ports)('a knob at $name', ({ port }) => {
  it('sweeps exactly min..max, evenly in its scale', () => {
    const range = rangeOf(port)
    const at = (position: number): number => knobBusValue(single(range), () => position)
    expectClose(at(0), port.min, range)
    expectClose(at(1), port.max, range)
    const middle = port.scale === 'linear' ? (port.min + port.max) / 2 : Math.sqrt(port.min * port.max)
    expectClose(at(0.5), middle, range)
  })
})

describe('knobBusValue', () => {
  it('rises with the position, and never leaves min..max', () => {
    fc.assert(
      fc.property(portArbitrary, positionArbitrary, positionArbitrary, (port, a, b) => {
        const at = (position: number): number => knobBusValue(single(port), () => position)
        const [low, high] = a < b ? [a, b] : [b, a]
        expect(at(low)).toBeLessThanOrEqual(at(high))
        expectClose(Math.max(port.min, Math.min(port.max, at(a))), at(a), port)
      }),
      runs(500),
    )
  })

  it('is the clipped sum of base and knobs, each times its amount', () => {
    const amount = fc.double({ min: -2, max: 2, noNaN: true })
    fc.assert(
      fc.property(
        portArbitrary,
        positionArbitrary,
        fc.array(fc.tuple(positionArbitrary, amount), { maxLength: 4 }),
        (port, at, knobs) => {
          const base = normalise(port, denormalise(port, at))
          const terms = knobs.map(([, amount], i) => ({ name: `k${i}`, amount }))
          const position = (name: string): number => knobs[Number(name.slice(1))]?.[0] ?? NaN
          const [low, high] = normalisedRange(port)
          const sum = knobs.reduce((total, [at, amount]) => total + amount * (low + at * (high - low)), base)
          const unit = knobBusValue({ terms, base, port, form: 'unit' }, position)
          expectClose(unit, denormalise(port, Math.max(low, Math.min(high, sum))), port)
          const { origin, span } = summing(port)
          const summed = knobBusValue({ terms, base, port, form: 'summed' }, position)
          expect(summed).toBeCloseTo(origin + span * sum, 6)
        },
      ),
      runs(500),
    )
  })

  it('sweeps the range of its own, in the unit of the port and the scale of the knob, within min..max', () => {
    const scale = fc.constantFrom('linear' as const, 'exponential' as const, 'pitch' as const, undefined)
    const end = fc.double({ min: 1e-3, max: 3e4, noNaN: true })
    fc.assert(
      fc.property(portArbitrary, end, end, scale, positionArbitrary, (port, low, high, own, at) => {
        fc.pre(Math.abs(low - high) > 1e-6 * low)
        const term = { name: 'k', amount: 1, range: [low, high] as const, ...(own && { scale: own }) }
        const value = (position: number): number =>
          knobBusValue({ terms: [term], base: 0, port, form: 'unit' }, () => position)
        const held = (x: number): number => Math.max(port.min, Math.min(port.max, x))
        const expectNear = (x: number, y: number): void =>
          expect(Math.abs(x - y)).toBeLessThanOrEqual(1e-9 * Math.max(1, port.max))
        expectNear(value(0), held(low))
        expectNear(value(1), held(high))
        const swept = (own ?? port.scale) === 'linear' ? low + at * (high - low) : low * (high / low) ** at
        expectNear(value(at), held(swept))
      }),
      runs(500),
    )
  })

  it('is a number at every port, also where a linear range reaches 0 and below', () => {
    const end = fc.double({ min: -1e4, max: 1e4, noNaN: true })
    fc.assert(
      fc.property(portArbitrary, end, end, positionArbitrary, (port, low, high, at) => {
        const knob = { range: [low, high] as const, scale: 'linear' as const }
        expect(Number.isFinite(knobSignal(knob, at, port))).toBe(true)
      }),
      runs(300),
    )
  })

  it('is a plain sum at a port without a unit', () => {
    const terms = [
      { name: 'a', amount: 2 },
      { name: 'b', amount: -1, range: [10, 20] as const },
    ]
    expect(knobBusValue({ terms, base: 0.5, form: 'level' }, (name) => (name === 'a' ? 0.25 : 0.1))).toBe(
      0.5 + 0.5 - 11,
    )
  })
})
