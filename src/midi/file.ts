import { fail } from '../errors/index.ts'
import { midiChunks } from './chunks.ts'
import { FileNotes } from './file-notes.ts'
import { asPlayed, type TimedMessage } from './file-order.ts'
import { messageOf, type ChannelMessage } from './message.ts'
import { readTrack } from './track.ts'

/** The most messages and tempo changes that are read from one file. */
const maxEvents = 2_000_000
/** The longest file, in seconds: a day. */
const longestFile = 86_400

/** Another tempo from some time on. */
export interface TempoChange {
  /** Seconds from the start. */
  readonly time: number
  /** Beats per minute; Infinity for what is written as no time at all. */
  readonly tempo: number
}

/** What is played in a MIDI file. */
export interface MidiFile {
  /** In the order of time, the first at 0; one for each time. */
  readonly tempos: readonly TempoChange[]
  /**
   * In the order of time; at one time as they are in the file, but a note-off comes before note-ons, back to the last message
   * that its note hears (a pedal of its channel, say).
   */
  readonly messages: readonly TimedMessage[]
  /** Seconds until its last event. */
  readonly duration: number
}

interface WrittenTempo {
  readonly tick: number
  readonly microsecondsPerQuarter: number
}

/** Before the first tempo the standard has 120 beats per minute. */
const standardTempo = 500_000

/** A tick from which on all last equally long. */
interface Mark {
  readonly tick: number
  readonly seconds: number
  readonly perTick: number
}

function marksOf(tempos: readonly WrittenTempo[], division: number): readonly Mark[] {
  const marks: Mark[] = [{ tick: 0, seconds: 0, perTick: standardTempo / 1e6 / division }]
  for (const { tick, microsecondsPerQuarter } of tempos.toSorted((a, b) => a.tick - b.tick)) {
    const before = marks.at(-1) as Mark
    const seconds = before.seconds + (tick - before.tick) * before.perTick
    // of several at one tick the last holds
    if (before.tick === tick) marks.pop()
    marks.push({ tick, seconds, perTick: microsecondsPerQuarter / 1e6 / division })
  }
  return marks
}

/** From ticks to seconds. */
function clockOf(marks: readonly Mark[]): (tick: number) => number {
  return (tick) => {
    let low = 0
    for (let high = marks.length; high - low > 1;) {
      const middle = (low + high) >> 1
      if ((marks[middle]?.tick ?? Infinity) <= tick) low = middle
      else high = middle
    }
    const mark = marks[low] as Mark
    return mark.seconds + (tick - mark.tick) * mark.perTick
  }
}

/**
 * Reads a standard MIDI file (format 0 or 1, ticks per quarter note) with all tempo changes. Of equal notes that overlap in a
 * track each keeps its own start and end, the first that began ends first; a note may end in another track. Every note lasts
 * at least 10 ms, unless a pedal goes down before that; one that never ends lasts until the last event of the file.
 *
 * @param bytes the file: at most 16 MiB, 2,000,000 events and a day
 * @param place what the file is called in errors
 * @throws MegasynthError `invalid-midi`, or `too-large` past a limit
 * @example
 * const { duration } = readMidiFile(await readFile('prelude.mid'), 'prelude.mid')
 */
export function readMidiFile(bytes: Uint8Array, place = 'MIDI file'): MidiFile {
  const { division, tracks } = midiChunks(bytes, place)
  const notes = new FileNotes()
  const tempos: WrittenTempo[] = []
  let end = 0
  const limit = (): void => {
    if (notes.size + tempos.length >= maxEvents)
      fail({
        code: 'too-large',
        path: place,
        message: 'has too many events',
        found: `more than ${maxEvents}`,
        expected: `at most ${maxEvents}`,
        suggestion: 'split it into several files',
      })
  }
  for (const [index, track] of tracks.entries()) {
    const last = readTrack(track, `track ${index + 1}`, place, {
      tempo(tick, microsecondsPerQuarter) {
        limit()
        tempos.push({ tick, microsecondsPerQuarter })
      },
      message(tick, status, first, second) {
        limit()
        notes.add(tick, messageOf(status, first, second) as ChannelMessage)
      },
    })
    notes.endTrack()
    end = Math.max(end, last)
  }

  const marks = marksOf(tempos, division)
  const secondsAt = clockOf(marks)
  const duration = secondsAt(end)
  if (duration > longestFile)
    fail({
      code: 'too-large',
      path: place,
      message: 'lasts too long',
      found: `${Math.round(duration)} s`,
      expected: `at most ${longestFile} s`,
      suggestion: 'look for a pause or a tempo that is not meant',
    })
  return {
    tempos: marks.map(({ seconds, perTick }) => ({ time: seconds, tempo: 60 / (perTick * division) })),
    messages: asPlayed(notes.ended(end), secondsAt),
    duration,
  }
}
