import { extname } from 'node:path'
import { pathToFileURL } from 'node:url'
import type * as Jiti from 'jiti'
import { didYouMean, fail, listNames } from '../errors/index.ts'
import { isFolder, placeOf, readText, type Place } from './files.ts'
import { parseJson } from './json.ts'
import { problemOfThrown } from './thrown.ts'

/** Sixteen times the largest patch of the benchmarks, written out. */
export const maxPatchBytes = 4 * 2 ** 20

const codeTypes = ['.ts', '.mts', '.js', '.mjs']
export const patchTypes = [...codeTypes, '.json']

/**
 * Reads what a patch file holds, unchecked. JSON is only read; a `.ts`, `.mts`, `.js` or `.mjs` file is run, and its
 * default export is the patch. Wherever the file is, it can import `megasynth` and gets this very package.
 *
 * @param onFile is told of every file that it is made of: what it imports, too, but no packages
 * @throws MegasynthError `unreadable-file`, `unknown-file-type`, `too-large`, `invalid-json`, `patch-file-threw`,
 * `no-default-export`, `not-a-patch`
 */
export async function loadPatchFile(
  cwd: string,
  written: string,
  onFile: (file: string) => void = () => undefined,
): Promise<unknown> {
  const place = placeOf(cwd, written)
  const type = extname(place.path)
  if (!patchTypes.includes(type)) unknownType(place, type, patchTypes)
  onFile(place.path)
  const text = readText(place, 'a patch file', maxPatchBytes)
  if (type === '.json') return parseJson(text, place.shown)
  const { default: patch } = await importFile(place, 'export default definePatch({ … })', onFile)
  if (typeof patch === 'function' || isPromise(patch))
    fail({
      code: 'not-a-patch',
      path: place.shown,
      message: typeof patch === 'function' ? 'exports a function' : 'exports a promise',
      expected: 'the patch itself: export default definePatch({ … })',
      suggestion:
        typeof patch === 'function'
          ? 'call the function, and export its result'
          : 'write export default await …',
    })
  return patch
}

/** The default export of a module with device types, unchecked. Tells of files and throws as {@link loadPatchFile} does. */
export async function loadDevicesFile(
  cwd: string,
  written: string,
  onFile: (file: string) => void = () => undefined,
): Promise<unknown> {
  const place = placeOf(cwd, written)
  const type = extname(place.path)
  if (!codeTypes.includes(type)) unknownType(place, type, codeTypes)
  onFile(place.path)
  readText(place, 'a file with device types', maxPatchBytes)
  return (await importFile(place, 'export default { myDevice: defineDevice({ … }) }', onFile)).default
}

/** Refuses a file by its name. @throws MegasynthError `unknown-file-type` */
export function unknownType(place: Place, type: string, types: readonly string[]): never {
  return fail({
    code: 'unknown-file-type',
    path: place.shown,
    message: 'is of a type that cannot be loaded here',
    found: isFolder(place) ? 'a folder' : type === '' ? 'no file type' : type,
    expected: `a file that ends in ${listNames(types)}`,
    ...(type !== '' && didYouMean(type, types)),
  })
}

/** A module of this very package: as source in its own tests, else as it is built. */
export async function ownModule(name: string): Promise<unknown> {
  return await import(new URL(`../${name}${extname(import.meta.url)}`, import.meta.url).href)
}

/** What files that are programs are loaded with. A JSON patch does without, and starts sooner. */
export async function prepareToLoad(): Promise<{
  readonly createJiti: typeof Jiti.createJiti
  readonly virtualModules: Record<string, unknown>
}> {
  const { createJiti } = await import('jiti')
  const virtualModules = {
    megasynth: await ownModule('index'),
    'megasynth/live': await ownModule('live'),
    'megasynth/scsynth': await ownModule('scsynth/index'),
  }
  return { createJiti, virtualModules }
}

const isPromise = (value: unknown): boolean => value instanceof Promise

/** Runs a module that has a default export. The whole is returned: an export that is a promise would be awaited here. */
async function importFile(
  place: Place,
  example: string,
  onFile: (file: string) => void = () => undefined,
): Promise<{ readonly default: unknown }> {
  const { createJiti, virtualModules } = await prepareToLoad()
  const jiti = createJiti(pathToFileURL(place.path).href, {
    virtualModules,
    // a file that is loaded leaves no trace
    fsCache: false,
    interopDefault: false,
  })
  let loaded: unknown
  const before = new Set(Object.keys(jiti.cache))
  try {
    loaded = await orIdle(jiti.import(place.path))
  } catch (cause) {
    const problem = problemOfThrown(cause, (file) => (file === place.path ? place.shown : file))
    return fail({ ...problem, path: problem.path === '' ? place.shown : problem.path }, { cause })
  } finally {
    // what was loaded is read anew the next time
    for (const file of Object.keys(jiti.cache))
      if (!before.has(file) && !file.includes('node_modules')) {
        delete jiti.cache[file]
        onFile(file)
      }
  }
  if (loaded === idle)
    return fail({
      code: 'patch-file-threw',
      path: place.shown,
      message: 'never finishes loading: it awaits something that never comes',
      expected: example,
    })
  if (typeof loaded !== 'object' || loaded === null || !('default' in loaded)) {
    const names = typeof loaded === 'object' && loaded !== null ? Object.keys(loaded) : []
    return fail({
      code: 'no-default-export',
      path: place.shown,
      message: 'has no default export',
      found: names.length === 0 ? 'no exports' : `exports of ${listNames(names)}`,
      expected: example,
      ...(names.length === 1 && { suggestion: `export default ${names[0]}` }),
    })
  }
  return loaded
}

const idle = Symbol('nothing is left to be done')

/** What is awaited, or {@link idle} when nothing is left in this process that could bring it. */
async function orIdle<T>(awaited: Promise<T>): Promise<T | typeof idle> {
  let stop = (): void => {}
  const never = new Promise<typeof idle>((resolve) => {
    stop = () => resolve(idle)
    process.once('beforeExit', stop)
  })
  try {
    return await Promise.race([awaited, never])
  } finally {
    process.off('beforeExit', stop)
  }
}
