import type { Command } from 'commander'
import type { ReadPatch } from '../patch/differences.ts'
import type { ParsedPatch } from '../patch/index.ts'
import {
  compile,
  createVoices,
  emptyAllocation,
  formatReport,
  keysOf,
  networkAfter,
  plan,
  withDifferences,
  type Report,
} from '../plan/index.ts'
import { openCatalogue, type DeviceTypes } from './catalogue.ts'
import { differencesText } from './differences-text.ts'
import { Ended, exitCodes } from './exit.ts'
import { SeveralFailures, failureOf } from './failure.ts'
import type { Shell } from './io.ts'
import { readPatch, type OpenPatch } from './open.ts'

interface DiffFlags {
  readonly devices?: string
  readonly json?: true
}

/** Adds `megasynth diff`. */
export function addDiff(program: Command, shell: Shell): void {
  program
    .command('diff')
    .summary('say how two patches differ, and what a reload would do')
    .description(
      'Says in what two patches differ, and what would happen to the synths if the first sounded and the second were applied. Nothing is played. How a patch is written makes no difference: TypeScript or JSON, a default that is said or not.',
    )
    .argument('<before>', 'a patch file: .ts, .mts, .js, .mjs or .json')
    .argument('<after>', 'another one')
    .option('--devices <file>', 'a file with device types of your own')
    .option('--json', 'answer in JSON')
    .addHelpText(
      'after',
      `
Exit codes, as those of diff:
  0    the patches mean the same
  1    they differ
  2    a file cannot be read or has problems, or the command is written wrongly

Examples:
  $ megasynth diff pad.ts pad-darker.ts
  $ megasynth diff verse.json chorus.json --json
  $ git show HEAD:lead.json > before.json && megasynth diff before.json lead.json`,
    )
    .action(
      async (before: string, after: string, flags: DiffFlags) => await diff(shell, [before, after], flags),
    )
}

async function diff(shell: Shell, files: readonly [string, string], flags: DiffFlags): Promise<void> {
  const [before, after] = await openBoth(shell, files, flags)
  const { catalogue } = before
  const report = reloadReport(before, after, catalogue)
  const { differences } = report
  const same = differences.length === 0
  if (shell.json) shell.print(JSON.stringify(asJson(files, report), undefined, 2))
  else if (same) shell.print(`${shell.paint.green('✓')} ${files[0]} and ${files[1]} mean the same`)
  else {
    for (const line of differencesText(differences, [before.parsed, after.parsed], catalogue, shell))
      shell.print(line)
    shell.print(`\n${shell.paint.bold('applied while it sounds')}`)
    for (const line of formatReport(report).split('\n')) shell.print(`  ${line}`)
  }
  if (!same) throw new Ended(exitCodes.no)
}

/** Both patches; what is wrong with either of them is found at once. */
async function openBoth(
  { io: { cwd } }: Shell,
  files: readonly [string, string],
  flags: DiffFlags,
): Promise<readonly [OpenPatch, OpenPatch]> {
  const opened: OpenPatch[] = []
  let catalogue: DeviceTypes | undefined
  const wrong = await failureOf(async () => {
    catalogue = await openCatalogue(cwd, flags.devices)
  })
  const failures = wrong === undefined ? [] : [wrong]
  // one after the other: a module that both import is then run by each for itself
  if (catalogue !== undefined)
    for (const file of files) {
      const types = catalogue
      const failure = await failureOf(async () => opened.push(await readPatch(cwd, file, types)))
      if (failure !== undefined) failures.push(failure)
    }
  const [before, after] = opened
  if (before === undefined || after === undefined) throw new SeveralFailures(failures, exitCodes.usage)
  return [before, after]
}

/** Blocks after which a patch that was just started is at rest; how many they are makes no difference to a report. */
const later = 375

/** What `synth.apply` would report of the second patch while the first sounds, its knobs where it declares them. */
export function reloadReport(before: ReadPatch, after: ReadPatch, catalogue: DeviceTypes): Report {
  const positions =
    ({ knobs }: ParsedPatch) =>
    (knob: string): number =>
      knobs[knob]?.value ?? 0
  const running = compile(before.parsed, { catalogue })
  const voices = createVoices(before.parsed.voices, before.parsed.tuning)
  const { allocation } = plan(emptyAllocation(), running, {
    position: positions(before.parsed),
    // a drone sounds from the start
    keys: (voice) => keysOf(voices, voice),
  })
  const network = networkAfter(allocation, running, after.parsed, catalogue, later)
  const { report } = plan(allocation, network, { position: positions(after.parsed), block: later })
  return withDifferences(report, before, after)
}

function asJson([before, after]: readonly [string, string], report: Report): object {
  // it was not executed
  const { milliseconds: _, differences, ...reload } = report
  return { ok: true, before, after, same: differences.length === 0, differences, reload }
}
