import { fail, show } from '../errors/index.ts'
import type { NoteStep } from '../patch/notes.ts'
import type { NoteEvent } from './note-event.ts'

/** A knob is turned. */
interface KnobMove {
  readonly kind: 'knob'
  /** Name of the knob in the patch. */
  readonly name: string
  /** Position 0..1. */
  readonly value: number
}

/** The clock goes on at another tempo. */
interface TempoSet {
  readonly kind: 'tempo'
  /** Beats per minute, 1..999. */
  readonly tempo: number
}

/** A snapshot comes back, as what the knobs after it belong to. */
interface SnapshotRecall {
  readonly kind: 'recall'
  /** Name of the snapshot. */
  readonly name: string
}

/** Something that happens at a time (in seconds from the start) while a patch plays. */
export type ScoreEvent = (NoteEvent | KnobMove | TempoSet | SnapshotRecall) & { readonly time: number }

/** What is played on a patch: its events in the order of time. */
export interface Score {
  readonly events: readonly ScoreEvent[]
  /** Seconds until everything written has been played; releases and tails sound after it. */
  readonly duration: number
}

/** The part of its written length for which a note is held: the rest lets a following equal note start anew. */
export const gateLength = 0.9

/** Velocity of notes that are written without one. */
export const writtenVelocity = 0.8

// At one time: notes end before others start (so that a voice is free), and snapshots, knobs and the tempo stand before a note reads them.
const rank = ({ kind }: ScoreEvent): number =>
  kind === 'off' ? 0 : kind === 'recall' || kind === 'knob' || kind === 'tempo' ? 1 : 2

/** The events in the order of time; at equal times offs, then snapshots, knobs and tempos, then all others, each in the order given. */
export function sortEvents(events: readonly ScoreEvent[]): ScoreEvent[] {
  return events.toSorted((a, b) => a.time - b.time || rank(a) - rank(b))
}

/**
 * The score of a sequence of steps: every note starts on its beat and is held for {@link gateLength} of its beats.
 *
 * @param tempo beats per minute, above 0. Default: 120
 * @throws MegasynthError `out-of-range` for a tempo that is none
 * @example
 * scoreFromNotes(parseNotes('C4 E4'), 60).duration // 2
 */
export function scoreFromNotes(steps: readonly NoteStep[], tempo = 120): Score {
  if (!(tempo > 0 && Number.isFinite(tempo)))
    fail({
      code: 'out-of-range',
      path: 'tempo',
      message: 'is not a tempo',
      found: show(tempo),
      expected: 'beats per minute, above 0',
    })
  const beat = 60 / tempo
  const events = steps.flatMap((step) =>
    step.notes.flatMap((note): ScoreEvent[] => [
      { kind: 'on', time: step.beat * beat, note, velocity: writtenVelocity },
      { kind: 'off', time: (step.beat + step.beats * gateLength) * beat, note },
    ]),
  )
  const beats = steps.reduce((end, step) => Math.max(end, step.beat + step.beats), 0)
  return { events: sortEvents(events), duration: beats * beat }
}
