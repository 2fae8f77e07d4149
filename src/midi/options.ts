import { fail, show } from '../errors/index.ts'
import type { MidiOutOptions } from './out.ts'
import type { MidiOptions } from './state.ts'

/** What of a place is right: whole numbers, or any. */
interface Range {
  readonly low: number
  readonly high: number
  readonly whole: boolean
  /** What it is, with its unit: `channels of options are counted from 1`. */
  readonly what: string
}

/** @throws MegasynthError `out-of-range` */
export function checkNumber(value: unknown, path: string, { low, high, whole, what }: Range): void {
  const isRight = typeof value === 'number' && value >= low && value <= high
  if (isRight && (!whole || Number.isInteger(value))) return
  fail({
    code: 'out-of-range',
    path,
    message: `is no ${what}`,
    found: show(value),
    expected: `${whole ? 'a whole number' : 'a number'}, ${low}..${high}`,
    ...(what === optionChannel.what && {
      suggestion:
        'channels of options are counted from 1, as on devices; those of events and messages from 0',
    }),
  })
}

const optionChannel: Range = { low: 1, high: 16, whole: true, what: 'MIDI channel' }
/** Semitones: as far as RPN 0 can say. */
export const farthestBend = 127.99
const members: Range = { low: 0, high: 15, whole: true, what: 'number of member channels' }
const shift: Range = { low: -127, high: 127, whole: false, what: 'number of semitones to transpose by' }
const isGiven = (value: unknown): boolean => value !== undefined

/**
 * Refuses options that mean nothing, whatever the caller's types say.
 *
 * @throws MegasynthError `out-of-range`; `invalid-value` for an `mpe` that is no zones
 */
export function checkMidiOptions({
  channel,
  bendRange,
  mpe,
  transpose,
}: MidiOptions & { readonly transpose?: number }): void {
  if (isGiven(channel)) checkNumber(channel, 'channel', optionChannel)
  if (isGiven(transpose)) checkNumber(transpose, 'transpose', shift)
  if (isGiven(bendRange))
    checkNumber(bendRange, 'bendRange', {
      low: 0,
      high: farthestBend,
      whole: false,
      what: 'range of a pitch bend in semitones',
    })
  if (mpe === undefined) return
  if (typeof mpe !== 'object' || mpe === null || Array.isArray(mpe))
    fail({
      code: 'invalid-value',
      path: 'mpe',
      message: 'is no MPE zone',
      found: show(mpe),
      expected: '{ lower, upper }: member channels of each zone',
      suggestion: 'of most instruments it is { lower: 15 }',
    })
  const { lower = 0, upper = 0 }: NonNullable<MidiOptions['mpe']> = mpe
  checkNumber(lower, 'mpe.lower', members)
  checkNumber(upper, 'mpe.upper', members)
  // two zones need two masters
  const high = lower === 0 ? members.high : Math.max(0, 14 - lower)
  checkNumber(upper, 'mpe.upper', { ...members, high })
}

/** Refuses options that mean nothing. @throws MegasynthError `out-of-range` */
export function checkMidiOutOptions({ channel, bendRange }: MidiOutOptions): void {
  if (isGiven(channel)) checkNumber(channel, 'channel', optionChannel)
  if (isGiven(bendRange))
    checkNumber(bendRange, 'bendRange', {
      low: 0.01,
      high: farthestBend,
      whole: false,
      what: 'range of a pitch bend in semitones',
    })
}
