import { pitchOf } from '../patch/tuning.ts'
import type { ParsedPatch } from '../patch/types.ts'
import { steady } from './glide.ts'
import { release, seat, strike, tie, whereIs } from './seat.ts'
import { playing, topKey } from './solo.ts'
import { beginning, createVoices, idle, voicesWhere, withVoices, type Voices } from './voices.ts'

/**
 * The same players after an edit. Held notes stay held; where the mode changes, those that it has no place for
 * are released, and a drone begins.
 *
 * @param kept which voice each was before; undefined for a new one
 */
export function resizeVoices(
  before: Voices,
  { voices: policy, tuning }: Pick<ParsedPatch, 'voices' | 'tuning'>,
  kept: readonly (number | undefined)[],
): Voices {
  const old = kept.map((index) => (index === undefined ? undefined : before.voices[index]))
  const state = { ...before, policy, tuning, clock: before.clock + 1 }
  if (old.every((voice) => voice === undefined))
    return { ...state, voices: createVoices(policy, tuning).voices.slice(0, old.length) }
  const same = before.policy.mode === policy.mode
  const moved = retuned({ ...state, voices: old.map((voice) => voice ?? idle) }, before)
  if (policy.mode === 'poly') return before.policy.mode === 'drone' ? withoutDrone(moved) : moved
  return same && policy.unison.voices === before.policy.unison.voices ? moved : asOne(moved)
}

/** Notes that sound go over to another tuning at once; what is silent in it stays as it was. */
function retuned(state: Voices, before: Voices): Voices {
  const { tuning } = state
  if (JSON.stringify(tuning) === JSON.stringify(before.tuning)) return state
  const voices = state.voices.map((voice) => {
    const pitch = pitchOf(voice.note, tuning)
    return pitch === undefined ? voice : { ...voice, pitch: steady(pitch) }
  })
  return { ...state, voices, last: undefined }
}

/** Notes go on for which there is a key. */
function withoutDrone(state: Voices): Voices {
  const { keys } = state.pressing
  return release(
    state,
    voicesWhere(state, ({ held, note }) => held && keys.every((key) => key.note !== note)),
  )
}

/** What was struck last goes on, on as many voices as a note has now. */
function asOne(state: Voices): Voices {
  const { mode, priority } = state.policy
  const own = playing(state)
  const first = state.voices[own[0] ?? -1]
  const alone = release(
    state,
    voicesWhere(state, ({ held }, index) => held && !own.includes(index)),
  )
  const top = topKey(state.pressing.keys, priority)
  if (mode !== 'drone' && (top === undefined || first?.held !== true))
    return release(
      alone,
      voicesWhere(alone, ({ held }) => held),
    )
  if (first?.held !== true) {
    const { note = state.last ?? beginning.note, channel, velocity = 0 } = first ?? {}
    const { state: seats, indices } = seat(alone, own)
    const begun = { note, channel, velocity: velocity === 0 ? beginning.velocity : velocity }
    return strike(seats, indices, begun, () => undefined)
  }
  // a drone may have gone on without a key
  const hasKey = state.pressing.keys.some(
    ({ note, channel }) => note === first.note && channel === first.channel,
  )
  const moves = mode !== 'drone' && top !== undefined && !hasKey
  return filled(moves ? tie(alone, own, top, whereIs(alone)) : alone, own)
}

/** A note goes on with as many voices as it should have: those that join it attack. */
function filled(state: Voices, own: readonly number[]): Voices {
  const { state: seats, indices } = seat(state, own)
  const first = seats.voices[own[0] ?? -1] ?? idle
  const joined = strike(
    seats,
    indices.filter((index) => !own.includes(index)),
    first,
    () => undefined,
  )
  return withVoices(joined, indices, (voice, index) => ({
    ...voice,
    pitch: first.pitch,
    kept: first.kept,
    strike: first.strike,
    part: indices.indexOf(index),
    parts: indices.length,
  }))
}
