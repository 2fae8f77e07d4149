import { didYouMean, fail, listNames, MegasynthError, show } from '../errors/index.ts'
import { nameProblems } from './names.ts'
import { isPlainObject, pathTo } from './plain.ts'
import type { ConnectionSpec, DeviceSpec, KnobMidi, KnobSpec, Patch } from './types.ts'
import type { VoicePolicy } from './voice-policy.ts'

type Constant = string | number | boolean

interface Connect {
  readonly type: 'connect'
  readonly from: string
  readonly to: string
  /** Factor, negative to invert. Without it, a plain cable. */
  readonly amount?: number | undefined
  /** Read one block late. Default: as the cable is; false for a new one. */
  readonly feedback?: boolean | undefined
}

interface Disconnect {
  readonly type: 'disconnect'
  readonly from: string
  readonly to: string
}

interface SetConstant {
  readonly type: 'set'
  /**
   * `filter0.cutoff`: the constant of a port, an option, or `shared`, `label`, `bypass` of a device; `volume`: the
   * declared position of a knob.
   */
  readonly place: string
  /** Without a value, a port or option has its default again. */
  readonly value?: Constant | undefined
}

interface AddDevice {
  readonly type: 'addDevice'
  readonly name: string
  readonly device: DeviceSpec
}

interface RemoveDevice {
  readonly type: 'removeDevice'
  /** Its cables and its place in the layout go with it. */
  readonly name: string
}

interface RenameDevice {
  readonly type: 'renameDevice'
  /** Its cables and its place in the layout stay with it. */
  readonly name: string
  readonly to: string
}

interface SetVoices {
  readonly type: 'setVoices'
  /** A number 1..128 or a policy. */
  readonly voices: number | VoicePolicy
}

interface MapKnob {
  readonly type: 'mapKnob'
  /** A knob. */
  readonly name: string
  /** The control that turns it; without one, none does. */
  readonly midi?: KnobMidi | undefined
}

/** A small change of a patch, as plain data: it can be logged, sent and tried. */
export type Edit =
  Connect | Disconnect | SetConstant | AddDevice | RemoveDevice | RenameDevice | SetVoices | MapKnob

const texts = ['from', 'to', 'place', 'name'] as const

/** What an edit names must be text, whatever a program that nobody checked gives. */
function checkTexts(edit: Edit): void {
  const given = Object(edit) as Readonly<Record<string, unknown>>
  const wrong = texts.filter((key) => key in given && typeof given[key] !== 'string')
  if (wrong.length === 0) return
  throw new MegasynthError(
    wrong.map((path) => ({
      code: 'invalid-value',
      path,
      message: 'this is no name',
      found: show(given[path]),
      expected: 'text',
    })),
  )
}

/**
 * The patch after an edit, as a new value; the patch itself is not changed. What the edit does not concern stays as it
 * was written, in its order. Connecting a pair that is connected gives that cable another amount, or none.
 *
 * Whether the result is valid is for {@link checkPatch} to say: here only what the edit needs must be there (the device to
 * remove, rename or set, the cable to disconnect), and a new name must be free and valid.
 *
 * @throws MegasynthError `unknown-destination`, `unknown-source`, `unknown-knob`, `unknown-port`, `invalid-value`,
 * `duplicate-name`, `invalid-name` or `reserved-name`, with the nearest name
 * @example
 * const brighter = edited(patch, { type: 'set', place: 'filter0.cutoff', value: 2400 })
 * const wobbling = edited(brighter, { type: 'connect', from: 'lfo0', to: 'filter0.cutoff', amount: 0.25 })
 */
export function edited(patch: Patch, edit: Edit): Patch {
  checkTexts(edit)
  switch (edit.type) {
    case 'connect':
      return connected(patch, edit)
    case 'disconnect':
      return disconnected(patch, edit)
    case 'set':
      return withConstant(patch, edit)
    case 'addDevice':
      refuseNewName(patch, edit.name)
      return withDevice(patch, edit.name, edit.device)
    case 'removeDevice':
      return withoutDevice(patch, edit.name)
    case 'renameDevice':
      return renamed(patch, edit)
    case 'setVoices':
      return { ...patch, voices: edit.voices }
    case 'mapKnob':
      return withMidi(patch, edit)
    default:
      return unknownEdit(edit)
  }
}

/** An edit may come from elsewhere, and from another version. */
function unknownEdit(edit: never): never {
  const { type } = edit as { readonly type?: unknown }
  return fail({
    code: 'invalid-value',
    path: 'type',
    message: 'there is no such edit',
    found: show(type),
    expected: 'connect, disconnect, set, addDevice, removeDevice, renameDevice, setVoices or mapKnob',
  })
}

