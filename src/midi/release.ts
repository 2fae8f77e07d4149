import type { NoteEvent } from '../plan/index.ts'
import { bendOf, pressureOf, timbreOf } from './expression.ts'
import { channelOf, withChannel, type ChannelState, type MidiState, type Step } from './state.ts'

/** Every key of these channels goes up; what pedals hold they go on holding. */
export function keysUp(state: MidiState, channels: readonly number[]): Step {
  return {
    state: channels.reduce((now, channel) => withChannel(now, channel, { keys: [] }), state),
    actions: channels.flatMap((channel) =>
      channelOf(state, channel).keys.map((note) => ({
        kind: 'play' as const,
        event: { kind: 'off' as const, note, channel },
      })),
    ),
  }
}

const atRest: Partial<ChannelState> = {
  sustain: false,
  sostenuto: false,
  bend: 0,
  pressure: 0,
  timbre: 0.5,
  parameter: undefined,
}

/** Pedals, bend, pressure and timbre of these channels go back to where they are untouched. */
export function controllersReset(state: MidiState, channels: readonly number[]): Step {
  const after = channels.reduce((now, channel) => withChannel(now, channel, atRest), state)
  const events = channels.flatMap((channel) => changesOf(state, after, channel))
  return { state: after, actions: events.map((event) => ({ kind: 'play', event })) }
}

/** What a player hears of it: only what changes is said. */
function changesOf(before: MidiState, after: MidiState, channel: number): NoteEvent[] {
  const { sustain, sostenuto } = channelOf(before, channel)
  const semitones = (state: MidiState): number => bendOf(state, channel).semitones
  const pressure = (state: MidiState): number => pressureOf(state, channel).value
  const timbre = (state: MidiState): number => timbreOf(state, channel).value
  return [
    ...(sustain ? [{ kind: 'sustain' as const, down: false, channel }] : []),
    ...(sostenuto ? [{ kind: 'sostenuto' as const, down: false, channel }] : []),
    ...(semitones(before) === semitones(after) ? [] : [bendOf(after, channel)]),
    ...(pressure(before) === pressure(after) ? [] : [pressureOf(after, channel)]),
    ...(timbre(before) === timbre(after) ? [] : [timbreOf(after, channel)]),
  ]
}

/** Keys up and everything at rest. */
export function released(state: MidiState, channels: readonly number[]): Step {
  const keys = keysUp(state, channels)
  const rest = controllersReset(keys.state, channels)
  return { state: rest.state, actions: [...keys.actions, ...rest.actions] }
}
