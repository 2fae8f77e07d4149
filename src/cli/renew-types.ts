import type { Patch } from '../patch/index.ts'
import { openCatalogue, type DeviceTypes } from './catalogue.ts'
import { reportFailure } from './failure.ts'
import type { Shell } from './io.ts'
import { LoadingEnded, type ApartLoader } from './load-apart.ts'

/** Device types, and the files that they are made of. */
export interface TypesOfFiles<C = DeviceTypes> {
  readonly files: ReadonlySet<string>
  readonly catalogue: C
}

/**
 * The device types of a file as they are now; those before, if something is wrong with them: that is told.
 *
 * @param playing with whose patches they are tried, apart from the sound, before they are loaded beside it
 */
export async function renewTypes<C>(
  file: string,
  before: TypesOfFiles<C>,
  playing: readonly { readonly patch: Patch }[],
  loader: ApartLoader,
  shell: Shell,
): Promise<TypesOfFiles<C | DeviceTypes>> {
  const { cwd } = shell.io
  const files = new Set<string>()
  const onFile = (one: string): void => void files.add(one)
  try {
    await loader.tryDevices(
      cwd,
      file,
      playing.map(({ patch }) => patch),
      onFile,
    )
    return { files, catalogue: await openCatalogue(cwd, file, onFile) }
  } catch (error) {
    if (error instanceof LoadingEnded) return before
    reportFailure(error, shell)
    shell.note(shell.errorPaint.dim('the device types before play on'))
    // what broke it may be any of these
    return { files: new Set([...before.files, ...files]), catalogue: before.catalogue }
  }
}
