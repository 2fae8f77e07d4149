import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'

/** One error of the compiler; `line` counts from 1. */
export interface TypeProblem {
  readonly line: number
  readonly message: string
}

const root = join(import.meta.dirname, '../..')
const file = join(root, 'test/types/snippet.ts')
const configFile = join(root, 'tsconfig.json')
const { options } = ts.parseJsonConfigFileContent(
  ts.parseConfigFileTextToJson(configFile, readFileSync(configFile, 'utf8')).config,
  ts.sys,
  root,
)

let snippet = ''
const host = ts.createCompilerHost(options, true)
const { fileExists, readFile, getSourceFile } = host
/** Parsed once for all snippets: the library, the sources, the packages that they import. */
const parsed = new Map<string, ts.SourceFile | undefined>()
host.fileExists = (name) => name === file || fileExists(name)
host.readFile = (name) => (name === file ? snippet : readFile(name))
host.getSourceFile = (name, ...rest) => {
  if (name === file) return getSourceFile(name, ...rest)
  if (!parsed.has(name)) parsed.set(name, getSourceFile(name, ...rest))
  return parsed.get(name)
}
// The file system does not change under a test; asking it again for each snippet takes most of the time.
const modules = ts.createModuleResolutionCache(root, (name) => name, options)
host.getModuleResolutionCache = () => modules

let previous: ts.Program | undefined

/**
 * Compiles `code` as a file of its own, in which 'megasynth' means src/index.ts, by the compiler options of the project.
 * Nothing is run. `problems` are in the order of their lines, each with its whole chain of explanations, one a line;
 * `instantiations` counts the types that had to be made: the work of the checker, the same on every machine.
 *
 * @example
 * typeCheck(`import { definePatch } from 'megasynth'\ndefinePatch({ device: {} })`).problems
 */
export function typeCheck(code: string): { problems: TypeProblem[]; instantiations: number } {
  snippet = code
  const program = ts.createProgram({
    rootNames: [file],
    options,
    host,
    ...(previous === undefined ? {} : { oldProgram: previous }),
  })
  previous = program
  const source = program.getSourceFile(file)
  const problems = ts
    .sortAndDeduplicateDiagnostics([
      ...program.getSyntacticDiagnostics(source),
      ...program.getSemanticDiagnostics(source),
    ])
    .map(({ file: place, start = 0, messageText }) => ({
      line: 1 + (place?.getLineAndCharacterOfPosition(start).line ?? 0),
      message: ts.flattenDiagnosticMessageText(messageText, '\n'),
    }))
  return { problems, instantiations: program.getInstantiationCount() }
}

/**
 * The type errors of `code`; see {@link typeCheck}.
 *
 * @example
 * expect(typeErrors(`const n: number = 'x'`)).toEqual([{ line: 1, message: expect.stringContaining('not assignable') }])
 */
export function typeErrors(code: string): TypeProblem[] {
  return typeCheck(code).problems
}
