import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import * as megasynth from '../../src/index.ts'
import { typeErrors } from '../types/check.ts'

const root = join(import.meta.dirname, '../..')
const source = join(root, 'src')

interface Example {
  /** A file below src/. */
  readonly file: string
  readonly line: number
  readonly code: string
}

/** All examples of docstrings. */
const examples = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .flatMap((name): Example[] => {
    const text = readFileSync(join(source, name), 'utf8')
    return Array.from(text.matchAll(/\/\*\*.*?\*\//gs)).flatMap((comment) =>
      Array.from(comment[0].matchAll(/@example\b(.*?)(?=\n\s*\* @|\s*\*\/)/gs)).map((tag) => ({
        file: name,
        line: text.slice(0, comment.index + tag.index).split('\n').length,
        code: (tag[1] ?? '').replaceAll(/^\s*\* ?/gm, '').trim(),
      })),
    )
  })

/** What an example may take for granted, beside what its module, the package and Node export. */
const given = {
  patch: `import('megasynth').Patch`,
  text: 'string',
  bytes: 'Uint8Array<ArrayBuffer>',
  packet: 'Uint8Array<ArrayBuffer>',
  def: `import('megasynth/scsynth').SynthDef`,
  left: 'Float32Array',
  right: 'Float32Array',
  engine: `import('../../src/engine/index.ts').OfflineEngine`,
  world: `import('../../src/engine/index.ts').WorldOptions`,
} as const

/** Modules in which an example finds what it uses, the nearest first. */
const shelves = [
  'index',
  'errors/index',
  'scsynth/index',
  'ugens/index',
  'devices/index',
  'patch/index',
  'plan/index',
  'picture/index',
  'engine/index',
  'engine/files.node',
  'live',
  'midi/node',
  'osc/index',
  'cli/io',
]

/** The example as a module that imports what it uses. */
async function moduleOf({ file, code }: Example): Promise<string> {
  const declared = Array.from(
    code.matchAll(/\b(?:const|let|function|import)\s+(\{[^}]*\}|\[[^\]]*\]|\w+)/g),
  ).flatMap(([, names]) => names?.match(/\w+/g) ?? [])
  const bare = code.replaceAll(/\/\/.*|'[^']*'|(?<!\.)\.\w+/g, ' ')
  const used = new Set(bare.match(/[A-Za-z_]\w*/g)?.filter((name) => !declared.includes(name)))
  const lines: string[] = []
  for (const shelf of [file.replace(/\.ts$/, ''), ...shelves]) {
    const module = (await import(join(source, `${shelf}.ts`))) as object
    for (const name of Object.keys(module).filter((name) => used.delete(name)))
      lines.push(`import { ${name} } from '../../src/${shelf}.ts'`)
  }
  if (used.delete('readFile')) lines.push(`import { readFile } from 'node:fs/promises'`)
  for (const [name, type] of Object.entries(given))
    if (used.has(name)) lines.push(`declare const ${name}: ${type}`)
  return [...lines, code, 'export {}'].join('\n')
}

// an example shows a value; what is done with it is another matter
const errorsOf = async (example: Example): Promise<string[]> =>
  typeErrors(await moduleOf(example))
    .map(({ message }) => message)
    .filter((message) => !/never read|unused/.test(message))

describe('the examples of docstrings', () => {
  it.each(examples.map((example) => [`${example.file}:${example.line}`, example] as const))(
    '%s compiles',
    async (_, example) => expect(await errorsOf(example)).toEqual([]),
  )

  it('would be found wrong', async () => {
    const wrong = { file: 'patch/notes.ts', line: 1, code: "parseNotes(60)\nparseNote('C4') // …" }
    expect(await errorsOf(wrong)).toHaveLength(2)
  })

  it('are there for every function that the package exports', () => {
    const functions = Object.entries(megasynth).filter(([, item]) => typeof item === 'function')
    const shown = (name: string): boolean =>
      examples.some(({ code }) => new RegExp(`\\b${name}\\b`).test(code))
    expect(functions.map(([name]) => name).filter((name) => !shown(name))).toEqual([])
  })
})
