import { statSync } from 'node:fs'
import { dirname } from 'node:path'
import { watch as watchFolders, type FSWatcher } from 'chokidar'

/** Files that are watched. */
export interface Watch {
  /** Watches these files from now on, and no others. */
  follow(files: Iterable<string>): void
  close(): Promise<void>
}

/** Milliseconds from one look whether a file changed to the next: the system begins to tell of it late, or, of some disks, never. */
const looksMs = [100, 300, 1100]
/** And from then on. */
const lookMs = 1500
/** Milliseconds of quiet after which a change is a change: an editor may write a file in several steps. */
const quietMs = 60
/** Milliseconds after which one that is empty or away is just that: before, whoever emptied it is about to write it. */
const unwrittenMs = 400
/** Milliseconds by which the time of a change may be behind the clock: disks round it down. */
const roundedMs = 20

/**
 * Calls back when one of some files has changed: also when it is replaced by another of its name, as many editors do, or
 * comes back after it was away. Their folders are watched, since a file that is away cannot be.
 *
 * @param onChange is told which files changed. Changes in quick succession are one; it is not called again while it runs, but
 * after it
 */
export function watchFiles(onChange: (changed: ReadonlySet<string>) => Promise<void>): Watch {
  let files = new Set<string>()
  let folders = new Set<string>()
  let timer: ReturnType<typeof setTimeout> | undefined
  let news = new Set<string>()
  /** As each was when it was last called back for it: the system may tell of one change more than once, and late. */
  const seen = new Map<string, string>()
  const isNews = (file: string): boolean => files.has(file) && stateOf(file) !== seen.get(file)
  let running: Promise<void> | undefined
  /** When it was called back, while that runs: what is followed from now on was read since. */
  let readSince = Infinity
  let again = false
  let closed = false
  const watcher: FSWatcher = watchFolders([], { depth: 0, ignoreInitial: true, persistent: true })

  const run = (): void => {
    if (running !== undefined) {
      again = true
      return
    }
    const changed = news
    news = new Set()
    for (const file of changed) seen.set(file, stateOf(file))
    readSince = Date.now() - roundedMs
    running = onChange(changed).finally(() => {
      running = undefined
      readSince = Infinity
      if (again && !closed) run()
      again = false
    })
  }
  const changed = (...names: readonly string[]): void => {
    for (const name of names) news.add(name)
    clearTimeout(timer)
    timer = setTimeout(run, [...news].some(isUnwritten) ? unwrittenMs : quietMs)
  }
  let look: ReturnType<typeof setTimeout> | undefined
  const lookAgain = ([wait = lookMs, ...later] = looksMs): void => {
    clearTimeout(look)
    look = setTimeout(() => {
      const others = [...files].filter(isNews)
      if (others.length > 0) changed(...others)
      lookAgain(later)
    }, wait)
  }
  watcher.on('all', (_, path) => {
    if (isNews(path)) changed(path)
  })
  return {
    follow(wanted) {
      // whoever is called back may end after it is closed
      if (closed) return
      files = new Set(wanted)
      for (const file of seen.keys()) if (!files.has(file)) seen.delete(file)
      for (const file of files)
        if (!seen.has(file)) seen.set(file, changeOf(file) < readSince ? stateOf(file) : 'read before')
      const next = new Set([...files].map((file) => dirname(file)))
      watcher.add([...next].filter((folder) => !folders.has(folder)))
      watcher.unwatch([...folders].filter((folder) => !next.has(folder)))
      folders = next
      lookAgain()
    },
    async close() {
      closed = true
      for (const one of [timer, look]) clearTimeout(one)
      await watcher.close()
      await running
    },
  }
}

function isUnwritten(file: string): boolean {
  try {
    return statSync(file).size === 0
  } catch {
    return true
  }
}

/** When a file was last changed, in milliseconds of the system's clock; -Infinity if it is away. */
function changeOf(file: string): number {
  try {
    return statSync(file).ctimeMs
  } catch {
    return -Infinity
  }
}

/** What is different when a file is. */
function stateOf(file: string): string {
  try {
    const { mtimeMs, size, ino } = statSync(file)
    return `${mtimeMs} ${size} ${ino}`
  } catch {
    return 'away'
  }
}
