import { encodeMidi, type ChannelMessage } from './message.ts'

/** A message, and when it is. */
export interface TimedMidi {
  /** Seconds from the beginning. */
  readonly seconds: number
  readonly message: ChannelMessage
}

/** A tempo, and from when on. */
export interface TimedTempo {
  readonly seconds: number
  /** Beats per minute. */
  readonly tempo: number
}

/** What was played: a value. */
export interface Take {
  /** In any order; what is at one time stays in its order. */
  readonly messages: readonly TimedMidi[]
  /** The first is that of the beginning. Default: 120. */
  readonly tempos?: readonly TimedTempo[]
  /** Seconds from the beginning to the end. Default: the last message. */
  readonly seconds?: number
  readonly name?: string
}

/** How a take is written. */
export interface MidiFileOptions {
  /** 0: all channels in one track; 1: tempos in the first track, and one for each channel. Default: 1. */
  readonly format?: 0 | 1
}

/** Ticks of a quarter note: half a millisecond at 120 beats per minute. */
const ticksPerBeat = 960
/** Microseconds of a beat are written in 24 bits. */
const mostMicroseconds = 2 ** 24 - 1

/** Bytes at a tick. */
interface Event {
  readonly tick: number
  readonly bytes: readonly number[]
}

/** From seconds to ticks, at tempos as the file has them: whole microseconds a beat. */
class Timing {
  readonly changes: readonly { readonly seconds: number; readonly tick: number; readonly micros: number }[]

  constructor(tempos: readonly TimedTempo[]) {
    const changes: (typeof this.changes)[number][] = []
    for (const { seconds, tempo } of tempos.toSorted((a, b) => a.seconds - b.seconds)) {
      const micros = Math.min(mostMicroseconds, Math.max(1, Math.round(60e6 / tempo)))
      const last = changes.at(-1)
      const tick = last === undefined ? 0 : tickAt(last, seconds)
      // of several at one tick the last one holds
      if (last?.tick === tick) changes.pop()
      if (changes.at(-1)?.micros !== micros)
        changes.push({ seconds: tick === 0 ? 0 : secondsAt(last, tick), tick, micros })
    }
    this.changes = changes
  }

  tick(seconds: number): number {
    // from the end: messages come mostly in their order, and tempos are few
    const change = this.changes.findLast((one) => one.seconds <= seconds) ?? this.changes[0]
    return change === undefined ? 0 : tickAt(change, seconds)
  }
}

type Change = Timing['changes'][number]

const tickAt = ({ seconds: from, tick, micros }: Change, seconds: number): number =>
  Math.max(0, tick + Math.round(((seconds - from) * 1e6 * ticksPerBeat) / micros))

/** A change is written at a whole tick: what follows counts from there. */
const secondsAt = (before: Change | undefined, tick: number): number =>
  before === undefined ? 0 : before.seconds + ((tick - before.tick) * before.micros) / 1e6 / ticksPerBeat

/**
 * A take as a standard MIDI file of 960 ticks a quarter note.
 *
 * @example
 * const note = { kind: 'noteOn', channel: 0, note: 60, velocity: 100 } as const
 * const file = midiFile({ messages: [{ seconds: 0, message: note }], seconds: 1 })
 */
export function midiFile(take: Take, { format = 1 }: MidiFileOptions = {}): Uint8Array {
  const { messages, tempos = [], seconds = 0, name } = take
  const timing = new Timing(tempos.length === 0 ? [{ seconds: 0, tempo: 120 }] : tempos)
  const conductor: Event[] = [
    ...(name === undefined ? [] : [{ tick: 0, bytes: meta(0x03, [...new TextEncoder().encode(name)]) }]),
    ...timing.changes.map(({ tick, micros }) => ({
      tick,
      bytes: meta(0x51, [micros >> 16, (micros >> 8) & 255, micros & 255]),
    })),
  ]
  const events = messages.map(({ seconds: at, message }) => ({
    tick: timing.tick(at),
    channel: message.channel,
    bytes: [...encodeMidi(message)],
  }))
  const channels = [...new Set(events.map(({ channel }) => channel))].toSorted((a, b) => a - b)
  const end = timing.tick(seconds)
  const tracks =
    format === 0
      ? [[...conductor, ...events]]
      : [conductor, ...channels.map((channel) => events.filter((event) => event.channel === channel))]
  const chunks = tracks.map((track) => chunk('MTrk', trackBytes(track, end)))
  return Uint8Array.from([
    ...chunk('MThd', [0, format, 0, tracks.length, ticksPerBeat >> 8, ticksPerBeat & 255]),
    ...chunks.flat(),
  ])
}

function trackBytes(events: readonly Event[], end: number): number[] {
  let last = 0
  const sorted = events.toSorted((a, b) => a.tick - b.tick)
  const final = Math.max(end, sorted.at(-1)?.tick ?? 0)
  return [...sorted, { tick: final, bytes: meta(0x2f, []) }].flatMap(({ tick, bytes }) => {
    const delta = tick - last
    last = tick
    return [...quantity(delta), ...bytes]
  })
}

const meta = (type: number, data: readonly number[]): number[] => [
  0xff,
  type,
  ...quantity(data.length),
  ...data,
]

/** A number in as many groups of seven bits as it needs. */
function quantity(value: number): number[] {
  const rest = Math.floor(value / 128)
  return [...(rest === 0 ? [] : quantity(rest).map((byte) => byte | 128)), value & 127]
}

function chunk(name: string, data: readonly number[]): number[] {
  const { length } = data
  return [
    ...[...name].map((letter) => letter.charCodeAt(0)),
    ...[length >>> 24, (length >> 16) & 255, (length >> 8) & 255, length & 255],
    ...data,
  ]
}
