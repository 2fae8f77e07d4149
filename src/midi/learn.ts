import type { Edit, KnobMidi, Patch, RelativeEncoding } from '../patch/index.ts'
import { mappedKnobs, turns } from './knob-controls.ts'
import type { MidiControl } from './state.ts'

/** What a knob that learns its control has heard: a value. */
export interface Learning {
  readonly knob: string
  /** How the control writes its steps, if it is known to have no position. */
  readonly relative: RelativeEncoding | undefined
  readonly heard: readonly MidiControl[]
}

/** Moves of one control before it is believed: a touch of another one in passing is not meant. */
const enough = 4
/** Moves that are remembered. */
const most = 64

/**
 * A knob waits for its control: the next one that is moved by a few steps.
 *
 * @param relative the control is an encoder that writes its steps so. Default: found out by what it sends
 * @example
 * learning('cutoff')
 */
export function learning(knob: string, relative?: RelativeEncoding): Learning {
  return { knob, relative, heard: [] }
}

/**
 * A control is moved while a knob learns. Pure.
 *
 * @returns `midi` is what the knob has learnt; undefined while more moves are needed
 * @example
 * learnt(learning('cutoff'), { kind: 'cc', number: 74, channel: 0, value: 3, position: 3 / 127 }).midi // undefined
 */
export function learnt(
  state: Learning,
  control: MidiControl,
): { readonly state: Learning; readonly midi: KnobMidi | undefined } {
  // one in 14 bits is found by its two halves
  if (control.kind === 'cc14') return { state, midi: undefined }
  const heard = [...state.heard, control].slice(-most)
  const next = { ...state, heard }
  const moves = heard.filter((other) => isSame(other, control))
  return { state: next, midi: moves.length < enough ? undefined : midiOf(next, moves) }
}

const isSame = (a: MidiControl, b: Pick<MidiControl, 'kind' | 'number' | 'channel'>): boolean =>
  a.kind === b.kind && a.number === b.number && a.channel === b.channel

/** What to write in the knob for a control that moved so. */
function midiOf({ relative, heard }: Learning, moves: readonly MidiControl[]): KnobMidi | undefined {
  const [{ kind, number, channel: index } = { kind: 'cc', number: 0, channel: 0 }] = moves
  const channel = index + 1
  if (kind === 'nrpn') return { nrpn: number, channel }
  if (relative !== undefined) return { cc: number, channel, relative }
  const partner = number < 32 ? number + 32 : number - 32
  const hasPartner =
    number < 64 && heard.some((other) => isSame(other, { kind: 'cc', number: partner, channel: index }))
  if (hasPartner) return { cc14: Math.min(number, partner), channel }
  const values = moves.map(({ value }) => value)
  const encoding = encodingOf(values)
  if (encoding !== undefined) return { cc: number, channel, relative: encoding }
  // a button that is held, or something that repeats itself, is no move
  return new Set(values).size > 1 ? { cc: number, channel } : undefined
}

const isIn =
  (low: number, high: number) =>
  (value: number): boolean =>
    value >= low && value <= high
/** Steps up and down, as many as a hand turns at once. */
const upBy = isIn(1, 16)
const downByComplement = isIn(112, 127)
const upByOffset = isIn(65, 80)
const downByOffset = isIn(48, 63)

/** What has a position hardly sends the same twice in a row; what sends steps hardly anything else. */
function encodingOf(values: readonly number[]): RelativeEncoding | undefined {
  const repeats = values.filter((value, i) => i > 0 && value === values[i - 1]).length
  if (repeats * 2 < values.length - 1) return undefined
  const every = (...ranges: ((value: number) => boolean)[]): boolean =>
    values.every((value) => ranges.some((range) => range(value)))
  if (every(upBy, downByComplement)) return 'twosComplement'
  if (every(upByOffset, downByOffset)) return 'offset64'
  return every(upBy, upByOffset) ? 'signMagnitude' : undefined
}

/** A knob goes on being taken over as it was, if its new control has a position. */
export function takenOverAsBefore({ knobs = {} }: Patch, name: string, midi: KnobMidi): KnobMidi {
  const knob = Object.hasOwn(knobs, name) ? knobs[name] : undefined
  const before = typeof knob === 'object' ? knob.midi : undefined
  if ('relative' in midi || before === undefined || 'relative' in before) return midi
  return before.takeover === undefined ? midi : { takeover: before.takeover, ...midi }
}

/**
 * The edits by which a knob gets a control; other knobs that named the very same one lose it.
 *
 * @example
 * learningEdits(patch, 'cutoff', { cc: 74 }).reduce(edited, patch)
 */
export function learningEdits(patch: Patch, knob: string, midi: KnobMidi): readonly Edit[] {
  const channel = (midi.channel ?? 1) - 1
  const control =
    'cc' in midi
      ? ({ kind: 'cc', number: midi.cc } as const)
      : 'cc14' in midi
        ? ({ kind: 'cc14', number: midi.cc14 } as const)
        : ({ kind: 'nrpn', number: midi.nrpn } as const)
  const losers = mappedKnobs(patch).filter(
    (other) => other.name !== knob && turns({ ...control, channel, value: 0, position: 0 }, other.midi),
  )
  return [
    ...losers.map(({ name }): Edit => ({ type: 'mapKnob', name })),
    { type: 'mapKnob', name: knob, midi },
  ]
}
