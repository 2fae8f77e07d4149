import { clockNames, type DeviceInfo, type KeyName } from '../patch/ports.ts'
import { partsOf, type Part } from '../patch/parts.ts'
import type { Connection, Knob, ParsedPatch } from '../patch/types.ts'
import type { DeviceType } from '../devices/index.ts'
import { out } from '../devices/index.ts'
import { clockName, clockNode, usesClock } from './clock.ts'
import { compileDevice, controlNames, type DeviceSynthDef } from './device-synthdef.ts'
import { knobKey, type KnobMapping } from './knobs.ts'
import { sortDevices } from './order.ts'
import { rangeOf, summing } from './scale.ts'
import { keyOf, shapeOf, slotsOf, type DeviceShape, type Slot, type Watch } from './shape.ts'
import { silentAtRest } from './silence.ts'
import { voicesOf } from './voices.ts'
import {
  normalisedBase,
  wire,
  withoutBypassed,
  type Reading,
  type ReadSource,
  type WiredDevice,
} from './wiring.ts'

/** Which bus of a node is meant: its own in each voice, or the sum over all voices. */
export type Side = 'own' | 'mix'

/** What a control of a synth gets, by name, not yet by number. */
export type ControlSource =
  | { readonly kind: 'value'; readonly value: number }
  /** Mapped to the bus on which the client puts a sum of knobs. */
  | { readonly kind: 'knobs'; readonly mapping: string }
  /** Mapped to a key of the voice. */
  | { readonly kind: 'key'; readonly key: KeyName }
  /** Mapped to a control output. */
  | {
      readonly kind: 'output'
      readonly node: string
      readonly part: Part
      readonly side: Side
      readonly late?: boolean
      /** Which channel of the bus, counted from 0. Default: the first. */
      readonly channel?: number
    }
  /** The index of a bus. `late`, here and above: it is read a block late. */
  | {
      readonly kind: 'bus'
      readonly node: string
      readonly part: Part
      readonly side: Side
      readonly late?: boolean
    }
  /** Mapped to how far the voice is choked. */
  | { readonly kind: 'choke' }
  /** The number of the instance's random generator, or its seed. */
  | { readonly kind: 'randomId' }
  | { readonly kind: 'seed' }

/** One synth of the network; a voice node exists once in every voice. */
export interface NetworkNode {
  readonly name: string
  readonly type: string
  readonly part: Part
  readonly def: string
  readonly rate: 'audio' | 'control'
  readonly channels: 1 | 2
  /** Channels of its sum over all voices. */
  readonly sum: 1 | 2
  /** Channels on its own bus beside the signal, with other signals. Default: 0. */
  readonly further?: number
  readonly own: boolean
  readonly mix: boolean
  readonly random: boolean
  /** It goes on sounding without input: what replaces it lets it ring out. */
  readonly rings: boolean
  /** From where a successor goes on: its output, or a channel that follows it on its own bus. */
  readonly continues?: 'output' | 'state'
  /** It pauses itself when its voice is silent. */
  readonly watched: boolean
  readonly controls: Readonly<Record<string, ControlSource>>
  /** Why each value port starts from where it does. */
  readonly bases: Readonly<Record<string, Reading['baseIs']>>
}

/** What rings on after an edit took it out, as its readers still hear it. */
export interface Tail {
  /** A name that no device can have. */
  readonly name: string
  readonly part: Part
  readonly rate: 'audio' | 'control'
  readonly channels: 1 | 2
  readonly sum: 1 | 2
  readonly cables: readonly Omit<Connection, 'from' | 'feedback'>[]
}

/** The blueprint of a patch: ordered nodes, their SynthDefs, their wiring. No ids yet. */
export interface Network {
  readonly voices: ParsedPatch['voices']
  /** Voices that it has, spare ones included. */
  readonly voiceCount: number
  /** In an order in which every node follows what it reads; the clock, if anything reads it, is the first, `out` the last. */
  readonly nodes: readonly NetworkNode[]
  readonly synthDefs: ReadonlyMap<string, DeviceSynthDef>
  /** What the client writes for the knobs, by {@link knobKey}. */
  readonly knobs: ReadonlyMap<string, KnobMapping>
  /** What every port reads, for people. */
  readonly wired: readonly WiredDevice[]
  /** Cables between devices, bypassed ones left out. */
  readonly connections: readonly Connection[]
  readonly tails: readonly Tail[]
}

/** The device types that a patch may use, and the final stage. */
export interface CompileOptions {
  readonly catalogue: Readonly<Record<string, DeviceType>>
  /** What still rings of the patches before. Default: nothing. */
  readonly tails?: readonly Tail[]
}

/**
 * Compiles a valid patch to a network. Pure; equal patches give equal networks.
 *
 * @throws MegasynthError `invalid-device-type` if a device type does not do what it declares
 * @example
 * const { nodes, synthDefs } = compile(parsePatch(patch, standard, out), { catalogue: standard })
 */
