import type { FileEvent } from './file-notes.ts'
import type { ChannelMessage } from './message.ts'

/** The least time from a note's start to its end, in seconds: of a drum that is let go at once, the stroke is heard. */
export const shortestNote = 0.01

/** A message in a file, with its time. */
export interface TimedMessage {
  /** Seconds from the start. */
  readonly time: number
  readonly message: ChannelMessage
  /** Of a note-on and its note-off: which note it is, since equal ones may overlap. Above 127, where no key is. */
  readonly id?: number
}

/** A message with its place among all others. */
interface Placed extends TimedMessage {
  /** Its place among those at the same time. */
  readonly order: number
}

/** Whether it comes before a place. */
const isBefore = (a: Omit<Placed, 'message'>, b: Omit<Placed, 'message'>): boolean =>
  a.time < b.time || (a.time === b.time && a.order < b.order)

/** Controllers that hold the notes whose keys are down. */
const pedals = [64, 66]
const holds = ({ message: m }: FileEvent): boolean =>
  m.kind === 'controller' && pedals.includes(m.controller) && m.value >= 64

/** What a master of an MPE zone says is for the notes of other channels too. */
const masters = [0, 15]

/**
 * The events of a file as they are played. Every note lasts at least {@link shortestNote}, unless a pedal of its channel goes
 * down before that, which it must not be held by.
 *
 * At one time all stay in the order of the file, only that note-offs come before note-ons: a voice is free before another
 * note needs it. But a note-off crosses nothing that its note hears: whether a pedal went down before it or after
 * it decides how long the note sounds.
 *
 * @param events in the order of the file
 * @param secondsAt from ticks to seconds
 */
export function asPlayed(
  events: readonly FileEvent[],
  secondsAt: (tick: number) => number,
): readonly TimedMessage[] {
  const written = events.map(({ tick }, order) => ({ time: secondsAt(tick), order }))
  const downs = pedalDowns(events, written)
  const placed = events.map(({ message, id, since }, i): Placed => {
    const place = written[i] as (typeof written)[number]
    const what = id === undefined ? { message } : { message, id }
    if (since === undefined) return { ...place, ...what }
    const long = { time: secondsAt(since) + shortestNote, order: place.order }
    if (long.time <= place.time) return { ...place, ...what }
    const down = firstAfter(downs[message.channel] ?? [], place)
    return down && down.time <= long.time
      ? { time: down.time, order: down.order - 0.5, ...what }
      : { ...long, ...what }
  })
  return offsFirst(placed.toSorted((a, b) => a.time - b.time || a.order - b.order))
}

/** Where pedals go down, by channel, in the order of time. */
function pedalDowns<P extends Omit<Placed, 'message'>>(
  events: readonly FileEvent[],
  written: readonly P[],
): readonly P[][] {
  const downs = Array.from({ length: 16 }, (): P[] => [])
  for (const [i, event] of events.entries())
    if (holds(event)) downs[event.message.channel]?.push(written[i] as P)
  for (const places of downs) places.sort((a, b) => a.time - b.time || a.order - b.order)
  return downs
}

function firstAfter<P extends Omit<Placed, 'message'>>(places: readonly P[], place: P): P | undefined {
  let low = 0
  for (let high = places.length; low < high;) {
    const middle = (low + high) >> 1
    if (isBefore(place, places[middle] as P)) high = middle
    else low = middle + 1
  }
  return places[low]
}

/** Among messages of one time moves note-offs to where the last stands that their note hears, or their note-on. */
function offsFirst(sorted: readonly Placed[]): readonly TimedMessage[] {
  const result: TimedMessage[] = []
  for (let from = 0; from < sorted.length;) {
    const { time } = sorted[from] as Placed
    let to = from + 1
    while (sorted[to]?.time === time) to++
    for (const { order: _, ...message } of to - from === 1
      ? sorted.slice(from, to)
      : moved(sorted.slice(from, to)))
      result.push(message)
    from = to
  }
  return result
}

function moved(group: readonly Placed[]): readonly Placed[] {
  /** By the place in the group after which they come; 0 is before all. */
  const offs = new Map<number, Placed[]>()
  const heard = Array<number>(16).fill(0)
  const begun = new Map<number | undefined, number>()
  for (const [i, one] of group.entries()) {
    const { message, id } = one
    const { kind, channel } = message
    if (kind === 'noteOff') {
      const after = Math.max(begun.get(id) ?? 0, ...[channel, ...masters].map((of) => heard[of] ?? 0))
      const beside = offs.get(after)
      if (beside) beside.push(one)
      else offs.set(after, [one])
    } else if (kind === 'noteOn') begun.set(id, i + 1)
    else heard[channel] = i + 1
  }
  return [
    ...(offs.get(0) ?? []),
    ...group.flatMap((one, i) => [
      ...(one.message.kind === 'noteOff' ? [] : [one]),
      ...(offs.get(i + 1) ?? []),
    ]),
  ]
}