const endsOf = (cable: ConnectionSpec): readonly [from: string, to: string] =>
  'from' in cable ? [cable.from, cable.to] : [cable[0], cable[1]]

/** The one destination that has two spellings. */
const destination = (to: string): string => (to === 'out.in' ? 'out' : to)

function joins(cable: ConnectionSpec, { from, to }: { readonly from: string; readonly to: string }): boolean {
  const [source, target] = endsOf(cable)
  return source === from && destination(target) === destination(to)
}

function connected(patch: Patch, edit: Connect): Patch {
  const connections = patch.connections ?? []
  const at = connections.findIndex((cable) => joins(cable, edit))
  const cable = cableOf(edit, connections[at])
  return { ...patch, connections: at < 0 ? [...connections, cable] : connections.with(at, cable) }
}

/** A cable as short as it can be written; its ends stay as they were spelled. */
function cableOf(edit: Connect, before: ConnectionSpec = [edit.from, edit.to]): ConnectionSpec {
  const [from, to] = endsOf(before)
  const { amount, feedback = 'from' in before && before.feedback === true } = edit
  if (feedback) return { from, to, ...(amount !== undefined && { amount }), feedback }
  return amount === undefined ? [from, to] : [from, to, amount]
}

function disconnected(patch: Patch, edit: Disconnect): Patch {
  const connections = patch.connections ?? []
  const rest = connections.filter((cable) => !joins(cable, edit))
  return rest.length === connections.length ? noSuchCable(connections, edit) : { ...patch, connections: rest }
}

function noSuchCable(connections: readonly ConnectionSpec[], { from, to }: Disconnect): never {
  const path = `${from} → ${to}`
  const ends = connections.map(endsOf)
  const targets = ends.filter(([source]) => source === from).map(([, target]) => target)
  if (targets.length > 0)
    return fail({
      code: 'unknown-destination',
      path,
      message: `no cable goes from ${show(from)} to ${show(to)}`,
      expected: `a destination of ${show(from)}: ${listNames(targets)}`,
      ...didYouMean(to, targets),
    })
  const sources = [...new Set(ends.map(([source]) => source))]
  return fail({
    code: 'unknown-source',
    path,
    message: `no cable begins at ${show(from)}`,
    expected: `the beginning of a cable: ${listNames(sources)}`,
    ...didYouMean(from, sources),
  })
}

function withConstant(patch: Patch, { place, value }: SetConstant): Patch {
  const dot = place.indexOf('.')
  if (dot < 0) return withPosition(patch, place, value)
  const [name, port] = [place.slice(0, dot), place.slice(dot + 1)]
  if (name === 'out') return outTakesNone(place)
  const device = deviceOf(patch, name)
  if (!/^[A-Za-z]\w*$/.test(port))
    return fail({
      code: 'unknown-port',
      path: pathTo(pathTo('devices', name), port),
      message: 'is not the name of a port or option',
      found: show(place),
      expected: `${name}.port, or the name of a knob alone`,
    })
  const changed = value === undefined ? without(device, port) : { ...device, [port]: value }
  // a device that lost its type is no device: checkPatch says so
  return withDevice(patch, name, changed as DeviceSpec)
}

function outTakesNone(place: string): never {
  return fail({
    code: 'invalid-value',
    path: place,
    message: '"out" takes no constants, only cables',
    expected: 'a cable',
    suggestion: 'connect a knob to out.level',
  })
}

function withPosition(patch: Patch, name: string, value: Constant | undefined): Patch {
  const knob = knobOf(patch, name)
  if (typeof value !== 'number')
    return fail({
      code: 'invalid-value',
      path: pathTo('knobs', name),
      message: 'must be a position 0..1',
      found: show(value),
      expected: 'a position 0..1',
    })
  const turned: KnobSpec = typeof knob === 'number' ? value : { ...knob, value }
  return { ...patch, knobs: { ...patch.knobs, [name]: turned } }
}

function withMidi(patch: Patch, { name, midi }: MapKnob): Patch {
  const knob = knobOf(patch, name)
  const spec = typeof knob === 'number' ? { value: knob } : knob
  const { midi: _, ...others } = spec
  const mapped: KnobSpec = midi === undefined ? others : { ...spec, midi }
  return { ...patch, knobs: { ...patch.knobs, [name]: mapped } }
}

function knobOf(patch: Patch, name: string): KnobSpec {
  const knob = Object.hasOwn(patch.knobs ?? {}, name) ? patch.knobs?.[name] : undefined
  return knob ?? noSuchKnob(patch, name)
}

