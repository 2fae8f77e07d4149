import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { plain } from '../../src/errors/index.ts'
import { bar, decibels, meter } from '../../src/repl/bar.ts'
import { fundamental } from '../../src/repl/fundamental.ts'
import { heard, heardText } from '../../src/repl/probe-text.ts'
import { scope, standing } from '../../src/repl/scope.ts'

const sampleRate = 48000
const wave = (length: number, at: (phase: number, i: number) => number, hertz: number): Float32Array =>
  Float32Array.from({ length }, (_, i) => at((hertz * i) / sampleRate, i))
const sine = (hertz: number, amplitude = 1, length = 4800): Float32Array =>
  wave(length, (phase) => amplitude * Math.sin(2 * Math.PI * phase), hertz)
const saw = (hertz: number): Float32Array => wave(4800, (phase) => 2 * (phase % 1) - 1, hertz)
const cents = (a: number | undefined, b: number): number => Math.abs(1200 * Math.log2((a ?? 0) / b))

describe('a bar', () => {
  it('is as long as its value, to an eighth of a character', () => {
    expect([0, 0.5, 1, 1 / 32, 0.99].map((value) => bar(value, 4))).toEqual([
      '    ',
      '██  ',
      '████',
      '▏   ',
      '████',
    ])
  })

  it('has its width and never shrinks as the value grows, whatever the value is', () => {
    const length = (text: string): number => text.trimEnd().length
    fc.assert(
      fc.property(fc.double(), fc.double(), fc.integer({ min: 1, max: 40 }), (a, b, columns) => {
        expect(bar(a, columns)).toHaveLength(columns)
        if (a <= b) expect(length(bar(a, columns))).toBeLessThanOrEqual(length(bar(b, columns)))
      }),
    )
  })

  it('shows a level from −60 dB to full scale', () => {
    expect([meter(0, 4), meter(0.001, 4), meter(10 ** (-30 / 20), 4), meter(1, 4)]).toEqual(['    ', '    ', '██  ', '████']) // prettier-ignore
  })
})

it.each([
  [1, '0.0 dB'],
  [0.5, '−6.0 dB'],
  [2, '6.0 dB'],
  [0, 'silent'],
  [NaN, 'no number'],
])('%d is %s', (amplitude, text) => expect(decibels(amplitude)).toBe(text))

describe('the pitch of a sound', () => {
  it.each([41.2, 55, 110, 261.63, 440, 1000, 2093, 4186, 9000])(
    'of a sine of %d Hz is found within 2 cents',
    (hertz) => expect(cents(fundamental(sine(hertz), sampleRate), hertz)).toBeLessThan(2),
  )

  it.each([55, 110, 261.63, 440, 1000])('of a saw of %d Hz is its own, not that of an overtone', (hertz) =>
    expect(cents(fundamental(saw(hertz), sampleRate), hertz)).toBeLessThan(5),
  )

  it('is that of the whole where the fundamental itself is weak', () => {
    const both = sine(200, 0.1).map((x, i) => x + (sine(400, 0.5)[i] ?? 0) + (sine(600, 0.5)[i] ?? 0))
    expect(cents(fundamental(both, sampleRate), 200)).toBeLessThan(5)
  })

  it('is found beside a constant, and at any level', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 60, max: 4000, noNaN: true }),
        fc.double({ min: 0.001, max: 4, noNaN: true }),
        fc.double({ min: -1, max: 1, noNaN: true }),
        (hertz, amplitude, offset) => {
          const sound = sine(hertz, amplitude).map((x) => x + offset)
          expect(cents(fundamental(sound, sampleRate), hertz)).toBeLessThan(4)
        },
      ),
      { numRuns: 20 },
    )
  })

  it('is none in noise, silence, a constant, a click, and in nothing', () => {
    let seed = 1
    const noise = wave(4800, () => ((seed = (seed * 48271) % 2147483647) / 2147483647) * 2 - 1, 1)
    const silent = new Float32Array(4800)
    const click = new Float32Array(4800)
    click[100] = 1
    for (const sound of [noise, silent, silent.map(() => 0.5), click, new Float32Array()])
      expect(fundamental(sound, sampleRate)).toBeUndefined()
  })
})

describe('a scope', () => {
  it('shows a sine as a wave between its peaks', () => {
    const lines = scope(sine(100, 0.5, 480), { columns: 28, rows: 5 })
    expect(lines).toHaveLength(5)
    expect(lines[0]).toMatch(/^ 0\.5 ┤ +\S/)
    expect(lines[2]).toMatch(/^ {3}0 ┤\S/)
    expect(lines[4]).toMatch(/^−0\.5 ┤/)
    // the first half is above, the second below
    const half = (line = '', from: number): string => line.slice(6 + from, 6 + from + 10).trim()
    expect([half(lines[0], 0) !== '', half(lines[0], 11), half(lines[4], 11) !== '']).toEqual([
      true,
      '',
      true,
    ])
  })

  it('begins at 0 for what never goes below', () => {
    const lines = scope(Float32Array.of(0, 0.25, 0.5, 1), { columns: 20, rows: 3 })
    expect([lines[0]?.slice(0, 3), lines[2]?.slice(0, 3)]).toEqual(['1 ┤', '0 ┤'])
  })

  it('is as large as it is asked to be, in dots of braille, whatever it is shown', () => {
    fc.assert(
      fc.property(
        fc.array(fc.float({ min: -16, max: 16 }), { maxLength: 300, size: 'max' }),
        fc.integer({ min: 12, max: 80 }),
        fc.integer({ min: 2, max: 12 }),
        (samples, columns, rows) => {
          const lines = scope(Float32Array.from(samples), { columns, rows })
          expect(lines).toHaveLength(rows)
          for (const line of lines) {
            expect(line.length).toBeLessThanOrEqual(Math.max(columns, line.indexOf('┤') + 2))
            expect(line.slice(line.search(/[┤│]/) + 1)).toMatch(/^[ \u2801-\u28ff]*$/)
          }
        },
      ),
    )
  })

  it('stands still: it begins where the wave rises', () => {
    const later = sine(100).subarray(123)
    const shown = standing(later, 480)
    expect(shown).toHaveLength(1440)
    expect(Math.abs(shown[0] ?? 1)).toBeLessThan(0.02)
    expect(shown[100]).toBeGreaterThan(0.9)
  })
})

describe('what was heard', () => {
  it('is told with level, peak and pitch', () => {
    const result = heard('tone', { sampleRate, channels: [sine(450, 0.5), sine(450, 0.5)] })
    expect([result.level, result.peak, result.pitch]).toEqual([expect.closeTo(0.3535, 2), expect.closeTo(0.5, 2), expect.closeTo(450, 0)]) // prettier-ignore
    expect(heardText(result, { width: 80, paint: plain }).split('\n', 1)[0]).toBe(
      'tone  level −9.0 dB   peak −6.0 dB   pitch 450.0 Hz (A4 +39 cents)   (6.67 ms, left)',
    )
  })

  it('is what it is now, and how far it goes, for what only moves things', () => {
    const slow = Float32Array.from({ length: 750 }, (_, i) => 0.3 * Math.sin((2 * Math.PI * 5 * i) / 375))
    const [first] = heardText(heard('lfo', { sampleRate: 375, channels: [slow] }), { width: 80, paint: plain }).split('\n', 1) // prettier-ignore
    expect(first).toMatch(/^lfo {2}now −0\.0\d+ {3}from −0\.3 to 0\.3 {3}5 Hz {3}\(2000 ms\)$/)
  })
})
