import type { LiveEnsemble, LivePlayer } from '../live/live-ensemble.ts'
import type { Shell } from './io.ts'
import type { Reading } from './open.ts'
import { reload } from './reload.ts'
import { refillShelf, shelfOf } from './shelf.ts'
import type { Stage, StageFlags } from './stage.ts'
import { watchFiles, type Watch } from './watch.ts'

/**
 * Has each patch go over to what its files say, whenever one of them is saved, and keeps up with the snapshots beside it.
 *
 * @param starting a file that is saved meanwhile is gone over to when it has started
 */
export function watchStage(
  { parts, map }: Stage,
  starting: Promise<LiveEnsemble>,
  load: Required<Reading>['load'],
  flags: StageFlags,
  shell: Shell,
): Watch {
  const watched = parts.map(({ open, files }) => ({ open, files, beside: shelfOf(shell.io.cwd, open.file) }))
  const all = (): string[] => [
    ...(map ? [map.path] : []),
    ...watched.flatMap(({ files, beside }) => [...files, beside.path]),
  ]
  const watch = watchFiles(async (changed) => {
    // one that does not start is told of by whoever starts it
    const heard = await starting.catch(() => undefined)
    if (heard === undefined) return
    if (map && changed.has(map.path)) shell.note(`${map.shown}: which patches play is read at the start only`)
    for (const [i, part] of watched.entries()) {
      const synth = heard.parts[i] as LivePlayer
      if (changed.has(part.beside.path)) refillShelf(synth, part.beside, part.open.catalogue, shell)
      if ([...part.files].some((file) => changed.has(file)))
        part.files = await reload(synth, { ...part.open, load }, flags, shell, part.files)
    }
    watch.follow(all())
  })
  watch.follow(all())
  return watch
}
