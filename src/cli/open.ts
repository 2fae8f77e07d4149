import { MegasynthError, didYouMean, listNames, type Problem } from '../errors/index.ts'
import { out } from '../devices/index.ts'
import { checkPatch, type KnobSpec, type ParsedPatch, type Patch } from '../patch/index.ts'
import { openCatalogue, type DeviceTypes } from './catalogue.ts'
import { PatchProblems } from './failure.ts'
import { loadPatchFile } from './load.ts'
import type { KnobSetting } from './flags.ts'
import { openTuning, type TuningFlags } from './tuning.ts'

/** A patch of a file that is valid, with the knobs where the command line wants them. */
export interface OpenPatch {
  readonly file: string
  readonly patch: Patch
  readonly parsed: ParsedPatch
  readonly catalogue: DeviceTypes
}

/**
 * Loads and checks a patch file.
 *
 * @param again `catalogue`: device types that were loaded before; `load` and `onFile` as of {@link readPatch}
 * @throws PatchProblems with all problems of the patch; MegasynthError if the file cannot be loaded; `unknown-knob`
 */
export async function openPatch(
  cwd: string,
  file: string,
  flags: TuningFlags & { readonly devices?: string; readonly set: readonly KnobSetting[] },
  again: Reading & { readonly catalogue?: DeviceTypes } = {},
): Promise<OpenPatch> {
  const catalogue = again.catalogue ?? (await openCatalogue(cwd, flags.devices))
  const written = await readPatch(cwd, file, catalogue, again)
  const tuning = openTuning(cwd, flags)
  const patch = withKnobs({ ...written.patch, ...(tuning && { tuning }) }, flags.set, file)
  const { patch: parsed = written.parsed } = checkPatch(patch, catalogue, out)
  return { ...written, patch, parsed }
}

/** How a file is read. */
export interface Reading {
  /** Default: in this thread. */
  readonly load?: typeof loadPatchFile
  /** Is told of every file that the patch is made of. */
  readonly onFile?: (file: string) => void
}

/** As {@link openPatch} does, with device types that are at hand. */
export async function readPatch(
  cwd: string,
  file: string,
  catalogue: DeviceTypes,
  { load = loadPatchFile, onFile }: Reading = {},
): Promise<OpenPatch> {
  const loaded = await load(cwd, file, onFile)
  const { patch: parsed, problems } = checkPatch(loaded, catalogue, out)
  if (parsed === undefined) throw new PatchProblems(file, problems)
  return { file, patch: loaded as Patch, parsed, catalogue }
}

/** The patch with some knobs in other positions: they stand there from the start, and nothing glides. */
function withKnobs(patch: Patch, settings: readonly KnobSetting[], file: string): Patch {
  const { knobs = {} } = patch
  const names = Object.keys(knobs)
  const problems = settings
    .filter(({ knob }) => !Object.hasOwn(knobs, knob))
    .map(({ knob }): Problem => ({
      code: 'unknown-knob',
      path: `--set ${knob}`,
      message: `${file} has no such knob`,
      expected: listNames(names),
      ...didYouMean(knob, names),
    }))
  if (problems.length > 0) throw new MegasynthError(problems)
  const turned = settings.map(({ knob, position }): [string, KnobSpec] => {
    const spec = knobs[knob]
    return [knob, typeof spec === 'object' ? { ...spec, value: position } : position]
  })
  return settings.length === 0 ? patch : { ...patch, knobs: { ...knobs, ...Object.fromEntries(turned) } }
}
