import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { out, standard } from '../../src/devices/index.ts'
import { checkPatch, keyPitches, parsePatch, pitchOf, type Tuning } from '../../src/patch/index.ts'
import { top } from './specs.ts'

const hertz = (pitch: number | undefined): number => 440 * 2 ** (((pitch ?? NaN) - 69) / 12)
const frequencies = (tuning: Tuning): number[] => keyPitches(tuning).map(hertz)
const keys = Array.from({ length: 128 }, (_, key) => key)
const c4 = 440 * 2 ** (-9 / 12)
const cents = (a: number, b: number): number => 1200 * Math.log2(a / b)

describe('keyPitches', () => {
  it('of twelve equal steps with A4 at 440 Hz are the notes', () => {
    const written = Array.from({ length: 12 }, (_, i) => (i + 1) * 100)
    const ratios = [...written.slice(0, 11).map((step) => `${step}.0`), '2/1']
    for (const tuning of [{}, { a4: 440 }, { scale: written }, { scale: ratios }, { keyboard: {} }])
      for (const [key, pitch] of keyPitches(tuning).entries())
        expect(Math.abs((pitch ?? NaN) - key)).toBeLessThan(1e-9)
  })

  it('follow A4', () => expect(frequencies({ a4: 432 })[69]).toBeCloseTo(432, 9))

  // each beside frequencies that follow from what the scale is, not from how it is written
  it.each<[string, Tuning, (steps: number) => number]>([
    [
      'just intonation',
      { scale: ['16/15', '9/8', '6/5', '5/4', '4/3', '45/32', '3/2', '8/5', '5/3', '9/5', '15/8', '2'] },
      (n) => {
        const step = ((n % 12) + 12) % 12
        const exact = [1, 16 / 15, 1.125, 1.2, 1.25, 4 / 3, 1.40625, 1.5, 1.6, 5 / 3, 1.8, 1.875]
        return (exact[step] ?? 0) * 2 ** Math.floor(n / 12)
      },
    ],
    [
      '19 equal steps',
      { scale: Array.from({ length: 19 }, (_, i) => ((i + 1) * 1200) / 19) },
      (n) => 2 ** (n / 19),
    ],
    [
      'Bohlen-Pierce: 13 equal steps of a twelfth',
      { scale: [...Array.from({ length: 12 }, (_, i) => ((i + 1) * 1901.955000865) / 13), '3/1'] },
      (n) => 3 ** (n / 13),
    ],
    ['Carlos alpha: one step, no octave', { scale: [78] }, (n) => 2 ** ((n * 78) / 1200)],
    ['quarter-comma meantone by fifths', { scale: [...fifths(696.578428466)] }, meantone],
  ])('are those of %s', (_, tuning, ratio) => {
    for (const [key, frequency] of frequencies(tuning).entries())
      expect(Math.abs(cents(frequency, c4 * ratio(key - 60)))).toBeLessThan(1e-6)
  })

  it('may descend, stand still, and have no degree but the first', () => {
    expect(keyPitches({ scale: [700, 400, 1200] }).slice(60, 64)).toEqual([60, 67, 64, 72])
    expect(new Set(keyPitches({ scale: [] }))).toEqual(new Set([60]))
    expect(keyPitches({ scale: [-100] }).slice(59, 62)).toEqual([61, 60, 59])
  })

  it('leave out keys without a degree, and begin a map anew an octave higher', () => {
    const white = { map: [0, 'x', 1, 'x', 2, 3, 'x', 4, 'x', 5, 'x', 6], octave: 7 } as const
    const scale = ['9/8', '5/4', '4/3', '3/2', '5/3', '15/8', '2']
    const pitches = keyPitches({ scale, keyboard: { ...white, reference: { key: 69, frequency: 440 } } })
    const silent = keys.filter((key) => pitches[key] === undefined)
    expect(silent).toEqual(keys.filter((key) => [1, 3, 6, 8, 10].includes(key % 12)))
    expect(hertz(pitches[69])).toBeCloseTo(440, 9)
    expect(hertz(pitches[60])).toBeCloseTo(264, 9)
    expect(hertz(pitches[67])).toBeCloseTo(396, 9)
    expect(hertz(pitches[55])).toBeCloseTo(198, 9)
    expect(hertz(pitches[84])).toBeCloseTo(1056, 9)
  })

  it('take any degree for the octave of a map', () => {
    const pitches = keyPitches({ keyboard: { middle: 48, map: [0, 4], octave: 7 } })
    expect([46, 47, 48, 49, 50, 51, 52].map((key) => pitches[key])).toEqual([41, 45, 48, 52, 55, 59, 62])
  })

  it('are the ordinary ones outside of the keys that are tuned', () => {
    const pitches = keyPitches({ scale: [50], keyboard: { first: 59, last: 61 } })
    expect(pitches.slice(57, 64)).toEqual([57, 58, 59.5, 60, 60.5, 62, 63])
  })

  it('law: the reference has its frequency, and a map repeats at its octave', () => {
    const interval = fc.oneof(
      fc.double({ min: -2400, max: 2400, noNaN: true }),
      fc
        .tuple(fc.integer({ min: 1, max: 1e6 }), fc.integer({ min: 1, max: 1e6 }))
        .map(([a, b]) => `${a}/${b}`),
    )
    const key = fc.nat(127)
    const tuning = fc.record({
      scale: fc.array(interval, { minLength: 1, maxLength: 30, size: 'max' }),
      middle: key,
      reference: fc.record({ key, frequency: fc.double({ min: 1, max: 20000, noNaN: true }) }),
      map: fc.array(fc.nat(60), { minLength: 1, maxLength: 30, size: 'max' }),
    })
    fc.assert(
      fc.property(tuning, fc.nat(40), ({ scale, ...keyboard }, octave) => {
        const pitches = keyPitches({ scale, keyboard: { ...keyboard, octave } })
        const { reference, map, middle } = keyboard
        expect(hertz(pitches[reference.key]) / reference.frequency).toBeCloseTo(1, 9)
        const linear = keyPitches({ scale, keyboard: { middle: 0 } })
        const rise = (linear[octave] ?? 0) - (linear[0] ?? 0)
        for (let key = 0; key + map.length < 128; key++)
          expect((pitches[key + map.length] ?? 0) - (pitches[key] ?? 0)).toBeCloseTo(rise, 6)
        expect(hertz(keyPitches({ scale, keyboard: { middle } })[middle])).toBeCloseTo(hertz(middle), 6)
      }),
      { numRuns: 200 },
    )
  })
})

