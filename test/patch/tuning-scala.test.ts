import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { out, standard } from '../../src/devices/index.ts'
import { MegasynthError } from '../../src/errors/index.ts'
import { checkPatch, keyPitches, tuningFromScala } from '../../src/patch/index.ts'
import { limits } from '../../src/patch/limits.ts'
import { mutated, numbers } from '../mutations.ts'
import { top } from './specs.ts'

const scl = `! meanquar.scl
!
1/4-comma meantone scale. Pietro Aaron's temperament (1523)
 12
!
 76.04900
 193.15686
 310.26471 cents
 5/4   E natural
 503.42157
 579.47057
 696.57843
 25/16
 889.73529
 1006.84314
 1082.89214
 2/1
`
const kbm = `! Template for a keyboard mapping
! Size of map. The pattern repeats every so many keys:
12
! First MIDI note number to retune:
0
! Last MIDI note number to retune:
127
! Middle note where the first entry of the mapping is mapped to:
60
! Reference note for which frequency is given:
69
! Frequency to tune the above note to (floating point e.g. 440.0):
415.0
! Scale degree to consider as formal octave:
7
! Mapping.
0
x
1
X ! silent
2
3
x
4
x
5
`
const problemsOf = (scale: string | undefined, keyboard?: string): string[] => {
  try {
    tuningFromScala(scale, keyboard)
  } catch (error) {
    if (error instanceof MegasynthError)
      return error.problems.map(({ code, path, message }) => `${code} ${path}: ${message}`)
    throw error
  }
  return []
}
const scale = (...lines: string[]): string => ['test', lines.length, ...lines].join('\n')
const keyboard = (...lines: (string | number)[]): string =>
  Object.assign([0, 0, 127, 60, 69, 440, 0], lines).join('\r\n')

