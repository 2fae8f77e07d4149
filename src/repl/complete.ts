import type { Patch } from '../patch/index.ts'
import { clockNames, keyNames, portNames } from '../patch/ports.ts'
import { out, type DeviceType } from '../devices/index.ts'
import type { Command, Completes } from './command.ts'
import { unfinishedText, type Unfinished } from './unfinished.ts'

/** What there is to be named. */
export interface Names {
  readonly commands: readonly Command[]
  readonly patch: Patch
  readonly catalogue: Readonly<Record<string, DeviceType>>
  /** Folders, and files of some types, whose names begin with a text. Default: patch files. */
  readonly filesLike: (text: string, types?: readonly string[]) => readonly string[]
  /** Names of MIDI ports; none as long as they have not been looked at. */
  readonly ports: { readonly inputs: readonly string[]; readonly outputs: readonly string[] }
  readonly snapshots: readonly string[]
}

/** What a text can become, and that text. */
export type Completion = readonly [candidates: readonly string[], text: string]

/**
 * What can stand at the end of a line: names of functions, and within quotes what that argument may name. Undefined
 * where that is for JavaScript to say.
 *
 * @example
 * declare const names: Parameters<typeof completed>[1]
 * completed("setKnob('cu", names) // [["cutoff'"], 'cu']
 */
export function completed(line: string, names: Names): Completion | undefined {
  const unfinished = unfinishedText(line)
  if (unfinished !== undefined) {
    const { text, quote } = unfinished
    const found = candidates(unfinished, names)
      .map((name) => escaped(name, quote))
      .filter((name) => name.startsWith(text))
    // the only one is closed, unless more comes after it
    const [only] = found
    return [found.length === 1 && only !== undefined && !/[./]$/.test(only) ? [only + quote] : found, text]
  }
  const word =
    /(?:^|[\s;,(=!?:&|+\-*/<>[{])([A-Za-z_]\w*)?$/.exec(line)?.[1] ?? (line === '' ? '' : undefined)
  if (word === undefined) return undefined
  const found = names.commands.map(({ name }) => name).filter((name) => name.startsWith(word))
  return found.length === 0 || (word === '' && line !== '')
    ? undefined
    : [found.map((name) => `${name}(`), word]
}

/** A text as it stands within such quotes. */
const escaped = (text: string, quote: string): string =>
  Array.from(text, (sign) => (sign === quote || sign === '\\' ? `\\${sign}` : sign)).join('')

function candidates(unfinished: Unfinished, names: Names): readonly string[] {
  const { call, argument, key, before, text } = unfinished
  if (call === 'addDevice' && argument === 1 && (key === undefined || key === 'type'))
    return Object.keys(names.catalogue)
  const completes = names.commands.find(({ name }) => name === call)?.completes?.[argument]
  return completes === undefined || key !== undefined ? [] : named(completes, before, text, names)
}

function named(
  completes: Completes,
  before: readonly (string | undefined)[],
  text: string,
  { commands, patch, catalogue, filesLike, ports, snapshots }: Names,
): readonly string[] {
  const knobs = Object.keys(patch.knobs ?? {})
  const devices = Object.keys(patch.devices)
  const cables = (patch.connections ?? []).map((cable) =>
    'from' in cable ? cable : { from: cable[0], to: cable[1] },
  )
  /** Devices first, and the ports of one as soon as it stands there. */
  const places = (own: (type: DeviceType) => readonly string[]): readonly string[] => {
    const device = /^(\w+)\./.exec(text)?.[1]
    if (device === undefined) return devices.map((name) => `${name}.`)
    const type = device === 'out' ? out : catalogue[patch.devices[device]?.type ?? '']
    return type === undefined ? [] : own(type).map((port) => `${device}.${port}`)
  }
  switch (completes) {
    case 'knob':
      return knobs
    case 'device':
      return devices
    case 'listenable':
      return [...devices, 'out']
    case 'source':
      return [
        ...knobs,
        ...devices,
        ...keyNames.map((name) => `keys.${name}`),
        ...clockNames.map((name) => `clock.${name}`),
      ]
    case 'destination':
      return [...places(portNames), 'out']
    case 'cable from':
      return [...new Set(cables.map(({ from }) => from))]
    case 'cable to':
      return cables.filter(({ from }) => from === before[0]).map(({ to }) => to)
    case 'place':
      return [
        ...places((type) => [
          ...constants(type),
          ...Object.keys(type.options ?? {}),
          'bypass',
          'label',
          'shared',
        ]),
        ...knobs,
      ]
    case 'file':
      return filesLike(text)
    case 'wav':
      return filesLike(text, ['.wav'])
    case 'mid':
      return filesLike(text, ['.mid', '.midi'])
    case 'midi input':
      return ports.inputs
    case 'midi output':
      return ports.outputs
    case 'command':
      return commands.map(({ name }) => name)
    case 'snapshot':
      return snapshots
  }
}

/** Ports that can have a constant. */
function constants(type: DeviceType): readonly string[] {
  return portNames(type).filter((name) => {
    const port = type.ports[name] ?? type.ports[name.replace(/1$/, '#')]
    return port?.kind === 'value' || port?.kind === 'choice'
  })
}