/** Cents of C, C#, D … B, c in a chain of such fifths from Eb to G#. */
function fifths(fifth: number): number[] {
  const places = [0, 7, 2, -3, 4, -1, 6, 1, 8, 3, -2, 5]
  return [...places.slice(1).map((place) => (((place * fifth) % 1200) + 1200) % 1200), 1200]
}

/** Frequency of a key of quarter-comma meantone: its fifth is the fourth root of 5. */
function meantone(n: number): number {
  const places = [0, 7, 2, -3, 4, -1, 6, 1, 8, 3, -2, 5]
  const step = ((n % 12) + 12) % 12
  const ratio = 5 ** ((places[step] ?? 0) / 4)
  return (ratio / 2 ** Math.floor(Math.log2(ratio) + 1e-12)) * 2 ** Math.floor(n / 12)
}

describe('pitchOf', () => {
  it('is the note itself without a tuning', () => expect(pitchOf(60.25)).toBe(60.25))

  it('lies between the keys for a fraction', () => {
    const pitches = keyPitches({ scale: [50] })
    expect([60, 60.5, 61, 127].map((note) => pitchOf(note, pitches))).toEqual([60, 60.25, 60.5, 93.5])
  })

  it('is none where a key is silent', () => {
    const pitches = keyPitches({ keyboard: { map: [0, 'x'], octave: 2 } })
    expect([60, 60.5, 61, 61.5, 62].map((note) => pitchOf(note, pitches))).toEqual([
      60,
      undefined,
      undefined,
      undefined,
      62,
    ])
  })
})

describe('the tuning of a patch', () => {
  const problems = (tuning: unknown): string[] =>
    checkPatch(top({ tuning }), standard, out).problems.map(
      ({ code, path, message }) => `${code} ${path} ${message}`,
    )

  it('becomes the pitches of its keys', () => {
    expect(parsePatch(top({ tuning: { a4: 432 } }), standard, out).tuning).toEqual(keyPitches({ a4: 432 }))
    expect(parsePatch(top({}), standard, out).tuning).toBeUndefined()
  })

  it.each([
    [5, 'invalid-value tuning must be { label?, a4?, scale?, keyboard? }'],
    [{ a4: 0 }, 'out-of-range tuning.a4 must be a frequency in Hz'],
    [{ scal: [] }, 'unknown-key tuning.scal is not a key of this object'],
    [{ scale: '3/2' }, 'invalid-value tuning.scale must be an array of cents and ratios'],
    [{ scale: [2e6] }, 'out-of-range tuning.scale[0] must be cents, −1000000..1000000'],
    [
      { scale: [100, '0/1'] },
      'invalid-value tuning.scale[1] must be cents as a number, or text: a ratio such as "3/2", or cents with a point',
    ],
    [{ keyboard: { middle: 128 } }, 'out-of-range tuning.keyboard.middle must be a key, 0..127'],
    [{ keyboard: { midle: 1 } }, 'unknown-key tuning.keyboard.midle is not a key of this object'],
    [{ keyboard: { reference: { key: 60 } } }, 'missing-key tuning.keyboard.reference.frequency is missing'],
    [
      { keyboard: { map: [0, null] } },
      'invalid-value tuning.keyboard.map[1] must be a degree of the scale, or "x" for a silent key',
    ],
    [{ keyboard: { first: 5, last: 4 } }, 'invalid-value tuning.keyboard.first is above the last key'],
    [{ keyboard: { octave: 7 } }, 'invalid-value tuning.keyboard.octave is that of a map, and there is none'],
    [
      { keyboard: { map: [0, 'x'], reference: { key: 61, frequency: 440 } } },
      'invalid-value tuning.keyboard.reference.key is a key that the map leaves silent',
    ],
    [
      { a4: 440, keyboard: { reference: { key: 69, frequency: 440 } } },
      'invalid-value tuning.a4 the keyboard has a reference already',
    ],
  ])('%j is refused', (tuning, expected) => expect(problems(tuning)).toEqual([expected]))
})
