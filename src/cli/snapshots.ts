import { existsSync } from 'node:fs'
import { basename, dirname, extname, join } from 'node:path'
import { problemIn, show, type Problem } from '../errors/index.ts'
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

/**
 * Reads snapshots: patches by name, in their order. None if there is no such file. Whatever is in the file, nothing of it
 * is run, and only valid patches come out of it.
 *
 * @param catalogue the device types that the patches may use
 * @throws MegasynthError `unreadable-file`, `invalid-json`; PatchProblems with all that is wrong in it
 */
export function loadSnapshots(place: Place, catalogue: DeviceTypes): ReadonlyMap<string, Patch> {
  if (!existsSync(place.path)) return new Map()
  const data = parseJson(readText(place, 'a file with snapshots', maxBytes), place.shown)
  const { snapshots, problems } = read(data, catalogue)
  if (problems.length > 0) throw new PatchProblems(place.shown, problems)
  return snapshots
}

/**
 * Writes snapshots, all of them or nothing: a crash leaves the file as it was.
 *
 * @throws MegasynthError `unwritable-file` with the reason
 */
export function saveSnapshots(place: Place, snapshots: ReadonlyMap<string, Patch>): void {
  // a list: an object would put names that are numbers first
  const list = [...snapshots].map(([name, patch]) => ({ name, patch }))
  const text = JSON.stringify({ format: newest, snapshots: list }, undefined, 2)
  writeWhole(place.path, `${text}\n`, { force: true })
}

interface Read {
  readonly snapshots: Map<string, Patch>
  readonly problems: Problem[]
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function read(data: unknown, catalogue: DeviceTypes): Read {
  const whole = isObject(data) ? data : {}
  const { format, snapshots: list } = whole
  if (typeof format === 'number' && format > newest)
    return wrong({
      code: 'unsupported-format',
      path: 'format',
      message: 'the snapshots were written by a newer Megasynth',
      found: show(format),
      expected: String(newest),
      suggestion: 'update Megasynth',
    })
  if (format !== newest || !Array.isArray(list))
    return wrong({
      code: 'invalid-value',
      path: '',
      message: 'holds no snapshots',
      found: show(data),
      expected: '{ format: 1, snapshots: [{ name, patch }, …] }',
    })
  if (list.length > limits.snapshots)
    return wrong({
      code: 'too-large',
      path: 'snapshots',
      message: 'there are too many snapshots',
      found: `${list.length} snapshots`,
      expected: `at most ${limits.snapshots}`,
    })
  const result: Read = { snapshots: new Map(), problems: [] }
  for (const [i, item] of (list as readonly unknown[]).entries())
    readOne(item, `snapshots[${i}]`, catalogue, result)
  return result
}

const wrong = (problem: Problem): Read => ({ snapshots: new Map(), problems: [problem] })

function readOne(item: unknown, path: string, catalogue: DeviceTypes, { snapshots, problems }: Read): void {
  const { name, patch } = isObject(item) ? item : {}
  const nameProblem = snapshotNameProblem(name)
  if (nameProblem) problems.push({ ...nameProblem, path: `${path}.name` })
  else if (snapshots.has(name as string))
    problems.push({
      code: 'duplicate-name',
      path: `${path}.name`,
      message: 'is the name of another snapshot',
      found: show(name),
      expected: 'a name of its own',
    })
  const found = checkPatch(patch, catalogue, out).problems
  problems.push(...found.map((problem) => problemIn(`${path}.patch`, problem)))
  if (!nameProblem && found.length === 0) snapshots.set(name as string, patch as Patch)
}
