import { bendOf, expressions } from './expression.ts'
import { farthestBend } from './options.ts'
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
  type Written,
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
  const { parameter } = channelOf(state, channel)
  if (choice !== undefined) return { state: withChoice(state, channel, choice, value), actions: [] }
  if (parameter === undefined) return { state, actions: [] }
  const number = numberOf(parameter)
  if (parameter.kind === 'nrpn') return nrpnStep(state, channel, number, controller, value)
  if (number === registered.bendRange) return bendRangeStep(state, channel, controller, value)
  return number === registered.zone ? zoneStep(state, channel, controller, value) : { state, actions: [] }
}

/** Half of a number that is chosen anew begins a new number. */
function withChoice(
  state: MidiState,
  channel: number,
  [kind, part]: readonly [Parameter['kind'], 'coarse' | 'fine'],
  value: number,
): MidiState {
  const { parameter } = channelOf(state, channel)
  const before: Parameter = parameter?.kind === kind ? parameter : { kind, coarse: 127, fine: 127 }
  return withChannel(state, channel, { parameter: { ...before, [part]: value } })
}

/** So many parameters of a channel are remembered. */
const most = 256
const unwritten: Written = { data: 0, hasFine: false, isCoarse: false }

/**
 * A non-registered parameter, in 7 or in 14 bits: each by itself. Where a finer part followed the coarse one the last time, the
 * coarse one waits for it: with the old one it would be a jump back and forth.
 */
function nrpnStep(
  state: MidiState,
  channel: number,
  number: number,
  controller: number,
  value: number,
): Step {
  const { written } = channelOf(state, channel)
  const before = written.get(number) ?? unwritten
  const now = nrpnWritten(before, controller, value)
  const others = [...written].filter(([other]) => other !== number).slice(1 - most)
  const after = withChannel(state, channel, { written: new Map([...others, [number, now]]) })
  if (controller === dataCoarse && now.hasFine) return { state: after, actions: [] }
  const { data, hasFine } = now
  const position = hasFine ? data / 16383 : (data >> 7) / 127
  return {
    state: after,
    actions: [{ kind: 'control', control: { kind: 'nrpn', number, channel, value: data, position } }],
  }
}

function nrpnWritten({ data, hasFine, isCoarse }: Written, controller: number, value: number): Written {
  switch (controller) {
    case dataCoarse:
      // a second one in a row: whoever sends now has no finer parts
      return { data: value * 128, hasFine: hasFine && !isCoarse, isCoarse: true }
    case dataFine:
      return { data: (data & ~127) | value, hasFine: true, isCoarse: false }
    default: {
      const step = (hasFine ? 1 : 128) * (controller === increment ? 1 : -1)
      return { data: Math.min(16383, Math.max(0, data + step)), hasFine, isCoarse: false }
    }
  }
}

/** Semitones and cents. What one note of a zone says of its range all of them obey. */
function bendRangeStep(state: MidiState, channel: number, controller: number, value: number): Step {
  const bendRange = bendRangeWritten(channelOf(state, channel).bendRange, controller, value)
  const master = masterOf(state, channel)
  const isMember = master !== undefined && master !== channel
  const peers = isMember ? reachOf(state, master).filter((other) => other !== master) : [channel]
  const after = peers.reduce((now, peer) => withChannel(now, peer, { bendRange }), state)
  const heard = isMaster(state, channel) ? reachOf(state, channel) : peers
  return expressions(after, heard, bendOf)
}

function bendRangeWritten(before: number, controller: number, value: number): number {
  const hundredths = Math.round(before * 100)
  switch (controller) {
    case dataCoarse:
      return value
    case dataFine:
      return Math.floor(hundredths / 100) + value / 100
    default:
      return Math.min(farthestBend * 100, Math.max(0, hundredths + (controller === increment ? 1 : -1))) / 100
  }
}

/** The MPE configuration message: only on a master channel, and what sounds on channels that change hands ends. */
function zoneStep(state: MidiState, channel: number, controller: number, value: number): Step {
  const zone = channel === 0 ? 'lower' : channel === 15 ? 'upper' : undefined
  // it has no finer part, and no steps
  if (zone === undefined || controller !== dataCoarse || value > 15) return { state, actions: [] }
  const next = withZone(state, zone, value)
  const concerned = [...new Set([channel, ...inZones(state), ...inZones(next)])]
  return { state: next, actions: released(state, concerned).actions }
}
