// A CommonJS package: plain Node knows its default export only.
import tonejs from '@tonejs/midi'
import { fail } from '../errors/index.ts'
import { sortEvents, type Score, type ScoreEvent } from '../patch/score.ts'
import { checkMidi, type PedalChange } from './chunks.ts'

/** The least time from a note's start to its end, in seconds: longer than a block, so that the gate is seen. */
export const shortestNote = 0.01

/** From when to when the pedal of a channel is down, in ticks. */
interface Hold {
  readonly down: number
  readonly up: number
}

function holdsOf(pedals: readonly PedalChange[], end: number): readonly (readonly Hold[])[] {
  const holds: Hold[][] = Array.from({ length: 16 }, () => [])
  const down = new Map<number, number>()
  for (const { channel, tick, down: pressed } of pedals) {
    const since = down.get(channel)
    if (pressed && since === undefined) down.set(channel, tick)
    if (pressed || since === undefined) continue
    holds[channel]?.push({ down: since, up: tick })
    down.delete(channel)
  }
  for (const [channel, since] of down) holds[channel]?.push({ down: since, up: end })
  return holds
}

/** When a key that is let go at `tick` is really off. A pedal that goes down at that very tick comes too late for it. */
function releaseOf(tick: number, holds: readonly Hold[]): number {
  let low = 0
  let high = holds.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((holds[middle]?.down ?? Infinity) < tick) low = middle + 1
    else high = middle
  }
  return Math.max(tick, holds[low - 1]?.up ?? tick)
}

/**
 * Reads a standard MIDI file (format 0 or 1, ticks per quarter note) as a score. All channels are played, drums too; the
 * sustain pedal of a channel prolongs its notes; every note lasts at least {@link shortestNote}. Of equal notes that
 * overlap each keeps its own start and end. A note that never ends lasts until the last event of the file. Of the controllers
 * only the pedal is heard.
 *
 * @param bytes the file: at most 16 MiB, 1,000,000 notes, and some 30,000 notes in one channel of a track
 * @param place what the file is called in errors
 * @throws MegasynthError `invalid-midi`, or `too-large` past a limit
 * @example
 * const score = readMidiFile(await readFile('prelude.mid'), 'prelude.mid')
 */
export function readMidiFile(bytes: Uint8Array, place = 'MIDI file'): Score {
  const checked = checkMidi(bytes, place)
  const holds = holdsOf(checked.pedals, checked.end)
  try {
    const { header, tracks } = new tonejs.Midi(checked.bytes)
    // Before the first tempo the standard has 120 beats per minute; the library reckons with the tempo that comes.
    if (header.tempos[0]?.ticks !== 0) {
      header.tempos.unshift({ ticks: 0, bpm: 120 })
      header.update()
    }
    const events: ScoreEvent[] = []
    let duration = 0
    const add = (from: number, to: number, note: number, velocity: number): void => {
      const time = header.ticksToSeconds(from)
      const end = Math.max(header.ticksToSeconds(to), time + shortestNote)
      events.push({ kind: 'on', time, note, velocity }, { kind: 'off', time: end, note })
      duration = Math.max(duration, end)
    }
    for (const track of tracks) {
      const pedals = holds[track.channel] ?? []
      for (const { ticks, durationTicks, midi: note, velocity } of track.notes)
        add(ticks, releaseOf(ticks + durationTicks, pedals), note, velocity)
    }
    for (const { tick, note, velocity } of checked.endless) add(tick, checked.end, note, velocity / 127)
    return { events: sortEvents(events), duration }
  } catch (cause) {
    return fail(
      {
        code: 'invalid-midi',
        path: place,
        message: 'is not a MIDI file that can be read',
        found: cause instanceof Error ? cause.message : String(cause),
        expected: 'a standard MIDI file',
      },
      { cause },
    )
  }
}
