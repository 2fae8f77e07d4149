import type { NoteEvent } from './note-event.ts'

/** An event some semitones higher; undefined if there is no such note: those beyond 0..127. */
export function transposed(event: NoteEvent, semitones: number): NoteEvent | undefined {
  if (!('note' in event) || event.note === undefined) return event
  const note = event.note + semitones
  return note < 0 || note > 127 ? undefined : { ...event, note }
}
