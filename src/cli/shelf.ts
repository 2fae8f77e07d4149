import { MegasynthError, formatProblems, listNames, type Problem } from '../errors/index.ts'
import type { LiveSynth } from '../live/live-synth.ts'
import { refill } from '../live/snapshots.ts'
import { programLine, programNumber, type ProgramChange } from '../midi/programs.ts'
import type { Patch } from '../patch/index.ts'
import type { DeviceTypes } from './catalogue.ts'
import { placeOf, type Place } from './files.ts'
import type { Shell } from './io.ts'
import { loadSnapshots, snapshotsOf } from './snapshots.ts'
import { count } from './text.ts'

/** Snapshots by their names, in their order. */
export type Snapshots = ReadonlyMap<string, Patch>

/** Where the snapshots of a patch file are. */
export const shelfOf = (cwd: string, file: string): Place => snapshotsOf(placeOf(cwd, file))

/**
 * Reads the snapshots beside a patch. What is wrong with them is a warning, a line for each that cannot be used: the others
 * are there.
 *
 * @param before those that are kept in the place of what is wrong now
 */
export function openShelf(
  place: Place,
  catalogue: DeviceTypes,
  { note, errorPaint }: Shell,
  before: Snapshots = new Map(),
): Snapshots {
  const warning = errorPaint.yellow('warning')
  try {
    const { snapshots, bad } = loadSnapshots(place, catalogue)
    const list: (readonly [string, Patch] | undefined)[] = [...snapshots]
    for (const { name, index, problems } of bad) {
      const old = name === undefined || snapshots.has(name) ? undefined : before.get(name)
      list.splice(index, 0, name !== undefined && old !== undefined ? [name, old] : undefined)
      const kept = old === undefined ? 'is left out' : 'is the one before'
      note(`${warning}: ${place.shown}: ${name ?? `number ${index + 1}`} ${kept}: ${inOneLine(problems)}`)
    }
    const usable = new Map(list.filter((one) => one !== undefined))
    const names = [...usable.keys()]
    if (names.length > 0) note(errorPaint.dim(`${count(names.length, 'snapshot')}: ${listNames(names)}`))
    return usable
  } catch (error) {
    if (!(error instanceof MegasynthError)) throw error
    const kept = before.size === 0 ? 'there are none' : 'those before are kept'
    note(`${warning}: no snapshots come from ${place.shown}, ${kept}:`)
    note(formatProblems(error.problems, errorPaint))
    return before
  }
}

/** The first of some problems, and how many more there are. */
function inOneLine([first, ...more]: readonly Problem[]): string {
  if (first === undefined) return ''
  const { path, message, found, suggestion, code } = first
  const fix = suggestion === undefined ? '' : `, ${suggestion}`
  const rest = more.length === 0 ? '' : `; ${count(more.length, 'more problem')}`
  return `${path}: ${message}${found === undefined ? '' : ` (${found})`}${fix} [${code}]${rest}`
}

/** Reads the snapshots beside a patch again, in the place of those that the synths have which play it. */
export function refillShelf(
  synths: readonly Pick<LiveSynth, 'snapshots' | 'store' | 'forget'>[],
  place: Place,
  catalogue: DeviceTypes,
  shell: Shell,
): void {
  const before = synths[0]?.snapshots ?? new Map<string, Patch>()
  const now = openShelf(place, catalogue, shell, before)
  if (now === before) return
  for (const synth of synths) refill(synth, now)
  if (now.size === 0 && before.size > 0) shell.note(shell.errorPaint.dim('there are no snapshots any more'))
}

/** Says once of every program of a MIDI file that no snapshot stands for it. */
export function missingProgram(
  snapshots: Snapshots,
  note: (line: string) => void,
): (change: ProgramChange) => void {
  const told = new Set<number>()
  return (change) => {
    const number = programNumber(change)
    if (!told.has(number)) note(programLine({ kind: 'missing', number, count: snapshots.size }))
    told.add(number)
  }
}
