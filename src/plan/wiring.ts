import type { Catalogue, ClockName, DeviceInfo, KeyName, Polarity, Port, ValuePort } from '../patch/ports.ts'
import { clockNames, keyNames, portOf } from '../patch/ports.ts'
import type { Connection, Device, ParsedPatch } from '../patch/types.ts'
import type { Part } from '../patch/parts.ts'
import { groupBy } from './group-by.ts'
import type { Tail } from './network.ts'
import { normalise } from './scale.ts'

/** What a device puts out, once the whole graph is known. */
export interface OutputFacts {
  readonly rate: 'audio' | 'control'
  readonly channels: 1 | 2
  /** Channels of the sum over all voices, for who reads it from outside of them: the voices of a unison stand apart. */
  readonly sum: 1 | 2
  readonly polarity: Polarity
}

/** A source that a synth reads while it runs. */
export type ReadSource =
  | { readonly kind: 'key'; readonly key: KeyName; readonly amount?: number }
  | { readonly kind: 'clock'; readonly output: ClockName; readonly amount?: number }
  | {
      readonly kind: 'device'
      readonly name: string
      readonly amount?: number
      readonly feedback: boolean
      readonly rate: 'audio' | 'control'
      readonly channels: 1 | 2
    }

/** A knob at a port: the client does the sum, no synth exists for it. */
export interface KnobTerm {
  readonly name: string
  readonly amount: number
}

/** Everything that one port reads. */
export interface Reading {
  readonly port: string
  readonly declaration: Port
  readonly sources: readonly ReadSource[]
  readonly knobs: readonly KnobTerm[]
  /** Where a value port starts from, in the port's unit; undefined: from normalised 0. */
  readonly base?: number
  /** Why the base is what it is. */
  readonly baseIs: 'constant' | 'default' | 'zero' | 'normal'
  /** A choice that is known before the patch runs. */
  readonly choice?: string
}

/** A device with all it reads. `ports` has every port of its type that the patch uses or that has a default. */
export interface WiredDevice {
  readonly name: string
  readonly device: Device
  readonly info: DeviceInfo
  readonly part: Part
  readonly output: OutputFacts
  readonly readings: readonly Reading[]
}

/**
 * Replaces the cables that leave a bypassed device by cables from what its first signal port reads: no synth exists
 * for it. Amounts multiply. A bypassed device without a signal input, and a generator, is silent.
 */
export function withoutBypassed(patch: ParsedPatch, catalogue: Catalogue): ParsedPatch {
  const bypassed = new Set(Object.keys(patch.devices).filter((name) => patch.devices[name]?.bypass))
  if (bypassed.size === 0) return patch
  const through = (name: string): Connection[] => {
    const info = catalogue[patch.devices[name]?.type ?? '']
    // what goes into a generator only moves its sound
    if (info?.generator === true) return []
    const port = Object.entries(info?.ports ?? {}).find(
      ([, declaration]) => declaration.kind === 'signal',
    )?.[0]
    return patch.connections.filter(
      (c) => c.to === name && (c.port === port || port === c.port.replace(/\d+$/, '#')),
    )
  }
  const resolve = (connection: Connection, seen: readonly string[]): Connection[] => {
    const { from } = connection
    if (from.kind !== 'device' || !bypassed.has(from.name)) return [connection]
    if (seen.includes(from.name)) return []
    return through(from.name).flatMap((inner) => {
      const amount = product(inner.amount, connection.amount)
      const { amount: _, ...rest } = connection
      const joined = { ...rest, from: inner.from, feedback: inner.feedback || connection.feedback, ...amount }
      return resolve(joined, [...seen, from.name])
    })
  }
  // keys belong to a voice: on a way out of the voices there is nothing left of them
  const isReadable = ({ from, to }: Connection): boolean =>
    from.kind !== 'keys' || patch.devices[to]?.shared === false
  const connections = patch.connections
    .filter((c) => !bypassed.has(c.to))
    .flatMap((c) => resolve(c, []))
    .filter(isReadable)
  const devices = Object.fromEntries(Object.entries(patch.devices).filter(([name]) => !bypassed.has(name)))
  return { ...patch, devices, connections }
}

