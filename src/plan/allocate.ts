import type { KeyName } from '../patch/ports.ts'
import { pitchOf } from '../patch/tuning.ts'
import { expressionAfter, expressionOf } from './expression.ts'
import type { NoteEvent } from './note-event.ts'
import { poly } from './poly.ts'
import { concerns, keyOf, pressing, remembered } from './pressed.ts'
import { choke } from './seat.ts'
import { solo } from './solo.ts'
import {
  createVoices,
  idle,
  keysOf,
  movedKeys,
  voicesWhere,
  withVoices,
  type Voice,
  type Voices,
} from './voices.ts'

/** Values of some keys. */
export type Keys = Partial<Record<KeyName, number>>

/** What a voice is to be told. */
export interface VoiceChange {
  readonly voice: number
  /** New values of keys. */
  readonly keys: Keys
  /** Its gate must be low for a block first, since it is sounding. */
  readonly restart: boolean
  /** It fades at once. */
  readonly choke?: true
  /** It was fading: what is left of that is cut off. */
  readonly anew?: true
}

/**
 * What an event does to the voices. Pure.
 *
 * @param now seconds at which it happens. Default: when the last one did
 * @example
 * const { voices, changes } = allocate(createVoices({ count: 4 }), { kind: 'on', note: 60, velocity: 0.8 })
 */
export function allocate(
  state: Voices,
  event: NoteEvent,
  now = state.now,
): { voices: Voices; changes: VoiceChange[] } {
  const voices = after(state, event, now)
  return { voices, changes: changesBetween(state, voices) }
}

function after(before: Voices, event: NoteEvent, now: number): Voices {
  // a key that the tuning leaves silent
  if (event.kind === 'on' && pitchOf(event.note, before.tuning) === undefined) return { ...before, now }
  const state: Voices = {
    ...before,
    now,
    clock: before.clock + 1,
    pressing: pressing(before.pressing, event),
    expression: expressionAfter(before.expression, event),
  }
  switch (event.kind) {
    case 'bend':
    case 'timbre':
      return event.keysDown ? keeping(state, before.expression, event.channel) : state
    case 'pressure':
      if (event.note !== undefined) return touched(state, event)
      return event.keysDown ? keeping(state, before.expression, event.channel) : state
    case 'silence':
      return choke(
        state,
        voicesWhere(state, ({ sound }) => sound === 'sounding'),
      )
    default: {
      const play = state.policy.mode === 'poly' ? poly : solo
      const played = play(state, event, glides(before, event))
      return event.kind === 'on'
        ? { ...played, pressing: remembered(played.pressing, played.voices) }
        : played
    }
  }
}

/** Whether the pitch of a note that is struck comes from somewhere. */
function glides({ policy: { glide }, pressing: { keys } }: Voices, event: NoteEvent): boolean {
  if (event.kind !== 'on' || glide.time === 0) return false
  return glide.when === 'always' || keys.some(({ down }) => down)
}

/** Notes whose keys are up, held by a pedal or let go, keep what they had. */
function keeping(state: Voices, had: Voices['expression'], channel: number | undefined): Voices {
  const { keys } = state.pressing
  const isUp = (voice: Voice): boolean => keys[keyOf(keys, voice)]?.down !== true
  const its = voicesWhere(
    state,
    (voice) =>
      voice.sound !== 'none' &&
      voice.kept === undefined &&
      concerns(channel, voice.channel) &&
      (!voice.held || isUp(voice)),
  )
  return withVoices(state, its, (voice) => ({ ...voice, kept: expressionOf(had, voice.channel) }))
}

/** Pressure of one key. */
function touched(state: Voices, { note, channel, value }: Extract<NoteEvent, { kind: 'pressure' }>): Voices {
  const its = voicesWhere(
    state,
    (voice) => voice.sound !== 'none' && voice.note === note && concerns(channel, voice.channel),
  )
  return withVoices(state, its, (voice) => ({ ...voice, touch: value }))
}

/**
 * What the voices must be told.
 *
 * @param kept which voice each was before; undefined for a new one. Default: all are what they were
 */
export function changesBetween(
  before: Voices,
  after: Voices,
  kept?: readonly (number | undefined)[],
): VoiceChange[] {
  // what a voice that is born reads
  const fresh = kept?.includes(undefined) ? createVoices(after.policy, after.tuning) : before
  return after.voices.flatMap((voice, index): VoiceChange[] => {
    const kin = kept ? kept[index] : index
    const [was, place] = kin === undefined ? [fresh, index] : [before, kin]
    const old = was.voices[place] ?? idle
    const attacks = voice.attacks !== old.attacks
    const keys = {
      ...different(keysOf(was, place), keysOf(after, index)),
      ...(attacks && attackKeys(after, index)),
      ...whatMoved(was, place, after, index),
    }
    const choked = voice.sound === 'fading' && old.sound !== 'fading'
    if (Object.keys(keys).length === 0 && !choked) return []
    // a drone's envelope goes on
    const restart = attacks && old.held && after.policy.mode !== 'drone'
    return [
      {
        voice: index,
        keys,
        restart,
        ...(choked && { choke: true as const }),
        ...(attacks && old.sound === 'fading' && { anew: true as const }),
      },
    ]
  })
}

function attackKeys(state: Voices, index: number): Keys {
  const { pitch, velocity, random } = keysOf(state, index)
  return { pitch, velocity, random, gate: 1, trigger: 1 }
}

/** Keys that are on their way, before or from now on, are told as they are now. */
function whatMoved(was: Voices, place: number, after: Voices, index: number): Keys {
  const names = { ...movedKeys(was, place, was.now), ...movedKeys(after, index, after.now) }
  const keys = keysOf(after, index)
  return Object.fromEntries(Object.keys(names).map((name) => [name, keys[name as KeyName]]))
}

function different(before: Record<KeyName, number>, after: Record<KeyName, number>): Keys {
  const keys: Keys = {}
  for (const [name, value] of Object.entries(after) as [KeyName, number][])
    if (!Object.is(value, before[name])) keys[name] = value
  return keys
}

/**
 * Voices have come to silence: they may be given to other notes at once.
 *
 * @param isSilent by the index of a voice
 */
export function rested(state: Voices, isSilent: (voice: number) => boolean): Voices {
  const silent = voicesWhere(state, ({ held, sound }, index) => !held && sound !== 'none' && isSilent(index))
  return withVoices(state, silent, (voice) => ({ ...voice, sound: 'none' }))
}
