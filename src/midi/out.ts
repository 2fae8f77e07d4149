import type { KnobMidi, Patch } from '../patch/index.ts'
import type { NoteEvent } from '../plan/index.ts'
import type { ChannelMessage } from './message.ts'
import { checkMidiOutOptions, farthestBend } from './options.ts'

/** How what is played becomes MIDI messages. */
export interface MidiOutOptions {
  /** Channel 1..16 of what is played without one. Default: 1. */
  readonly channel?: number
  /**
   * Semitones that a pitch bend reaches, 0.01..127.99; where it is not 2, the receiver is told (RPN 0). One that goes further has the
   * range of its channel raised. Default: 2.
   */
  readonly bendRange?: number
}

/** A note that was sent and has not ended. */
interface Sent {
  readonly channel: number
  readonly note: number
}

/** What was sent so far: a value. */
export interface MidiOutState {
  /** 0..15. */
  readonly channel: number
  /** Semitones that a pitch bend reaches, on channels where it was not raised. */
  readonly bendRange: number
  /** Where it was raised. */
  readonly bendRanges: ReadonlyMap<number, number>
  /** Notes by their ids. */
  readonly notes: ReadonlyMap<string, Sent>
  /** Channels on which anything was sent. */
  readonly used: ReadonlySet<number>
  /** The last value of every control, by the bytes that name it. */
  readonly controls: ReadonlyMap<string, number>
}

/** What becomes of the state, and what is to be sent. */
export interface MidiOutStep {
  readonly state: MidiOutState
  readonly messages: readonly ChannelMessage[]
}

const receiversBendRange = 2
/** To what the range of a bend is raised: few steps, since whoever receives it is off until the bend itself has come. */
const raisedRanges = [12, 24, 48, 96, farthestBend]

/**
 * Nothing has been sent yet.
 *
 * @throws MegasynthError `out-of-range` for options that mean nothing
 * @example
 * const { messages } = eventToMidi(midiOutAtStart(), { kind: 'on', note: 60, velocity: 0.8 })
 */
export function midiOutAtStart(options: MidiOutOptions = {}): MidiOutState {
  checkMidiOutOptions(options)
  const { channel = 1, bendRange = receiversBendRange } = options
  return {
    channel: channel - 1,
    bendRange,
    bendRanges: new Map(),
    notes: new Map(),
    used: new Set(),
    controls: new Map(),
  }
}

const part = (value: number): number => Math.round(Math.min(1, Math.max(0, value)) * 127)
const controller = (channel: number, number: number, value: number): ChannelMessage => ({
  kind: 'controller',
  channel,
  controller: number,
  value,
})
const noteOff = ({ channel, note }: Sent): ChannelMessage => ({
  kind: 'noteOff',
  channel,
  note,
  velocity: 64,
})

/**
 * What is played, as MIDI messages. MIDI knows whole notes only: others are rounded. What concerns all notes is said on
 * every channel that was used. A bend that goes further than the receiver knows has it told a wider range before. Pure.
 *
 * @param state what the call before returned, at first {@link midiOutAtStart}
 * @example
 * eventToMidi(midiOutAtStart(), { kind: 'bend', semitones: 2 }).messages // a pitch bend of 8191 on channel 0
 */
export function eventToMidi(state: MidiOutState, event: NoteEvent): MidiOutStep {
  switch (event.kind) {
    case 'on':
      return struck(state, event)
    case 'off':
      return ended(state, nameOf(event))
    case 'allOff':
      return allOff(state, event.channel)
    case 'silence': {
      const off = allOff(state, undefined)
      const silent = [...off.state.used].map((channel) => controller(channel, 120, 0))
      return { state: off.state, messages: [...off.messages, ...silent] }
    }
    default:
      return onEach(state, event)
  }
}

type Of<K extends NoteEvent['kind']> = Extract<NoteEvent, { kind: K }>

/** Names a note as the events do: an id within its channel. */
const nameOf = ({ id, note, channel }: Of<'on' | 'off'>): string => `${channel ?? ''}:${id ?? note}`

/** How far a pitch bend reaches on a channel, in semitones. */
const rangeOf = ({ bendRange, bendRanges }: MidiOutState, channel: number): number =>
  bendRanges.get(channel) ?? bendRange

/** RPN 0. */
function rangeMessages(channel: number, range: number): readonly ChannelMessage[] {
  const hundredths = Math.round(range * 100)
  const data = [
    [101, 0],
    [100, 0],
    [6, Math.trunc(hundredths / 100)],
    [38, hundredths % 100],
    [101, 127],
    [100, 127],
  ] as const
  return data.map(([number, value]) => controller(channel, number, value))
}

/** A channel that is used for the first time learns how far a bend reaches. */
function using(state: MidiOutState, channel: number): MidiOutStep {
  if (state.used.has(channel)) return { state, messages: [] }
  const range = rangeOf(state, channel)
  return {
    state: { ...state, used: new Set([...state.used, channel]) },
    messages: range === receiversBendRange ? [] : rangeMessages(channel, range),
  }
}

/** A channel is told anew how far a bend reaches, if one goes further. */
function reaching(before: MidiOutState, channel: number, semitones: number): MidiOutStep {
  const size = Math.min(farthestBend, Math.abs(semitones))
  if (size <= rangeOf(before, channel)) return using(before, channel)
  const range = raisedRanges.find((wider) => wider >= size) ?? farthestBend
  const state = { ...before, bendRanges: new Map([...before.bendRanges, [channel, range]]) }
  return state.used.has(channel) ? { state, messages: rangeMessages(channel, range) } : using(state, channel)
}

