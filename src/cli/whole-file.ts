import { randomBytes } from 'node:crypto'
import {
  closeSync,
  fchmodSync,
  fsyncSync,
  lstatSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
  type Stats,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { MegasynthError, fail } from '../errors/index.ts'

/** A file that is being written. Nothing is at its path until {@link WholeFile.finish} has succeeded. */
export interface WholeFile {
  /**
   * Runs what writes to the file; if it throws, the file is given up.
   *
   * @throws MegasynthError `unwritable-file` with the reason (disk full)
   */
  run<T>(write: () => T): T
  /** Writes bytes, at the end or at a place in what has been written. To be called within {@link WholeFile.run}. */
  put(bytes: Uint8Array, at?: number): void
  /**
   * Brings everything to the disk and the file to its path, all at once.
   *
   * @throws MegasynthError `file-exists` if another file has come there meanwhile, `unwritable-file` with the reason
   */
  finish(): void
  /** Gives the file up and removes what was written; does nothing when it is finished or given up already. */
  abort(): void
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'its folder does not exist',
  ENOTDIR: 'its folder is a file',
  EACCES: 'no permission',
  EPERM: 'no permission',
  EROFS: 'the disk is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the quota of the disk is used up',
  EFBIG: 'the disk does not take a file that large',
  EISDIR: 'it is a folder',
  ENAMETOOLONG: 'the name is too long',
  ELOOP: 'its symbolic links lead in a circle',
  EMFILE: 'too many files are open',
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : String(error)

/** Runs file operations; what goes wrong becomes a problem of `path`. */
function guarded<T>(path: string, run: () => T): T {
  try {
    return run()
  } catch (cause) {
    if (cause instanceof MegasynthError) throw cause
    const code = codeOf(cause)
    return unwritable(path, reasons[code] ?? code, cause)
  }
}

function unwritable(path: string, found: string, cause?: unknown): never {
  return fail(
    {
      code: 'unwritable-file',
      path,
      message: 'cannot be written',
      found,
      expected: 'a file in a folder that exists and may be written to',
    },
    { cause },
  )
}

function exists(path: string): never {
  return fail({
    code: 'file-exists',
    path,
    message: 'is there already',
    expected: 'a new file',
    suggestion: 'choose another name, or replace it with --force',
  })
}

function statOf(path: string, stat: (path: string) => Stats): Stats | undefined {
  try {
    return stat(path)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}

/** The path at which the file will really be: a link is followed, so that it stays. */
function targetOf(path: string, force: boolean): string {
  if (/(^|[\\/])$/.test(path)) unwritable(path, 'it names no file')
  if (statOf(path, lstatSync) === undefined) return path
  const stats = statOf(path, statSync)
  if (stats?.isDirectory() === true) unwritable(path, 'it is a folder')
  // Renaming onto /dev/null would replace the device.
  if (stats !== undefined && !stats.isFile()) unwritable(path, 'it is not a regular file')
  if (!force) exists(path)
  return stats === undefined ? path : realpathSync(path)
}

/** Who may read and run a file that is replaced may read and run the one in its place. */
function keepMode(fd: number, target: string): void {
  const stats = statOf(target, statSync)
  if (stats !== undefined) fchmodSync(fd, stats.mode & 0o7777)
}

/**
 * Begins a file. It is written beside its path, under a hidden name that ends in `.part`, and moved there by `finish`.
 * A file that is replaced leaves its permissions to the new one.
 *
 * @param force whether a file that is already there is replaced
 * @throws MegasynthError `file-exists`; `unwritable-file` with the reason
 * @example
 * const file = openWhole('notes.txt', { force: false })
 * file.run(() => file.put(new TextEncoder().encode('C4')))
 * file.finish()
 */
export function openWhole(path: string, { force }: { readonly force: boolean }): WholeFile {
  const { target, part, fd } = guarded(path, () => {
    const target = targetOf(path, force)
    const name = `.${basename(target).slice(0, 100)}.${randomBytes(6).toString('hex')}.part`
    const part = join(dirname(target), name)
    return { target, part, fd: openSync(part, 'wx') }
  })
  let closed = false
  let over = false
  if (force) run(() => keepMode(fd, target))

  function abort(): void {
    if (over) return
    over = true
    try {
      if (!closed) closeSync(fd)
    } finally {
      rmSync(part, { force: true })
    }
  }

  /** Runs file operations; when they fail nothing is left behind. */
  function run<T>(operations: () => T): T {
    if (over) throw new Error(`${path} is finished or given up already`)
    try {
      return guarded(path, operations)
    } catch (error) {
      abort()
      throw error
    }
  }

  /** Moves the whole file to its path, in one step and never onto another file unless that was asked for. */
  function publish(): void {
    if (force) return renameSync(part, target)
    // The name is taken by an empty file first, which fails if there is one: unlike a hard link, every disk can do that.
    try {
      closeSync(openSync(target, 'wx'))
    } catch (error) {
      if (codeOf(error) === 'EEXIST') exists(path)
      throw error
    }
    try {
      renameSync(part, target)
    } catch (error) {
      rmSync(target, { force: true })
      throw error
    }
  }

  return {
    run,
    put(bytes, at) {
      for (let done = 0; done < bytes.length;)
        done += writeSync(fd, bytes, done, bytes.length - done, at === undefined ? null : at + done)
    },
    finish() {
      run(() => {
        fsyncSync(fd)
        closeSync(fd)
        closed = true
        publish()
        over = true
      })
    },
    abort,
  }
}

/**
 * Writes a text to a file, all of it or nothing.
 *
 * @throws MegasynthError as {@link openWhole} and {@link WholeFile.finish} do
 */
export function writeWhole(path: string, text: string, options: { readonly force: boolean }): void {
  const file = openWhole(path, options)
  file.run(() => file.put(new TextEncoder().encode(text)))
  file.finish()
}
