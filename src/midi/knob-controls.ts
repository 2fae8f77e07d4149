import type { KnobMidi, Patch, RelativeEncoding } from '../patch/index.ts'
import type { MidiControl } from './state.ts'

/** A knob with the control that turns it. */
export interface MappedKnob {
  readonly name: string
  readonly midi: KnobMidi
}

/**
 * The knobs of a patch that name a control.
 *
 * @example
 * mappedKnobs(patch).map(({ name }) => name)
 */
export function mappedKnobs({ knobs = {} }: Patch): readonly MappedKnob[] {
  return Object.entries(knobs).flatMap(([name, knob]) =>
    typeof knob === 'object' && knob.midi !== undefined ? [{ name, midi: knob.midi }] : [],
  )
}

const onChannel = ({ channel }: KnobMidi, control: MidiControl): boolean =>
  channel === undefined || channel === control.channel + 1

/** Whether this control turns a knob that names this one. */
export function turns(control: MidiControl, midi: KnobMidi): boolean {
  if (!onChannel(midi, control)) return false
  const { kind, number } = control
  if ('cc' in midi) return kind === 'cc' && number === midi.cc
  return 'cc14' in midi ? kind === 'cc14' && number === midi.cc14 : kind === 'nrpn' && number === midi.nrpn
}

/** Whether a knob names this control, or one in 14 bits of which it is a part: then it means nothing else. */
export function isTakenBy(knobs: readonly MappedKnob[], control: MidiControl): boolean {
  return knobs.some(({ midi }) => {
    if (turns(control, midi)) return true
    return 'cc14' in midi && control.kind === 'cc' && control.number % 32 === midi.cc14 && control.number < 64
      ? onChannel(midi, control)
      : false
  })
}

/** How far a step of an encoder turns a knob. */
const step = 1 / 127

/** Steps of an encoder, up or down, in what it sends. */
const stepsIn: Readonly<Record<RelativeEncoding, (value: number) => number>> = {
  twosComplement: (value) => (value < 64 ? value : value - 128),
  signMagnitude: (value) => (value < 64 ? value : 64 - value),
  offset64: (value) => value - 64,
}

/** What a control and the knob that it turns know of each other. */
export interface Grip {
  /** Where the control was last, 0..1. */
  readonly control: number
  /** Where it last put the knob; undefined while it has not taken it over. */
  readonly knob: number | undefined
}

/** A control this near to its knob takes it over: a position of 7 bits to each side, and a hair. */
const reach = 1.01 / 127
/** As near as this a knob is where it was put. */
const same = 1e-4

/**
 * Where a control puts its knob. One that stands elsewhere waits until it passes where the knob is, unless it may jump;
 * a knob that something else has moved in the meantime is waited for again. Pure.
 *
 * @param grip what the call before returned for this knob
 * @param position where the knob is, 0..1
 * @returns `position` is undefined while the control has not taken the knob over
 */
export function turned(
  grip: Grip | undefined,
  midi: KnobMidi,
  control: MidiControl,
  position: number,
): { readonly grip: Grip; readonly position: number | undefined } {
  if ('relative' in midi) {
    const { relative } = midi
    const moved = position + stepsIn[relative](control.value) * step
    const to = Math.min(1, Math.max(0, moved))
    return { grip: { control: to, knob: to }, position: to }
  }
  const to = control.position
  const takes = midi.takeover === 'jump' || isHeld(grip, position) || passes(grip, to, position)
  return { grip: { control: to, knob: takes ? to : undefined }, position: takes ? to : undefined }
}

const isHeld = (grip: Grip | undefined, position: number): boolean =>
  grip?.knob !== undefined && Math.abs(grip.knob - position) < same

function passes(grip: Grip | undefined, to: number, position: number): boolean {
  if (Math.abs(to - position) <= reach) return true
  return grip !== undefined && grip.control < position !== to < position
}
