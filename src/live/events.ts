import { didYouMean, fail, listNames, show } from '../errors/index.ts'
import type { NoteEvent } from '../plan/index.ts'
import { within } from './within.ts'

type Check = (value: unknown, path: string) => void

const number =
  (low: number, high: number, what: string): Check =>
  (value, path) =>
    within(low, high, value, { code: 'invalid-note', path, message: `there is no such ${what}` })
const boolean: Check = (value, path) => {
  if (typeof value === 'boolean') return
  const expected = 'true or false'
  fail({ code: 'invalid-note', path, message: 'is neither up nor down', found: show(value), expected })
}
const name: Check = (value, path) => {
  if (typeof value === 'string' || (typeof value === 'number' && !Number.isNaN(value))) return
  const expected = 'a text or a number'
  fail({ code: 'invalid-note', path, message: 'names no note', found: show(value), expected })
}
const whole: Check = (value, path) => {
  number(0, 15, 'channel')(value, path)
  if (Number.isInteger(value)) return
  const expected = 'a whole number, 0..15'
  fail({ code: 'invalid-note', path, message: 'there is no such channel', found: show(value), expected })
}
const optional =
  (check: Check): Check =>
  (value, path) => {
    if (value !== undefined) check(value, path)
  }

const note = number(0, 127, 'note')
const channel = optional(whole)
const always = optional((value, path) => {
  if (value === true) return
  fail({ code: 'invalid-note', path, message: 'is true, or not there', found: show(value), expected: 'true' })
})
const part = number(0, 1, 'value')

/** What each kind of event has, beside its kind. */
const checks: Readonly<Record<NoteEvent['kind'], Readonly<Record<string, Check>>>> = {
  on: { note, velocity: number(0, 1, 'velocity'), id: optional(name), channel },
  off: { note, id: optional(name), channel },
  bend: { semitones: number(-128, 128, 'bend'), channel, keysDown: always },
  pressure: { value: part, note: optional(note), channel, keysDown: always },
  timbre: { value: part, channel, keysDown: always },
  sustain: { down: boolean, channel },
  sostenuto: { down: boolean, channel },
  allOff: { channel },
  silence: {},
}

/** Refuses what is no event, whatever the caller's types say. @throws MegasynthError `invalid-note` */
export function checkEvent(event: NoteEvent): void {
  const given = Object(event) as Readonly<Record<string, unknown>>
  const { kind } = given
  const kinds = Object.keys(checks)
  if (typeof kind !== 'string' || !kinds.includes(kind))
    fail({
      code: 'invalid-note',
      path: 'kind',
      message: 'there is no such event',
      found: show(kind),
      expected: listNames(kinds),
      ...(typeof kind === 'string' && didYouMean(kind, kinds)),
    })
  for (const [path, check] of Object.entries(checks[kind as NoteEvent['kind']])) check(given[path], path)
}