function noSuchKnob(patch: Patch, name: string): never {
  const knobs = Object.keys(patch.knobs ?? {})
  const expected = `device.port, or a knob: ${listNames(knobs)}`
  if (name === 'out') return outTakesNone(name)
  if (Object.hasOwn(patch.devices, name))
    return fail({
      code: 'unknown-port',
      path: pathTo('devices', name),
      message: `names device ${show(name)} without a port`,
      found: show(name),
      expected,
      suggestion: `write ${name}.port`,
    })
  return fail({
    code: 'unknown-knob',
    path: name,
    message: `there is no knob ${show(name)}`,
    found: show(name),
    expected,
    ...didYouMean(name, [...knobs, ...Object.keys(patch.devices)]),
  })
}

function withDevice(patch: Patch, name: string, device: DeviceSpec): Patch {
  return { ...patch, devices: { ...patch.devices, [name]: device } }
}

const ownerOf = (end: string): string => end.split('.', 1)[0] ?? end

function withoutDevice(patch: Patch, name: string): Patch {
  deviceOf(patch, name)
  return {
    ...patch,
    devices: without(patch.devices, name),
    ...changedLayout(patch, name, (layout) => without(layout, name)),
    ...changedCables(patch, (cables) =>
      cables.filter((cable) => endsOf(cable).every((end) => ownerOf(end) !== name)),
    ),
  }
}

function renamed(patch: Patch, { name, to }: RenameDevice): Patch {
  deviceOf(patch, name)
  if (to === name) return patch
  refuseNewName(patch, to)
  const moved = (end: string): string => (ownerOf(end) === name ? to + end.slice(name.length) : end)
  return {
    ...patch,
    devices: withKey(patch.devices, name, to),
    // what the layout still knows of a device that once had the new name is of no use to anyone
    ...changedLayout(patch, name, (layout) => withKey(without(layout, to), name, to)),
    ...changedCables(patch, (cables) => cables.map((cable) => withEnds(cable, moved))),
  }
}

function withEnds(cable: ConnectionSpec, moved: (end: string) => string): ConnectionSpec {
  if ('from' in cable) return { ...cable, from: moved(cable.from), to: moved(cable.to) }
  const [from, to, amount] = cable
  return amount === undefined ? [moved(from), moved(to)] : [moved(from), moved(to), amount]
}

function changedCables(
  { connections }: Patch,
  change: (cables: readonly ConnectionSpec[]) => readonly ConnectionSpec[],
): Pick<Patch, 'connections'> {
  return connections === undefined ? {} : { connections: change(connections) }
}

/** The layout is the studio's; only an entry that is named like the device is understood here. */
function changedLayout(
  { layout }: Patch,
  name: string,
  change: (layout: Readonly<Record<string, unknown>>) => unknown,
): Pick<Patch, 'layout'> {
  return isPlainObject(layout) && Object.hasOwn(layout, name) ? { layout: change(layout) } : {}
}

function without<V>(record: Readonly<Record<string, V>>, name: string): Record<string, V> {
  return Object.fromEntries(Object.entries(record).filter(([key]) => key !== name))
}

/** The same record with another name for one of its keys, in the same place. */
function withKey<V>(record: Readonly<Record<string, V>>, name: string, to: string): Record<string, V> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key === name ? to : key, value]))
}

function deviceOf(patch: Patch, name: string): DeviceSpec {
  const names = Object.keys(patch.devices)
  const device = Object.hasOwn(patch.devices, name) ? patch.devices[name] : undefined
  if (device !== undefined) return device
  const isKnob = Object.hasOwn(patch.knobs ?? {}, name)
  return fail({
    code: 'unknown-destination',
    path: pathTo('devices', name),
    message: isKnob ? `${show(name)} is a knob, not a device` : `there is no device ${show(name)}`,
    found: show(name),
    expected: `a device: ${listNames(names)}`,
    ...didYouMean(name, names),
  })
}

function refuseNewName(patch: Patch, name: string): void {
  const problems = nameProblems('devices', { [name]: null })
  if (problems.length > 0) throw new MegasynthError(problems)
  const isDevice = Object.hasOwn(patch.devices, name)
  if (!isDevice && !Object.hasOwn(patch.knobs ?? {}, name)) return
  fail({
    code: 'duplicate-name',
    path: pathTo('devices', name),
    message: isDevice ? 'has the name of another device' : 'has the name of a knob',
    found: show(name),
    expected: 'a name of its own: knobs and devices share one namespace',
  })
}
