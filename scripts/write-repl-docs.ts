/** Writes the chapters of docs/repl.md from the commands of the REPL. */
import { readFileSync, writeFileSync } from 'node:fs'
import { format } from 'prettier'
import { commands } from '../src/repl/commands/index.ts'
import { withReference } from '../src/repl/reference.ts'

const file = new URL('../docs/repl.md', import.meta.url)
const text = withReference(readFileSync(file, 'utf8'), commands)
writeFileSync(
  file,
  await format(text, { parser: 'markdown', printWidth: 110, singleQuote: true, semi: false }),
)
