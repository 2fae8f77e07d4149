import type { NoteEvent } from '../plan/index.ts'
import { checkMidiOptions } from './options.ts'

/** How MIDI messages are understood. */
export interface MidiOptions {
  /** Channel 1..16 that is heard; with MPE, the zone of that master channel. Default: all. */
  readonly channel?: number
  /** Semitones, 0..127.99, that the pitch bend reaches up and down until the device says otherwise (RPN 0). Default: 2. */
  readonly bendRange?: number
  /** MPE zones: member channels 0..15 of each, of both together 14. Default: none until the device says so (RPN 6). */
  readonly mpe?: Zones
}

/** Member channels 0..15 of the lower zone (master: channel 1) and of the upper one (master: channel 16). */
export interface Zones {
  readonly lower?: number
  readonly upper?: number
}

/** A control of the hardware has been moved. */
export interface MidiControl {
  /** `cc`: a controller; `cc14`: one of 0..31 together with its finer part; `nrpn`: a non-registered parameter. */
  readonly kind: 'cc' | 'cc14' | 'nrpn'
  readonly number: number
  /** 0..15. */
  readonly channel: number
  /** 0..127, or 0..16383 in 14 bits. */
  readonly value: number
  /** Where it stands, 0..1. */
  readonly position: number
}

/** What a MIDI message asks for. */
export type MidiAction =
  | { readonly kind: 'play'; readonly event: NoteEvent }
  /** Turns the knobs that name it. */
  | { readonly kind: 'control'; readonly control: MidiControl }
  /** Recalls a snapshot. Bank 0..16383, program 0..127. */
  | { readonly kind: 'program'; readonly channel: number; readonly bank: number; readonly program: number }
  | { readonly kind: 'clock' | 'start' | 'continue' | 'stop' }
  /** Song position in beats. */
  | { readonly kind: 'position'; readonly beat: number }

/** A registered (RPN) or non-registered (NRPN) parameter that data entry writes to, its number still in two parts. */
export interface Parameter {
  readonly kind: 'rpn' | 'nrpn'
  readonly coarse: number
  readonly fine: number
}

/** What data entry has written to a parameter. */
export interface Written {
  /** 0..16383. */
  readonly data: number
  /** Its finer part has been heard. */
  readonly hasFine: boolean
  /** Its coarse part came last: the finer one has not followed. */
  readonly isCoarse: boolean
}

/** What is known of a channel. */
export interface ChannelState {
  /** Notes whose keys are down. */
  readonly keys: readonly number[]
  readonly sustain: boolean
  readonly sostenuto: boolean
  /** −1..1. */
  readonly bend: number
  /** Semitones. */
  readonly bendRange: number
  /** 0..1. */
  readonly pressure: number
  /** 0..1; 0.5 at rest. */
  readonly timbre: number
  readonly parameter: Parameter | undefined
  /** What data entry has written to non-registered parameters, the newest last. */
  readonly written: ReadonlyMap<number, Written>
  /** Last values of the controllers 0..31, the coarse parts of those in 14 bits. */
  readonly coarse: readonly number[]
  /** A bit for each of the controllers 0..31 whose finer part has been heard. */
  readonly hasFine: number
  /** A bit for each of them whose coarse part came last: its finer part has not followed. */
  readonly isCoarse: number
  readonly bank: number
}

/** All that is known of a MIDI cable: a value. */
export interface MidiState {
  readonly options: MidiOptions
  /** Channels 0..15. */
  readonly channels: readonly ChannelState[]
  readonly zones: Required<Zones>
}

/** A state and what led to it asks for. */
export interface Step {
  readonly state: MidiState
  readonly actions: readonly MidiAction[]
}

const defaultBendRange = 2
/** As the MPE standard has it, for notes of their own. */
const memberBendRange = 48

function channelAtRest(bendRange: number): ChannelState {
  return {
    keys: [],
    sustain: false,
    sostenuto: false,
    bend: 0,
    bendRange,
    pressure: 0,
    timbre: 0.5,
    parameter: undefined,
    written: new Map(),
    coarse: Array<number>(32).fill(0),
    hasFine: 0,
    isCoarse: 0,
    bank: 0,
  }
}

/**
 * A MIDI cable on which nothing has been heard.
 *
 * @throws MegasynthError `out-of-range` for options that mean nothing
 * @example
 * const { state, actions } = interpretMidi(midiAtStart(), { kind: 'noteOn', channel: 0, note: 60, velocity: 100 })
 */
export function midiAtStart(options: MidiOptions = {}): MidiState {
  checkMidiOptions(options)
  const { bendRange = defaultBendRange, mpe = {} } = options
  const plain: MidiState = {
    options,
    channels: Array.from({ length: 16 }, () => channelAtRest(bendRange)),
    zones: { lower: 0, upper: 0 },
  }
  const { lower = 0, upper = 0 } = mpe
  const withLower = lower === 0 ? plain : withZone(plain, 'lower', lower)
  return upper === 0 ? withLower : withZone(withLower, 'upper', upper)
}

/** A zone of another size, its channels at rest. The other zone gives way, down to nothing. */
export function withZone(state: MidiState, zone: keyof Zones, members: number): MidiState {
  const other = zone === 'lower' ? 'upper' : 'lower'
  // two zones need two masters
  const left = Math.max(0, Math.min(state.zones[other], 14 - members))
  const zones = { [zone]: members, [other]: left } as Required<Zones>
  const next = { ...state, zones }
  const { bendRange = defaultBendRange } = state.options
  const concerned = new Set([...inZones(state), ...inZones(next)])
  const channels = state.channels.map((channel, i) => {
    if (!concerned.has(i)) return channel
    return channelAtRest(masterOf(next, i) === undefined || isMaster(next, i) ? bendRange : memberBendRange)
  })
  return { ...next, channels }
}

const lowerMaster = 0
const upperMaster = 15

/** The master channel of the zone in which a channel is; undefined outside of zones. */
export function masterOf({ zones: { lower, upper } }: MidiState, channel: number): number | undefined {
  if (lower > 0 && channel <= lower) return lowerMaster
  if (upper > 0 && channel >= upperMaster - upper) return upperMaster
  return undefined
}

export const isMaster = (state: MidiState, channel: number): boolean => masterOf(state, channel) === channel

const allChannels = Array.from({ length: 16 }, (_, i) => i)

/** Channels that are in a zone. */
export const inZones = (state: MidiState): readonly number[] =>
  allChannels.filter((channel) => masterOf(state, channel) !== undefined)

/** The channels that a message on a channel concerns: on a master those of its zone, it first. */
export function reachOf(state: MidiState, channel: number): readonly number[] {
  if (!isMaster(state, channel)) return [channel]
  return [channel, ...allChannels.filter((other) => other !== channel && masterOf(state, other) === channel)]
}

/** Whether messages on a channel are heard. */
export function isHeard(state: MidiState, channel: number): boolean {
  const { channel: wanted } = state.options
  return wanted === undefined || channel === wanted - 1 || masterOf(state, channel) === wanted - 1
}

/** What is known of a channel 0..15. */
export const channelOf = ({ channels }: MidiState, channel: number): ChannelState =>
  channels[channel] ?? channelAtRest(defaultBendRange)

/** The state with something new about a channel 0..15. */
export function withChannel(state: MidiState, channel: number, news: Partial<ChannelState>): MidiState {
  return { ...state, channels: state.channels.with(channel, { ...channelOf(state, channel), ...news }) }
}
