import type { MidiFile } from '../../src/midi/file.ts'

const text = (s: string): number[] => Array.from(s, (c) => c.charCodeAt(0))
const u16 = (n: number): number[] => [n >> 8, n & 255]
const u32 = (n: number): number[] => [...u16(n >>> 16), ...u16(n & 0xffff)]

/** A chunk of a MIDI file. */
export const chunk = (name: string, data: readonly number[]): number[] => [
  ...text(name),
  ...u32(data.length),
  ...data,
]

/** A meta event that sets the tempo, without its delta time. */
export const tempo = (bpm: number): number[] => [0xff, 0x51, 3, ...u32(Math.round(6e7 / bpm)).slice(1)]

const endOfTrack = [0, 0xff, 0x2f, 0]

/** A MIDI file of 100 ticks per quarter note; without a tempo, a tick is 5 ms. Tracks are delta times and events. */
export function midiBytes(
  tracks: readonly (readonly number[])[],
  format = 1,
  division = 100,
): Uint8Array<ArrayBuffer> {
  const header = chunk('MThd', [...u16(format), ...u16(tracks.length), ...u16(division)])
  return Uint8Array.from([...header, ...tracks.flatMap((track) => chunk('MTrk', [...track, ...endOfTrack]))])
}

/** `0.500 noteOff 60`: time, kind and what the message is about. */
export const brief = ({ messages }: MidiFile): string[] =>
  messages.map(({ time, message }) => {
    const { kind, channel: _, ...rest } = message
    return [time.toFixed(3), kind, ...Object.values(rest).slice(0, kind.startsWith('note') ? 1 : 2)].join(' ')
  })
