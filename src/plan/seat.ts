import { pitchOf } from '../patch/tuning.ts'
import { easeTo, easedAt, glideTo, pitchAt, steady, type Glide } from './glide.ts'
import type { Pressed } from './pressed.ts'
import { idle, voicesOf, voicesWhere, withVoices, type Voice, type Voices } from './voices.ts'

/** Voices that sound and were not choked, note by note: each note's in the order of their parts. */
export function soundingNotes(state: Voices): number[][] {
  const notes = new Map<number, number[]>()
  for (const index of voicesWhere(state, ({ sound }) => sound === 'sounding')) {
    const { strike } = state.voices[index] ?? idle
    notes.set(strike, [...(notes.get(strike) ?? []), index])
  }
  const part = (index: number): number => state.voices[index]?.part ?? 0
  return [...notes.values()].map((indices) => indices.toSorted((a, b) => part(a) - part(b)))
}

/** Lets go of voices: their releases ring. */
export function release(state: Voices, indices: readonly number[]): Voices {
  return withVoices(state, indices, (voice) => ({
    ...voice,
    held: false,
    age: state.clock,
    since: state.now,
  }))
}

/** Has voices fade at once, whatever their releases. */
export function choke(state: Voices, indices: readonly number[]): Voices {
  return withVoices(release(state, indices), indices, (voice) => ({ ...voice, sound: 'fading' }))
}

/**
 * The voices that a note takes: those that play it already, and others that are silent, or if there are none, have faded
 * longest. Those of its own that are too many are let go.
 */
export function seat(state: Voices, own: readonly number[]): { state: Voices; indices: readonly number[] } {
  const { unison } = state.policy
  const kept = own.slice(0, unison.voices)
  const released = release(
    state,
    own.slice(unison.voices).filter((index) => state.voices[index]?.held),
  )
  // a voice more than there should be goes as soon as it is silent
  const isSurplus = (index: number): number => Number(index >= voicesOf(state.policy))
  const age = (index: number): number => state.voices[index]?.age ?? 0
  const free = (sound: Voice['sound']): number[] =>
    voicesWhere(released, (voice) => voice.sound === sound).toSorted(
      (a, b) => isSurplus(a) - isSurplus(b) || age(a) - age(b),
    )
  const part = (index: number): number => state.voices[index]?.part ?? 0
  // each where it stood at its last note, if that can be
  const others = [...free('none'), ...free('fading')]
    .slice(0, unison.voices - kept.length)
    .toSorted((a, b) => part(a) - part(b))
  return { state: released, indices: [...kept, ...others] }
}

/** A note as a voice plays it. */
export type Note = Pick<Pressed, 'note' | 'channel' | 'velocity'>

/**
 * Has voices play a note.
 *
 * @param from semitones at which each begins, if it is to glide
 */
export function strike(
  state: Voices,
  indices: readonly number[],
  { note, channel, velocity }: Note,
  from: (voice: Voice) => number | undefined,
): Voices {
  const struck = withVoices(state, indices, (voice, index) => ({
    ...seated(state, voice, { note, channel }, from(voice)),
    velocity,
    // A key that is still down may sound as loud as it ever will: it goes over. One that is up may have been silent for long, which is
    // told only later; with the old velocity the accent would be on the wrong note.
    strength:
      voice.sound === 'none' || !voice.held
        ? steady(velocity)
        : easeTo(easedAt(voice.strength, state.now), velocity, state.now),
    held: true,
    sound: 'sounding',
    part: indices.indexOf(index),
    parts: indices.length,
    attacks: voice.attacks + 1,
    random: randomKey(index, voice.attacks + 1),
  }))
  return { ...struck, last: pitchIn(state, note) }
}

/** Has voices that sound go over to another note. */
export function tie(
  state: Voices,
  indices: readonly number[],
  note: Note,
  from: (voice: Voice) => number | undefined,
): Voices {
  const tied = withVoices(state, indices, (voice) => seated(state, voice, note, from(voice)))
  return { ...tied, last: pitchIn(state, note.note) }
}

/** Semitones of a note; of a key that is silent by now, as they were. */
const pitchIn = ({ tuning }: Voices, note: number): number => pitchOf(note, tuning) ?? note

function seated(
  state: Voices,
  voice: Voice,
  { note, channel }: Pick<Note, 'note' | 'channel'>,
  from: number | undefined,
): Voice {
  const { clock, now, policy } = state
  const wanted = pitchIn(state, note)
  const pitch: Glide = from === undefined ? steady(wanted) : glideTo(from, wanted, now, policy.glide)
  return { ...voice, note, channel, pitch, touch: 0, kept: undefined, age: clock, since: now, strike: clock }
}

/** Semitones at which a voice is. */
export const whereIs =
  ({ now }: Voices) =>
  ({ pitch }: Voice): number =>
    pitchAt(pitch, now)

/** 0..1, different for every attack of every voice, equal in every run. */
function randomKey(voice: number, attacks: number): number {
  let x = Math.imul(voice * 7919 + attacks + 1, 0x9e3779b1)
  x = Math.imul(x ^ (x >>> 15), 0x85ebca6b)
  return ((x ^ (x >>> 13)) >>> 0) / 2 ** 32
}
