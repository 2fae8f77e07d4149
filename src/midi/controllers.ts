import type { ChannelMessage } from './message.ts'
import { expressions, timbreOf } from './expression.ts'
import { dataEntered, isForParameter } from './parameters.ts'
import { controllersReset, keysUp } from './release.ts'
import {
  channelOf,
  isMaster,
  masterOf,
  reachOf,
  withChannel,
  type MidiAction,
  type MidiControl,
  type MidiState,
  type Step,
} from './state.ts'

/** Controllers that mean something by themselves. */
const controllers = {
  bank: 0,
  modulation: 1,
  finer: 32,
  sustain: 64,
  sostenuto: 66,
  timbre: 74,
  soundOff: 120,
  reset: 121,
  keysOff: 123,
} as const

/** From here on they are messages about the channel, no controls. */
const firstMode = 120
/** A pedal is down from here on. */
const pedalDown = 64

type Moved = Extract<ChannelMessage, { kind: 'controller' }>

/** What a controller does: it turns knobs, or what the standard has it do. */
export function controllerMoved(
  state: MidiState,
  message: Moved,
  isTaken: (control: MidiControl) => boolean,
): Step {
  const { channel, controller, value } = message
  if (controller >= firstMode) return modeStep(state, channel, controller)
  if (isForParameter(state, channel, controller)) return dataEntered(state, channel, controller, value)
  const remembered = remember(state, message)
  // the controllers of a single note are no knobs
  const isMember = masterOf(state, channel) !== undefined && !isMaster(state, channel)
  const controls = isMember ? [] : controlsOf(remembered, message)
  const moves = controls.map((control): MidiAction => ({ kind: 'control', control }))
  const isPedal = controller === controllers.sustain || controller === controllers.sostenuto
  const lifts = isPedal && value < pedalDown
  // a pedal that goes up is heard even then: a knob may have taken it while it was down
  if (!lifts && controls.some(isTaken)) return { state: remembered, actions: moves }
  const { state: after, actions } = standardStep(remembered, message)
  return { state: after, actions: [...moves, ...actions] }
}

/** Coarse and fine parts come one by one. */
function remember(state: MidiState, { channel, controller, value }: Moved): MidiState {
  const { coarse, hasFine, isCoarse } = channelOf(state, channel)
  if (controller >= 2 * controllers.finer) return state
  const bit = 1 << (controller % controllers.finer)
  if (controller >= controllers.finer)
    return withChannel(state, channel, { hasFine: hasFine | bit, isCoarse: isCoarse & ~bit })
  return withChannel(state, channel, {
    coarse: coarse.with(controller, value),
    // a second one in a row: whoever sends now has no finer parts
    hasFine: (isCoarse & bit) === 0 ? hasFine : hasFine & ~bit,
    isCoarse: isCoarse | bit,
  })
}

/**
 * The controls that this message moves: the controller, and the one in 14 bits of which it is a part. The coarse part
 * waits for the finer one where that followed the last time: with the old one it would be a jump back and forth.
 */
function controlsOf(state: MidiState, { channel, controller, value }: Moved): MidiControl[] {
  const plain: MidiControl = { kind: 'cc', number: controller, channel, value, position: value / 127 }
  if (controller >= 2 * controllers.finer) return [plain]
  const number = controller % controllers.finer
  const { coarse } = channelOf(state, channel)
  const upper = coarse[number] ?? 0
  const bits14 = { kind: 'cc14' as const, number, channel }
  if (controller >= controllers.finer) {
    const whole = upper * 128 + value
    return [plain, { ...bits14, value: whole, position: whole / 16383 }]
  }
  const waits = (channelOf(state, channel).hasFine & (1 << number)) !== 0
  return waits ? [plain] : [plain, { ...bits14, value: value * 128, position: value / 127 }]
}

function standardStep(state: MidiState, { channel, controller, value }: Moved): Step {
  switch (controller) {
    case controllers.bank:
      return { state: withChannel(state, channel, { bank: value * 128 }), actions: [] }
    case controllers.bank + controllers.finer: {
      const coarse = channelOf(state, channel).bank & ~127
      return { state: withChannel(state, channel, { bank: coarse | value }), actions: [] }
    }
    case controllers.sustain:
    case controllers.sostenuto:
      return pedalStep(
        state,
        channel,
        controller === controllers.sustain ? 'sustain' : 'sostenuto',
        value >= pedalDown,
      )
    case controllers.modulation:
      // in a zone every note has a timbre of its own, that the wheel would override
      return masterOf(state, channel) === undefined
        ? timbreStep(state, channel, value)
        : { state, actions: [] }
    case controllers.timbre:
      return timbreStep(state, channel, value)
    default:
      return { state, actions: [] }
  }
}

function pedalStep(state: MidiState, channel: number, pedal: 'sustain' | 'sostenuto', down: boolean): Step {
  const channels = reachOf(state, channel)
  return {
    state: channels.reduce((now, each) => withChannel(now, each, { [pedal]: down }), state),
    actions: channels.map((each) => ({ kind: 'play', event: { kind: pedal, down, channel: each } })),
  }
}

function timbreStep(state: MidiState, channel: number, value: number): Step {
  const channels = reachOf(state, channel)
  const after = channels.reduce((now, each) => withChannel(now, each, { timbre: value / 127 }), state)
  return expressions(after, channels, timbreOf)
}

function modeStep(state: MidiState, channel: number, controller: number): Step {
  const channels = reachOf(state, channel)
  if (controller === controllers.reset) return controllersReset(state, channels)
  if (controller >= controllers.keysOff) return keysUp(state, channels)
  if (controller !== controllers.soundOff) return { state, actions: [] }
  // it concerns every voice, whatever its channel, and the pedals with it
  const silent = state.channels.map((each) => ({ ...each, keys: [], sustain: false, sostenuto: false }))
  return { state: { ...state, channels: silent }, actions: [{ kind: 'play', event: { kind: 'silence' } }] }
}
