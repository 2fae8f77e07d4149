import { basename, extname, join } from 'node:path'
import type { Command } from 'commander'
import { fail, listNames, show } from '../errors/index.ts'
import { dotOf, layoutOf, mermaidOf, pictureOf, svgOf, terminalText, type Picture } from '../picture/index.ts'
import { named, placeOf, type Place } from './files.ts'
import { setFlag, type KnobSetting } from './flags.ts'
import type { Shell } from './io.ts'
import { openPatch } from './open.ts'
import { count } from './text.ts'
import { writeWhole } from './whole-file.ts'

interface GraphFlags {
  readonly output?: string
  readonly force?: true
  readonly devices?: string
  readonly set: readonly KnobSetting[]
  readonly json?: true
}

/** What a picture is written as, by the ending of its file. */
const formats: Readonly<Record<string, (picture: Picture) => string | Promise<string>>> = {
  '.svg': async (picture) => svgOf(await layoutOf(picture)),
  '.mmd': mermaidOf,
  '.dot': dotOf,
}

/** Adds `megasynth graph`. */
export function addGraph(program: Command, shell: Shell): void {
  program
    .command('graph')
    .summary('draw a patch')
    .description(
      'Draws a patch, in the terminal or to a file: knobs, devices, what their ports read, cables with their amounts, and which devices every voice has.',
    )
    .argument('<patch>', 'a patch file: .ts, .mts, .js, .mjs or .json')
    .option(
      '-o, --output <file>',
      'a picture (.svg), a Mermaid flowchart (.mmd) or a graph for Graphviz (.dot) (default: the terminal)',
    )
    .option('--force', 'replace a file that is already there')
    .addOption(setFlag())
    .option('--devices <file>', 'a file with device types of your own')
    .option('--json', 'answer in JSON: without --output, the nodes and cables of the picture')
    .addHelpText(
      'after',
      `
Examples:
  $ megasynth graph tremolo.ts
  $ megasynth graph tremolo.ts -o tremolo.svg     for pages that are light or dark
  $ megasynth graph tremolo.ts -o tremolo.mmd     where Markdown shows Mermaid
  $ megasynth graph tremolo.ts --json             for programs`,
    )
    .action(async (file: string, flags: GraphFlags) => await graph(shell, file, flags))
}

async function graph(shell: Shell, file: string, flags: GraphFlags): Promise<void> {
  const { io, json, paint, print } = shell
  const output = flags.output === undefined ? undefined : outputOf(io.cwd, file, flags.output)
  const { parsed, catalogue } = await openPatch(io.cwd, file, flags)
  const picture = pictureOf(parsed, catalogue)
  if (output === undefined) {
    if (json) print(JSON.stringify({ ok: true, file, ...picture }, undefined, 2))
    else print(terminalText(picture, { width: io.stdout.columns ?? widthOfFiles, paint }))
    return
  }
  const { shown, path } = output.place
  const text = await output.write(picture)
  try {
    writeWhole(path, text, { force: flags.force === true })
  } catch (error) {
    throw named(error, output.place)
  }
  const bytes = new TextEncoder().encode(text).length
  const [nodes, cables] = [picture.nodes.length, picture.cables.length]
  if (json) print(JSON.stringify({ ok: true, file: shown, bytes, nodes, cables }, undefined, 2))
  else print(`${paint.green('✓')} ${paint.bold(shown)}: ${count(nodes, 'node')}, ${count(cables, 'cable')}`)
}

/** Where the drawing goes to a file or a pipe, whose width nobody knows. */
const widthOfFiles = 100

/** Where the picture goes, and how it is written. @throws MegasynthError `invalid-option` for a name with another ending */
function outputOf(
  cwd: string,
  patchFile: string,
  written: string,
): { readonly place: Place; readonly write: (picture: Picture) => string | Promise<string> } {
  const type = extname(written)
  const write = formats[type.toLowerCase()]
  if (write !== undefined) return { place: placeOf(cwd, written), write }
  const name = `${basename(patchFile, extname(patchFile))}.svg`
  const isFolder = /(^|[\\/])\.{0,2}$/.test(written)
  const mended =
    written === '-'
      ? name
      : isFolder
        ? join(written, name)
        : `${written.slice(0, written.length - type.length)}.svg`
  return fail({
    code: 'invalid-option',
    path: '--output',
    message: written === '-' ? 'cannot be standard output' : 'names no kind of picture',
    found: show(written),
    expected: `a name that ends in ${listNames(Object.keys(formats))}`,
    suggestion: `write --output ${mended}`,
  })
}