export function compile(patch: ParsedPatch, { catalogue, tails = [] }: CompileOptions): Network {
  const active = withoutBypassed(patch, catalogue)
  const parts = partsOf(active)
  const order = sortDevices(active, parts)
  const wired = wire(active, catalogue, parts, order, out, tails)
  const ringing = new Map(tails.map((tail) => [tail.name, tail.part]))
  const partOf = (name: string): Part =>
    name === 'out' ? 'after' : ((parts.get(name) ?? ringing.get(name)) as Part)
  const read = readers(wired, partOf)
  const silent = silentAtRest(wired, tails)
  // a voice is silent only when the longest echo in it has passed
  const voiceHold =
    silenceSeconds +
    Math.max(0, ...wired.filter(({ part }) => part === 'voice').map(({ info }) => info.rings ?? 0))
  const synthDefs = new Map<string, DeviceSynthDef>()
  const knobs = new Map<string, KnobMapping>()
  const nodes = wired.map((device): NetworkNode => {
    const { name } = device
    const mix = device.part === 'voice' && read.outside.has(name)
    const type = name === 'out' ? out : (catalogue[device.device.type] as DeviceType)
    const own = name === 'out' || read.inside.has(name) || (mix && type.continues !== undefined)
    const watch = watchOf(device, mix, silent.get(name))
    const declick = mix && !silent.has(name)
    const slots = device.readings.map((reading) => slotsOf(reading, device.part))
    const unison = mix ? unisonOf(device, active) : undefined
    const shape = shapeOf(device, slots, {
      own,
      mix,
      declick,
      ...(watch && { watch }),
      ...(unison && { unison }),
    })
    const def = memoised(type, shape)
    synthDefs.set(def.name, def)
    const bases: Record<string, Reading['baseIs']> = {}
    for (const { port, baseIs } of device.readings) bases[port] = baseIs
    return {
      name,
      type: device.device.type,
      part: device.part,
      def: def.name,
      rate: device.output.rate,
      channels: device.output.channels,
      sum: device.output.sum,
      own: shape.own,
      mix: shape.mix,
      random: def.random,
      rings: type.rings !== undefined,
      ...(type.continues && own && { continues: type.continues }),
      watched: watch?.voice === true,
      bases,
      controls: controlsOf(
        device,
        slots,
        shape,
        def,
        partOf,
        voiceHold,
        (mapping) => {
          const key = knobKey(mapping)
          knobs.set(key, mapping)
          return key
        },
        active,
      ),
    }
  })
  const clock = usesClock(wired) ? clockNode() : undefined
  if (clock) synthDefs.set(clock.def.name, clock.def)
  for (const mapping of clock?.mappings ?? []) knobs.set(knobKey(mapping), mapping)
  return {
    voices: active.voices,
    voiceCount: voicesOf(active.voices),
    nodes: clock ? [clock.node, ...nodes] : nodes,
    synthDefs,
    knobs,
    wired,
    connections: active.connections,
    tails,
  }
}

/** Seconds of silence after which nothing more is to come: longer than the gaps of a slow tremolo. */
const silenceSeconds = 0.5

/** What leaves the voices tells when its voice is silent; what rings after them, when it has rung out. */
function watchOf(
  { part, info, output }: WiredDevice,
  mix: boolean,
  silent: 'gain' | 'signal' | undefined,
): Watch | undefined {
  // a control signal that never rests, such as an LFO's, says nothing about silence
  if (mix && (output.rate === 'audio' || silent !== undefined))
    return { by: silent === 'signal' ? 'signal' : 'gain', voice: true }
  if (info.rings === undefined) return undefined
  return { by: 'signal', voice: part === 'voice' && mix }
}

/** How the voices of one note leave: each with its share of the level, and what is mono each from its own place. */
function unisonOf({ output }: WiredDevice, { voices: { unison } }: ParsedPatch): DeviceShape['unison'] {
  if (unison.voices < 2) return undefined
  return output.sum > output.channels ? 'apart' : 'together'
}

const known = new WeakMap<DeviceInfo, Map<string, DeviceSynthDef>>()

/** Compiling is a pure function of type and shape: what was compiled once is known for all patches. */
function memoised(type: DeviceType, shape: DeviceShape): DeviceSynthDef {
  const defs = known.get(type) ?? new Map<string, DeviceSynthDef>()
  known.set(type, defs)
  const key = keyOf(shape)
  const def = defs.get(key) ?? compileDevice(type, shape)
  defs.set(key, def)
  return def
}

/** Who is read by a device of its own part or voice, and who from outside the voices. */
function readers(
  wired: readonly WiredDevice[],
  partOf: (name: string) => Part,
): {
  inside: ReadonlySet<string>
  outside: ReadonlySet<string>
} {
  const [inside, outside] = [new Set<string>(), new Set<string>()]
  for (const { part, readings } of wired)
    for (const { sources } of readings)
      for (const source of sources) {
        if (source.kind !== 'device') continue
        const leaves = partOf(source.name) === 'voice' && part !== 'voice'
        ;(leaves ? outside : inside).add(source.name)
      }
  return { inside, outside }
}

