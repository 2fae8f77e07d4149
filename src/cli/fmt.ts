import { readdirSync } from 'node:fs'
import { extname, join } from 'node:path'
import type { Command } from 'commander'
import { MegasynthError, fail } from '../errors/index.ts'
import { SeveralFailures, failureOf } from './failure.ts'
import { isFolder, placeOf, readText, textOf, type Place } from './files.ts'
import { formatPatchText, isPatchLike, type PatchLanguage } from './format.ts'
import type { Io, Shell } from './io.ts'
import { maxPatchBytes, patchTypes, unknownType } from './load.ts'
import { count } from './text.ts'
import { writeWhole } from './whole-file.ts'

interface FmtFlags {
  readonly check?: true
  readonly json?: true
}

/** Adds `megasynth fmt`. */
export function addFmt(program: Command, shell: Shell): void {
  program
    .command('fmt')
    .summary('format patch files')
    .description(
      'Writes patch files in the one way Megasynth writes them. Comments, imports and code stay, and so does the patch; nothing is run. Files are replaced whole, or not at all.',
    )
    .argument(
      '[files...]',
      'patch files, or folders: all patch files directly in them (default: this folder; -: from stdin to stdout)',
    )
    .option('--check', 'change nothing: end with exit code 1 if a file is not formatted')
    .option('--json', 'answer in JSON')
    .addHelpText(
      'after',
      `
JSON: the keys of a patch in the order of the documentation, a cable a line, 100 columns.
TypeScript and JavaScript: no semicolons, single quotes, 110 columns; // prettier-ignore keeps what follows.

Examples:
  $ megasynth fmt                       all patches in this folder
  $ megasynth fmt lead.ts pad.json
  $ megasynth fmt --check patches       for CI
  $ megasynth fmt - < lead.ts           for editors`,
    )
    .action(async (files: readonly string[], flags: FmtFlags) => {
      if (files.includes('-')) await fmtPiped(shell, files, flags)
      else await fmt(shell, files, flags)
    })
}

/** A file, and what it should be. */
interface Formatted {
  readonly place: Place
  readonly changed: boolean
  readonly text: string
}

async function fmt(shell: Shell, files: readonly string[], { check }: FmtFlags): Promise<void> {
  const formatted: Formatted[] = []
  const failures: MegasynthError[] = []
  const attempt = async (work: () => Promise<unknown>): Promise<void> => {
    const failure = await failureOf(work)
    if (failure !== undefined) failures.push(failure)
  }
  const seen = new Set<string>()
  for (const written of files.length === 0 ? ['.'] : files)
    await attempt(async () => {
      for (const place of patchFiles(placeOf(shell.io.cwd, written))) {
        if (seen.has(place.path)) continue
        seen.add(place.path)
        await attempt(async () => formatted.push(await formatFile(place)))
      }
    })
  for (const { place, changed, text } of formatted)
    if (changed)
      await attempt(async () => {
        if (check) notFormatted(place.shown)
        writeFile(place, text)
        if (!shell.json) shell.print(`${shell.paint.green('✓')} ${place.shown} is formatted now`)
      })
  if (failures.length > 0) throw new SeveralFailures(failures)
  const results = formatted.map(({ place, changed }) => ({ file: place.shown, changed }))
  if (shell.json) shell.print(JSON.stringify({ ok: true, files: results }, undefined, 2))
  else if (results.every(({ changed }) => !changed))
    shell.print(`${shell.paint.green('✓')} ${count(results.length, 'patch file')}, all formatted`)
}

async function formatFile(place: Place): Promise<Formatted> {
  const language = languageOf(extname(place.path)) ?? unknownType(place, extname(place.path), patchTypes)
  const before = readText(place, 'a patch file', maxPatchBytes)
  const text = await formatPatchText(before, language, place.shown)
  if (language !== 'json' && !exportsByDefault.test(before))
    fail({
      code: 'no-default-export',
      path: place.shown,
      message: 'exports nothing by default, so it is no patch file',
      expected: 'export default definePatch({ … })',
    })
  return { place, text, changed: text !== before }
}

