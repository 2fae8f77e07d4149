import { existsSync } from 'node:fs'
import { basename, dirname, extname, join } from 'node:path'
import { MegasynthError, fail, problemIn, show, type Problem } from '../errors/index.ts'
import { out } from '../devices/index.ts'
import { checkPatch, limits, snapshotNameProblem, type Patch } from '../patch/index.ts'
import type { DeviceTypes } from './catalogue.ts'
import { PatchProblems } from './failure.ts'
import { readText, type Place } from './files.ts'
import { parseJson } from './json.ts'
import { writeWhole } from './whole-file.ts'

/** A thousand patches as large as those of a person. */
const maxBytes = 32 * 2 ** 20
/** Of the format of snapshot files. */
const newest = 1

/**
 * Where the snapshots of a patch file are: beside it, `mine.snapshots.json` for `mine.ts`.
 *
 * @example
 * snapshotsOf({ shown: 'mine.ts', path: '/music/mine.ts' }).path // '/music/mine.snapshots.json'
 */
export function snapshotsOf({ shown, path }: Place): Place {
  const beside = (file: string): string =>
    join(dirname(file), `${basename(file, extname(file))}.snapshots.json`)
  return { shown: beside(shown), path: beside(path) }
}

/** What stands in a file of snapshots. */
export interface Shelf {
  /** Valid patches by name, in their order. */
  readonly snapshots: ReadonlyMap<string, Patch>
  /** What cannot be used, in its order. */
  readonly bad: readonly Omit<Entry, 'patch'>[]
}

/** A snapshot as it stands in its file. */
interface Entry {
  /** If it is one that a snapshot can have. */
  readonly name: string | undefined
  /** Its place in the list, from 0. */
  readonly index: number
  readonly written: unknown
  readonly patch: unknown
  /** Why it cannot be used; their places are places in the file. */
  readonly problems: readonly Problem[]
}

const isValid = (entry: Entry): entry is Entry & { readonly name: string; readonly patch: Patch } =>
  entry.name !== undefined && entry.problems.length === 0

/**
 * Reads snapshots: nothing, if there is no such file. Whatever is in the file, nothing of it is run, and only valid patches
 * come out as snapshots: one that is wrong is no harm to the others.
 *
 * @param catalogue the device types that the patches may use
 * @throws MegasynthError `unreadable-file`, `invalid-json`; PatchProblems if it holds no snapshots at all
 */
export function loadSnapshots(place: Place, catalogue: DeviceTypes): Shelf {
  const entries = readEntries(place, catalogue)
  return {
    snapshots: new Map(entries.filter(isValid).map(({ name, patch }) => [name, patch])),
    bad: entries.filter((entry) => !isValid(entry)),
  }
}

/** What stands in the file, in its order. @throws as {@link loadSnapshots} does */
function readEntries(place: Place, catalogue: DeviceTypes): readonly Entry[] {
  if (!existsSync(place.path)) return []
  const data = parseJson(readText(place, 'a file with snapshots', maxBytes), place.shown)
  const problem = problemOf(data)
  if (problem) throw new PatchProblems(place.shown, [problem])
  const names = new Set<string>()
  return (data as { readonly snapshots: readonly unknown[] }).snapshots.map((written, index) => {
    const entry = read(written, index, names, catalogue)
    if (isValid(entry)) names.add(entry.name)
    return entry
  })
}

/**
 * Writes snapshots, all of them or nothing: a crash leaves the file as it was. What else stands in the file is somebody's work
 * and stays there as it is, unless something has been stored under its name: what cannot be used, and what has been added or
 * mended since the file was read.
 *
 * @param known names of those that were read from the file or written to it before: of these, the ones that are not among the
 *   snapshots any more are taken out
 * @param catalogue the device types that the patches may use
 * @throws MegasynthError `unwritable-file` with the reason: also if what is in the file is no snapshots; `too-large`
 */
export function saveSnapshots(
  place: Place,
  snapshots: ReadonlyMap<string, Patch>,
  known: ReadonlySet<string>,
  catalogue: DeviceTypes,
): void {
  const before = entriesBefore(place, catalogue)
  const valid = new Set(before.filter(isValid).map(({ name }) => name))
  const stays = (entry: Entry): boolean => {
    const { name } = entry
    if (name === undefined) return true
    if (isValid(entry)) return !snapshots.has(name) && !known.has(name)
    return !snapshots.has(name) || valid.has(name)
  }
  // a list: an object would put names that are numbers first
  const list: unknown[] = [...snapshots].map(([name, patch]) => ({ name, patch }))
  for (const entry of before) if (stays(entry)) list.splice(entry.index, 0, entry.written)
  if (list.length > limits.snapshots) fail({ ...tooMany(list.length), path: place.shown })
  const text = JSON.stringify({ format: newest, snapshots: list }, undefined, 2)
  writeWhole(place.path, `${text}\n`, { force: true })
}

/** What is to be replaced; what cannot be read must not be. */
function entriesBefore(place: Place, catalogue: DeviceTypes): readonly Entry[] {
  try {
    return readEntries(place, catalogue)
  } catch (error) {
    if (!(error instanceof MegasynthError)) throw error
    const [first] = error.problems
    return fail(
      {
        code: 'unwritable-file',
        path: place.shown,
        message: 'is not replaced, for what is in it could not be read',
        found: first?.message ?? '',
        suggestion: 'mend it or move it away, and store again',
      },
      { cause: error },
    )
  }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const tooMany = (count: number): Problem => ({
  code: 'too-large',
  path: 'snapshots',
  message: 'there are too many snapshots',
  found: `${count} snapshots`,
  expected: `at most ${limits.snapshots}`,
})

/** Why a file holds no snapshots at all; undefined: it does. */
function problemOf(data: unknown): Problem | undefined {
  const { format, snapshots } = isObject(data) ? data : {}
  if (typeof format === 'number' && format > newest)
    return {
      code: 'unsupported-format',
      path: 'format',
      message: 'the snapshots were written by a newer Megasynth',
      found: show(format),
      expected: String(newest),
      suggestion: 'update Megasynth',
    }
  if (format !== newest || !Array.isArray(snapshots))
    return {
      code: 'invalid-value',
      path: '',
      message: 'holds no snapshots',
      found: show(data),
      expected: '{ format: 1, snapshots: [{ name, patch }, …] }',
    }
  return snapshots.length > limits.snapshots ? tooMany(snapshots.length) : undefined
}

/** @param before names of the valid ones before it in the list */
function read(written: unknown, index: number, before: ReadonlySet<string>, catalogue: DeviceTypes): Entry {
  const { name, patch } = isObject(written) ? written : {}
  const path = `snapshots[${index}]`
  const problems: Problem[] = []
  const nameProblem = snapshotNameProblem(name)
  if (nameProblem) problems.push({ ...nameProblem, path: `${path}.name` })
  else if (before.has(name as string))
    problems.push({
      code: 'duplicate-name',
      path: `${path}.name`,
      message: 'is the name of another snapshot',
      found: show(name),
      expected: 'a name of its own',
    })
  const found = checkPatch(patch, catalogue, out).problems
  problems.push(...found.map((problem) => problemIn(`${path}.patch`, problem)))
  return { name: nameProblem ? undefined : (name as string), index, written, patch, problems }
}
