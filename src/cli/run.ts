import { readFileSync } from 'node:fs'
import { Command } from 'commander'
import { addCheck } from './check.ts'
import { addDemo } from './demo.ts'
import { addDevices } from './devices.ts'
import { addDiff } from './diff.ts'
import { addDoctor } from './doctor.ts'
import { addFmt } from './fmt.ts'
import { exitCodeHelp, exitCodes } from './exit.ts'
import { reportFailure } from './failure.ts'
import { addGraph } from './graph.ts'
import { createShell, type Io, type Shell } from './io.ts'
import { addNew } from './new.ts'
import { addPlay } from './play.ts'
import { addRender } from './render.ts'
import { addRepl } from './repl.ts'
import { addSchema } from './schema.ts'

/** The command line, with all of its commands and options. */
export function createProgram(shell: Shell): Command {
  const { io } = shell
  const program = new Command('megasynth')
    .description('A programmable, polyphonic modular synthesizer: a patch is plain data.')
    .version(version(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show this help')
    .option('--no-color', 'print without colours (so does NO_COLOR=1)')
    .configureOutput({
      writeOut: (text) => void io.stdout.write(text),
      writeErr: (text) => void io.stderr.write(text),
      getOutHelpWidth: () => io.stdout.columns ?? 100,
      getErrHelpWidth: () => io.stderr.columns ?? 100,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
      // reported with all other errors
      outputError: () => {},
    })
    .exitOverride()
    .addHelpText(
      'after',
      `
Examples:
  $ megasynth render tremolo.ts --seconds 10
  $ megasynth check tremolo.ts
  $ megasynth graph tremolo.ts -o tremolo.svg
  $ megasynth devices filter
${exitCodeHelp}`,
    )
  const commands = [
    addNew,
    addPlay,
    addRepl,
    addRender,
    addCheck,
    addGraph,
    addDiff,
    addFmt,
    addDevices,
    addSchema,
    addDoctor,
    addDemo,
  ]
  for (const add of commands) add(program, shell)
  return program
}

/**
 * Runs a command line.
 *
 * @param argv the arguments after the program's name
 * @returns the exit code; all errors have been reported
 * @example
 * process.exitCode = await run(['check', 'tremolo.ts'], processIo())
 */
export async function run(argv: readonly string[], io: Io): Promise<number> {
  const shell = createShell(argv, io)
  const program = createProgram(shell)
  try {
    await program.parseAsync(argv, { from: 'user' })
    return exitCodes.ok
  } catch (error) {
    return reportFailure(error, shell)
  }
}

/** The version in package.json, two folders above this file in the repository as in the package. */
function version(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
  return String((manifest as { version: unknown }).version)
}
