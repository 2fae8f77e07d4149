import { didYouMean, fail, listNames, show } from '../errors/index.ts'
import { checkNumber } from './options.ts'

/** A message of a channel 0..15. Data are 0..127 where nothing else is said. */
export type ChannelMessage =
  | { readonly kind: 'noteOff'; readonly channel: number; readonly note: number; readonly velocity: number }
  /** Velocity 1..127: with 0 it is a note-off. */
  | { readonly kind: 'noteOn'; readonly channel: number; readonly note: number; readonly velocity: number }
  | { readonly kind: 'polyPressure'; readonly channel: number; readonly note: number; readonly value: number }
  | {
      readonly kind: 'controller'
      readonly channel: number
      readonly controller: number
      readonly value: number
    }
  | { readonly kind: 'program'; readonly channel: number; readonly program: number }
  | { readonly kind: 'channelPressure'; readonly channel: number; readonly value: number }
  /** −8192..8191. */
  | { readonly kind: 'pitchBend'; readonly channel: number; readonly value: number }

/** A message to the whole instrument. */
export type SystemMessage =
  /** In sixteenths since the beginning, 0..16383. */
  | { readonly kind: 'songPosition'; readonly sixteenths: number }
  | { readonly kind: 'songSelect'; readonly song: number }
  | { readonly kind: 'tuneRequest' }
  /** 24 a beat. */
  | { readonly kind: 'clock' }
  | { readonly kind: 'start' }
  | { readonly kind: 'continue' }
  | { readonly kind: 'stop' }
  | { readonly kind: 'activeSensing' }
  | { readonly kind: 'reset' }

/** A MIDI 1.0 message as a value; system exclusive messages and time code have none. */
export type MidiMessage = ChannelMessage | SystemMessage

const [low, high] = [(value: number): number => value & 127, (value: number): number => (value >> 7) & 127]

/** What the status bytes of channel messages (the channel in their lower half) and their data mean. */
const channelKinds = {
  noteOff: 0x80,
  noteOn: 0x90,
  polyPressure: 0xa0,
  controller: 0xb0,
  program: 0xc0,
  channelPressure: 0xd0,
  pitchBend: 0xe0,
} as const

const systemKinds = {
  songPosition: 0xf2,
  songSelect: 0xf3,
  tuneRequest: 0xf6,
  clock: 0xf8,
  start: 0xfa,
  continue: 0xfb,
  stop: 0xfc,
  activeSensing: 0xfe,
  reset: 0xff,
} as const

/** How many data bytes follow a status byte; undefined where that is for the end of the message to say, or nothing is defined. */
export function dataLength(status: number): 0 | 1 | 2 | undefined {
  if (status < 0x80) return undefined
  if (status < 0xf0) return status >> 4 === 0xc || status >> 4 === 0xd ? 1 : 2
  if (status === 0xf2) return 2
  // time code, song
  if (status === 0xf1 || status === 0xf3) return 1
  return status >= 0xf8 || status === 0xf6 ? 0 : undefined
}

/** The message of a status byte with its data bytes; undefined for what has none (time code, what is not defined). */
export function messageOf(status: number, first: number, second: number): MidiMessage | undefined {
  const channel = status & 15
  switch (status < 0xf0 ? status & 0xf0 : status) {
    case channelKinds.noteOff:
      return { kind: 'noteOff', channel, note: first, velocity: second }
    case channelKinds.noteOn:
      // as the standard has it: a note-off of velocity 64
      if (second === 0) return { kind: 'noteOff', channel, note: first, velocity: 64 }
      return { kind: 'noteOn', channel, note: first, velocity: second }
    case channelKinds.polyPressure:
      return { kind: 'polyPressure', channel, note: first, value: second }
    case channelKinds.controller:
      return { kind: 'controller', channel, controller: first, value: second }
    case channelKinds.program:
      return { kind: 'program', channel, program: first }
    case channelKinds.channelPressure:
      return { kind: 'channelPressure', channel, value: first }
    case channelKinds.pitchBend:
      return { kind: 'pitchBend', channel, value: first + second * 128 - 8192 }
    case systemKinds.songPosition:
      return { kind: 'songPosition', sixteenths: first + second * 128 }
    case systemKinds.songSelect:
      return { kind: 'songSelect', song: first }
    case systemKinds.tuneRequest:
      return { kind: 'tuneRequest' }
    case systemKinds.clock:
      return { kind: 'clock' }
    case systemKinds.start:
      return { kind: 'start' }
    case systemKinds.continue:
      return { kind: 'continue' }
    case systemKinds.stop:
      return { kind: 'stop' }
    case systemKinds.activeSensing:
      return { kind: 'activeSensing' }
    case systemKinds.reset:
      return { kind: 'reset' }
    default:
      return undefined
  }
}