describe('tuningFromScala', () => {
  it('reads a scale', () => {
    expect(tuningFromScala(scl)).toEqual({
      label: "1/4-comma meantone scale. Pietro Aaron's temperament (1523)",
      scale: [
        76.049,
        193.15686,
        310.26471,
        '5/4',
        503.42157,
        579.47057,
        696.57843,
        '25/16',
        889.73529,
        1006.84314,
        1082.89214,
        '2/1',
      ],
    })
  })

  it('reads a keyboard mapping', () => {
    const tuning = tuningFromScala(undefined, kbm)
    expect(tuning).toEqual({
      keyboard: {
        middle: 60,
        reference: { key: 69, frequency: 415 },
        map: [0, 'x', 1, 'x', 2, 3, 'x', 4, 'x', 5, 'x', 'x'],
        octave: 7,
      },
    })
  })

  it('takes a map of size 0 as linear, and octave 0 as the highest degree of the scale', () => {
    expect(tuningFromScala(undefined, keyboard())).toEqual({
      keyboard: { middle: 60, reference: { key: 69, frequency: 440 } },
    })
    const [mapped, linear] = [keyboard(5, 0, 127, 60, 69, 440, 0, 0, 1, 2, 3, 4), keyboard()]
    const five = scale('9/8', '81/64', '3/2', '27/16', '2')
    keyPitches(tuningFromScala(five, mapped)).forEach((pitch, key) =>
      expect(pitch).toBeCloseTo(keyPitches(tuningFromScala(five, linear))[key] ?? NaN, 9),
    )
  })

  it('takes what the format allows', () => {
    const lines = ['3', '  7/4', '\t81 / 64 third', '5.', '.5', '-50.0', '100.0cents', '2/1!']
    expect(tuningFromScala(scale(...lines)).scale).toEqual(['3', '7/4', '81/64', 5, 0.5, -50, 100, '2/1'])
    expect(tuningFromScala('\uFEFF\n0\n')).toEqual({ scale: [] })
    expect(tuningFromScala(`! a\r${'x'.repeat(5000)}\r 1 note\r2147483647/2147483646\r\r`)).toEqual({
      label: 'x'.repeat(limits.textLength),
      scale: ['2147483647/2147483646'],
    })
    expect(tuningFromScala(scale(`${3n ** 52n}/${2n ** 82n}`)).scale).toHaveLength(1)
    const { keyboard: read } = tuningFromScala(undefined, keyboard(' 0', '10', '20 last', 0, 0, '4.4e2'))
    expect(read).toEqual({ first: 10, last: 20, middle: 0, reference: { key: 0, frequency: 440 } })
  })

  it.each([
    '-3/2',
    '0/1',
    '1/0',
    '0',
    '3/2/1',
    '3/2.5',
    '1.2.3',
    '1e3',
    'x',
    '',
    '.',
    '3//2',
    '1234567.0',
    '9'.repeat(101),
  ])('refuses the pitch %j, and says on which line', (line) =>
    expect(problemsOf(scale('3/2', line, '2/1'))).toEqual(['invalid-tuning .scl, line 4: is not a pitch']),
  )

  it('reports every line that is wrong', () => {
    expect(problemsOf(scale('a', '3/2', 'b'))).toHaveLength(2)
    expect(problemsOf(undefined, keyboard(-1, 128, 'x', 60, 69, 0, 1e9))).toEqual([
      'invalid-tuning .kbm, line 1: is out of range',
      'invalid-tuning .kbm, line 2: is out of range',
      'invalid-tuning .kbm, line 3: is not a number',
      'invalid-tuning .kbm, line 6: is out of range',
      'invalid-tuning .kbm, line 7: is out of range',
    ])
    expect(problemsOf(undefined, keyboard(2, 0, 127, 60, 60, 440, 0, 'y', '-1'))).toEqual([
      'invalid-tuning .kbm, line 8: is no degree',
      'invalid-tuning .kbm, line 9: is no degree',
    ])
  })

  it.each<[string, string | undefined, string | undefined, string]>([
    ['nothing', '', undefined, 'invalid-tuning .scl: ends too early'],
    ['a count alone', 'x\n3', undefined, 'invalid-tuning .scl: ends too early'],
    ['a huge scale', 'x\n99999999', undefined, 'invalid-tuning .scl, line 2: is out of range'],
    ['a negative scale', 'x\n-1', undefined, 'invalid-tuning .scl, line 2: is out of range'],
    ['a huge map', undefined, keyboard(5000), 'invalid-tuning .kbm, line 1: is out of range'],
    ['half a mapping', undefined, '0\n0\n127', 'invalid-tuning .kbm: ends too early'],
    [
      'a silent reference',
      undefined,
      keyboard(2, 0, 127, 60, 61, 440, 12, '0', 'x'),
      'invalid-tuning .kbm: is a key that the map leaves silent',
    ],
    ['keys backwards', undefined, keyboard(0, 9, 8), 'invalid-tuning .kbm: is above the last key'],
    ['a long text', ' '.repeat(limits.tuningText + 1), undefined, 'too-large .scl: is too long for a tuning'],
    ['no text', 5 as unknown as string, undefined, 'invalid-tuning .scl: is no text'],
  ])('refuses %s', (_, scl, kbm, expected) => expect(problemsOf(scl, kbm)).toEqual([expected]))

  it('law: a scale that is written is read', () => {
    const cents = fc.integer({ min: -9e6, max: 9e6 }).map((n) => n / 1000)
    const ratio = fc.tuple(fc.integer({ min: 1 }), fc.integer({ min: 1 })).map(([a, b]) => `${a}/${b}`)
    fc.assert(
      fc.property(fc.array(fc.oneof(cents, ratio), { maxLength: 50, size: 'max' }), (degrees) => {
        const lines = degrees.map((degree) => (typeof degree === 'number' ? degree.toFixed(3) : degree))
        const read = tuningFromScala(scale(...lines)).scale ?? []
        expect(read.map((degree) => (typeof degree === 'number' ? degree + 0 : degree))).toEqual(
          degrees.map((degree) => (typeof degree === 'number' ? degree + 0 : degree)),
        )
      }),
    )
  })

  it('law: 100,000 broken files give problems or a valid tuning with finite pitches', () => {
    const next = numbers(1)
    const [ascii, text] = [new TextEncoder(), new TextDecoder('latin1')]
    const favourites = ascii.encode('!x./-+0123456789eE \t\n\r')
    const files = [scl, kbm].map((file) => ascii.encode(file))
    const counts = { read: 0, refused: 0 }
    for (let i = 0; i < 100_000; i++) {
      const [broken = '', other = ''] = [i % 2, 1 - (i % 2)].map((which, j) =>
        text.decode(j === 0 || i % 3 === 0 ? mutated(files[which]!, next, favourites) : files[which]),
      )
      const [scale, keyboard] = i % 2 === 0 ? [broken, other] : [other, broken]
      try {
        const tuning = tuningFromScala(scale, keyboard)
        counts.read++
        const finite = keyPitches(tuning).every((pitch) => pitch === undefined || Number.isFinite(pitch))
        if (!finite) throw new Error(`no pitch: ${JSON.stringify(tuning)}`)
        if (i % 1000 < 2) expect(checkPatch(top({ tuning }), standard, out).problems).toEqual([])
      } catch (error) {
        if (!(error instanceof MegasynthError)) throw error
        counts.refused++
        if (error.code !== 'invalid-tuning') throw error
      }
    }
    expect(counts.read).toBeGreaterThan(10_000)
    expect(counts.refused).toBeGreaterThan(10_000)
  })
})
