/** `npm run build`: src/ becomes dist/, from nothing, so that no file of an earlier build is ever packed. */
import { execFileSync } from 'node:child_process'
import { chmodSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const compiler = createRequire(import.meta.url).resolve('typescript/bin/tsc')

rmSync(`${root}/dist`, { recursive: true, force: true })
try {
  execFileSync(process.execPath, [compiler, '-p', 'tsconfig.build.json'], { cwd: root, stdio: 'inherit' })
  chmodSync(`${root}/dist/cli/main.js`, 0o755)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
