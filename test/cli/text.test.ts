import { describe, expect, it } from 'vitest'
import { count, span } from '../../src/cli/text.ts'
import { figure, quantity } from '../../src/errors/index.ts'

describe('counting', () => {
  it('is done in English', () => {
    expect([count(1, 'synth'), count(0, 'synth'), count(2, 'audio bus'), count(1, 'audio bus')]).toEqual([
      '1 synth',
      '0 synths',
      '2 audio buses',
      '1 audio bus',
    ])
  })
})

describe('a number', () => {
  it.each([
    [0, '0'],
    [1, '1'],
    [440, '440'],
    [12543.85, '12544'],
    [0.0078125, '0.00781'],
    [1.23456, '1.23'],
    [-12, '−12'],
    [2e-7, '0'],
    [NaN, 'NaN'],
  ])('%d is shown as %s', (value, shown) => {
    expect(figure(value)).toBe(shown)
  })

  it('has its unit, if it has one', () => {
    expect([quantity(0.5, ''), quantity(0.5, undefined), quantity(0.5, 'Hz')]).toEqual([
      '0.5',
      '0.5',
      '0.5 Hz',
    ])
  })

  it('is one of two in a span, unless they are shown alike', () => {
    expect([span([20, 20000], 'Hz'), span([1, 1.0001], 's')]).toEqual(['20 … 20000 Hz', '1 s'])
  })
})
