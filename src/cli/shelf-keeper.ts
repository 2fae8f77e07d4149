import { existsSync, readFileSync } from 'node:fs'
import { MegasynthError } from '../errors/index.ts'
import type { Synth } from '../live/synth.ts'
import { refill } from '../live/snapshots.ts'
import type { Patch } from '../patch/index.ts'
import type { DeviceTypes } from './catalogue.ts'
import type { Place } from './files.ts'
import type { Shell } from './io.ts'
import { openShelf, type Snapshots } from './shelf.ts'
import { loadSnapshots, saveSnapshots } from './snapshots.ts'
import { watchFiles, type Watch } from './watch.ts'

/** Snapshots as they stood in the file when it was last read or written: their texts, by name. */
type Known = ReadonlyMap<string, string>

/**
 * The snapshots of a synth and those in the file beside its patch, when both may have changed since they were last the same. What
 * was stored or forgotten here counts, since it was done just now; else what the file says.
 *
 * @param known both, when they were the same
 */
export function together(own: Snapshots, file: Snapshots, known: Known): Snapshots {
  const isNew = (name: string, patch: Patch): boolean => JSON.stringify(patch) !== known.get(name)
  const result = new Map<string, Patch>()
  for (const [name, patch] of file) {
    const mine = own.get(name)
    if (mine !== undefined) result.set(name, isNew(name, mine) ? mine : patch)
    else if (!known.has(name)) result.set(name, patch)
  }
  for (const [name, mine] of own) if (!file.has(name) && isNew(name, mine)) result.set(name, mine)
  return result
}

const textsOf = (snapshots: Snapshots): Known =>
  new Map([...snapshots].map(([name, patch]) => [name, JSON.stringify(patch)]))

/** Keeps the snapshots of a synth and the file beside its patch the same, whichever changes. */
export class ShelfKeeper {
  readonly #synth: Pick<Synth, 'snapshots' | 'store' | 'forget'>
  readonly #catalogue: () => DeviceTypes
  readonly #shell: Shell
  readonly #watch: Watch
  #place: Place | undefined
  #known: Known = new Map()
  /** The file as it was last read or written. */
  #text: string | undefined

  /**
   * @param catalogue the device types of now
   * @param read what was read from a file already: the synth has it
   */
  constructor(
    synth: Pick<Synth, 'snapshots' | 'store' | 'forget'>,
    catalogue: () => DeviceTypes,
    shell: Shell,
    read?: { readonly place: Place; readonly snapshots: Snapshots },
  ) {
    this.#synth = synth
    this.#catalogue = catalogue
    this.#shell = shell
    this.#watch = watchFiles(async () => await Promise.resolve(this.#changed()))
    if (read) this.#follow(read.place, read.snapshots)
  }

  /** From now on the file is this one. @returns what is in it, which the synth is to be given; what is wrong is told */
  open(place: Place): Snapshots {
    const found = openShelf(place, this.#catalogue(), this.#shell)
    this.#follow(place, found)
    return found
  }

  /**
   * Writes the snapshots of the synth, once it has taken over what the file says now.
   *
   * @throws MegasynthError as `saveSnapshots` does
   */
  save(place: Place): void {
    if (place.path === this.#place?.path && existsSync(place.path)) this.#takeOver(place)
    const { snapshots } = this.#synth
    saveSnapshots(place, snapshots, new Set(this.#known.keys()), this.#catalogue())
    this.#follow(place, snapshots)
  }

  async close(): Promise<void> {
    await this.#watch.close()
  }

  #follow(place: Place, snapshots: Snapshots): void {
    this.#place = place
    this.#known = textsOf(snapshots)
    this.#text = textOf(place)
    this.#watch.follow([place.path])
  }

  /** Somebody has saved the file. While it is away nothing is lost: the next store makes it anew. */
  #changed(): void {
    const place = this.#place
    if (place === undefined) return
    const text = textOf(place)
    if (text === undefined || text === this.#text) return
    this.#text = text
    const { snapshots } = this.#synth
    const found = openShelf(place, this.#catalogue(), this.#shell, snapshots)
    if (found !== snapshots) this.#adopt(found)
  }

  #takeOver(place: Place): void {
    const { snapshots } = this.#synth
    try {
      const { snapshots: found, bad } = loadSnapshots(place, this.#catalogue())
      // of one that is wrong now the synth has the one before
      const kept = bad.flatMap(({ name }): [string, Patch][] => {
        const own = name === undefined || found.has(name) ? undefined : snapshots.get(name)
        return name === undefined || own === undefined ? [] : [[name, own]]
      })
      this.#adopt(new Map([...found, ...kept]))
    } catch (error) {
      // whoever writes over it says what is wrong with it
      if (!(error instanceof MegasynthError)) throw error
    }
  }

  #adopt(found: Snapshots): void {
    const { snapshots } = this.#synth
    const now = together(snapshots, found, this.#known)
    this.#known = new Map([...this.#known, ...textsOf(found)])
    if (JSON.stringify([...now]) !== JSON.stringify([...snapshots])) refill(this.#synth, now)
  }
}

function textOf({ path }: Place): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
