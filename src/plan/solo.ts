import type { NoteEvent } from './note-event.ts'
import type { Pressed } from './pressed.ts'
import { release, seat, soundingNotes, strike, tie, whereIs } from './seat.ts'
import { idle, voicesWhere, type Voices } from './voices.ts'

/**
 * One note at a time: the key that has priority plays. Mono: every key that is pressed and plays is an attack. Legato: only
 * the first of a phrase is. Back to a key that is still down there is none. A drone goes on when all keys are up.
 *
 * @param glides whether the pitch of a note that is struck comes from where it is
 */
export function solo(state: Voices, event: NoteEvent, glides: boolean): Voices {
  const { mode, priority } = state.policy
  const top = topKey(state.pressing.keys, priority)
  const own = playing(state)
  const first = state.voices[own[0] ?? -1]
  if (mode === 'drone' && event.kind !== 'on') return state
  if (top === undefined)
    return release(
      state,
      voicesWhere(state, ({ held }) => held),
    )
  const struck = event.kind === 'on' && state.pressing.keys.at(-1) === top
  const held = first?.held === true
  if (struck && (mode !== 'legato' || !held)) {
    const { state: seats, indices } = seat(state, own)
    const here = first === undefined ? () => state.last : whereIs(state)
    return strike(seats, indices, top, (voice) => (glides ? here(voice) : undefined))
  }
  // a note that a pedal or a key held on is not begun anew when it is on top again
  if (!held) return state
  if (first.note === top.note && first.channel === top.channel && !struck) return state
  return tie(state, own, top, (voice) => (glides || !struck ? whereIs(state)(voice) : undefined))
}

/** The voices of the one note that sounds. */
export function playing(state: Voices): number[] {
  const age = ([first = -1]: readonly number[]): number => {
    const { held, strike: order } = state.voices[first] ?? idle
    return held ? order + state.clock + 1 : order
  }
  return (
    soundingNotes(state)
      .toSorted((a, b) => age(a) - age(b))
      .at(-1) ?? []
  )
}

/** The key that plays. */
export function topKey(
  keys: readonly Pressed[],
  priority: Voices['policy']['priority'],
): Pressed | undefined {
  const last = keys.at(-1)
  if (priority === 'last' || last === undefined) return last
  const sign = priority === 'high' ? 1 : -1
  // of equal notes the one that was struck last
  return keys.reduce((best, key) => (sign * (key.note - best.note) >= 0 ? key : best))
}