function dataOf(message: MidiMessage): readonly number[] {
  switch (message.kind) {
    case 'noteOff':
    case 'noteOn':
      return [message.note, message.velocity]
    case 'polyPressure':
      return [message.note, message.value]
    case 'controller':
      return [message.controller, message.value]
    case 'program':
      return [message.program]
    case 'channelPressure':
      return [message.value]
    case 'pitchBend':
      return [low(message.value + 8192), high(message.value + 8192)]
    case 'songPosition':
      return [low(message.sixteenths), high(message.sixteenths)]
    case 'songSelect':
      return [message.song]
    default:
      return []
  }
}

const data = { low: 0, high: 127, whole: true, what: 'data of a MIDI message' }
const ranges: Readonly<Record<string, Parameters<typeof checkNumber>[2]>> = {
  channel: { low: 0, high: 15, whole: true, what: 'channel of a MIDI message, which is counted from 0' },
  bend: { low: -8192, high: 8191, whole: true, what: 'pitch bend' },
  sixteenths: { low: 0, high: 16383, whole: true, what: 'song position' },
}

function checkMessage(message: MidiMessage): void {
  const kinds = [...Object.keys(channelKinds), ...Object.keys(systemKinds)]
  const { kind, ...parts } = Object(message) as Readonly<Record<string, unknown>>
  if (typeof kind !== 'string' || !kinds.includes(kind))
    fail({
      code: 'invalid-value',
      path: 'kind',
      message: 'there is no such MIDI message',
      found: show(kind),
      expected: listNames(kinds, kinds.length),
      ...(typeof kind === 'string' && didYouMean(kind, kinds)),
    })
  const names = [
    ...(kind in channelKinds ? ['channel'] : []),
    ...(partsOf[kind as MidiMessage['kind']] ?? []),
  ]
  for (const name of names)
    checkNumber(
      parts[name],
      name,
      (kind === 'pitchBend' && name === 'value' ? ranges['bend'] : ranges[name]) ?? data,
    )
}

/** The data of a message, beside its channel. */
const partsOf: Readonly<Partial<Record<MidiMessage['kind'], readonly string[]>>> = {
  noteOff: ['note', 'velocity'],
  noteOn: ['note', 'velocity'],
  polyPressure: ['note', 'value'],
  controller: ['controller', 'value'],
  program: ['program'],
  channelPressure: ['value'],
  pitchBend: ['value'],
  songPosition: ['sixteenths'],
  songSelect: ['song'],
}

/**
 * A message as the bytes of a cable, its status byte always among them.
 *
 * @throws MegasynthError `out-of-range` for data or a channel that a message cannot have, `invalid-value` for another kind of message
 * @example
 * encodeMidi({ kind: 'noteOn', channel: 0, note: 60, velocity: 100 }) // 0x90, 60, 100
 */
export function encodeMidi(message: MidiMessage): Uint8Array {
  checkMessage(message)
  const status =
    'channel' in message ? channelKinds[message.kind] | message.channel : systemKinds[message.kind]
  return Uint8Array.of(status, ...dataOf(message))
}
