import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createProgram } from '../../src/cli/run.ts'
import { createShell, processIo } from '../../src/cli/io.ts'
import { MegasynthError } from '../../src/errors/index.ts'
import { out, parsePatch, standard, type Patch } from '../../src/index.ts'
import { typeErrors } from '../types/check.ts'

const root = join(import.meta.dirname, '../..')
const pages = ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', ...readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md')).map((name) => `docs/${name}`)] // prettier-ignore

/** A piece of a page that is no prose. */
interface Piece {
  readonly page: string
  readonly line: number
  readonly language: string
  readonly info: string
  readonly body: string
}

const textOf = (page: string): string => readFileSync(join(root, page), 'utf8')
const lineOf = (text: string, index: number): number => text.slice(0, index).split('\n').length

const blocks = pages.flatMap((page): Piece[] => {
  const text = textOf(page)
  return Array.from(text.matchAll(/^```(\w*) ?(.*)\n([^]*?)^```$/gm), (found) => {
    const [, language = '', info = '', body = ''] = found
    return { page, line: lineOf(text, found.index), language, info, body }
  })
})
const named = (pieces: readonly Piece[]) =>
  pieces.map((piece) => [`${piece.page}:${piece.line}`, piece] as const)

/** Modules beside a snippet mean a patch. */
const patchFile = /from '\.\/(?:examples\/)?[\w-]+\.ts'/g

/** An example makes values; that nobody reads them is no error there. */
const errorsOf = (code: string): string[] =>
  typeErrors(`${code.replaceAll(patchFile, "from '../../examples/starter.ts'")}\nexport {}`)
    .map(({ line, message }) => `line ${line}: ${message}`)
    .filter((message) => !/never read|unused/.test(message))

describe('the TypeScript of the documents', () => {
  const code = blocks.filter(({ language, info }) => language === 'ts' && !info.endsWith('mistake'))

  it('is there', () => expect(code.length).toBeGreaterThan(25))

  it.each(named(code))('%s compiles', (_, { body }) => expect(errorsOf(body)).toEqual([]))

  it('would be found wrong', () => expect(errorsOf("import { parseNote } from 'megasynth'\nsynth.noteOn(60)")).toHaveLength(2)) // prettier-ignore
})

describe('the JSON of the documents', () => {
  const json = blocks.filter(({ language }) => language === 'json')

  it.each(named(json))('%s is JSON, and if it is a patch, a valid one', (_, { body }) => {
    const value = JSON.parse(body) as object
    if (!('devices' in value)) return
    // device types of one's own are tried by tutorial.test.ts
    const problems = problemsOf(value as Patch).filter((code) => code !== 'unknown-device-type')
    expect(problems).toEqual([])
  })
})

function problemsOf(patch: Patch): string[] {
  try {
    parsePatch(patch, standard, out)
    return []
  } catch (error) {
    if (error instanceof MegasynthError) return error.problems.map(({ code }) => code)
    throw error
  }
}

/** A command as a page names it. */
interface Line {
  readonly page: string
  readonly line: number
  readonly command: string
}

/** In a block, indented, or in a sentence. */
const lines = pages.flatMap((page): Line[] => {
  const text = textOf(page)
  const starts = /(?<=^ {4}|^|`|\| |\$ )(?:npx (?:--prefix <clone> )?)?megasynth [^`\n]*/gm
  return Array.from(text.matchAll(starts), (found) => ({
    page,
    line: lineOf(text, found.index),
    command: found[0].replace(/ {2,}#.*| #.*$/, ''),
  }))
})
const program = createProgram(createShell([], processIo()))

/** What is wrong with a command: `…`, `[…]` and `<…>` stand for anything. */
function mistakesOf(command: string): string[] {
  const words = Array.from(
    command.replace(/^(npx )?(--prefix <clone> )?megasynth /, '').replaceAll(/[[\]]|…/g, ' ').split(/ [|<>&] /)[0]?.matchAll(/"[^"]*"|\S+/g) ?? [], // prettier-ignore
    ([word]) => word,
  )
  const [name = '', ...rest] = words
  if (name === '' || name === 'help' || name.startsWith('-')) return []
  const sub = program.commands.find((one) => one.name() === name)
  if (sub === undefined) return [`no command ${name}`]
  const options = [...sub.options, ...program.options]
  let positional = 0
  const mistakes: string[] = []
  // a sentence may name an option without its value
  const isWhole = command.startsWith('npx ')
  for (let i = 0; i < rest.length; i++) {
    const [word = '', value] = (rest[i] ?? '').split('=')
    if (!word.startsWith('-')) {
      positional++
      continue
    }
    const option = options.find(({ short, long }) => short === word || long === word)
    if (word === '--help' || word === '-h') continue
    if (option === undefined) mistakes.push(`${name} has no option ${word}`)
    else if (option.required && value === undefined) {
      i++
      if (isWhole && (rest[i] === undefined || rest[i]?.startsWith('-') === true))
        mistakes.push(`${word} takes a value`)
    }
  }
  const places = sub.registeredArguments
  if (positional > places.length && places.at(-1)?.variadic !== true) mistakes.push(`${name} takes no ${positional} arguments`) // prettier-ignore
  return mistakes
}

describe('the commands of the documents', () => {
  it('are there', () => expect(lines.length).toBeGreaterThan(40))

  it.each(lines.map(({ page, line, command }) => [`${page}:${line}`, command] as const))(
    '%s %s exists',
    (_, command) => expect(mistakesOf(command)).toEqual([]),
  )

  it('would be found wrong', () => {
    expect(mistakesOf('npx megasynth rendre a.ts')).toEqual(['no command rendre'])
    expect(mistakesOf('npx megasynth render a.ts --note=C4 --seconds')).toEqual([
      'render has no option --note',
      '--seconds takes a value',
    ])
  })
})
