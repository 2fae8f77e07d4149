import { fail } from '../errors/index.ts'
import type { MidiTrack } from './chunks.ts'

/** What is read of a track. The bytes are valid: a status 0x80..0xef, data 0..127. */
export interface TrackEvents {
  /** A message of a channel; `second` is 0 where it has one data byte. */
  readonly message: (tick: number, status: number, first: number, second: number) => void
  readonly tempo: (tick: number, microsecondsPerQuarter: number) => void
}

const meta = { endOfTrack: 0x2f, tempo: 0x51 }

/**
 * Reads a track event by event. Every byte must be where it belongs; what stands after the end of track is not looked at.
 *
 * @param name what the track is called in errors: `track 2`
 * @param place what the file is called in errors
 * @returns the tick of its last event
 * @throws MegasynthError `invalid-midi`
 */
export function readTrack(
  { bytes, start }: MidiTrack,
  name: string,
  place: string,
  events: TrackEvents,
): number {
  const invalid = (message: string, found: string, expected: string): never =>
    fail({ code: 'invalid-midi', path: place, message, found, expected })
  let at = 0
  const byte = (): number =>
    bytes[at++] ??
    invalid(`${name} ends within an event`, `its end at byte ${start + bytes.length}`, 'a whole event')
  const data = (): number => {
    const value = byte()
    return value < 128
      ? value
      : invalid('has a wrong byte', `${value} at byte ${start + at - 1}`, 'a data byte, 0..127')
  }
  const length = (): number => {
    let value = 0
    for (let i = 0; i < 4; i++) {
      const next = byte()
      value = value * 128 + (next & 127)
      if (next < 128) return value
    }
    return invalid('has a wrong length', `more than 4 bytes at byte ${start + at - 4}`, 'at most 4 bytes')
  }
  const skip = (count: number): void => {
    if (at + count > bytes.length)
      invalid(
        `${name} ends within an event`,
        `${count} bytes at byte ${start + at}`,
        `${bytes.length - at} bytes`,
      )
    at += count
  }
  const tempo = (count: number): number => {
    if (count !== 3) invalid('has a wrong tempo', `${count} bytes at byte ${start + at}`, '3 bytes')
    return (byte() << 16) | (byte() << 8) | byte()
  }

  let tick = 0
  let running = 0
  while (at < bytes.length) {
    tick += length()
    const first = byte()
    if (first === 0xff) {
      const type = byte()
      const count = length()
      if (type === meta.tempo) events.tempo(tick, tempo(count))
      else skip(count)
      if (type === meta.endOfTrack) break
    } else if (first === 0xf0 || first === 0xf7) skip(length())
    else if (first > 0xf0)
      invalid(
        'has a wrong byte',
        `${first} at byte ${start + at - 1}`,
        'a channel event, a meta event or a SysEx',
      )
    else {
      if (first >= 128) running = first
      else if (running === 0)
        invalid('has a wrong byte', `${first} at byte ${start + at - 1}`, 'a status byte, 128..255')
      const one = first < 128 ? first : data()
      const kind = running >> 4
      events.message(tick, running, one, kind === 0xc || kind === 0xd ? 0 : data())
    }
  }
  return tick
}
