import { show, type Problem } from '../errors/index.ts'
import { limits } from './limits.ts'
import { isPlainObject } from './plain.ts'

/** Which of the keys that are down plays, where one note sounds at a time. */
export const priorities = ['last', 'low', 'high'] as const
/** Who makes room for a note when all voices are taken. */
export const steals = ['oldest', 'quietest', 'lowest', 'none'] as const
/** What the time of a glide is for: any interval, or an octave. */
export const glidePers = ['interval', 'octave'] as const
export const glideWhens = ['always', 'legato'] as const

/** How voices are given to notes, as a patch writes it. */
export interface VoicePolicy {
  /** Voices 1..128, those of a unison counted each. Default: 8. Without `poly` there are as many as one note takes. */
  readonly count?: number
  /**
   * `mono`: one note at a time, struck anew by every key. `legato`: one that is tied to the next as long as a key is
   * down. `drone`: one that sounds from the start, at the last note. Default: `poly`.
   */
  readonly mode?: 'poly' | 'mono' | 'legato' | 'drone'
  /** Which of the keys that are down plays; not for `poly`. Default: `last`. */
  readonly priority?: (typeof priorities)[number]
  /** Which note makes room when all voices of `poly` are taken; notes that were let go always come first. Default: `oldest`. */
  readonly steal?: (typeof steals)[number]
  /** Voices of each note, or how they differ as well. Default: 1. */
  readonly unison?:
    | number
    | {
        /** Voices of each note 1..16. Default: 1. */
        readonly voices?: number
        /** The outer ones are this many cents 0..100 above and below the note. Default: 10. */
        readonly detune?: number
        /** How far left and right the outer ones stand, and what `keys.spread` is of them: −spread and spread. 0..1. Default: 0.5. */
        readonly spread?: number
      }
  /** Seconds 0..10 in which the pitch goes to that of the next note, or how as well. Default: 0. */
  readonly glide?:
    | number
    | {
        /** Seconds 0..10. Default: 0. */
        readonly time?: number
        /** `interval`: the time is the same for all. `octave`: it is for an octave, longer ways take longer. Default: `interval`. */
        readonly per?: (typeof glidePers)[number]
        /** `legato`: only when another key is down. Default: `always`. */
        readonly when?: (typeof glideWhens)[number]
      }
}

/** How voices are given to notes, with everything that was not written. */
export interface ParsedVoices {
  /** Voices that may sound at once. */
  readonly count: number
  readonly mode: 'poly' | 'mono' | 'legato' | 'drone'
  readonly priority: (typeof priorities)[number]
  readonly steal: (typeof steals)[number]
  /** Voices of each note; cents and place of the outer ones. */
  readonly unison: { readonly voices: number; readonly detune: number; readonly spread: number }
  /** Seconds. */
  readonly glide: {
    readonly time: number
    readonly per: (typeof glidePers)[number]
    readonly when: (typeof glideWhens)[number]
  }
}

/** The voices of a patch that says nothing of them. */
const defaultCount = 8

/** A policy in its normal form. */
export function parsedVoices(written: number | VoicePolicy = {}): ParsedVoices {
  const {
    count = defaultCount,
    mode = 'poly',
    priority = 'last',
    steal = 'oldest',
    unison = 1,
    glide = 0,
  } = typeof written === 'number' ? { count: written } : written
  const { voices = 1, detune = 10, spread = 0.5 } = typeof unison === 'number' ? { voices: unison } : unison
  const { time = 0, per = 'interval', when = 'always' } = typeof glide === 'number' ? { time: glide } : glide
  return {
    count: mode === 'poly' ? count : voices,
    mode,
    priority,
    steal,
    unison: { voices, detune, spread },
    glide: { time, per, when },
  }
}

const isIn = (value: unknown, most: number): value is number =>
  typeof value === 'number' && value >= 1 && value <= most

/** A note that takes more voices than there are. The structure is checked elsewhere. */
export function voiceProblems(written: unknown): Problem[] {
  if (!isPlainObject(written)) return []
  const { count = defaultCount, mode = 'poly', unison } = written
  const voices = isPlainObject(unison) ? unison['voices'] : unison
  // what is out of range by itself is said by the schema
  if (mode !== 'poly' || !isIn(count, limits.voices) || !isIn(voices, limits.unison) || voices <= count)
    return []
  return [
    {
      code: 'out-of-range',
      path: isPlainObject(unison) ? 'voices.unison.voices' : 'voices.unison',
      message: 'a note takes more voices than there are',
      found: show(voices),
      expected: `at most ${count}, the count of voices`,
      suggestion: `write count: ${8 * voices} for eight notes at once`,
    },
  ]
}
