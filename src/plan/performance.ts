import type { ParsedPatch } from '../patch/types.ts'
import type { NoteEvent } from './note-event.ts'
import {
  allocate,
  changesBetween,
  createVoices,
  keySteps,
  resizeVoices,
  type Keys,
  type VoiceChange,
  type Voices,
} from './voices.ts'

/** The last change of a voice's gate, and the block in which it is: an envelope must see every edge for a block. */
interface Gate {
  readonly block: number
  readonly high: boolean
}

/** New values for the keys of a voice. */
export interface KeySet {
  readonly voice: number
  readonly keys: Keys
}

/** What is being played: the voices, and what follows from that by itself in blocks to come. A value. */
export interface Performance {
  readonly voices: Voices
  /** One a voice. */
  readonly gates: readonly Gate[]
  /** Keys to be set in later blocks, in order. */
  readonly due: readonly (KeySet & { readonly block: number })[]
}

/** A performance, and what it sets in the block that it has reached. */
export interface Performed {
  readonly state: Performance
  readonly sets: readonly KeySet[]
}

const idleGate: Gate = { block: -1, high: false }

/** Nobody plays. */
export function createPerformance(policy: ParsedPatch['voices']): Performance {
  const voices = createVoices(policy)
  return { voices, gates: voices.voices.map(() => idleGate), due: [] }
}

/** The next block in which something happens by itself, or Infinity. */
export const dueBlock = ({ due }: Performance): number =>
  due.reduce((first, { block }) => Math.min(first, block), Infinity)

/**
 * A block of a performance: what is due, then events in their order. Blocks must not go back; the same one may come
 * several times. Pure.
 */
export function performed(from: Performance, block: number, events: readonly NoteEvent[]): Performed {
  const sets: KeySet[] = from.due.filter((one) => one.block <= block)
  let state: Performance = { ...from, due: from.due.filter((one) => one.block > block) }
  for (const event of events) {
    const { voices, changes } = allocate(state.voices, event)
    state = { ...state, voices }
    for (const change of changes) state = struck(state, change, block, sets)
  }
  return { state, sets }
}

/**
 * The same performance after an edit.
 *
 * @param kept which voice each was before; undefined for a new one
 */
export function regrouped(
  from: Performance,
  policy: ParsedPatch['voices'],
  kept: readonly (number | undefined)[],
  block: number,
): Performed {
  const voices = resizeVoices(from.voices, policy, kept)
  const sets: KeySet[] = []
  let state: Performance = {
    voices,
    gates: kept.map((old) => from.gates[old ?? -1] ?? idleGate),
    due: from.due.flatMap((one) => {
      const voice = kept.indexOf(one.voice)
      return voice < 0 ? [] : [{ ...one, voice }]
    }),
  }
  for (const change of changesBetween(from.voices, voices, kept)) state = struck(state, change, block, sets)
  return { state, sets }
}

/** Sets the keys of a voice, later where an envelope would not see an edge of its gate. */
function struck(state: Performance, change: VoiceChange, block: number, sets: KeySet[]): Performance {
  const { voice, keys } = change
  const gate = state.gates[voice]
  if (gate === undefined) return state
  const rises = keys.gate === 1
  const restart = change.restart || (rises && !gate.high && gate.block >= block)
  // a note that ends in the block in which it began still sounds for one
  const from = keys.gate === 0 && gate.high && gate.block >= block ? gate.block + 1 : block
  const steps = keySteps({ keys, restart }).map((step, i) => ({ block: from + i, voice, keys: step }))
  sets.push(...steps.filter((step) => step.block === block))
  const due = [...state.due, ...steps.filter((step) => step.block > block)]
  if (keys.gate === undefined) return { ...state, due }
  const next = { high: rises, block: restart ? from + 1 : from }
  return { ...state, due, gates: state.gates.with(voice, next) }
}
