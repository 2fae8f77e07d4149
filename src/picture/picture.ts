import { figure, quantity } from '../errors/index.ts'
import { out } from '../devices/index.ts'
import { destinationName, sourceName } from '../patch/connections.ts'
import { partsOf, type Part } from '../patch/parts.ts'
import { portOf, type Catalogue, type DeviceInfo, type Port } from '../patch/ports.ts'
import type { Connection, Device, Knob, ParsedPatch } from '../patch/types.ts'
import { sortDevices } from '../plan/order.ts'
import { wire, withoutBypassed, type OutputFacts, type WiredDevice } from '../plan/wiring.ts'
import { oneLine } from './text.ts'

/** A knob of the panel. */
export interface KnobNode {
  readonly kind: 'knob'
  /** Its name in the patch. */
  readonly id: string
  /** One harmless line, as all texts of a picture are. */
  readonly label?: string
  /** 0..1. */
  readonly position: number
}

/** A source that is always there: `keys.pitch` and the like, one in every voice, or `clock.beat`, the same for all. */
export type GivenNode =
  { readonly kind: 'keys'; readonly id: string } | { readonly kind: 'clock'; readonly id: string }

/** An input of a device that a picture shows: one that is connected, written in the patch or normalled. */
export interface PicturePort {
  readonly name: string
  /** What it reads by a constant (`1200 Hz`) or by what it is normalled to (`keys.pitch`); absent where only cables speak. */
  readonly reads?: string
  /** Whether `reads` is what it is normalled to. */
  readonly normal: boolean
}

/** A device, or `out`. */
export interface DeviceNode {
  readonly kind: 'device'
  /** Its name in the patch, or `out`. */
  readonly id: string
  readonly type: string
  readonly label?: string
  readonly part: Part
  /** No synth exists for it: what reads it reads what it reads. */
  readonly bypass: boolean
  /** What it puts out; of a bypassed device: what it would. */
  readonly output: OutputFacts
  /** Choices and options other than the default: `saw`, `slope 24`. */
  readonly settings: readonly string[]
  readonly ports: readonly PicturePort[]
}

/** Anything that a cable begins or ends at. No two have the same `id`. */
export type PictureNode = KnobNode | GivenNode | DeviceNode

/** A cable of the patch. */
export interface PictureCable {
  /** `cable-0`, `cable-1`, … in the order of the patch: no node is called so. */
  readonly id: string
  /** The `id` of a node. */
  readonly from: string
  readonly to: string
  readonly port: string
  /** What a reader of the picture sees of the amount: `× 0.5`, `24 st`; absent for a plain cable. */
  readonly amount?: string
  /** What runs through it. Knobs are numbers that the client writes: no bus of the device's own. */
  readonly signal: 'audio' | 'control' | 'knob'
  readonly channels: 1 | 2
  /** It is read one block late. */
  readonly feedback: boolean
}

/** What all pictures of a patch show, whatever they are drawn in: a value, nothing is placed yet. */
export interface Picture {
  /** The patch's own name; may be empty. */
  readonly name: string
  readonly voices: ParsedPatch['voices']
  /** Knobs, keys and clock, then devices in an order in which each follows what it reads; `out` is the last. */
  readonly nodes: readonly PictureNode[]
  readonly cables: readonly PictureCable[]
}

/**
 * Describes a valid patch for drawing: every knob, device and cable of it, exactly once.
 *
 * @param catalogue the device types that the patch uses
 * @example
 * const { nodes, cables } = pictureOf(parsePatch(patch, standard, out), standard)
 */
export function pictureOf(patch: ParsedPatch, catalogue: Catalogue): Picture {
  const wired = wiredDevices(patch, catalogue)
  const facts = new Map(wired.map(({ name, output }) => [name, output]))
  const parts = new Map(wired.map(({ name, part }) => [name, part]))
  const given = new Map(
    patch.connections.flatMap(({ from }) =>
      from.kind === 'keys' || from.kind === 'clock' ? [[sourceName(from), from.kind] as const] : [],
    ),
  )
  const connected = new Set(patch.connections.map(destinationName))
  return {
    name: patch.name,
    voices: patch.voices,
    nodes: [
      ...Object.entries(patch.knobs).map(([id, knob]) => knobNode(id, knob)),
      ...Array.from(given, ([id, kind]): GivenNode => ({ kind, id })),
      ...wired.map((device) => deviceNode(device, connected)),
    ],
    cables: patch.connections.map((connection, i): PictureCable => {
      const { from, to, port, feedback } = connection
      const info = to === 'out' ? out : catalogue[patch.devices[to]?.type ?? '']
      const output = from.kind === 'device' ? facts.get(from.name) : undefined
      return {
        id: `cable-${i}`,
        from: sourceName(from),
        to,
        port,
        ...amountText(connection, info && portOf(info, port)),
        signal: output?.rate ?? (from.kind === 'knob' ? 'knob' : 'control'),
        // the voices of a unison stand apart in their sum
        channels: (parts.get(to) === 'voice' ? output?.channels : output?.sum) ?? 1,
        feedback,
      }
    }),
  }
}

