import type { NoteEvent } from './note-event.ts'
import { keyOf } from './pressed.ts'
import { release, seat, soundingNotes, strike } from './seat.ts'
import { makeRoom } from './steal.ts'
import { idle, voicesWhere, type Voices } from './voices.ts'

/**
 * Polyphonic: every note has voices of its own. The same note again is struck on the voices that it has, also while they
 * are released.
 *
 * @param glides whether the pitch of a note that is struck comes from that of the last one
 */
export function poly(state: Voices, event: NoteEvent, glides: boolean): Voices {
  if (event.kind !== 'on') return releaseLost(state)
  const isSame = (index: number): boolean => {
    const { note, channel } = state.voices[index] ?? idle
    return note === event.note && channel === event.channel
  }
  const lost = releaseLost(state)
  const own = soundingNotes(lost).findLast(([first = -1]) => isSame(first)) ?? []
  const room = makeRoom(lost, own)
  if (room === undefined) return lost
  const { state: seats, indices } = seat(room, own)
  const { note, velocity, channel } = event
  return strike(seats, indices, { note, velocity, channel }, () => (glides ? state.last : undefined))
}

/** A voice is held as long as there is a key for its note. */
function releaseLost(state: Voices): Voices {
  const { keys } = state.pressing
  const lost = voicesWhere(state, (voice) => voice.held && keyOf(keys, voice) < 0)
  return release(state, lost)
}
