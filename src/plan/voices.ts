import type { KeyName } from '../patch/ports.ts'
import { pitchOf, type KeyPitches } from '../patch/tuning.ts'
import { parsedVoices, type ParsedVoices } from '../patch/voice-policy.ts'
import { expressionOf, plainExpression, type Expression, type Touch } from './expression.ts'
import { easedAt, pitchAt, steady, type Glide } from './glide.ts'
import { keysAtRest } from './keys.ts'
import { hands, type Pressing } from './pressed.ts'
import { spread } from './unison.ts'

/** One voice as the allocator sees it. */
export interface Voice {
  /** The note that it plays or played last. */
  readonly note: number
  readonly channel: number | undefined
  /** Of its last strike. */
  readonly velocity: number
  /** The velocity as the voice is told: it is on its way if the voice sounded when it was struck. */
  readonly strength: Glide
  /** Its gate is high. */
  readonly held: boolean
  /** What may be heard of it. `fading`: it was choked; it ends by itself. */
  readonly sound: 'none' | 'sounding' | 'fading'
  /** Rises with every strike and release of any voice: their order. */
  readonly age: number
  /** Seconds at which that was. */
  readonly since: number
  /** Which strike it belongs to: the voices of one note have the same. */
  readonly strike: number
  /** Which of how many voices of its note it is. */
  readonly part: number
  readonly parts: number
  /** Semitones, without bend and detune. */
  readonly pitch: Glide
  /** Pressure of its own key. */
  readonly touch: number
  /** Bend, pressure and timbre that it keeps, whatever its channel has now. Undefined: those of its channel. */
  readonly kept: Required<Touch> | undefined
  /** Rises with every attack. */
  readonly attacks: number
  /** `keys.random` of the last attack. */
  readonly random: number
}

/** The voices of a patch: a value. */
export interface Voices {
  readonly policy: ParsedVoices
  /** Undefined: a note is its pitch. */
  readonly tuning: KeyPitches | undefined
  readonly voices: readonly Voice[]
  readonly pressing: Pressing
  readonly expression: Expression
  /** Semitones of the note that was struck last: glides begin there. */
  readonly last: number | undefined
  readonly clock: number
  /** Seconds. */
  readonly now: number
}

/** What a drone begins with. */
export const beginning = { note: 60, velocity: 0.8 }

/** Nobody has played it. */
export const idle: Voice = {
  note: 60,
  channel: undefined,
  velocity: 0,
  strength: steady(0),
  held: false,
  sound: 'none',
  age: 0,
  since: 0,
  strike: 0,
  part: 0,
  parts: 1,
  pitch: steady(60),
  touch: 0,
  kept: undefined,
  attacks: 0,
  random: 0,
}

/** Voices more than may sound, at the most: a note that has to steal one takes them while the other fades. */
const mostSpares = 8

/** Voices that a patch has: those that may sound, and spare ones. */
export function voicesOf({ count, mode, unison }: ParsedVoices): number {
  return mode === 'poly' ? count + Math.min(count, Math.max(mostSpares, unison.voices)) : count
}

/**
 * Voices that nobody plays; a drone sounds from the start.
 *
 * @param policy what is not said is as in a patch that says nothing
 * @param tuning default: a note is its pitch
 */
export function createVoices(policy: Partial<ParsedVoices>, tuning?: KeyPitches): Voices {
  const whole = { ...parsedVoices(), ...policy }
  return {
    policy: whole,
    tuning,
    voices: Array.from({ length: voicesOf(whole) }, (_, part) => newVoice(whole, part, tuning)),
    pressing: hands,
    expression: plainExpression,
    last: undefined,
    clock: 0,
    now: 0,
  }
}

/** A voice that is born. */
function newVoice({ mode, unison }: ParsedVoices, part: number, tuning: KeyPitches | undefined): Voice {
  if (mode !== 'drone' || part >= unison.voices) return idle
  const pitch = steady(pitchOf(beginning.note, tuning) ?? beginning.note)
  const strength = steady(beginning.velocity)
  return { ...idle, ...beginning, pitch, strength, held: true, sound: 'sounding', part, parts: unison.voices }
}

/** Some voices changed. */
export function withVoices(
  state: Voices,
  indices: readonly number[],
  change: (voice: Voice, index: number) => Voice,
): Voices {
  if (indices.length === 0) return state
  const voices = [...state.voices]
  for (const index of indices) voices[index] = change(voices[index] ?? idle, index)
  return { ...state, voices }
}

/** Indices of the voices for which something holds. */
export function voicesWhere({ voices }: Voices, holds: (voice: Voice, index: number) => boolean): number[] {
  const indices: number[] = []
  for (const [index, voice] of voices.entries()) if (holds(voice, index)) indices.push(index)
  return indices
}

/** The keys of a voice as it stands: what a voice that is born must read. */
export function keysOf(state: Voices, index: number): Record<KeyName, number> {
  const voice = state.voices[index] ?? idle
  const { unison } = state.policy
  const { bend, pressure, timbre } = voice.kept ?? expressionOf(state.expression, voice.channel)
  const place = spread(voice)
  return {
    ...keysAtRest,
    pitch: (pitchAt(voice.pitch, state.now) + bend + (place * unison.detune) / 100) / 128,
    velocity: easedAt(voice.strength, state.now),
    gate: Number(voice.held),
    pressure: Math.max(pressure, voice.touch),
    timbre,
    random: voice.random,
    spread: place * unison.spread,
  }
}

/** The keys of a voice that are on their way at some second. */
const moving = ({ pitch, strength }: Voice, now: number): ('pitch' | 'velocity')[] => [
  ...(pitch.end > now ? (['pitch'] as const) : []),
  ...(strength.end > now ? (['velocity'] as const) : []),
]

const isMoving = ({ pitch, strength }: Voice, now: number): boolean => pitch.end > now || strength.end > now

/** Voices with keys that are on their way. */
export const glidingVoices = (state: Voices): number[] =>
  voicesWhere(state, (voice) => isMoving(voice, state.now))

/** Whether there are any. */
export const anyGlides = ({ voices, now }: Voices): boolean => voices.some((voice) => isMoving(voice, now))

/** What a voice must be told of the keys that are on their way, as they are at a later second, or have arrived by then. */
export function movedKeys(state: Voices, index: number, now: number): { pitch?: number; velocity?: number } {
  const names = moving(state.voices[index] ?? idle, state.now)
  const keys = keysOf({ ...state, now }, index)
  return Object.fromEntries(names.map((name) => [name, keys[name]]))
}
