import { extname } from 'node:path'
import { pathToFileURL } from 'node:url'
import { createJiti } from 'jiti'
import { MegasynthError, didYouMean, fail, listNames, show } from '../errors/index.ts'
import { placeOf, readText, type Place } from './files.ts'
import { parseJson } from './json.ts'

/** Sixteen times the largest patch of the benchmarks, written out. */
export const maxPatchBytes = 4 * 2 ** 20

const codeTypes = ['.ts', '.mts', '.js', '.mjs']
const patchTypes = [...codeTypes, '.json']

/**
 * Reads what a patch file holds, unchecked. JSON is only read; a `.ts`, `.mts`, `.js` or `.mjs` file is run, and its
 * default export is the patch. Wherever the file is, it can import `megasynth` and gets this very package.
 *
 * @throws MegasynthError `unreadable-file`, `unknown-file-type`, `too-large`, `invalid-json`, `patch-file-threw`,
 * `no-default-export`, `not-a-patch`
 */
export async function loadPatchFile(cwd: string, written: string): Promise<unknown> {
  const place = placeOf(cwd, written)
  const type = extname(place.path)
  if (!patchTypes.includes(type)) unknownType(place, type, patchTypes)
  const text = readText(place, 'a patch file', maxPatchBytes)
  if (type === '.json') return parseJson(text, place.shown)
  const { default: patch } = await importFile(place, 'export default definePatch({ … })')
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

/** The default export of a module with device types, unchecked. Throws as {@link loadPatchFile} does. */
export async function loadDevicesFile(cwd: string, written: string): Promise<unknown> {
  const place = placeOf(cwd, written)
  const type = extname(place.path)
  if (!codeTypes.includes(type)) unknownType(place, type, codeTypes)
  readText(place, 'a file with device types', maxPatchBytes)
  return (await importFile(place, 'export default { myDevice: defineDevice({ … }) }')).default
}

function unknownType(place: Place, type: string, types: readonly string[]): never {
  return fail({
    code: 'unknown-file-type',
    path: place.shown,
    message: 'is of a type that cannot be loaded here',
    found: type === '' ? 'no file type' : type,
    expected: `a file that ends in ${listNames(types)}`,
    ...(type !== '' && didYouMean(type, types)),
  })
}

const isPromise = (value: unknown): boolean => value instanceof Promise

/** Runs a module that has a default export. The whole is returned: an export that is a promise would be awaited here. */
async function importFile(place: Place, example: string): Promise<{ readonly default: unknown }> {
  // The modules of this very package: as source in its own tests, else as they are built.
  const own = async (name: string): Promise<unknown> =>
    await import(new URL(`../${name}${extname(import.meta.url)}`, import.meta.url).href)
  const jiti = createJiti(pathToFileURL(place.path).href, {
    virtualModules: { megasynth: await own('index'), 'megasynth/scsynth': await own('scsynth/index') },
    // a file that is loaded leaves no trace
    fsCache: false,
    moduleCache: false,
    interopDefault: false,
  })
  let loaded: unknown
  try {
    loaded = await jiti.import(place.path)
  } catch (cause) {
    return threw(place, cause)
  }
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

/** An error that a file raised, with the line of that file. */
function threw(place: Place, cause: unknown): never {
  const { name, message, stack } = detailsOf(cause)
  const syntax = /^ParseError: (.*?)\s*\n\s*(.*):(\d+):(\d+)/.exec(message)
  if (syntax !== null) {
    const [, what = '', file = '', line = '', column = ''] = syntax
    return fail(
      {
        code: 'patch-file-threw',
        path: `${named(place, file)}:${line}:${Number(column) + 1}`,
        message: 'has a syntax error',
        found: what,
        expected: 'TypeScript or JavaScript',
      },
      { cause },
    )
  }
  const missing = /^Cannot find (?:module|package) '([^']*)'/.exec(message)?.[1]
  if (missing !== undefined)
    return fail(
      {
        code: 'patch-file-threw',
        path: place.shown,
        message: 'imports something that cannot be found',
        found: show(missing),
        expected: 'megasynth, megasynth/scsynth, a file beside it, or an installed package',
      },
      { cause },
    )
  // Only lines are right: the loader rewrites what is on them.
  const [, file = place.path, line] =
    /(?:\(|at )(?:file:\/\/)?((?:\/|[A-Za-z]:)[^()\n]*\.[mc]?[jt]s):(\d+):\d+/.exec(stackOutside(stack)) ?? []
  return fail(
    {
      code: 'patch-file-threw',
      path: line === undefined ? place.shown : `${named(place, file)}:${line}`,
      message: 'threw an error while it was loaded',
      found: name === '' ? message : `${name}: ${message}`,
    },
    { cause },
  )
}

/** The frames of the user's own files: not of Node, nor of what is installed, nor of Megasynth. */
function stackOutside(stack: string): string {
  const own = new URL('..', import.meta.url).pathname
  return stack
    .split('\n')
    .filter(
      (line) => /^\s+at /.test(line) && !/node:|[\\/]node_modules[\\/]/.test(line) && !line.includes(own),
    )
    .join('\n')
}

/** A file as the user calls it, if it is the one that was asked for. */
const named = (place: Place, file: string): string => (file === place.path ? place.shown : file)

/** What can be said of something thrown; it may be anything. */
function detailsOf(cause: unknown): {
  readonly name: string
  readonly message: string
  readonly stack: string
} {
  if (cause instanceof MegasynthError) {
    const [problem] = cause.problems
    return { name: '', message: `${problem?.path}: ${problem?.message}`, stack: cause.stack ?? '' }
  }
  if (!(cause instanceof Error)) return { name: '', message: show(cause), stack: '' }
  // "(0 , _megasynth.definePach)" is how the loader writes definePach
  const message = cause.message.replaceAll(/\(0 , \w+\.(\w+)\)/g, '$1')
  return { name: cause.name, message: message.slice(0, 500), stack: cause.stack ?? '' }
}
