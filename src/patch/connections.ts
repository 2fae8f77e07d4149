import { listNames, show, type Problem } from '../errors/index.ts'
import type { Suggest } from './names.ts'
import { isPlainObject, pathTo } from './plain.ts'
import { clockNames, keyNames, portList, portNames, portOf, type DeviceInfo } from './ports.ts'
import type { Connection, Source } from './types.ts'

/** What a cable can begin and end at. */
export interface Scope {
  /** Undefined where the patch does not say it readably: then nothing is wrong with any name. */
  readonly knobs: ReadonlySet<string> | undefined
  /** Devices with what their type is; undefined for a type that is not in the catalogue. */
  readonly devices: ReadonlyMap<string, DeviceInfo | undefined> | undefined
  readonly out: DeviceInfo
  readonly suggest: Suggest
}

/** A cable whose ends exist, and where it stands in the patch. */
export interface Cable {
  readonly connection: Connection
  readonly index: number
}

type Written = Readonly<Record<'from' | 'to' | 'amount' | 'feedback', unknown>>
type Destination = Pick<Connection, 'to' | 'port'>

function written(data: unknown): Written | undefined {
  if (Array.isArray(data) && data.length !== 2 && data.length !== 3) return undefined
  if (Array.isArray(data)) return { from: data[0], to: data[1], amount: data[2], feedback: undefined }
  if (!isPlainObject(data)) return undefined
  return { from: data['from'], to: data['to'], amount: data['amount'], feedback: data['feedback'] }
}

/** The name of a source as a patch writes it. */
export function sourceName(source: Source): string {
  if (source.kind === 'keys') return `keys.${source.key}`
  return source.kind === 'clock' ? `clock.${source.output}` : source.name
}

/** The name of a destination as a patch writes it: `filter0.cutoff`, `out`. */
export function destinationName({ to, port }: Destination): string {
  return to === 'out' && port === 'in' ? 'out' : `${to}.${port}`
}

/** Looks the ends of all cables up, and finds what is wrong with each of them and with pairs of them. */
export function readConnections(
  data: readonly unknown[],
  scope: Scope,
): { cables: Cable[]; problems: Problem[] } {
  const cables: Cable[] = []
  const problems: Problem[] = []
  const seen = new Map<string, number>()
  for (const [index, item] of data.entries()) {
    const path = pathTo('connections', index)
    const cable = written(item)
    if (cable === undefined) continue
    const from = typeof cable.from === 'string' ? readSource(cable.from, path, scope) : undefined
    const to = typeof cable.to === 'string' ? readDestination(cable.to, path, scope) : undefined
    const faults = [from, to].filter((end) => end !== undefined && 'code' in end)
    problems.push(...faults)
    if (from === undefined || to === undefined || 'code' in from || 'code' in to) continue
    const connection: Connection = {
      from,
      ...to,
      ...(typeof cable.amount === 'number' ? { amount: cable.amount } : {}),
      feedback: cable.feedback === true,
    }
    const pair = `${sourceName(from)} → ${destinationName(to)}`
    const first = seen.get(pair)
    seen.set(pair, first ?? index)
    const problem = first === undefined ? cableProblem(connection, path) : duplicate(pair, first, path)
    if (problem === undefined) cables.push({ connection, index })
    else problems.push(problem)
  }
  return { cables, problems }
}

function duplicate(pair: string, first: number, path: string): Problem {
  return {
    code: 'duplicate-connection',
    path,
    message: `connects the same pair as connections[${first}]`,
    found: pair,
    expected: 'every pair once',
    suggestion: `remove ${path}, or add its amount to that of connections[${first}]`,
  }
}

/** What is wrong with a cable although both its ends exist. */
function cableProblem({ from, to, port, feedback }: Connection, path: string): Problem | undefined {
  const name = sourceName(from)
  if (from.kind === 'device' && name === to)
    return {
      code: 'self-connection',
      path,
      message: 'a device cannot feed itself by a cable, not even with feedback: true',
      found: `${name} → ${to}.${port}`,
      expected: 'another device',
      suggestion: 'send it through another device, with feedback: true on one of the two cables',
    }
  if (feedback && from.kind !== 'device')
    return {
      code: 'invalid-value',
      path,
      message: `only the output of a device can be fed back, and "${name}" is none`,
      found: 'feedback: true',
      expected: 'no feedback',
      suggestion: 'remove feedback',
    }
  return undefined
}

/** The sources that every patch has, by their names. */
const always: ReadonlyMap<string, Source> = new Map(
  [
    ...keyNames.map((key): Source => ({ kind: 'keys', key })),
    ...clockNames.map((output): Source => ({ kind: 'clock', output })),
  ].map((source) => [sourceName(source), source]),
)

