import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { basename, dirname, extname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Command } from 'commander'
import { MegasynthError, fail, show } from '../errors/index.ts'
import { patchJsonSchema, patchToJson, type Patch } from '../patch/index.ts'
import { limits } from '../patch/limits.ts'
import { standard } from '../devices/index.ts'
import { editorFiles, type Wanted } from './editor-files.ts'
import { placeOf, type Place } from './files.ts'
import type { Shell } from './io.ts'
import { loadPatchFile, patchTypes, unknownType } from './load.ts'
import { writeWhole } from './whole-file.ts'

/** An example like the others: it is compiled, rendered and listened to by the tests. */
export const starter = fileURLToPath(new URL('../../examples/starter.ts', import.meta.url))
const notes = 'A2+E3+C4+G4 F2+C4+E4+A4 C3+G3+E4+B4'

interface NewFlags {
  readonly editor: boolean
  readonly json?: true
}

/** Adds `megasynth new`. */
export function addNew(program: Command, shell: Shell): void {
  program
    .command('new')
    .summary('write a patch to start from')
    .description(
      'Writes a patch to start from: a playable sound, with a comment on everything in it. Beside it goes what an editor needs to complete and check all names. No file is ever overwritten.',
    )
    .argument('<name>', 'name of the patch or its file: *.ts (default), *.mts, *.js, *.mjs or *.json')
    .option('--no-editor', 'only the patch, without the files for the editor')
    .option('--json', 'answer in JSON')
    .addHelpText(
      'after',
      `
The files for the editor, where they are missing:
  tsconfig.json          where megasynth is found; strict types
  .vscode/settings.json  completes within quotes, where the names of a patch are
  patch.schema.json      for a patch in JSON

Examples:
  $ megasynth new lead                  lead.ts
  $ megasynth new patches/bass.json
  $ megasynth new lead.mjs --no-editor`,
    )
    .action(async (name: string, flags: NewFlags) => await create(shell, name, flags))
}

async function create(shell: Shell, written: string, { editor }: NewFlags): Promise<void> {
  const { cwd } = shell.io
  const place = placeOfPatch(cwd, written)
  const isJson = extname(place.path) === '.json'
  const title = basename(place.path, extname(place.path))
  const folder = homeOf(cwd, place.path)
  const { files, remarks } = !editor
    ? { files: [], remarks: [] }
    : isJson
      ? { files: schemaFiles(place.path), remarks: [] }
      : editorFiles(folder)
  const text = isJson ? await asJson(title, editor) : asCode(title, extname(place.path))
  makeFolder(place)
  writePatch(place, text)
  const beside = files.filter(writeIfMissing).map(({ path }) => shownFrom(cwd, path))
  const next = nextSteps(place.shown)
  if (shell.json)
    return shell.print(
      JSON.stringify(
        { ok: true, file: place.shown, editor: beside, remarks, next: next.map(([line]) => line) },
        undefined,
        2,
      ),
    )
  const { paint, print, note } = shell
  print(`${paint.green('✓')} ${paint.bold(place.shown)}: a patch to start from`)
  if (beside.length > 0) print(`  for the editor: ${beside.join(', ')}`)
  for (const remark of remarks) note(`${shell.errorPaint.yellow('note')}: ${remark}`)
  print('\nNext:')
  const width = Math.max(...next.map(([command]) => command.length))
  for (const [command, what] of next) print(`  ${paint.cyan(command.padEnd(width))}  ${paint.dim(what)}`)
}

/** @throws MegasynthError `invalid-option`, `unknown-file-type`, `file-exists` */
function placeOfPatch(cwd: string, written: string): Place {
  const type = extname(written)
  const name = basename(written, type)
  if (/(^|[\\/])\.{0,2}$/.test(written) || name.startsWith('.') || name.length > limits.nameLength)
    fail({
      code: 'invalid-option',
      path: 'name',
      message: 'names no patch',
      found: show(written),
      expected: `a name of up to ${limits.nameLength} letters, such as lead`,
    })
  if (type !== '' && !patchTypes.includes(type)) unknownType(placeOf(cwd, written), type, patchTypes)
  return placeOf(cwd, type === '' ? `${written}.ts` : written)
}

/** The folder that is opened in the editor: this one if the patch is in it, else the patch's own. */
function homeOf(cwd: string, path: string): string {
  const inside = relative(cwd, dirname(path))
  return inside.startsWith('..') || resolve(inside) === inside ? dirname(path) : cwd
}

const shownFrom = (cwd: string, path: string): string => {
  const near = relative(cwd, path)
  return near.startsWith('..') ? path : near
}

function asCode(title: string, type: string): string {
  const quoted = /^[^'\\\p{Cc}]*$/u.test(title) ? `'${title}'` : JSON.stringify(title)
  const code = readFileSync(starter, 'utf8').replace("name: 'starter'", () => `name: ${quoted}`)
  // the compiler looks at JavaScript only if it is asked to
  return ['.js', '.mjs'].includes(type) ? `// @ts-check\n${code}` : code
}

async function asJson(title: string, editor: boolean): Promise<string> {
  const patch = (await loadPatchFile(dirname(starter), basename(starter))) as Patch
  return patchToJson({ ...(editor && { $schema: `./${schemaName}` }), ...patch, name: title })
}

const schemaName = 'patch.schema.json'

/** Beside the patch, so that both can go anywhere together. */
function schemaFiles(patch: string): readonly Wanted[] {
  const text = `${JSON.stringify(patchJsonSchema(standard), undefined, 2)}\n`
  return [{ path: join(dirname(patch), schemaName), text }]
}

function makeFolder({ path, shown }: Place): void {
  try {
    mkdirSync(dirname(path), { recursive: true })
  } catch (cause) {
    const found = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause)
    fail({ code: 'unwritable-file', path: shown, message: 'its folder cannot be made', found }, { cause })
  }
}

function writePatch({ path, shown }: Place, text: string): void {
  try {
    writeWhole(path, text, { force: false })
  } catch (error) {
    if (!(error instanceof MegasynthError)) throw error
    throw new MegasynthError(
      error.problems.map((problem) => ({
        ...problem,
        path: shown,
        ...(problem.code === 'file-exists' && { suggestion: 'choose another name, or take that file away' }),
      })),
      { cause: error },
    )
  }
}

/** Whether it was missing. */
function writeIfMissing({ path, text }: Wanted): boolean {
  if (existsSync(path)) return false
  mkdirSync(dirname(path), { recursive: true })
  writeWhole(path, text, { force: false })
  return true
}

function nextSteps(file: string): readonly (readonly [command: string, what: string])[] {
  const shown = /^[\w./-]+$/.test(file) && !file.startsWith('-') ? file : `'${file.replaceAll("'", `'\\''`)}'`
  return [
    [`npx megasynth play ${shown} --notes "${notes}" --loop`, 'hear it, and hear what you save'],
    [`npx megasynth repl ${shown}`, 'play and change it at a prompt'],
    [`npx megasynth render ${shown} --notes "${notes}"`, 'a WAV file of it'],
    [`npx megasynth check ${shown}`, 'what every port reads'],
    ['npx megasynth devices', 'what else there is'],
  ]
}
