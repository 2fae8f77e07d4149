import { out } from '../devices/index.ts'
import { fail, MegasynthError } from '../errors/index.ts'
import { checkPatch, type Patch } from '../patch/index.ts'
import { compile } from '../plan/index.ts'
import { openCatalogue, type DeviceTypes } from './catalogue.ts'
import { placeOf, type Place } from './files.ts'
import { problemOfThrown } from './thrown.ts'

/**
 * Loads a file with device types, and compiles with them those of some patches that are valid. What is wrong with a patch is told
 * by whoever goes over to it.
 *
 * @param onFile is told of every file that it is made of
 * @throws MegasynthError with all problems of the file; `patch-file-threw` if a device cannot be compiled
 */
export async function tryDevices(
  cwd: string,
  written: string,
  patches: readonly Patch[],
  onFile: (file: string) => void,
): Promise<void> {
  const catalogue = await openCatalogue(cwd, written, onFile)
  for (const patch of patches) compiled(patch, catalogue, placeOf(cwd, written))
}

function compiled(patch: Patch, catalogue: DeviceTypes, { shown, path }: Place): void {
  const { patch: parsed } = checkPatch(patch, catalogue, out)
  try {
    if (parsed) compile(parsed, { catalogue })
  } catch (error) {
    // what the file itself threw stands behind it, with its line
    const cause = error instanceof MegasynthError ? error.cause : error
    if (cause === undefined || cause instanceof MegasynthError) throw error
    const problem = problemOfThrown(cause, (file) => (file === path ? shown : file))
    const message = 'threw an error while a device was compiled'
    fail({ ...problem, path: problem.path === '' ? shown : problem.path, message }, { cause })
  }
}
