import type { LiveSynth } from '../live/live-synth.ts'
import type { Patch } from '../patch/index.ts'
import type { Report } from '../plan/index.ts'
import type { DeviceTypes } from './catalogue.ts'
import type { Shell } from './io.ts'
import type { ApartLoader } from './load-apart.ts'
import { openPatch } from './open.ts'
import { reload, retype } from './reload.ts'
import { renewTypes, type TypesOfFiles } from './renew-types.ts'
import { watchFiles } from './watch.ts'

/** What is gone over to at the prompt whenever it is saved. */
export interface PromptWatch {
  /** The device types of what plays now. */
  readonly catalogue: () => DeviceTypes
  /** The device types of their file: others, if what plays does not go with them. Patch files are opened with these. */
  readonly types: () => DeviceTypes
  /** Goes over to a patch that was opened with them, and to them. @throws MegasynthError as `Synth.apply` does */
  readonly play: (patch: Patch) => Promise<Report>
  /**
   * Opens a patch file, and goes over to what it says each time that it is saved, until `end`.
   *
   * @throws MegasynthError with all problems of it
   */
  readonly patch: (file: string) => Promise<{ readonly patch: Patch; readonly end: () => Promise<void> }>
  readonly close: () => Promise<void>
}

interface WatchedPatch {
  readonly file: string
  files: ReadonlySet<string>
  /** What its files say does not play, for something is wrong with it. */
  waits: boolean
}

/**
 * Has the synth go over to device types whenever their file is saved, and to the patch file that is watched, if there is one.
 *
 * @param devices the file of `--devices`
 * @param opened what it holds
 */
export function watchPrompt(
  synth: Pick<LiveSynth, 'apply' | 'patch'>,
  devices: string | undefined,
  opened: TypesOfFiles,
  loader: ApartLoader,
  shell: Shell,
): PromptWatch {
  const { load } = loader
  /** Those of the files, and those that what plays is made of: others, if it does not go with the former. */
  let [types, { catalogue: playing }] = [opened, opened]
  const patches = new Set<WatchedPatch>()
  let running: Promise<void> = Promise.resolve()
  const follow = (): void =>
    watch.follow([...types.files, ...Array.from(patches, ({ files }) => [...files]).flat()])

  async function goOver(changed: ReadonlySet<string>): Promise<void> {
    const isIn = (files: ReadonlySet<string>): boolean => [...files].some((file) => changed.has(file))
    const before = types
    if (devices !== undefined && isIn(types.files))
      types = await renewTypes(devices, types, [synth], loader, shell)
    const { catalogue } = types
    const areOthers = catalogue !== before.catalogue
    // what waits for a type that it needs is looked at again
    const saved = [...patches].filter(({ files, waits }) => isIn(files) || (areOthers && waits))
    for (const one of saved) {
      const { file } = one
      const { files, isDone } = await reload(
        [synth],
        { file, catalogue, load },
        { set: [] },
        shell,
        one.files,
      )
      one.files = files
      one.waits = !isDone
      if (isDone) playing = catalogue
    }
    if (areOthers && devices !== undefined && saved.length === 0) {
      const { isDone } = await retype([synth], { file: devices, catalogue }, shell)
      // else it is tried again with the next: what was changed at the prompt is in no file
      if (isDone) playing = catalogue
    }
    follow()
  }
  const watch = watchFiles((changed) => (running = goOver(changed)))
  follow()
  return {
    catalogue: () => playing,
    types: () => types.catalogue,
    async play(patch) {
      const { catalogue } = types
      const report = await synth.apply(patch, catalogue)
      playing = catalogue
      return report
    },
    async patch(file) {
      const files = new Set<string>()
      const onFile = (one: string): void => void files.add(one)
      const { catalogue } = types
      const { patch } = await openPatch(shell.io.cwd, file, { set: [] }, { catalogue, load, onFile })
      const one: WatchedPatch = { file, files, waits: false }
      patches.add(one)
      follow()
      return {
        patch,
        async end() {
          patches.delete(one)
          follow()
          await running
        },
      }
    },
    close: () => watch.close(),
  }
}
