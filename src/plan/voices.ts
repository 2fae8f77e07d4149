import type { KeyName } from '../patch/ports.ts'
import type { ParsedPatch } from '../patch/types.ts'
import type { Command } from '../scsynth/index.ts'
import { keyNames } from '../patch/ports.ts'
import type { RunningVoice } from './allocation.ts'
import { keysAtRest } from './plan.ts'

/** One voice as the allocator sees it. */
export interface Voice {
  /** The note it plays or played last. */
  readonly note: number
  readonly velocity: number
  readonly held: boolean
  /** Rises with every note-on and note-off: the order in which voices were struck and let go. */
  readonly age: number
  /** Rises with every note-on of this voice; seeds `keys.random`. */
  readonly strikes: number
}

/** The voices of a patch: a value. */
export interface Voices {
  readonly mode: ParsedPatch['voices']['mode']
  readonly voices: readonly Voice[]
  /** Keys that are down in the order in which they were struck: mono modes fall back to them. */
  readonly keys: readonly { readonly note: number; readonly velocity: number }[]
  readonly clock: number
}

/** What is played. Notes are MIDI notes (fractions are microtones), velocity is 0..1. */
export type NoteEvent =
  | { readonly kind: 'on'; readonly note: number; readonly velocity: number }
  | { readonly kind: 'off'; readonly note: number }
  | { readonly kind: 'allOff' }

/** New values for the keys of a voice. `restart`: its gate must be low for a block first, since it is sounding. */
export interface VoiceChange {
  readonly voice: number
  readonly keys: Keys
  readonly restart: boolean
}

const idle: Voice = { note: 60, velocity: 0, held: false, age: 0, strikes: 0 }

/** Voices that nobody plays; a drone sounds from the start. */
export function createVoices({ count, mode }: ParsedPatch['voices']): Voices {
  const voice: Voice = mode === 'drone' ? { ...idle, held: true, velocity: 0.8 } : idle
  return { mode, voices: Array.from({ length: count }, () => voice), keys: [], clock: 0 }
}

/** The same players on another number of voices; another mode starts afresh. */
export function resizeVoices(state: Voices, policy: ParsedPatch['voices']): Voices {
  const fresh = createVoices(policy)
  if (state.mode !== policy.mode) return fresh
  return { ...state, voices: fresh.voices.map((voice, i) => state.voices[i] ?? voice) }
}

/** The keys of a voice as it stands: what a voice that is born must read. */
export function keysOf({ voices }: Voices, voice: number): Record<KeyName, number> {
  const { note, velocity, held, strikes } = voices[voice] ?? idle
  return { ...keysAtRest, pitch: note / 128, velocity, gate: Number(held), random: randomKey(voice, strikes) }
}

/**
 * What an event does to the voices. Polyphonic: a note takes the voice that has been silent longest, else the oldest
 * released, else the oldest held. Mono: the last key wins, and a key that is still down comes back. Drone: the last
 * note stays. Pure.
 */
export function allocate(state: Voices, event: NoteEvent): { voices: Voices; changes: VoiceChange[] } {
  const next = { ...state, clock: state.clock + 1, keys: keysAfter(state.keys, event) }
  if (state.voices.length === 0) return { voices: next, changes: [] }
  switch (state.mode) {
    case 'drone':
      return event.kind === 'on' ? strike(next, 0, event, false) : { voices: next, changes: [] }
    case 'mono':
    case 'legato':
      return mono(state, next, event)
    case 'poly':
      return poly(next, event)
  }
}

type Result = ReturnType<typeof allocate>

function keysAfter(keys: Voices['keys'], event: NoteEvent): Voices['keys'] {
  if (event.kind === 'allOff') return []
  const others = keys.filter(({ note }) => note !== event.note)
  return event.kind === 'on' ? [...others, { note: event.note, velocity: event.velocity }] : others
}

function poly(state: Voices, event: NoteEvent): Result {
  if (event.kind === 'on') {
    const voice = bestVoice(state.voices, event.note)
    return strike(state, voice, event, state.voices[voice]?.held === true)
  }
  const released = state.voices.flatMap((voice, i) =>
    voice.held && (event.kind === 'allOff' || voice.note === event.note) ? [i] : [],
  )
  return release(state, event.kind === 'off' ? released.slice(0, 1) : released)
}

function mono(before: Voices, state: Voices, event: NoteEvent): Result {
  const top = state.keys.at(-1)
  if (top === undefined) return release(state, before.voices[0]?.held ? [0] : [])
  const held = before.voices[0]?.held === true
  if (held && before.voices[0]?.note === top.note && event.kind !== 'on')
    return { voices: state, changes: [] }
  const back = event.kind !== 'on'
  return strike(
    state,
    0,
    top,
    held && state.mode === 'mono' && !back,
    held && (state.mode === 'legato' || back),
  )
}

/** The voice of the same note first (so that it never sounds twice), then released ones, then held ones; the oldest of each. */
function bestVoice(voices: readonly Voice[], note: number): number {
  const rank = (voice: Voice): number => (voice.held ? (voice.note === note ? 0 : 2) : 1)
  return voices
    .map((voice, index) => ({ voice, index }))
    .reduce((a, b) => ((rank(b.voice) - rank(a.voice) || b.voice.age - a.voice.age) < 0 ? b : a)).index
}

function strike(
  state: Voices,
  index: number,
  { note, velocity }: { note: number; velocity: number },
  restart: boolean,
  tied = false,
): Result {
  const old = state.voices[index] ?? idle
  const strikes = tied ? old.strikes : old.strikes + 1
  const voice: Voice = {
    note,
    velocity: tied ? old.velocity : velocity,
    held: true,
    age: state.clock,
    strikes,
  }
  const keys = tied
    ? { pitch: note / 128 }
    : { pitch: note / 128, velocity, gate: 1, trigger: 1, random: randomKey(index, strikes) }
  return {
    voices: { ...state, voices: state.voices.with(index, voice) },
    changes: [{ voice: index, keys, restart }],
  }
}

function release(state: Voices, indices: readonly number[]): Result {
  const voices = state.voices.map((voice, i) =>
    indices.includes(i) ? { ...voice, held: false, age: state.clock } : voice,
  )
  return {
    voices: { ...state, voices },
    changes: indices.map((voice) => ({ voice, keys: { gate: 0 }, restart: false })),
  }
}

/** 0..1, different for every strike of every voice, equal in every run. */
function randomKey(voice: number, strikes: number): number {
  let x = Math.imul(voice * 7919 + strikes + 1, 0x9e3779b1)
  x = Math.imul(x ^ (x >>> 15), 0x85ebca6b)
  return ((x ^ (x >>> 13)) >>> 0) / 2 ** 32
}

/** Values of some keys. */
export type Keys = Partial<Record<KeyName, number>>

/**
 * A change as values for this block and the ones after it: a trigger falls a block after it rose, and a gate that
 * restarts is low for a block first, since an envelope sees a gate only once a block.
 */
export function keySteps({ keys, restart }: Pick<VoiceChange, 'keys' | 'restart'>): Keys[] {
  const falling = keys.trigger === undefined ? [] : [{ trigger: 0 }]
  if (!restart) return [keys, ...falling]
  const { trigger = 0, ...rest } = keys
  return [{ ...rest, gate: 0 }, { gate: 1, trigger }, ...falling]
}

/** The command that puts values on the buses of a voice's keys. */
export function setKeys(voice: RunningVoice, keys: Keys): Command {
  const values = Object.entries(keys).map(
    ([key, value]) => [voice.keys + keyNames.indexOf(key as KeyName), value] as const,
  )
  return { call: '/c_set', values }
}