function product(a: number | undefined, b: number | undefined): { amount?: number } {
  return a === undefined && b === undefined ? {} : { amount: (a ?? 1) * (b ?? 1) }
}

/** Resolves what every port of every device reads, and what every device puts out. */
export function wire(
  patch: ParsedPatch,
  catalogue: Catalogue,
  parts: ReadonlyMap<string, Part>,
  order: readonly string[],
  out: DeviceInfo,
  tails: readonly Tail[] = [],
): WiredDevice[] {
  const cables = tails.flatMap(({ name, cables: ringing }) =>
    ringing.map((cable): Connection => ({ ...cable, from: { kind: 'device', name }, feedback: false })),
  )
  const incoming = groupBy([...patch.connections, ...cables], (c) => c.to)
  const declared = new Map(Object.keys(patch.devices).map((name, i) => [name, i]))
  const devices = order.map((name) => ({
    name,
    device: name === 'out' ? outDevice : (patch.devices[name] as Device),
    info: name === 'out' ? out : (catalogue[patch.devices[name]?.type ?? ''] as DeviceInfo),
    part: name === 'out' ? ('after' as const) : (parts.get(name) as Part),
    incoming: incoming.get(name) ?? [],
  }))
  const facts = outputFacts(devices, tails, patch.voices.unison)
  return devices.map((wired) => {
    const { name, device, info, part } = wired
    const cables = inPlace(wired.incoming, info, declared)
    return {
      name,
      device,
      info,
      part,
      output: facts.get(name) as OutputFacts,
      readings: readings(wired, cables, facts),
    }
  })
}

/** Cables in an order in which what a signal port adds up does not depend on when each was plugged in. */
function inPlace(
  cables: readonly Connection[],
  info: DeviceInfo,
  declared: ReadonlyMap<string, number>,
): readonly Connection[] {
  if (cables.length < 2) return cables
  const place = ({ from, port }: Connection): number =>
    from.kind === 'device' && portOf(info, port)?.kind === 'signal'
      ? (declared.get(from.name) ?? declared.size)
      : -1
  const placed = cables.map((cable) => ({ cable, at: place(cable) }))
  if (placed.every(({ at }, i) => at >= (placed[i - 1]?.at ?? at))) return cables
  return placed.toSorted((a, b) => a.at - b.at).map(({ cable }) => cable)
}

const outDevice: Device = {
  type: 'out',
  shared: true,
  bypass: false,
  constants: {},
  choices: {},
  options: {},
}

/**
 * Rate, width and polarity of every output. They follow inputs, also around feedback, and only ever grow (control to
 * audio, mono to stereo, bipolar to unipolar): so they are repeated until nothing changes.
 */
function outputFacts(
  devices: readonly (Unread & { name: string; incoming: readonly Connection[] })[],
  tails: readonly Tail[],
  unison: ParsedPatch['voices']['unison'],
): Map<string, OutputFacts> {
  const facts = new Map<string, OutputFacts>()
  for (const { name } of devices) facts.set(name, least)
  for (const { name, rate, channels, sum } of tails)
    facts.set(name, { rate, channels, sum, polarity: 'bipolar' })
  const spreads = unison.voices > 1 && unison.spread > 0
  const of = (connection: Connection): OutputFacts =>
    (connection.from.kind === 'device' ? facts.get(connection.from.name) : undefined) ?? {
      ...control,
      polarity: polarityOfSource(connection, facts),
    }
  const grows = ({ name, device, info, part, incoming }: (typeof devices)[number]): boolean => {
    const inputs = followsInputs(info)
      ? incoming.filter((c) => portOf(info, c.port)?.kind === 'signal').map(of)
      : []
    const { rate, channels, polarity } = info.output
    const wide = inputs.some((input) => widthFor(part, input) === 2) ? 2 : 1
    const own = {
      rate: rate === 'inputs' ? (inputs.some((i) => i.rate === 'audio') ? 'audio' : 'control') : rate,
      channels: channels === 'inputs' ? wide : channels,
    } as const
    const next: OutputFacts = {
      ...own,
      sum: spreads && part === 'voice' && own.rate === 'audio' ? 2 : own.channels,
      polarity: polarityOf(polarity, device, inputs),
    }
    if (sameFacts(next, facts.get(name) as OutputFacts)) return false
    facts.set(name, next)
    return true
  }
  for (const device of devices) grows(device)
  const followers = devices.filter(({ info }) => followsInputs(info))
  while (followers.filter(grows).length > 0);
  return facts
}

