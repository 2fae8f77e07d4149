import { standard } from '../devices/index.ts'
import type { LiveEnsemble, LivePlayer } from '../live/live-ensemble.ts'
import type { DeviceTypes } from './catalogue.ts'
import type { Shell } from './io.ts'
import type { ApartLoader } from './load-apart.ts'
import { reload, retype } from './reload.ts'
import { renewTypes } from './renew-types.ts'
import { refillShelf, shelfOf } from './shelf.ts'
import type { Stage, StageFlags, StagePart } from './stage.ts'
import { watchFiles } from './watch.ts'

/** A stage whose files are watched. */
export interface StageWatch {
  /** The device types that a part is made of now. */
  readonly catalogueOf: (part: number) => DeviceTypes
  readonly close: () => Promise<void>
}

/**
 * Has each patch go over to what its files, and those of its device types, say whenever one of them is saved, and keeps up with
 * the snapshots beside it.
 *
 * @param starting a file that is saved meanwhile is gone over to when it has started
 */
export function watchStage(
  { parts, map, devices }: Stage,
  starting: Promise<LiveEnsemble>,
  loader: ApartLoader,
  flags: StageFlags,
  shell: Shell,
): StageWatch {
  const watched = Array.from(new Set(parts.map(({ open: { file } }) => file)), (file) => {
    const own = parts.flatMap(({ open }, i) => (open.file === file ? [i] : []))
    const { open, files } = parts[own[0] as number] as StagePart
    const beside = shelfOf(shell.io.cwd, file)
    // `waits`: what its files say does not play, for something is wrong with it
    return { file, own, files, catalogue: open.catalogue, waits: false, beside }
  })
  /** What the device types are made of, and those that are there for whoever is reloaded. */
  let types = { files: devices, catalogue: watched[0]?.catalogue }
  const all = (): string[] => [
    ...(map ? [map.path] : []),
    ...types.files,
    ...watched.flatMap(({ files, beside }) => [...files, beside.path]),
  ]
  const watch = watchFiles(async (changed) => {
    // one that does not start is told of by whoever starts it
    const heard = await starting.catch(() => undefined)
    if (heard === undefined) return
    const isIn = (files: ReadonlySet<string>): boolean => [...files].some((file) => changed.has(file))
    if (map && changed.has(map.path)) shell.note(`${map.shown}: which patches play is read at the start only`)
    const before = types
    if (flags.devices !== undefined && isIn(types.files))
      types = await renewTypes(flags.devices, types, heard.parts, loader, shell)
    const areOthers = types.catalogue !== before.catalogue
    for (const part of watched) {
      const synths = part.own.map((i) => heard.parts[i] as LivePlayer)
      const { catalogue = part.catalogue } = types
      // what waits for a type that it needs is looked at again
      if (isIn(part.files) || (areOthers && part.waits)) {
        const { files, isDone } = await reload(
          synths,
          { ...part, catalogue, load: loader.load },
          flags,
          shell,
          part.files,
        )
        part.files = files
        part.waits = !isDone
        if (isDone) part.catalogue = catalogue
      } else if (areOthers) {
        const { isDone } = await retype(synths, { ...part, catalogue }, shell)
        if (isDone) part.catalogue = catalogue
        else part.waits = true
      }
      if (changed.has(part.beside.path)) refillShelf(synths, part.beside, part.catalogue, shell)
    }
    watch.follow(all())
  })
  watch.follow(all())
  return {
    catalogueOf: (part) => watched.find(({ own }) => own.includes(part))?.catalogue ?? standard,
    close: () => watch.close(),
  }
}
