import { didYouMean, fail, listNames, show } from '../errors/index.ts'
import type { NoteEvent } from '../plan/index.ts'
import { within } from './within.ts'

type Check = (value: unknown, path: string) => void

const number =
  (low: number, high: number, what: string): Check =>
  (value, path) =>
    within(low, high, value, { code: 'invalid-note', path, message: `there is no such ${what}` })
const note = number(0, 127, 'note')
/** What each kind of event has, beside its kind. */
const checks: Readonly<Record<NoteEvent['kind'], Readonly<Record<string, Check>>>> = {
  on: { note, velocity: number(0, 1, 'velocity') },
  off: { note },
  allOff: {},
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
