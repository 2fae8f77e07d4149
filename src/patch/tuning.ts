import { show, type Problem } from '../errors/index.ts'

/** Which degree of the scale a key plays, and how high all of it is. As in a Scala `.kbm` file. */
export interface KeyboardMap {
  /** The key 0..127 of the first entry of `map`, or of degree 0. Default: 60 (C4). */
  readonly middle?: number
  /** A key and its frequency in Hz. Default: degree 0 is as high as the middle key is in the ordinary tuning. */
  readonly reference?: { readonly key: number; readonly frequency: number }
  /** Degrees of the keys from the middle one on, again and again; `'x'` is silent. Default: each key the next degree. */
  readonly map?: readonly (number | 'x')[]
  /** The degree by which a map is higher than the one below. Default: the last of the scale. */
  readonly octave?: number
  /** The lowest key 0..127 that is tuned; those below keep the ordinary tuning. Default: 0. */
  readonly first?: number
  /** The highest key 0..127 that is tuned; those above keep the ordinary tuning. Default: 127. */
  readonly last?: number
}

/**
 * How high the keys are. Without it: twelve equal steps, A4 at 440 Hz.
 *
 * @example
 * const baroque = { ...patch, tuning: { a4: 415, scale: [90, '9/8', 294, '5/4', 498, 588, '3/2', 792, 890, 996, 1090, '2/1'] } }
 */
export interface Tuning {
  /** What it is called on screen. */
  readonly label?: string
  /** Hz of A4 in the ordinary tuning, to which the middle key is tuned. Default: 440. */
  readonly a4?: number
  /**
   * Degrees 1, 2, …, in any order of height, above degree 0: cents as numbers (`701.955`), or text as in Scala files: a
   * ratio (`'3/2'`) or cents with a point (`'701.955'`). The last one is the octave, at which the scale begins anew. Default:
   * twelve equal steps.
   */
  readonly scale?: readonly (number | string)[]
  readonly keyboard?: KeyboardMap
}

/** The pitch of each key 0..127 in MIDI notes (69 is 440 Hz); undefined where the key is silent. */
export type KeyPitches = readonly (number | undefined)[]

const keys = 128
/** C4: where scales begin unless something else is said. */
const middleKey = 60
const ordinary = { a4: 440, scale: Array.from({ length: 12 }, (_, i) => (i + 1) * 100) } as const

const pitchOfHertz = (hertz: number): number => 69 + 12 * Math.log2(hertz / ordinary.a4)

/** A ratio above 0, such as `3/2` or `2`, or cents with a point; without more digits than a number can hold. */
export const intervalPattern =
  /^(?:[+-]?(?:\d{1,6}\.\d{0,40}|\.\d{1,40})|0*[1-9]\d{0,99}(?:\/0*[1-9]\d{0,99})?)$/

/** Cents of a degree as it is written; the text is one that {@link intervalPattern} takes. */
function centsOf(interval: number | string): number {
  if (typeof interval === 'number') return interval
  if (interval.includes('.')) return Number(interval)
  const [above = '', below = '1'] = interval.split('/')
  return 1200 * (Math.log2(Number(above)) - Math.log2(Number(below)))
}

/** Cents of any degree: beyond the scale it begins anew, one octave of its own higher or lower. */
function centsOfDegree(scale: readonly number[], degree: number): number {
  const count = scale.length
  if (count === 0) return 0
  const octave = Math.floor(degree / count)
  const step = degree - octave * count
  return octave * (scale[count - 1] ?? 0) + (scale[step - 1] ?? 0)
}

/** Cents of a key above degree 0; undefined for a silent one. */
function centsOfKey(key: number, scale: readonly number[], keyboard: KeyboardMap): number | undefined {
  const { middle = middleKey, map = [], octave = scale.length } = keyboard
  const distance = key - middle
  if (map.length === 0) return centsOfDegree(scale, distance)
  const turn = Math.floor(distance / map.length)
  const degree = map[distance - turn * map.length]
  if (typeof degree !== 'number') return undefined
  return turn * centsOfDegree(scale, octave) + centsOfDegree(scale, degree)
}

/**
 * The pitches of all keys in a tuning.
 *
 * @param tuning a valid one
 * @example
 * keyPitches({ a4: 432 })[69] // 68.68: 432 Hz in MIDI notes
 */
export function keyPitches({ a4 = ordinary.a4, scale: written, keyboard = {} }: Tuning): KeyPitches {
  const { middle = middleKey, reference, first = 0, last = keys - 1 } = keyboard
  const scale = written === undefined ? ordinary.scale : written.map(centsOf)
  const shift = pitchOfHertz(a4) - 69
  const zero =
    reference === undefined
      ? middle + shift
      : pitchOfHertz(reference.frequency) - (centsOfKey(reference.key, scale, keyboard) ?? 0) / 100
  return Array.from({ length: keys }, (_, key) => {
    if (key < first || key > last) return key + shift
    const cents = centsOfKey(key, scale, keyboard)
    return cents === undefined ? undefined : zero + cents / 100
  })
}

/**
 * The pitch of a note in a tuning, in MIDI notes. A note between two keys is as far between their pitches.
 *
 * @param note 0..127; fractions are microtones
 * @param pitches those of the keys. Default: the ordinary tuning, in which a note is its pitch
 * @returns undefined if the key (or one of the two) is silent
 * @example
 * pitchOf(60, keyPitches({ a4: 432 })) // 59.68
 */
export function pitchOf(note: number, pitches?: KeyPitches): number | undefined {
  if (pitches === undefined) return note
  const key = Math.floor(note)
  const low = pitches[key]
  if (key === note || low === undefined) return low
  const high = pitches[key + 1]
  return high === undefined ? undefined : low + (note - key) * (high - low)
}

/** What is wrong with a tuning of the right structure: what contradicts itself. */
export function tuningProblems({ a4, scale = ordinary.scale, keyboard = {} }: Tuning): Problem[] {
  const { reference, map = [], octave, first = 0, last = keys - 1 } = keyboard
  const problems: Problem[] = []
  if (a4 !== undefined && reference !== undefined)
    problems.push({
      code: 'invalid-value',
      path: 'tuning.a4',
      message: 'the keyboard has a reference already',
      found: `${a4} Hz, and key ${reference.key} at ${reference.frequency} Hz`,
      expected: 'one of the two',
      suggestion: 'remove a4 or tuning.keyboard.reference',
    })
  if (first > last)
    problems.push({
      code: 'invalid-value',
      path: 'tuning.keyboard.first',
      message: 'is above the last key',
      found: show(first),
      expected: `a key up to ${last}`,
    })
  if (octave !== undefined && map.length === 0)
    problems.push({
      code: 'invalid-value',
      path: 'tuning.keyboard.octave',
      message: 'is that of a map, and there is none',
      found: show(octave),
      expected: 'a map beside it',
      suggestion: 'remove it, or write map',
    })
  if (reference !== undefined && centsOfKey(reference.key, scale.map(centsOf), keyboard) === undefined)
    problems.push({
      code: 'invalid-value',
      path: 'tuning.keyboard.reference.key',
      message: 'is a key that the map leaves silent',
      found: show(reference.key),
      expected: 'a key with a degree',
    })
  return problems
}
