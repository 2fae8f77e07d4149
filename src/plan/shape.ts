import type { Part } from '../patch/parts.ts'
import type { Reading, ReadSource, WiredDevice } from './wiring.ts'

/** How one source reaches a port, as far as the SynthDef depends on it. */
export interface SourceShape {
  /** `control` is mapped to a control; `audio` is read from a bus. */
  readonly rate: 'audio' | 'control'
  readonly channels: 1 | 2
  /** The cable has an amount. */
  readonly attenuated: boolean
  readonly feedback: boolean
}

/** How a port is wired: its kind of reading and what comes in, never a constant. */
export interface PortShape {
  readonly port: string
  /** `plain`: one control in the port's unit. `sum`: a base and sources, in the unit of summing. `choice`: a name known beforehand. */
  readonly form: 'plain' | 'sum' | 'choice'
  readonly choice?: string
  /** The client adds knobs up in one control. */
  readonly knobs: boolean
  readonly sources: readonly SourceShape[]
}

/** Everything that a device's SynthDef depends on besides its type. Equal shapes share one SynthDef. */
export interface DeviceShape {
  readonly type: string
  readonly rate: 'audio' | 'control'
  readonly channels: 1 | 2
  readonly ports: readonly PortShape[]
  readonly options: Readonly<Record<string, string | number | boolean>>
  /** Writes the bus of its own. */
  readonly own: boolean
  /** Adds itself to the sum over all voices. */
  readonly mix: boolean
  /** Notes have several voices: it leaves them with its share of the level, and if it is mono, from a place of its own. */
  readonly unison?: 'together' | 'apart'
  /** Shapes its own way out with a gate, as nothing else does. */
  readonly declick: boolean
  /** How it is seen that it is silent, if anybody wants to know. */
  readonly watch?: Watch
}

/** How a synth sees that it has come to silence. */
export interface Watch {
  /** Its gain tells, which costs next to nothing, or only what it puts out. */
  readonly by: 'gain' | 'signal'
  /** It leaves a voice: as long as the gate is high it is not over. */
  readonly voice: boolean
}

/** The shape of a wired device. @param slots of each of its readings */
export function shapeOf(
  wired: WiredDevice,
  slots: readonly (readonly Slot[])[],
  writes: Pick<DeviceShape, 'own' | 'mix' | 'declick' | 'watch' | 'unison'>,
): DeviceShape {
  return {
    type: wired.device.type,
    rate: wired.output.rate,
    channels: wired.output.channels,
    ports: wired.readings.map((reading, i) => portShape(reading, slots[i] ?? [])),
    options: wired.device.options,
    ...writes,
  }
}

/** Of ports that nothing touches: such a reading is the same value wherever it is. */
const known = new WeakMap<Reading, PortShape>()

function portShape(reading: Reading, slots: readonly Slot[]): PortShape {
  const { sources, knobs, baseIs } = reading
  const isUntouched = sources.length === 0 && knobs.length === 0 && baseIs !== 'constant'
  const before = isUntouched ? known.get(reading) : undefined
  if (before) return before
  const shape = portShapeOf(reading, slots)
  if (isUntouched) {
    known.set(reading, shape)
    numbersOfKnown.set(shape, numberOf(shape))
  }
  return shape
}

function portShapeOf({ port, declaration, choice, knobs }: Reading, slots: readonly Slot[]): PortShape {
  const sources = slots.map(({ shape }) => shape)
  const hasKnobs = knobs.length > 0
  if (choice !== undefined) return { port, form: 'choice', choice, knobs: false, sources }
  if (declaration.kind !== 'value') return { port, form: 'sum', knobs: hasKnobs, sources }
  // knobs and constants are one number to the synth, worked out by the client
  return { port, form: sources.length === 0 ? 'plain' : 'sum', knobs: false, sources }
}

/** By content: equal ports have equal numbers. */
const numbers = new Map<string, number>()
const numbersOfKnown = new WeakMap<PortShape, number>()

function numberOf(shape: PortShape): number {
  const known = numbersOfKnown.get(shape)
  if (known !== undefined) return known
  const content = JSON.stringify(shape)
  const number = numbers.get(content) ?? numbers.size
  numbers.set(content, number)
  return number
}

/** Equal shapes have equal keys. Of ports, which are most of a shape, it has the numbers. */
export function keyOf({ ports, ...rest }: DeviceShape): string {
  return `${ports.map(numberOf).join()} ${JSON.stringify(rest)}`
}

/** A place for a source in a port; without a source it reads 0. */
export interface Slot {
  readonly shape: SourceShape
  readonly source?: ReadSource
}

/**
 * The places of a port for sources, in their order: control sources, then places kept free, then audio sources. A
 * value port that is often modulated has room for one control cable beside what it is normalled to, and its cables
 * always have an attenuator: so neither a first cable nor an amount is a reason for a new synth.
 */
export function slotsOf({ declaration, sources }: Reading, part: Part): readonly Slot[] {
  if (declaration.kind !== 'value') return sources.map((source) => ({ shape: sourceShape(source), source }))
  // a shared device costs little: every port of it is ready for a cable
  const spare = declaration.spare === true || (part !== 'voice' && !declaration.optional)
  const room = spare ? (part === 'voice' && declaration.normal !== undefined ? 2 : 1) : 0
  if (sources.length === 0) return emptySlots[room] as readonly Slot[]
  const slots = sources.map((source): Slot => ({
    shape: { ...sourceShape(source), attenuated: true },
    source,
  }))
  const control = slots.filter(({ shape }) => shape.rate === 'control')
  const audio = slots.filter(({ shape }) => shape.rate === 'audio')
  return [...control, ...(emptySlots[Math.max(0, room - control.length)] as readonly Slot[]), ...audio]
}

const emptySlot: Slot = { shape: { rate: 'control', channels: 1, attenuated: true, feedback: false } }
const emptySlots: readonly (readonly Slot[])[] = [[], [emptySlot], [emptySlot, emptySlot]]

function sourceShape(source: ReadSource): SourceShape {
  const attenuated = source.amount !== undefined
  if (source.kind !== 'device' || source.rate === 'control')
    return { rate: 'control', channels: 1, attenuated, feedback: false }
  return { rate: 'audio', channels: source.channels, attenuated, feedback: source.feedback }
}
