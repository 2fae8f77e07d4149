/** `npm test`: every check in turn, each under its own heading; a summary; exit code 1 if one of them failed. */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const steps: readonly (readonly [title: string, command: string])[] = [
  // First, because the checks of the package and of the command line look at dist/.
  ['build', 'npm run --silent build'],
  ['format', 'npm run --silent check:format'],
  ['lint and import arrows', 'npm run --silent lint'],
  ['types', 'npm run --silent check:types'],
  ['unused code and dependencies', 'npm run --silent check:unused'],
  ['package', 'npm run --silent check:package'],
  ['type tests, units, laws, golden files, audio, frame', 'vitest run'],
]

const colours = process.stdout.isTTY && process.env['NO_COLOR'] === undefined
const paint = (code: number, text: string): string => (colours ? `\u001b[${code}m${text}\u001b[0m` : text)

const results = steps.map(([title, command], index) => {
  console.log(paint(1, `\n── ${index + 1}/${steps.length} ${title} ── ${command}`))
  const start = performance.now()
  const { status } = spawnSync(command, {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    stdio: 'inherit',
    shell: true,
  })
  return { title, passed: status === 0, seconds: (performance.now() - start) / 1000 }
})

console.log(paint(1, '\n── summary'))
for (const { title, passed, seconds } of results)
  console.log(
    `${passed ? paint(32, 'passed') : paint(31, 'FAILED')} ${seconds.toFixed(1).padStart(6)} s  ${title}`,
  )
const failed = results.filter((result) => !result.passed).length
console.log(
  failed === 0 ? `all ${results.length} steps passed` : `${failed} of ${results.length} steps failed`,
)
if (failed > 0) process.exitCode = 1
