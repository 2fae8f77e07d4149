import { bendOf, expressions } from './expression.ts'
import { released } from './release.ts'
import {
  channelOf,
  inZones,
  isMaster,
  masterOf,
  reachOf,
  withChannel,
  withZone,
  type MidiState,
  type Parameter,
  type Step,
} from './state.ts'

const dataCoarse = 6
const dataFine = 38
const increment = 96
const decrement = 97

/** Which part of a parameter's number a controller chooses. */
const choices: Readonly<Record<number, readonly [kind: Parameter['kind'], part: 'coarse' | 'fine']>> = {
  98: ['nrpn', 'fine'],
  99: ['nrpn', 'coarse'],
  100: ['rpn', 'fine'],
  101: ['rpn', 'coarse'],
}

/** Registered parameters, by their number. */
const registered = { bendRange: 0, zone: 6, none: 127 * 128 + 127 } as const

const numberOf = ({ coarse, fine }: Parameter): number => coarse * 128 + fine

/** Whether a controller chooses a parameter, or writes to the one that is chosen: then it is no control by itself. */
export function isForParameter(state: MidiState, channel: number, controller: number): boolean {
  if (controller in choices) return true
  const { parameter } = channelOf(state, channel)
  const writes = [dataCoarse, dataFine, increment, decrement].includes(controller)
  return writes && parameter !== undefined && numberOf(parameter) !== registered.none
}

/** What data entry, and the choice of the parameter that it is for, do. */
export function dataEntered(state: MidiState, channel: number, controller: number, value: number): Step {
  const choice = choices[controller]
  const { parameter, data, hasFineData } = channelOf(state, channel)
  if (choice !== undefined) return { state: withChoice(state, channel, choice, value), actions: [] }
  if (parameter === undefined) return { state, actions: [] }
  switch (controller) {
    case dataCoarse: {
      const written = withChannel(state, channel, { data: value * 128 })
      // a finer part will follow where one has been heard before: with the old one it would be a jump back and forth
      const waits = hasFineData && parameter.kind === 'nrpn'
      return waits ? { state: written, actions: [] } : parameterStep(written, channel, parameter)
    }
    case dataFine: {
      const isFiner = hasFineData || parameter.kind === 'nrpn'
      const whole = (data & ~127) | value
      return parameterStep(
        withChannel(state, channel, { data: whole, hasFineData: isFiner }),
        channel,
        parameter,
      )
    }
    case increment:
    case decrement: {
      const step = parameter.kind === 'rpn' || hasFineData ? 1 : 128
      const moved = controller === increment ? data + step : data - step
      const next = Math.min(16383, Math.max(0, moved))
      return parameterStep(withChannel(state, channel, { data: next }), channel, parameter)
    }
    default:
      return { state, actions: [] }
  }
}

/** Half of a number that is chosen anew begins a new number. */
function withChoice(
  state: MidiState,
  channel: number,
  [kind, part]: readonly [Parameter['kind'], 'coarse' | 'fine'],
  value: number,
): MidiState {
  const { parameter, data } = channelOf(state, channel)
  const before: Parameter = parameter?.kind === kind ? parameter : { kind, coarse: 127, fine: 127 }
  const next: Parameter = { ...before, [part]: value }
  const isSame = parameter?.kind === kind && numberOf(next) === numberOf(before)
  return withChannel(state, channel, { parameter: next, data: isSame ? data : 0 })
}

function parameterStep(state: MidiState, channel: number, parameter: Parameter): Step {
  const number = numberOf(parameter)
  const { data, hasFineData } = channelOf(state, channel)
  if (parameter.kind === 'nrpn') {
    const position = hasFineData ? data / 16383 : (data >> 7) / 127
    return {
      state,
      actions: [{ kind: 'control', control: { kind: 'nrpn', number, channel, value: data, position } }],
    }
  }
  if (number === registered.bendRange) return bendRangeStep(state, channel, data)
  if (number === registered.zone) return zoneStep(state, channel, data >> 7)
  return { state, actions: [] }
}

/** Semitones and cents. What one note of a zone says of its range all of them obey. */
function bendRangeStep(state: MidiState, channel: number, data: number): Step {
  const bendRange = (data >> 7) + (data & 127) / 100
  const master = masterOf(state, channel)
  const isMember = master !== undefined && master !== channel
  const peers = isMember ? reachOf(state, master).filter((other) => other !== master) : [channel]
  const after = peers.reduce((now, peer) => withChannel(now, peer, { bendRange }), state)
  const heard = isMaster(state, channel) ? reachOf(state, channel) : peers
  return expressions(after, heard, bendOf)
}

/** The MPE configuration message: only on a master channel, and what sounds on channels that change hands ends. */
function zoneStep(state: MidiState, channel: number, members: number): Step {
  const zone = channel === 0 ? 'lower' : channel === 15 ? 'upper' : undefined
  if (zone === undefined || members > 15) return { state, actions: [] }
  const next = withZone(state, zone, members)
  const concerned = [...new Set([channel, ...inZones(state), ...inZones(next)])]
  return { state: next, actions: released(state, concerned).actions }
}