function readSource(
  name: string,
  path: string,
  { knobs, devices, suggest }: Scope,
): Source | Problem | undefined {
  if (devices?.has(name) === true && name !== 'out') return { kind: 'device', name }
  if (knobs?.has(name) === true) return { kind: 'knob', name }
  const given = always.get(name)
  if (given !== undefined) return given
  if (name === 'out' || name.startsWith('out.'))
    return {
      code: 'not-connectable',
      path,
      message: '"out" is where sound leaves: nothing reads it',
      found: show(name),
      expected: 'a source',
    }
  const owner = name.split('.')[0] ?? ''
  const own = [...always.keys()].filter((source) => source.startsWith(`${owner}.`))
  if (own.length === 0 && (knobs === undefined || devices === undefined)) return undefined
  const sources = [...(knobs ?? []), ...(devices?.keys() ?? []), ...always.keys()]
  return {
    code: 'unknown-source',
    path,
    message: `there is no source ${show(name)}`,
    found: show(name),
    expected:
      own.length > 0
        ? `one of ${own.join(', ')}`
        : `a knob, a device, keys.* or clock.*: ${listNames(sources)}`,
    ...(name !== owner && devices?.has(owner) === true
      ? { suggestion: `the output of a device is named like the device: did you mean "${owner}"?` }
      : suggest(name, sources)),
  }
}

/** Everything a cable may end at, as it is written. */
function* destinations({ devices, out }: Scope): Generator<string> {
  yield 'out'
  for (const port of portNames(out)) if (port !== 'in') yield `out.${port}`
  for (const [device, info] of devices ?? [])
    if (info !== undefined) for (const port of portNames(info)) yield `${device}.${port}`
}

function readDestination(text: string, path: string, scope: Scope): Destination | Problem | undefined {
  const { knobs, devices, out, suggest } = scope
  const dot = text.indexOf('.')
  const name = dot < 0 ? text : text.slice(0, dot)
  const port = dot < 0 ? undefined : text.slice(dot + 1)
  if (name === 'out')
    return port === undefined ? { to: 'out', port: 'in' } : readPort('out', 'out', port, out, path, scope)
  if (devices?.has(name) === true) {
    const info = devices.get(name)
    if (info === undefined) return undefined
    return port === undefined
      ? bareDevice(name, info, path)
      : readPort(name, `device "${name}"`, port, info, path, scope)
  }
  if (name === 'keys' || name === 'clock' || knobs?.has(name) === true)
    return {
      code: 'not-connectable',
      path,
      message: `${knobs?.has(name) === true ? `knob "${name}"` : `"${name}"`} is a source: no cable ends there`,
      found: show(text),
      expected: 'device.port or out',
    }
  if (devices === undefined) return undefined
  return {
    code: 'unknown-destination',
    path,
    message: `there is no device ${show(name)}`,
    found: show(text),
    expected: `device.port or out, with a device of: ${listNames([...devices.keys()])}`,
    ...suggest(text, destinations(scope)),
  }
}

function bareDevice(name: string, info: DeviceInfo, path: string): Problem {
  const names = portNames(info)
  const meant = names.find((port) => portOf(info, port)?.kind === 'signal') ?? names[0]
  return {
    code: 'unknown-port',
    path,
    message: `names device "${name}" without a port`,
    found: show(name),
    expected: `${name}.port, with a port of: ${listNames(portList(info), 30)}`,
    ...(meant === undefined ? {} : { suggestion: `did you mean "${name}.${meant}"?` }),
  }
}

function readPort(
  device: string,
  title: string,
  port: string,
  info: DeviceInfo,
  path: string,
  scope: Scope,
): Destination | Problem {
  if (portOf(info, port) !== undefined) return { to: device, port }
  const found = show(`${device}.${port}`)
  if (Object.hasOwn(info.options ?? {}, port))
    return {
      code: 'not-connectable',
      path,
      message: `"${port}" of ${title} is an option: no cable reaches it`,
      found,
      expected: 'a port',
      suggestion: `write it in the device: ${device}: { …, ${port}: … }`,
    }
  const names = portNames(info)
  const begun = port.length > 1 ? names.find((name) => name.startsWith(port)) : undefined
  const own = begun === undefined ? scope.suggest(port, names).suggestion : `did you mean "${begun}"?`
  return {
    code: 'unknown-port',
    path,
    message: `${title} has no port ${show(port)}`,
    found,
    expected: `a port of ${title}: ${listNames(portList(info), 30)}`,
    ...(own === undefined
      ? scope.suggest(`${device}.${port}`, destinations(scope))
      : { suggestion: own.replace('"', `"${device}.`) }),
  }
}