const followsInputs = ({ output: { rate, channels, polarity } }: DeviceInfo): boolean =>
  rate === 'inputs' || channels === 'inputs' || polarity === 'inputs'

const least: OutputFacts = { rate: 'control', channels: 1, sum: 1, polarity: 'bipolar' }
const control = { rate: 'control', channels: 1, sum: 1 } as const
/** Channels that a device of some part reads of another. */
const widthFor = (reader: Part, { channels, sum }: OutputFacts): 1 | 2 =>
  reader === 'voice' ? channels : sum
/** A place on both sides of the middle. */
const polarityOfKey = (key: KeyName): Polarity => (key === 'spread' ? 'bipolar' : 'unipolar')

function polarityOf(
  polarity: DeviceInfo['output']['polarity'],
  device: Device,
  inputs: readonly OutputFacts[],
): Polarity {
  if (typeof polarity === 'object')
    return device.options[polarity.option] === 'unipolar' ? 'unipolar' : 'bipolar'
  if (polarity !== 'inputs') return polarity
  return inputs.some((input) => input.polarity === 'unipolar') ? 'unipolar' : 'bipolar'
}

const sameFacts = (a: OutputFacts, b: OutputFacts): boolean =>
  a.rate === b.rate && a.channels === b.channels && a.sum === b.sum && a.polarity === b.polarity

type Unread = Pick<WiredDevice, 'device' | 'info' | 'part'>

function readings(
  wired: Unread,
  cables: readonly Connection[],
  facts: ReadonlyMap<string, OutputFacts>,
): Reading[] {
  const { device, info } = wired
  const byPort = groupBy(cables, (c) => c.port)
  const readingOf = (port: string): Reading | undefined => read(wired, port, byPort.get(port) ?? none, facts)
  const isNumbered = (port: string): boolean => !Object.hasOwn(info.ports, port)
  const fixed = Object.keys(info.ports).map((port) => (port.endsWith('#') ? undefined : readingOf(port)))
  const written = [...byPort.keys(), ...Object.keys(device.constants), ...Object.keys(device.choices)]
  const numbered = written.some(isNumbered) ? [...new Set(written)].filter(isNumbered).toSorted(byNumber) : []
  return [...fixed, ...numbered.map(readingOf)].filter((reading) => reading !== undefined)
}

const numberOf = (port: string): number => Number(/\d+$/.exec(port)?.[0] ?? 0)
const byNumber = (a: string, b: string): number => numberOf(a) - numberOf(b) || (a < b ? -1 : 1)

const known = new WeakMap<Port, Partial<Record<Part, Reading>>>()