/** All devices with what they read and put out; bypassed ones as if they were not. */
function wiredDevices(patch: ParsedPatch, catalogue: Catalogue): WiredDevice[] {
  const of = (some: ParsedPatch): WiredDevice[] => {
    const parts = partsOf(some)
    return wire(some, catalogue, parts, sortDevices(some, parts), out)
  }
  const all = of(patch)
  const active = withoutBypassed(patch, catalogue)
  if (active === patch) return all
  const facts = new Map(of(active).map((device) => [device.name, device]))
  // what a port reads is shown as it is written, what runs out of a device as it is
  return all.map((device) => {
    const { output, part } = facts.get(device.name) ?? device
    return { ...device, output, part }
  })
}

function knobNode(id: string, { value, label }: Knob): KnobNode {
  return { kind: 'knob', id, position: value, ...labelled(id, label) }
}

function deviceNode(wired: WiredDevice, connected: ReadonlySet<string>): DeviceNode {
  const { name, device, info, part, output } = wired
  return {
    kind: 'device',
    id: name,
    type: oneLine(device.type, longest),
    ...labelled(name, device.label),
    part,
    bypass: device.bypass,
    output,
    settings: settingsOf(device, info, (port) => connected.has(destinationName({ to: name, port }))),
    ports: wired.readings.flatMap(({ port, declaration, base, baseIs, choice }): PicturePort[] => {
      const plugged = connected.has(destinationName({ to: name, port }))
      if (baseIs === 'constant' && choice === undefined && base !== undefined)
        return [{ name: port, reads: constantText(base, declaration), normal: false }]
      if (baseIs === 'normal' && 'normal' in declaration && declaration.normal !== undefined)
        return [{ name: port, reads: declaration.normal, normal: true }]
      return plugged ? [{ name: port, normal: false }] : []
    }),
  }
}

/** Longer texts say no more in a picture: a label may have a thousand characters. */
const longest = 40

/** A label that says the same as the name is none. */
function labelled(name: string, written = ''): { label?: string } {
  const label = oneLine(written, longest)
  return ['', name.toLowerCase()].includes(label.toLowerCase()) ? {} : { label }
}

function settingsOf(
  { choices, options }: Device,
  info: DeviceInfo,
  plugged: (port: string) => boolean,
): string[] {
  const chosen = Object.entries(choices).flatMap(([port, choice]) => (plugged(port) ? [] : [choice]))
  const set = Object.entries(options).flatMap(([name, value]) =>
    value === info.options?.[name]?.default ? [] : [`${name} ${value}`],
  )
  return [...chosen, ...set].map((text) => oneLine(text, longest))
}

function constantText(value: number, declaration: Port): string {
  return oneLine(quantity(value, declaration.kind === 'value' ? declaration.unit : undefined), longest)
}

/** What a cable's amount does: in semitones where that is what it is, else a factor. */
function amountText({ from, amount }: Connection, port: Port | undefined): { amount?: string } {
  if (amount === undefined) return {}
  const moves = from.kind !== 'knob' && !(from.kind === 'keys' && from.key === 'pitch')
  if (port?.kind === 'value' && port.scale === 'pitch' && moves)
    return { amount: `${figure(amount * 128)} st` }
  return { amount: `× ${figure(amount)}` }
}

/** What a device is: its type and how it is set. */
export function kindOf({ id, type, settings }: DeviceNode): string {
  return id === 'out' ? 'final stage' : [type, ...settings].join(' ')
}

/** What comes out of a device, in words; nothing for `out`. */
export function factsOf({ id, bypass, output }: DeviceNode): string {
  if (id === 'out') return ''
  return bypass ? 'bypassed' : `${output.rate} ${output.channels === 2 ? 'stereo' : 'mono'}`
}

/** Nodes that stand together: in a frame with a title, or, without a part, in none (knobs and `out`). */
export interface Frame {
  readonly part: Part | undefined
  readonly title: string
  readonly nodes: readonly PictureNode[]
}

/** The frames that a picture has, knobs first and `out` last; every node is in exactly one. */
export function framesOf({ nodes, voices }: Picture): Frame[] {
  const isOut = ({ id }: PictureNode): boolean => id === 'out'
  const partOf = (node: PictureNode): Part | undefined => {
    if (node.kind === 'keys') return 'voice'
    if (node.kind === 'clock') return 'before'
    return node.kind === 'device' && !isOut(node) ? node.part : undefined
  }
  const framed = (['before', 'voice', 'after'] as const).map((part): Frame => ({
    part,
    title: partTitle(part, voices),
    nodes: nodes.filter((node) => partOf(node) === part),
  }))
  return [
    { part: undefined, title: 'knobs', nodes: nodes.filter(({ kind }) => kind === 'knob') },
    ...framed,
    { part: undefined, title: 'out', nodes: nodes.filter(isOut) },
  ].filter((frame) => frame.nodes.length > 0)
}

function partTitle(part: Part, { count, mode }: Picture['voices']): string {
  if (part === 'before') return 'shared, before the voices'
  if (part === 'after') return 'shared, after the voices'
  if (mode === 'drone') return 'in the voice that is always on'
  return count === 1 ? `in the voice (${mode})` : `in each of the ${count} voices`
}
