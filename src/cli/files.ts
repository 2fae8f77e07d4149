import { closeSync, fstatSync, openSync, readFileSync, readdirSync, statSync } from 'node:fs'
import { basename, dirname, extname, resolve } from 'node:path'
import { didYouMean, fail, MegasynthError, type Problem } from '../errors/index.ts'

/** A file as it was written on the command line, and where that is. */
export interface Place {
  /** As errors name it. */
  readonly shown: string
  readonly path: string
}

export function placeOf(cwd: string, written: string): Place {
  return { shown: written, path: resolve(cwd, written) }
}

/** Whether a folder is there. */
export function isFolder({ path }: Place): boolean {
  try {
    return statSync(path).isDirectory()
  } catch {
    // whoever goes on with it says what is wrong with it
    return false
  }
}

/** An error in which the file is called as the user calls it. */
export function named(error: unknown, { path, shown }: Place): unknown {
  if (!(error instanceof MegasynthError)) return error
  const problems = error.problems.map((problem) =>
    problem.path === path ? { ...problem, path: shown } : problem,
  )
  return new MegasynthError(problems, { cause: error })
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'its folder is a file',
  EACCES: 'no permission',
  EPERM: 'no permission',
  ELOOP: 'its symbolic links lead in a circle',
  ENAMETOOLONG: 'the name is too long',
}

/**
 * Reads a file whole.
 *
 * @param expected what it should be: `a patch file`
 * @param limit bytes
 * @throws MegasynthError `unreadable-file` with the reason and the nearest name in its folder; `too-large`
 */
export function readBytes(place: Place, expected: string, limit: number): Uint8Array {
  try {
    const file = openSync(place.path, 'r')
    try {
      const stats = fstatSync(file)
      // a device or a pipe may never end
      if (!stats.isFile())
        return unreadable(
          place,
          stats.isDirectory() ? 'it is a folder' : 'it is not a regular file',
          expected,
        )
      if (stats.size > limit)
        return fail({
          code: 'too-large',
          path: place.shown,
          message: `is too large for ${expected}`,
          found: `${stats.size} bytes, ${stats.size - limit} too many`,
          expected: `at most ${limit} bytes (${limit / 2 ** 20} MiB)`,
        })
      return readFileSync(file)
    } finally {
      closeSync(file)
    }
  } catch (cause) {
    if (cause instanceof MegasynthError) throw cause
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause)
    const extra =
      code === 'ENOENT'
        ? { ...(place.path !== place.shown && { where: place.path }), ...neighbour(place.path) }
        : {}
    return unreadable(place, reasons[code] ?? code, expected, extra, cause)
  }
}

function unreadable(
  place: Place,
  reason: string,
  expected: string,
  { where, ...hint }: Pick<Problem, 'suggestion'> & { where?: string } = {},
  cause?: unknown,
): never {
  const found = where === undefined ? reason : `${reason}: ${where}`
  return fail(
    { code: 'unreadable-file', path: place.shown, message: 'cannot be read', found, expected, ...hint },
    { cause },
  )
}

/** The name in the same folder that was probably meant. */
function neighbour(path: string): Pick<Problem, 'suggestion'> {
  try {
    const names = readdirSync(dirname(path))
    const type = extname(path)
    const stem = basename(path, type)
    // the same ending makes no two names alike
    const isNear = (name: string): boolean => 'suggestion' in didYouMean(stem, [basename(name, type)])
    const near = didYouMean(
      basename(path),
      names.filter((name) => extname(name) === type && isNear(name)),
    )
    if ('suggestion' in near) return near
    return didYouMean(
      basename(path),
      names.filter((name) => extname(name) !== type),
    )
  } catch {
    return { suggestion: `the folder ${dirname(path)} cannot be read either` }
  }
}

/**
 * The text of a file.
 *
 * @throws MegasynthError `unreadable-file` also for what is no text
 */
export function readText(place: Place, expected: string, limit: number): string {
  return textOf(readBytes(place, expected, limit), place, expected)
}

/** Bytes as text. Throws as {@link readText} does. */
export function textOf(bytes: Uint8Array, place: Place, expected: string): string {
  if (bytes.includes(0)) unreadable(place, 'it is not a text file', expected)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    return unreadable(place, 'it is not UTF-8 text', expected, {}, cause)
  }
}