/** What a port reads. If nothing is connected to it, and nothing said of it, that is the same value in all devices of its type. */
function read(
  wired: Unread,
  port: string,
  cables: readonly Connection[],
  facts: ReadonlyMap<string, OutputFacts>,
): Reading | undefined {
  const { device, info, part } = wired
  const declaration = portOf(info, port) as Port
  if (cables.length > 0 || Object.hasOwn(device.constants, port) || Object.hasOwn(device.choices, port))
    return readAnew(wired, port, declaration, cables, facts)
  const ofParts = known.get(declaration) ?? {}
  const before = ofParts[part]
  // numbered ports have one declaration
  if (before?.port === port) return before
  const reading = readAnew(wired, port, declaration, cables, facts)
  if (reading) known.set(declaration, { ...ofParts, [part]: reading })
  return reading
}

function readAnew(
  { device, part }: Unread,
  port: string,
  declaration: Port,
  cables: readonly Connection[],
  facts: ReadonlyMap<string, OutputFacts>,
): Reading | undefined {
  const constant = device.constants[port]
  const isBare = cables.length === 0
  const knobs = isBare ? none : cables.flatMap(knobOf)
  const sources = isBare ? none : cables.flatMap((cable) => sourceOf(cable, part, facts))
  if (declaration.kind === 'signal') return { port, declaration, knobs, sources, baseIs: 'zero' }
  if (declaration.kind === 'choice') {
    const choice = device.choices[port] ?? declaration.default
    return isBare
      ? { port, declaration, knobs, sources, baseIs: 'constant', choice }
      : { port, declaration, knobs, sources, baseIs: 'zero' }
  }
  if (isBare && constant === undefined && declaration.optional) return undefined
  if (constant !== undefined) return { port, declaration, knobs, sources, baseIs: 'constant', base: constant }
  const normal = normalSource(declaration.normal, part)
  if (isBare && normal) return { port, declaration, knobs, sources: [normal], baseIs: 'normal' }
  if (declaration.kind !== 'value') return { port, declaration, knobs, sources, baseIs: 'zero' }
  const setsThePort = cables.some((cable) => polarityOfSource(cable, facts) === 'unipolar')
  if (setsThePort) return { port, declaration, knobs, sources, baseIs: 'zero' }
  if (normal) return { port, declaration, knobs, sources: [normal, ...sources], baseIs: 'normal' }
  return { port, declaration, knobs, sources, baseIs: 'default', base: declaration.default }
}

/** What most ports have of knobs and sources. */
const none: readonly never[] = []

const knobOf = ({ from, amount }: Connection): KnobTerm[] =>
  from.kind === 'knob' ? [{ name: from.name, amount: amount ?? 1 }] : []

function normalSource(normal: string | undefined, part: Part): ReadSource | undefined {
  if (normal === undefined) return undefined
  const output = clockNames.find((name) => normal === `clock.${name}`)
  if (output !== undefined) return { kind: 'clock', output }
  const key = part === 'voice' ? keyNames.find((name) => normal === `keys.${name}`) : undefined
  return key === undefined ? undefined : { kind: 'key', key }
}

function polarityOfSource({ from }: Connection, facts: ReadonlyMap<string, OutputFacts>): Polarity {
  if (from.kind === 'keys') return polarityOfKey(from.key)
  return from.kind === 'device' ? (facts.get(from.name)?.polarity ?? 'bipolar') : 'unipolar'
}

function sourceOf(
  { from, amount, feedback }: Connection,
  reader: Part,
  facts: ReadonlyMap<string, OutputFacts>,
): ReadSource[] {
  const attenuator = amount === undefined ? {} : { amount }
  if (from.kind === 'knob') return []
  if (from.kind === 'keys') return [{ kind: 'key', key: from.key, ...attenuator }]
  if (from.kind === 'clock') return [{ kind: 'clock', output: from.output, ...attenuator }]
  const source = facts.get(from.name) as OutputFacts
  const channels = widthFor(reader, source)
  return [{ kind: 'device', name: from.name, feedback, rate: source.rate, channels, ...attenuator }]
}

/** Normalised base of a value port. */
export function normalisedBase(reading: Reading): number {
  return reading.base === undefined ? 0 : normalise(reading.declaration as ValuePort, reading.base)
}
