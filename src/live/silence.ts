import { standard, type DeviceType } from '../devices/index.ts'
import type { PlayedPart } from './part.ts'

/** What counts as silent: −80 dBFS, for as long as this. */
export const silence = { level: 1e-4, seconds: 0.5 } as const
/** Seconds for which a tail is waited for when nobody says how long it is. */
export const longestTail = 10

/**
 * The longest silence in seconds after which something may still be heard: between two echoes of a device, of the patch or of a
 * snapshot that the score recalls.
 */
export function longestPause({
  patch,
  catalogue = standard,
  snapshots,
  score: { events },
}: Pick<PlayedPart, 'patch' | 'catalogue' | 'snapshots' | 'score'>): number {
  const types: Readonly<Record<string, DeviceType>> = catalogue
  const names = new Set(events.flatMap((event) => (event.kind === 'recall' ? [event.name] : [])))
  const patches = [patch, ...Array.from(names, (name) => snapshots?.get(name))]
  const rings = patches.flatMap((one) =>
    Object.values(one?.devices ?? {}).map(({ type }) => types[type]?.rings ?? 0),
  )
  return Math.max(0, ...rings)
}
