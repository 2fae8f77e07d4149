import type { KeyName } from '../patch/ports.ts'
import type { ParsedPatch } from '../patch/types.ts'
import type { Command } from '../scsynth/index.ts'
import { keyNames } from '../patch/ports.ts'
import type { RunningVoice } from './allocation.ts'
import { keysAtRest } from './keys.ts'
import type { NoteEvent } from './note-event.ts'

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
  /** Voices that may be given notes: the first ones. Those beyond only finish. */
  readonly count: number
  /** The one that plays in a mode with one voice. */
  readonly solo: number
  readonly voices: readonly Voice[]
  /** Keys that are down in the order in which they were struck: mono modes fall back to them. */
  readonly keys: readonly { readonly note: number; readonly velocity: number }[]
  readonly clock: number
}

/** New values for the keys of a voice. `restart`: its gate must be low for a block first, since it is sounding. */
export interface VoiceChange {
  readonly voice: number
  readonly keys: Keys
  readonly restart: boolean
}

const idle: Voice = { note: 60, velocity: 0, held: false, age: 0, strikes: 0 }

/** Voices that nobody plays; a drone sounds from the start. */
export function createVoices({ count, mode }: ParsedPatch['voices']): Voices {
  return {
    mode,
    count,
    solo: 0,
    voices: Array.from({ length: count }, () => initial(mode)),
    keys: [],
    clock: 0,
  }
}

const initial = (mode: Voices['mode']): Voice =>
  mode === 'drone' ? { ...idle, held: true, velocity: 0.8 } : idle

/**
 * The same players after an edit. Held notes stay held; where the mode changes, those that it has no place for
 * are released.
 *
 * @param kept which voice each was before; undefined for a new one
 */
export function resizeVoices(
  state: Voices,
  { count, mode }: ParsedPatch['voices'],
  kept: readonly (number | undefined)[],
): Voices {
  const voices = kept.map((index) => (index === undefined ? undefined : state.voices[index]) ?? initial(mode))
  if (state.mode === mode) return { ...state, count, solo: Math.max(0, kept.indexOf(state.solo)), voices }
  // what was struck last goes on
  const held = voices.map(({ held: down, age }) => (down ? age : -1))
  const solo = Math.max(0, held.indexOf(Math.max(...held)))
  const plays = (voice: Voice): boolean => {
    if (mode === 'drone') return true
    return voice.held && (state.mode !== 'drone' || state.keys.some(({ note }) => note === voice.note))
  }
  return {
    ...state,
    mode,
    count,
    solo,
    voices: voices.map((voice, i) => {
      if (i !== solo && mode !== 'poly') return { ...voice, held: false }
      const { velocity } = voice
      return { ...voice, held: plays(voice), velocity: velocity === 0 ? initial(mode).velocity : velocity }
    }),
  }
}

/** The keys that an edit changes: a mode that ends lets go of its notes, a drone begins. */
export function changesBetween(
  before: Voices,
  after: Voices,
  kept: readonly (number | undefined)[],
): VoiceChange[] {
  return after.voices.flatMap(({ held, velocity }, voice): VoiceChange[] => {
    const old = before.voices[kept[voice] ?? -1]
    if (old === undefined || old.held === held) return []
    return [{ voice, keys: held ? { gate: 1, velocity } : { gate: 0 }, restart: false }]
  })
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
  if (!isKeyEvent(event)) return { voices: state, changes: [] }
  const next = { ...state, clock: state.clock + 1, keys: keysAfter(state.keys, event) }
  if (state.voices.length === 0) return { voices: next, changes: [] }
  if (event.kind !== 'on') return letGo(state, next, event)
  if (state.mode === 'poly') {
    const voice = bestVoice(state.voices.slice(0, state.count), event.note)
    return strike(next, voice, event, state.voices[voice]?.held === true)
  }
  return state.mode === 'drone' ? strike(next, state.solo, event, false) : mono(state, next, true)
}

type Result = ReturnType<typeof allocate>

/** What presses or lifts keys. */
type KeyEvent = Extract<NoteEvent, { kind: 'on' | 'off' | 'allOff' | 'silence' }>
const isKeyEvent = (event: NoteEvent): event is KeyEvent =>
  event.kind === 'on' || event.kind === 'off' || event.kind === 'allOff' || event.kind === 'silence'

function keysAfter(keys: Voices['keys'], event: KeyEvent): Voices['keys'] {
  if (event.kind === 'allOff' || event.kind === 'silence') return []
  const others = keys.filter(({ note }) => note !== event.note)
  return event.kind === 'on' ? [...others, { note: event.note, velocity: event.velocity }] : others
}

function letGo(before: Voices, state: Voices, event: Exclude<KeyEvent, { kind: 'on' }>): Result {
  const isPoly = state.mode === 'poly'
  const held = state.voices.flatMap((voice, i) =>
    (isPoly || i !== state.solo) && voice.held && (event.kind !== 'off' || voice.note === event.note)
      ? [i]
      : [],
  )
  // a voice that only finishes may hold the same note as one that was struck since
  if (isPoly) return release(state, held)
  const first = state.mode === 'drone' ? { voices: state, changes: [] } : mono(before, state, false)
  const others = release(first.voices, held)
  return { voices: others.voices, changes: [...first.changes, ...others.changes] }
}

/** The last key that is down plays; with the last one up it ends. */
function mono(before: Voices, state: Voices, struck: boolean): Result {
  const top = state.keys.at(-1)
  const { solo } = state
  const held = before.voices[solo]?.held === true
  if (top === undefined) return release(state, held ? [solo] : [])
  if (held && before.voices[solo]?.note === top.note && !struck) return { voices: state, changes: [] }
  return strike(
    state,
    solo,
    top,
    held && state.mode === 'mono' && struck,
    held && (state.mode === 'legato' || !struck),
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
  if (indices.length === 0) return { voices: state, changes: [] }
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
