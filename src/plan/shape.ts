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
  /** Shapes its own way out with a gate, as nothing else does. */
  readonly declick: boolean
}

/** The shape of a wired device. */
export function shapeOf(
  wired: WiredDevice,
  writes: { own: boolean; mix: boolean; declick: boolean },
): DeviceShape {
  return {
    type: wired.device.type,
    rate: wired.output.rate,
    channels: wired.output.channels,
    ports: wired.readings.map((reading) => portShape(reading, wired)),
    options: wired.device.options,
    ...writes,
  }
}

function portShape(reading: Reading, wired: WiredDevice): PortShape {
  const { port, declaration, choice } = reading
  const sources = reading.sources.map(sourceShape)
  const knobs = reading.knobs.length > 0
  if (choice !== undefined) return { port, form: 'choice', choice, knobs: false, sources }
  if (declaration.kind !== 'value') return { port, form: 'sum', knobs, sources }
  // a shared device costs little: every port of it is ready for a cable
  const spare = declaration.spare === true || (wired.part !== 'voice' && !declaration.optional)
  // always with an attenuator, so that an amount is never a reason for a new synth
  const attenuatedSources = sources.map((source) => ({ ...source, attenuated: true }))
  const slots =
    spare && !sources.some((source) => source.rate === 'control')
      ? [spareSlot, ...attenuatedSources]
      : attenuatedSources
  // knobs and constants are one number to the synth, worked out by the client
  return { port, form: slots.length === 0 ? 'plain' : 'sum', knobs: false, sources: slots }
}

/** A slot with nothing in it reads 0. */
const spareSlot: SourceShape = { rate: 'control', channels: 1, attenuated: true, feedback: false }

function sourceShape(source: ReadSource): SourceShape {
  if (source.kind === 'key') return { ...spareSlot, attenuated: source.amount !== undefined }
  const { rate, channels, feedback, amount } = source
  if (rate === 'control') return { rate, channels: 1, attenuated: amount !== undefined, feedback: false }
  return { rate, channels, feedback, attenuated: amount !== undefined }
}
