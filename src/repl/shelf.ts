import type { Patch } from '../patch/index.ts'
import { refill } from '../live/snapshots.ts'
import type { Desk } from './desk.ts'

/** Writes the snapshots beside the file that is played. @returns where they are; undefined if no file is played */
export const keepSnapshots = ({ file, outside, synth }: Desk): string | undefined =>
  file === undefined ? undefined : outside.keepSnapshots(file, synth.snapshots)

/**
 * From now on a file is the one that is played: the snapshots are those beside it, and those that no file has, since none
 * was played. Of two with one name it is the file's, and that is said.
 */
export function playFile(desk: Desk, file: string): void {
  const { synth } = desk
  const own: ReadonlyMap<string, Patch> = desk.file === undefined ? synth.snapshots : new Map()
  desk.file = file
  const found = desk.outside.readSnapshots(file)
  refill(synth, new Map([...found, ...[...own].filter(([name]) => !found.has(name))]))
  for (const name of own.keys()) if (found.has(name)) desk.say(`${name} is now the one kept beside ${file}`)
}
