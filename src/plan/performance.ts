import type { ParsedPatch } from '../patch/types.ts'
import { allocate, changesBetween, rested, type Keys, type VoiceChange } from './allocate.ts'
import { chokeSteps } from './choke-steps.ts'
import { fadeSeconds } from './device-synthdef.ts'
import { keySteps } from './key-steps.ts'
import type { NoteEvent } from './note-event.ts'
import { resizeVoices } from './resize-voices.ts'
import { anyGlides, createVoices, glidingVoices, keysOf, movedKeys, type Voices } from './voices.ts'

/** The last change of a voice's gate, and the block in which it is: an envelope must see every edge for a block. */
interface Gate {
  readonly block: number
  readonly high: boolean
}

/** What a voice is told in a block. */
export interface KeySet {
  readonly voice: number
  /** New values of its keys. */
  readonly keys: Keys
  /** It fades to so much of itself, whatever its releases: 0 is silence. */
  readonly choke?: number
  /** It was fading, and begins anew. */
  readonly anew?: true
}

/** What is being played: the voices, and what follows from that by itself in blocks to come. A value. */
export interface Performance {
  readonly voices: Voices
  /** One a voice. */
  readonly gates: readonly Gate[]
  /** The gates as they are set in the block that it has reached: some are about to change. One a voice. */
  readonly set: readonly number[]
  /** Keys to be set in later blocks, in order. */
  readonly due: readonly (KeySet & { readonly block: number })[]
  /** The block that it has reached. */
  readonly block: number
  /** Length of a block. */
  readonly blockSeconds: number
}

/** A performance, and what it sets in the block that it has reached. */
export interface Performed {
  readonly state: Performance
  readonly sets: readonly KeySet[]
}

/** What of a patch a performance depends on. */
type Instrument = Pick<ParsedPatch, 'voices' | 'tuning'>

const idleGate: Gate = { block: -1, high: false }

/**
 * Nobody plays, and there are no voices yet.
 *
 * @param blockSeconds length of a block in seconds
 */
export function createPerformance(blockSeconds: number): Performance {
  return { voices: createVoices({ count: 0 }), gates: [], set: [], due: [], block: 0, blockSeconds }
}

/** The next block in which something happens by itself, or Infinity. */
export function dueBlock({ due, voices, block: reached }: Performance): number {
  // a pitch that glides, or a velocity, is written in every block
  const next = anyGlides(voices) ? reached + 1 : Infinity
  return due.reduce((first, { block }) => Math.min(first, block), next)
}

/**
 * A block of a performance: what is due, then events in their order. Blocks must not go back; the same one may come
 * several times. Pure.
 */
export function performed(from: Performance, block: number, events: readonly NoteEvent[]): Performed {
  const now = block * from.blockSeconds
  const voices = { ...from.voices, now }
  const glides = glidingVoices(from.voices).map((voice): KeySet => {
    return { voice, keys: movedKeys(from.voices, voice, now) }
  })
  const sets: KeySet[] = [...from.due.filter((one) => one.block <= block), ...glides]
  let state: Performance = { ...from, voices, block, due: from.due.filter((one) => one.block > block) }
  for (const event of events) {
    const { voices: after, changes } = allocate(state.voices, event, now)
    state = { ...state, voices: after }
    for (const change of changes) state = struck(state, change, sets)
  }
  return { state: withGates(state, sets), sets }
}

/**
 * The same performance after an edit.
 *
 * @param kept which voice each was before; undefined for a new one
 */
export function regrouped(
  from: Performance,
  instrument: Instrument,
  kept: readonly (number | undefined)[],
  block: number,
): Performed {
  const voices = resizeVoices(from.voices, instrument, kept)
  // a drone is born with its key down
  const born = createVoices(instrument.voices, instrument.tuning).voices
  const bornGate = (voice: number): Gate => ({ ...idleGate, high: born[voice]?.held === true })
  const sets: KeySet[] = []
  let state: Performance = {
    ...from,
    voices,
    block,
    gates: kept.map((old, voice) => from.gates[old ?? -1] ?? bornGate(voice)),
    set: kept.map((old, voice) => from.set[old ?? -1] ?? Number(bornGate(voice).high)),
    due: from.due.flatMap((one) => {
      const voice = kept.indexOf(one.voice)
      return voice < 0 ? [] : [{ ...one, voice }]
    }),
  }
  for (const change of changesBetween(from.voices, voices, kept)) state = struck(state, change, sets)
  return { state: withGates(state, sets), sets }
}

function withGates(state: Performance, sets: readonly KeySet[]): Performance {
  const set = [...state.set]
  for (const { voice, keys } of sets) if (keys.gate !== undefined) set[voice] = keys.gate
  return { ...state, set }
}

/** Voices have come to silence: other notes may take them. */
export function atRest(from: Performance, isSilent: (voice: number) => boolean): Performance {
  const voices = rested(from.voices, isSilent)
  return voices === from.voices ? from : { ...from, voices }
}

/** A voice fades, a low one step by step, and its gate, if that was up, falls afterwards: a release would be heard to begin. */
function choked(state: Performance, { voice, keys }: VoiceChange, sets: KeySet[]): Performance {
  const { gate, ...others } = keys
  const steps = chokeSteps(keysOf(state.voices, voice).pitch * 128, state.blockSeconds).map(
    ({ blocks, level }) => ({ block: state.block + blocks, voice, keys: {}, choke: level }),
  )
  sets.push(...steps.slice(0, 1).map((step) => ({ ...step, keys: others })))
  const due = [...state.due, ...steps.slice(1)]
  if (gate === undefined) return { ...state, due }
  const block = (steps.at(-1)?.block ?? state.block) + Math.ceil(fadeSeconds / state.blockSeconds)
  return {
    ...state,
    due: [...due, { block, voice, keys: { gate } }],
    gates: state.gates.with(voice, { high: false, block }),
  }
}

/** Sets the keys of a voice, its gate later where an envelope would not see an edge of it. */
function struck(state: Performance, change: VoiceChange, sets: KeySet[]): Performance {
  const { voice, keys, choke, anew } = change
  const { block } = state
  const gate = state.gates[voice]
  if (gate === undefined) return state
  if (choke) return choked(state, change, sets)
  const mark = anew && { anew }
  if (keys.gate === undefined) {
    sets.push({ voice, keys, ...mark })
    return state
  }
  const rises = keys.gate === 1
  const restart = change.restart || (rises && !gate.high && gate.block >= block)
  // a note that ends in the block in which it began still sounds for one
  if (!rises && gate.high && gate.block >= block) {
    const { gate: low, ...others } = keys
    if (Object.keys(others).length > 0) sets.push({ voice, keys: others })
    const end = { block: gate.block + 1, voice, keys: { gate: low }, ...mark }
    return {
      ...state,
      due: [...state.due, end],
      gates: state.gates.with(voice, { high: false, block: gate.block + 1 }),
    }
  }
  const steps = keySteps({ keys, restart }).map((step, i) => ({
    block: block + i,
    voice,
    keys: step,
    ...(i === 0 && mark),
  }))
  sets.push(...steps.slice(0, 1))
  return {
    ...state,
    // what was still to come of the note before is over
    due: [...state.due.filter((one) => !rises || one.voice !== voice), ...steps.slice(1)],
    gates: state.gates.with(voice, { high: rises, block: restart ? block + 1 : block }),
  }
}
