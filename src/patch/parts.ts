import type { Problem } from '../errors/index.ts'
import { destinationName, sourceName, type Cable } from './connections.ts'
import { pathTo } from './plain.ts'
import type { ParsedPatch } from './types.ts'

/** Where a device stands: in every voice, or once, before or after the voices. */
export type Part = 'before' | 'voice' | 'after'

/** What {@link partsOf} reads of a patch. */
type Parted = {
  readonly devices: Readonly<Record<string, { readonly shared: boolean }>>
  readonly connections: ParsedPatch['connections']
}

/**
 * The part of every device. A shared device that reads a voice, itself or through other shared devices, comes after the
 * voices; the other shared ones come before. Cables with `feedback` do not count. Linear in devices and cables.
 *
 * @example
 * partsOf(parsePatch(patch, standard, out)).get('reverb0') // 'after'
 */
export function partsOf(patch: Parted): ReadonlyMap<string, Part> {
  const parts = new Map<string, Part>()
  const reached: string[] = []
  for (const [name, { shared }] of Object.entries(patch.devices)) {
    parts.set(name, shared ? 'before' : 'voice')
    if (!shared) reached.push(name)
  }
  const readers = new Map<string, string[]>()
  for (const { from, to, feedback } of patch.connections) {
    if (from.kind !== 'device' || feedback) continue
    const list = readers.get(from.name)
    if (list === undefined) readers.set(from.name, [to])
    else list.push(to)
  }
  for (let device = reached.pop(); device !== undefined; device = reached.pop())
    for (const reader of readers.get(device) ?? [])
      if (parts.get(reader) === 'before') {
        parts.set(reader, 'after')
        reached.push(reader)
      }
  return parts
}

/** Shared devices that read the keys of a voice, and voices that read what comes after them. */
export function partProblems(devices: Parted['devices'], cables: readonly Cable[]): Problem[] {
  const connections = cables.map(({ connection }) => connection)
  const parts = partsOf({ devices, connections })
  return cables.flatMap(({ connection, index }): Problem[] => {
    const { from, to, feedback } = connection
    const path = pathTo('connections', index)
    const found = `${sourceName(from)} → ${destinationName(connection)}`
    if (from.kind === 'keys' && parts.get(to) !== 'voice')
      return [
        {
          code: 'shared-reads-keys',
          path,
          message: `"${to}" exists once, and keys belong to a voice`,
          found,
          expected: 'a device that every voice has',
          suggestion:
            to === 'out' ? 'connect it to a device in the voice' : `write shared: false in devices.${to}`,
        },
      ]
    if (from.kind === 'device' && !feedback && parts.get(from.name) === 'after' && parts.get(to) === 'voice')
      return [
        {
          code: 'voice-after-shared',
          path,
          message: `"${to}" is in every voice, but "${from.name}" comes after the voices, since it reads them`,
          found,
          expected: 'no way from the voices through a shared device back into the voices',
          suggestion: `write shared: true in devices.${to}, or shared: false in devices.${from.name}`,
        },
      ]
    return []
  })
}
