import type { NoteEvent } from '../plan/index.ts'
import type { ChannelMessage, MidiMessage } from './message.ts'
import { controllerMoved } from './controllers.ts'
import { bendOf, expressions, pressureOf } from './expression.ts'
import { released } from './release.ts'
import {
  channelOf,
  isHeard,
  isMaster,
  masterOf,
  midiAtStart,
  reachOf,
  withChannel,
  type MidiAction,
  type MidiControl,
  type MidiState,
  type Step,
} from './state.ts'

/**
 * What a MIDI message means: notes and expression to be played, a control that was moved, a program, the clock. Pure.
 *
 * A controller that a knob names turns that knob and means nothing else. Otherwise 64 and 66 are the pedals, 1 (the mod
 * wheel) and 74 are `keys.timbre`; in an MPE zone only 74 is.
 *
 * @param state what the call before returned, at first {@link midiAtStart}
 * @param isTaken whether a knob names this control
 * @example
 * const { actions } = interpretMidi(midiAtStart({ channel: 1 }), { kind: 'pitchBend', channel: 0, value: 8191 })
 * // [{ kind: 'play', event: { kind: 'bend', semitones: 2, channel: 0 } }]
 */
export function interpretMidi(
  state: MidiState,
  message: MidiMessage,
  isTaken: (control: MidiControl) => boolean = () => false,
): Step {
  if ('channel' in message)
    return isHeard(state, message.channel) ? channelStep(state, message, isTaken) : { state, actions: [] }
  switch (message.kind) {
    case 'clock':
    case 'start':
    case 'continue':
    case 'stop':
      return { state, actions: [{ kind: message.kind }] }
    case 'songPosition':
      return { state, actions: [{ kind: 'position', beat: message.sixteenths / 4 }] }
    case 'reset':
      return releaseMidi(state)
    default:
      return { state, actions: [] }
  }
}

/**
 * Lets go of everything that is held on a cable that is gone, and forgets what was known of it.
 *
 * @example
 * const { actions } = releaseMidi(midiAtStart()) // none: nothing is held
 */
export function releaseMidi(state: MidiState): Step {
  const all = state.channels.map((_, channel) => channel)
  return { state: midiAtStart(state.options), actions: released(state, all).actions }
}

const play = (event: NoteEvent): MidiAction => ({ kind: 'play', event })

function channelStep(
  state: MidiState,
  message: ChannelMessage,
  isTaken: (control: MidiControl) => boolean,
): Step {
  const { channel } = message
  const { keys } = channelOf(state, channel)
  switch (message.kind) {
    case 'noteOn': {
      const { note, velocity } = message
      if (velocity === 0) return channelStep(state, { kind: 'noteOff', channel, note, velocity: 64 }, isTaken)
      const down = keys.includes(note) ? keys : [...keys, note]
      return {
        state: withChannel(state, channel, { keys: down }),
        actions: [play({ kind: 'on', note, velocity: velocity / 127, channel })],
      }
    }
    case 'noteOff': {
      const { note } = message
      return {
        state: withChannel(state, channel, { keys: keys.filter((key) => key !== note) }),
        actions: [play({ kind: 'off', note, channel })],
      }
    }
    case 'polyPressure': {
      const { note, value } = message
      return { state, actions: [play({ kind: 'pressure', value: value / 127, channel, note })] }
    }
    case 'channelPressure':
      return expressions(
        withChannel(state, channel, { pressure: message.value / 127 }),
        reachOf(state, channel),
        pressureOf,
      )
    case 'pitchBend':
      return expressions(
        withChannel(state, channel, { bend: message.value / (message.value < 0 ? 8192 : 8191) }),
        reachOf(state, channel),
        bendOf,
      )
    case 'program': {
      // a note of its own has no program of its own
      const isMember = masterOf(state, channel) !== undefined && !isMaster(state, channel)
      if (isMember) return { state, actions: [] }
      const { bank } = channelOf(state, channel)
      return { state, actions: [{ kind: 'program', channel, bank, program: message.program }] }
    }
    case 'controller':
      return controllerMoved(state, message, isTaken)
  }
}
