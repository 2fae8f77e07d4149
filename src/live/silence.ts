import { standard, type DeviceType } from '../devices/index.ts'
import type { Part } from './part.ts'

/** What counts as silent: −80 dBFS, for as long as this. */
export const silence = { level: 1e-4, seconds: 0.5 } as const
/** Seconds for which a tail is waited for when nobody says how long it is. */
export const longestTail = 10

/** The longest silence in seconds after which a device of the patch may still be heard: between two echoes. */
export function longestPause({ patch, catalogue = standard }: Pick<Part, 'patch' | 'catalogue'>): number {
  const types: Readonly<Record<string, DeviceType>> = catalogue
  return Math.max(0, ...Object.values(patch.devices).map(({ type }) => types[type]?.rings ?? 0))
}
