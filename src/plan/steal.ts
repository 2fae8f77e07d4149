import { choke, soundingNotes } from './seat.ts'
import { idle, type Voice, type Voices } from './voices.ts'

/** Seconds after which a note that was let go counts as half as loud. */
const halfLife = 0.1

/**
 * Makes room for a note: others fade until its voices and those that sound are no more than there may be. Notes that were
 * let go come before those that are held. After an edit there may be more than there should be: they finish, and
 * no more are stolen than one note needs.
 *
 * @param own voices that play the note already
 * @returns undefined if nobody may be stolen
 */
export function makeRoom(state: Voices, own: readonly number[]): Voices | undefined {
  const { count, steal, unison } = state.policy
  const needed = Math.max(0, unison.voices - own.length)
  const others = soundingNotes(state).filter((note) => !note.includes(own[0] ?? -1))
  const sounding = others.flat().length + own.length
  const excess = Math.min(needed, sounding + needed - count)
  if (excess <= 0) return state
  const voice = (note: readonly number[]): Voice => state.voices[note[0] ?? -1] ?? idle
  const rank = ranks[steal]
  const candidates = others
    .filter((note) => steal !== 'none' || !voice(note).held)
    .toSorted((a, b) => {
      const [x, y] = [voice(a), voice(b)]
      return (
        Number(x.held) - Number(y.held) ||
        rank(x, state.now) - rank(y, state.now) ||
        x.age - y.age ||
        x.strike - y.strike
      )
    })
  const victims: number[] = []
  for (const note of candidates) {
    if (victims.length >= excess) break
    victims.push(...note)
  }
  return victims.length >= excess ? choke(state, victims) : undefined
}

/** The lower, the sooner it is stolen; at equal ranks the older. */
const ranks: Readonly<Record<Voices['policy']['steal'], (voice: Voice, now: number) => number>> = {
  oldest: ({ age }) => age,
  none: ({ age }) => age,
  lowest: ({ note }) => note,
  quietest: ({ velocity, held, since }, now) =>
    held ? velocity : velocity * 2 ** (-(now - since) / halfLife),
}