function controlsOf(
  device: WiredDevice,
  slots: readonly (readonly Slot[])[],
  shape: DeviceShape,
  def: DeviceSynthDef,
  partOf: (name: string) => Part,
  voiceHold: number,
  knobBus: (mapping: KnobMapping) => string,
  { knobs, voices }: Pick<ParsedPatch, 'knobs' | 'voices'>,
): Record<string, ControlSource> {
  const controls: Record<string, ControlSource> = {}
  const self = { node: device.name, part: device.part }
  for (const [i, reading] of device.readings.entries()) {
    const port = shape.ports[i] as DeviceShape['ports'][number]
    if (port.form === 'choice') continue
    const base = baseOf(reading, port.form, knobs)
    if (base !== undefined)
      controls[controlNames.base(reading.port)] =
        typeof base === 'number' ? { kind: 'value', value: base } : { kind: 'knobs', mapping: knobBus(base) }
    const unit = reading.declaration.kind === 'value' ? summing(rangeOf(reading.declaration)).span : 1
    for (const [slot, { shape: read, source }] of (slots[i] ?? []).entries()) {
      if (read.attenuated)
        controls[controlNames.amount(reading.port, slot)] =
          // an empty place is closed, so that plugging in opens it gently
          source === undefined ? nothing : { kind: 'value', value: (source.amount ?? 1) * unit }
      const name =
        read.rate === 'audio' ? controlNames.bus(reading.port, slot) : controlNames.slot(reading.port, slot)
      controls[name] = source === undefined ? nothing : sourceControl(source, read.rate, device.part, partOf)
    }
  }
  if (shape.own) controls[controlNames.own] = { kind: 'bus', ...self, side: 'own' }
  if (shape.mix) {
    controls[controlNames.mix] = { kind: 'bus', ...self, side: 'mix' }
    controls[controlNames.choke] = { kind: 'choke' }
  }
  if (shape.unison) {
    const { voices: n } = voices.unison
    // sounds add up in power, control signals, which are alike, in value
    controls[controlNames.share] = { kind: 'value', value: shape.rate === 'audio' ? 1 / Math.sqrt(n) : 1 / n }
    if (shape.unison === 'apart') controls[controlNames.place] = { kind: 'key', key: 'spread' }
  }
  if (shape.watch) {
    const seconds = shape.watch.voice ? voiceHold : silenceSeconds + (device.info.rings ?? 0)
    controls[controlNames.forget] = { kind: 'value', value: 1 / seconds }
  }
  if (shape.declick || shape.watch?.voice) controls[controlNames.gate] = { kind: 'key', key: 'gate' }
  if (def.random) {
    controls[controlNames.randomId] = { kind: 'randomId' }
    controls[controlNames.seed] = { kind: 'seed' }
  }
  return controls
}

/** What is in a place in which nothing is plugged, and its amount. */
const nothing: ControlSource = { kind: 'value', value: 0 }

function sourceControl(
  source: ReadSource,
  rate: 'audio' | 'control',
  reader: Part,
  partOf: (name: string) => Part,
): ControlSource {
  if (source.kind === 'key') return { kind: 'key', key: source.key }
  if (source.kind === 'clock') {
    const channel = clockNames.indexOf(source.output)
    return { kind: 'output', node: clockName, part: 'before', side: 'own', ...(channel > 0 && { channel }) }
  }
  const part = partOf(source.name)
  const side: Side = part === 'voice' && reader !== 'voice' ? 'mix' : 'own'
  const kind = rate === 'control' ? 'output' : 'bus'
  return { kind, node: source.name, part, side, ...(source.feedback && { late: true }) }
}

/** The number or the knob sum that a port's base control gets; undefined where the port has none. */
function baseOf(
  reading: Reading,
  form: 'plain' | 'sum' | 'choice',
  knobs: ParsedPatch['knobs'],
): number | KnobMapping | undefined {
  const { declaration } = reading
  const terms = reading.knobs.map(({ name, amount }) => {
    const { range, scale } = knobs[name] as Knob
    return { name, amount, ...(range && { range }), ...(scale && { scale }) }
  })
  if (declaration.kind !== 'value') {
    if (terms.length > 0) return { terms, base: reading.base ?? 0, form: 'level' }
    return declaration.kind === 'gate' || declaration.kind === 'trigger' ? (reading.base ?? 0) : undefined
  }
  const base = normalisedBase(reading)
  const port = rangeOf(declaration)
  if (terms.length > 0) return { terms, base, port, form: form === 'plain' ? 'unit' : 'summed' }
  if (form === 'plain') return reading.base ?? declaration.default
  const { origin, span } = summing(port)
  return origin + span * base
}