/** So many notes may be open; no receiver has as many voices. Then those that began first are ended, so that notes without an end cost no time. */
const mostNotes = 1024

function struck(before: MidiOutState, event: Of<'on'>): MidiOutStep {
  const channel = event.channel ?? before.channel
  const name = nameOf(event)
  const [first = name] = before.notes.size < mostNotes ? [] : before.notes.keys()
  const room = first === name ? { state: before, messages: [] } : ended(before, first)
  const { state, messages } = using(room.state, channel)
  const sent: Sent = { channel, note: Math.min(127, Math.max(0, Math.round(event.note))) }
  const old = state.notes.get(name)
  // a note of velocity 0 would be its end
  const velocity = Math.max(1, part(event.velocity))
  return {
    state: { ...state, notes: new Map([...state.notes, [name, sent]]) },
    messages: [
      ...room.messages,
      ...messages,
      // the same note again: whoever receives it must see it end first
      ...(old === undefined ? [] : [noteOff(old)]),
      { kind: 'noteOn', ...sent, velocity },
    ],
  }
}

function ended(state: MidiOutState, name: string): MidiOutStep {
  const sent = state.notes.get(name)
  if (sent === undefined) return { state, messages: [] }
  const notes = new Map([...state.notes].filter(([other]) => other !== name))
  // another note may have become the same key
  const stays = [...notes.values()].some(
    (other) => other.channel === sent.channel && other.note === sent.note,
  )
  return { state: { ...state, notes }, messages: stays ? [] : [noteOff(sent)] }
}

/** Keys and pedals up. */
function allOff(state: MidiOutState, channel: number | undefined): MidiOutStep {
  const concerns = (other: number): boolean => channel === undefined || channel === other
  const notes = [...state.notes]
  const ends = notes.flatMap(([, sent]) => (concerns(sent.channel) ? [noteOff(sent)] : []))
  const lifted = [...state.used]
    .filter(concerns)
    .flatMap((each) => [controller(each, 64, 0), controller(each, 66, 0)])
  return {
    state: { ...state, notes: new Map(notes.filter(([, sent]) => !concerns(sent.channel))) },
    messages: [...ends, ...lifted],
  }
}

type ExpressionEvent = Exclude<NoteEvent, Of<'on' | 'off' | 'allOff' | 'silence'>>

function onEach(before: MidiOutState, event: ExpressionEvent): MidiOutStep {
  const { channel } = event
  const all = channel === undefined ? new Set([before.channel, ...before.used]) : [channel]
  return [...all].reduce<MidiOutStep>(
    ({ state, messages }, each) => {
      const first = event.kind === 'bend' ? reaching(state, each, event.semitones) : using(state, each)
      const message = expression(event, each, rangeOf(first.state, each))
      return { state: first.state, messages: [...messages, ...first.messages, message] }
    },
    { state: before, messages: [] },
  )
}

function expression(event: ExpressionEvent, channel: number, bendRange: number): ChannelMessage {
  switch (event.kind) {
    case 'bend': {
      const x = Math.min(1, Math.max(-1, event.semitones / bendRange))
      return { kind: 'pitchBend', channel, value: Math.round(x * (x < 0 ? 8192 : 8191)) }
    }
    case 'pressure': {
      const { note, value } = event
      if (note === undefined) return { kind: 'channelPressure', channel, value: part(value) }
      return { kind: 'polyPressure', channel, note: Math.round(note), value: part(value) }
    }
    case 'timbre':
      return controller(channel, 74, part(event.value))
    case 'sustain':
      return controller(channel, 64, event.down ? 127 : 0)
    case 'sostenuto':
      return controller(channel, 66, event.down ? 127 : 0)
  }
}

/**
 * A knob that is turned, as the control that it names in the patch; nothing if it names none, or stands where it was sent
 * already. Pure.
 *
 * @param position 0..1
 * @example
 * knobToMidi(midiOutAtStart(), patch, 'cutoff', 0.5).messages
 */
export function knobToMidi(
  state: MidiOutState,
  { knobs = {} }: Patch,
  name: string,
  position: number,
): MidiOutStep {
  const knob = Object.hasOwn(knobs, name) ? knobs[name] : undefined
  const midi = typeof knob === 'object' ? knob.midi : undefined
  if (midi === undefined) return { state, messages: [] }
  const channel = midi.channel === undefined ? state.channel : midi.channel - 1
  const control = controlOf(midi, channel, position)
  if (state.controls.get(control.name) === control.value) return { state, messages: [] }
  return {
    state: { ...state, controls: new Map([...state.controls, [control.name, control.value]]) },
    messages: control.messages,
  }
}

interface ControlOut {
  readonly name: string
  readonly value: number
  readonly messages: readonly ChannelMessage[]
}

/** An encoder is sent a position too: its ring of lights may show it. */
function controlOf(midi: KnobMidi, channel: number, position: number): ControlOut {
  if ('cc' in midi) {
    const value = part(position)
    return { name: `cc ${midi.cc} ${channel}`, value, messages: [controller(channel, midi.cc, value)] }
  }
  const value = Math.round(Math.min(1, Math.max(0, position)) * 16383)
  const [coarse, fine] = [value >> 7, value & 127]
  if ('cc14' in midi)
    return {
      name: `cc14 ${midi.cc14} ${channel}`,
      value,
      messages: [controller(channel, midi.cc14, coarse), controller(channel, midi.cc14 + 32, fine)],
    }
  return {
    name: `nrpn ${midi.nrpn} ${channel}`,
    value,
    messages: [
      controller(channel, 99, midi.nrpn >> 7),
      controller(channel, 98, midi.nrpn & 127),
      controller(channel, 6, coarse),
      controller(channel, 38, fine),
    ],
  }
}
