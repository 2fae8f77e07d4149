import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** A file that is wanted, and what is to be in it. */
export interface Wanted {
  readonly path: string
  readonly text: string
}

/** The folder of this package, two above this file in the repository as in what is installed. */
const own = fileURLToPath(new URL('../../', import.meta.url))

/**
 * What an editor needs for patches in a folder, beyond what is there: it must find the types of `megasynth`, and complete
 * within quotes. Where the package is installed above the folder, it is found by itself.
 *
 * @returns files that may be missing, and what the user is to know
 */
export function editorFiles(folder: string): {
  readonly files: readonly Wanted[]
  readonly remarks: readonly string[]
} {
  const settings = { path: join(folder, '.vscode', 'settings.json'), text: vscode }
  const isInstalled = above(folder, holdsPackage) !== undefined
  const config = above(folder, (one) => existsSync(join(one, 'tsconfig.json')))
  // a folder deeper than the configuration is governed by it
  const isFound = isInstalled || (config !== undefined && knowsMegasynth(config))
  if (config !== undefined && isFound) return { files: [settings], remarks: [] }
  if (config === folder)
    return {
      files: [settings],
      remarks: [
        `tsconfig.json is there already, and the editor will not find megasynth: npm install ${quoted(own)}, or add to its compilerOptions: "paths": ${JSON.stringify(paths())}`,
      ],
    }
  return {
    files: [{ path: join(folder, 'tsconfig.json'), text: tsconfig(isInstalled) }, settings],
    remarks: [],
  }
}

/** The nearest folder of which something is true, from a folder upwards. */
function above(folder: string, is: (folder: string) => boolean): string | undefined {
  if (is(folder)) return folder
  const next = dirname(folder)
  return next === folder ? undefined : above(next, is)
}

/** A package finds itself by its own name, too. */
function holdsPackage(folder: string): boolean {
  return (
    existsSync(join(folder, 'node_modules/megasynth/package.json')) || join(folder, '/') === join(own, '/')
  )
}

function knowsMegasynth(folder: string): boolean {
  return /"megasynth"\s*:/.test(readFileSync(join(folder, 'tsconfig.json'), 'utf8'))
}

const quoted = (path: string): string => (/^[\w./-]+$/.test(path) ? path : JSON.stringify(path))

/** Where the types are, if they are not installed: as they are built, whoever asks. */
function paths(): Readonly<Record<string, readonly string[]>> {
  const types = (path: string): readonly string[] => [join(own, 'dist', path).replaceAll('\\', '/')]
  return { megasynth: types('index.d.ts'), 'megasynth/scsynth': types('scsynth/index.d.ts') }
}

/** Strict for TypeScript, and for JavaScript that asks for it; nothing is written. */
function tsconfig(isInstalled: boolean): string {
  const options = {
    target: 'es2023',
    module: 'esnext',
    moduleResolution: 'bundler',
    strict: true,
    allowJs: true,
    allowImportingTsExtensions: true,
    noEmit: true,
    skipLibCheck: true,
  }
  const where = isInstalled
    ? ''
    : `,\n    // where megasynth is on this computer; not needed in a project that installs it by npm\n    "paths": {\n${Object.entries(
        paths(),
      )
        .map(([name, places]) => `      ${JSON.stringify(name)}: ${JSON.stringify(places)}`)
        .join(',\n')}\n    }`
  const lines = Object.entries(options).map(
    ([key, value]) => `    ${JSON.stringify(key)}: ${JSON.stringify(value)}`,
  )
  return `// for the editor, and for tsc: megasynth itself plays a patch without it
{
  "compilerOptions": {
${lines.join(',\n')}${where}
  }
}
`
}

const vscode = `{
  // the names of knobs, devices and ports stand in quotes: completed as they are typed
  "editor.quickSuggestions": { "other": "on", "comments": "off", "strings": "on" }
}
`
