import type { NoteEvent } from '../plan/index.ts'
import { channelOf, masterOf, type MidiState, type Step } from './state.ts'

type Of<K extends NoteEvent['kind']> = Extract<NoteEvent, { kind: K }>

/** The same expression for the notes of several channels. */
export function expressions(
  state: MidiState,
  channels: readonly number[],
  of: (state: MidiState, channel: number) => NoteEvent,
): Step {
  return { state, actions: channels.map((channel) => ({ kind: 'play', event: of(state, channel) })) }
}

/** The master of a member of a zone: what it says is for the member too. */
function masterBeside(state: MidiState, channel: number): number | undefined {
  const master = masterOf(state, channel)
  return master === channel ? undefined : master
}

/** A channel of one note is another's as soon as its key is up: what is still heard of the note before must not follow it. */
const ofNote = (state: MidiState, channel: number): { readonly keysDown?: true } =>
  masterBeside(state, channel) === undefined ? {} : { keysDown: true }

/** Semitones that a note can be bent: two ranges of 127 would be more. */
const most = 128

/** A note's own bend and that of its zone are added up. */
export function bendOf(state: MidiState, channel: number): Of<'bend'> {
  const own = (of: number): number => channelOf(state, of).bend * channelOf(state, of).bendRange
  const master = masterBeside(state, channel)
  const sum = own(channel) + (master === undefined ? 0 : own(master))
  return { kind: 'bend', semitones: Math.min(most, Math.max(-most, sum)), channel, ...ofNote(state, channel) }
}

/** Of a note's own pressure and that of its zone the stronger is felt. */
export function pressureOf(state: MidiState, channel: number): Of<'pressure'> {
  const { pressure } = channelOf(state, channel)
  const master = masterBeside(state, channel)
  const value = master === undefined ? pressure : Math.max(pressure, channelOf(state, master).pressure)
  return { kind: 'pressure', value, channel, ...ofNote(state, channel) }
}

/** What was said last holds, by the note or by its zone. */
export function timbreOf(state: MidiState, channel: number): Of<'timbre'> {
  const { timbre } = channelOf(state, channel)
  return { kind: 'timbre', value: timbre, channel, ...ofNote(state, channel) }
}
