/**
 * `npm run build`: src/ becomes dist/, from nothing, so that no file of an earlier build is ever packed. What runs from the
 * old dist/ meanwhile keeps it, and so does whoever interrupts this.
 */
import { execFileSync } from 'node:child_process'
import { chmodSync, renameSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const compiler = createRequire(import.meta.url).resolve('typescript/bin/tsc')

// as deep as dist/: the paths in its source maps stay right
const fresh = `${root}/.dist`
rmSync(fresh, { recursive: true, force: true })
try {
  const options = ['-p', 'tsconfig.build.json', '--outDir', fresh]
  execFileSync(process.execPath, [compiler, ...options], { cwd: root, stdio: 'inherit' })
  chmodSync(`${fresh}/cli/main.js`, 0o755)
  rmSync(`${root}/dist`, { recursive: true, force: true })
  renameSync(fresh, `${root}/dist`)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
} finally {
  rmSync(fresh, { recursive: true, force: true })
}
