import { readFileSync } from 'node:fs'
import { format, resolveConfig } from 'prettier'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { commands } from '../../src/repl/commands/index.ts'
import { withReference } from '../../src/repl/reference.ts'

const file = fileURLToPath(new URL('../../docs/repl.md', import.meta.url))

it('docs/repl.md has every function of the REPL as it is (npm run repl-docs writes it)', async () => {
  const text = readFileSync(file, 'utf8')
  const options = { ...(await resolveConfig(file)), parser: 'markdown' }
  expect(text).toBe(await format(withReference(text, commands), options))
  const lines = new Set(text.split('\n'))
  for (const { call, examples } of commands) {
    expect(lines).toContain(`### \`${call}\``)
    // each can be typed as it stands there
    for (const example of examples) expect(lines).toContain(example)
  }
})
