import { statSync } from 'node:fs'
import { dirname } from 'node:path'
import { watch as watchFolders, type FSWatcher } from 'chokidar'

/** Files that are watched. */
export interface Watch {
  /** Watches these files from now on, and no others. */
  follow(files: Iterable<string>): void
  close(): Promise<void>
}

/** Milliseconds after which it is looked whether a file changed before the system began to tell of it. */
const secondLooks = [100, 400, 1500]
/** Milliseconds of quiet after which a change is a change: an editor may write a file in several steps. */
const quietMs = 60
/** Milliseconds after which one that is empty or away is just that: before, whoever emptied it is about to write it. */
const unwrittenMs = 400

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
  let again = false
  const watcher: FSWatcher = watchFolders([], { depth: 0, ignoreInitial: true, persistent: true })

  const run = (): void => {
    if (running !== undefined) {
      again = true
      return
    }
    const changed = news
    news = new Set()
    for (const file of changed) seen.set(file, stateOf(file))
    running = onChange(changed).finally(() => {
      running = undefined
      if (again) run()
      again = false
    })
  }
  const changed = (...names: readonly string[]): void => {
    for (const name of names) news.add(name)
    clearTimeout(timer)
    timer = setTimeout(run, [...news].some(isUnwritten) ? unwrittenMs : quietMs)
  }
  let looks: ReturnType<typeof setTimeout>[] = []
  const lookAgain = (): void => {
    for (const look of looks) clearTimeout(look)
    looks = secondLooks.map((ms) =>
      setTimeout(() => {
        const others = [...files].filter(isNews)
        if (others.length > 0) changed(...others)
      }, ms),
    )
  }
  watcher.on('all', (_, path) => {
    if (isNews(path)) changed(path)
  })
  return {
    follow(wanted) {
      files = new Set(wanted)
      for (const file of seen.keys()) if (!files.has(file)) seen.delete(file)
      for (const file of files) if (!seen.has(file)) seen.set(file, stateOf(file))
      const next = new Set([...files].map((file) => dirname(file)))
      watcher.add([...next].filter((folder) => !folders.has(folder)))
      watcher.unwatch([...folders].filter((folder) => !next.has(folder)))
      folders = next
      lookAgain()
    },
    async close() {
      for (const one of [timer, ...looks]) clearTimeout(one)
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

/** What is different when a file is. */
function stateOf(file: string): string {
  try {
    const { mtimeMs, size, ino } = statSync(file)
    return `${mtimeMs} ${size} ${ino}`
  } catch {
    return 'away'
  }
}