/** `export default …`, `export { patch as default }` */
const exportsByDefault = /\bexport\s+default\b|\bas\s+default\b/

function languageOf(type: string): PatchLanguage | undefined {
  if (type === '.json') return 'json'
  if (type === '.ts' || type === '.mts') return 'typescript'
  return type === '.js' || type === '.mjs' ? 'javascript' : undefined
}

function writeFile({ path, shown }: Place, text: string): void {
  try {
    writeWhole(path, text, { force: true })
  } catch (error) {
    if (!(error instanceof MegasynthError)) throw error
    throw new MegasynthError(error.problems.map((problem) => ({ ...problem, path: shown })))
  }
}

function notFormatted(shown: string): never {
  return fail({
    code: 'not-formatted',
    path: shown,
    message: 'is not formatted',
    suggestion: shown === '-' ? 'megasynth fmt - formats it' : `megasynth fmt ${shown} formats it`,
  })
}

/** A file itself; of a folder the patch files in it, by what is in them. */
function patchFiles(place: Place): readonly Place[] {
  if (!isFolder(place)) return [place]
  const files = folder(place).filter(isPatchFile)
  if (files.length > 0) return files
  return fail({
    code: 'unreadable-file',
    path: place.shown,
    message: 'holds no patch file',
    expected: `a folder with patches: ${patchTypes.join(', ')}`,
  })
}

function folder({ path, shown }: Place): readonly Place[] {
  try {
    return readdirSync(path, { withFileTypes: true })
      .filter((entry) => entry.isFile() && patchTypes.includes(extname(entry.name)))
      .map(({ name }) => ({ path: join(path, name), shown: join(shown, name) }))
      .toSorted((a, b) => (a.shown < b.shown ? -1 : 1))
  } catch (cause) {
    const found = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause)
    return fail({ code: 'unreadable-file', path: shown, message: 'cannot be read', found }, { cause })
  }
}

/** Whether a file that nobody named is a patch: package.json is none, nor is a module with device types. */
function isPatchFile(place: Place): boolean {
  let text: string
  try {
    text = readText(place, 'a patch file', maxPatchBytes)
  } catch {
    return false
  }
  if (extname(place.path) !== '.json')
    return (
      /\bfrom\s*['"]megasynth['"]/.test(text) &&
      /\bdefinePatch\b/.test(text) &&
      /\bexport\s+default\b/.test(text)
    )
  if (!text.includes('"devices"')) return false
  try {
    return isPatchLike(JSON.parse(text))
  } catch {
    // what it would be is to be said, if it is meant to be one
    return /"connections"/.test(text)
  }
}

async function fmtPiped(shell: Shell, files: readonly string[], { check }: FmtFlags): Promise<void> {
  if (files.length > 1)
    fail({
      code: 'invalid-option',
      path: '-',
      message: 'stands alone: it reads one patch from stdin',
      found: files.join(' '),
      expected: 'megasynth fmt -',
    })
  const place: Place = { shown: '-', path: '-' }
  const before = textOf(await piped(shell.io.stdin), place, 'a patch')
  // no program begins with a brace
  const language = /^\s*\{/.test(before) ? 'json' : 'typescript'
  const text = await formatPatchText(before, language, '-')
  const changed = text !== before
  if (check && changed) notFormatted('-')
  if (shell.json) shell.print(JSON.stringify({ ok: true, changed, text }, undefined, 2))
  else if (!check) shell.io.stdout.write(text)
}

async function piped(stdin: Io['stdin']): Promise<Uint8Array> {
  const pieces: Uint8Array[] = []
  let size = 0
  for await (const piece of stdin) {
    size += piece.length
    if (size > maxPatchBytes)
      fail({
        code: 'too-large',
        path: '-',
        message: 'is too large for a patch',
        expected: `at most ${maxPatchBytes} bytes`,
      })
    pieces.push(piece)
  }
  return Buffer.concat(pieces)
}
