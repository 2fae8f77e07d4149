/**
 * `npm run build`: src/ becomes dist/, from nothing, so that no file of an earlier build is ever packed. What runs from the
 * old dist/ meanwhile keeps it, and so does whoever interrupts this.
 *
 * The compiler checks, and writes the declarations, a file each. What runs is bundled: to find and read hundreds of small
 * modules takes longer than to start the engine.
 */
import { execFileSync } from 'node:child_process'
import { chmodSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

const root = fileURLToPath(new URL('..', import.meta.url))
const compiler = createRequire(import.meta.url).resolve('typescript/bin/tsc')
const manifest = JSON.parse(readFileSync(`${root}/package.json`, 'utf8')) as {
  readonly dependencies: Readonly<Record<string, string>>
}

/** What is asked for by name from outside: by package.json, or as a thread. */
const entries = [
  'index',
  'live',
  'scsynth/index',
  'midi/node',
  'osc/index',
  'engine/files.node',
  'engine/files.browser',
  'engine/live-worker',
  'cli/main',
  'cli/load-worker',
]

/** Node's modules, `#engine-files` and what npm installs beside us stay imports. */
const outside = new RegExp(`^(node:|#|(${Object.keys(manifest.dependencies).join('|')})(/|$))`)

// as deep as dist/: the paths in its source maps stay right
const fresh = `${root}/.dist`
rmSync(fresh, { recursive: true, force: true })
try {
  const options = ['-p', 'tsconfig.build.json', '--outDir', fresh]
  execFileSync(process.execPath, [compiler, ...options], { cwd: root, stdio: 'inherit' })
  const bundle = await rolldown({
    cwd: root,
    input: Object.fromEntries(entries.map((name) => [name, `src/${name}.ts`])),
    external: outside,
    platform: 'neutral',
    tsconfig: 'tsconfig.build.json',
  })
  // What several entries need lies one folder deep, as in src/: modules find others of the package by their own place.
  // Names stay as they are: what runs, and imports more from a dist/ that has been built anew, finds the names it looks for.
  await bundle.write({
    dir: fresh,
    entryFileNames: '[name].js',
    chunkFileNames: 'chunks/[name].js',
    minifyInternalExports: false,
    sourcemap: true,
  })
  chmodSync(`${fresh}/cli/main.js`, 0o755)
  rmSync(`${root}/dist`, { recursive: true, force: true })
  renameSync(fresh, `${root}/dist`)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
} finally {
  rmSync(fresh, { recursive: true, force: true })
}
