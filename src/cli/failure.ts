import { CommanderError } from 'commander'
import { MegasynthError, formatProblems, type Problem } from '../errors/index.ts'
import { engineSize } from '../engine/index.ts'
import { Ended, Interrupted, exitCodeOf, exitCodes } from './exit.ts'
import type { Shell } from './io.ts'
import { count } from './text.ts'

/** Problems of a patch: their places are places in that file. */
export class PatchProblems extends MegasynthError {
  readonly file: string

  constructor(file: string, problems: readonly Problem[]) {
    super(problems)
    this.file = file
  }
}

/** What went wrong with several files, each by itself. */
export class SeveralFailures extends MegasynthError {
  readonly failures: readonly MegasynthError[]
  readonly exitCode: number

  constructor(failures: readonly MegasynthError[], exitCode: number = exitCodes.problems) {
    super(failures.flatMap(({ problems }) => problems))
    this.failures = failures
    this.exitCode = exitCode
  }
}

/** What a piece of work fails with, if that is a problem of the user's. */
export async function failureOf(work: () => Promise<unknown>): Promise<MegasynthError | undefined> {
  try {
    await work()
    return undefined
  } catch (error) {
    if (error instanceof MegasynthError) return error
    throw error
  }
}

/** Says what went wrong, on stderr for people or on stdout as JSON; returns the exit code. */
export function reportFailure(error: unknown, shell: Shell): number {
  if (error instanceof Interrupted) {
    shell.note('interrupted: nothing was written')
    return error.exitCode
  }
  if (error instanceof Ended) return error.exitCode
  if (error instanceof CommanderError) return reportUsage(error, shell)
  if (error instanceof SeveralFailures) {
    if (shell.json)
      shell.print(
        JSON.stringify({ ok: false, problems: error.failures.flatMap(problemsWithFile) }, undefined, 2),
      )
    else sayAll(error.failures, shell)
    return error.exitCode
  }
  if (error instanceof MegasynthError) {
    const problems = error.problems.map(withFlag)
    const file = error instanceof PatchProblems ? error.file : undefined
    if (shell.json)
      shell.print(JSON.stringify({ ok: false, ...(file !== undefined && { file }), problems }, undefined, 2))
    else sayAll([error], shell)
    return exitCodeOf(problems)
  }
  reportBug(error, shell)
  return exitCodes.internal
}

/** Each failure under the name of its file; those that name their file themselves need no heading. */
function sayAll(failures: readonly MegasynthError[], { note, errorPaint }: Shell): void {
  for (const [i, failure] of failures.entries()) {
    if (i > 0) note('')
    if (failure instanceof PatchProblems)
      note(`${errorPaint.red('✗')} ${failure.file} has ${count(failure.problems.length, 'problem')}:\n`)
    note(formatProblems(failure.problems.map(withFlag), errorPaint))
  }
}

/** For programs: which of the files each problem is in, where its place does not say it. */
function problemsWithFile(failure: MegasynthError): readonly object[] {
  return failure.problems.map((problem) => ({
    ...(failure instanceof PatchProblems && { file: failure.file }),
    ...withFlag(problem),
  }))
}

/** Commander ends by exceptions even when it has only printed what was asked for. */
function reportUsage(error: CommanderError, shell: Shell): number {
  if (error.exitCode === 0) return exitCodes.ok
  // without a command it has printed its help
  if (error.code === 'commander.help') return exitCodes.usage
  const message = error.message.replace(/^error: /, '')
  const problem: Problem = { code: 'invalid-option', path: '', message }
  if (shell.json) shell.print(JSON.stringify({ ok: false, problems: [problem] }, undefined, 2))
  else
    shell.note(
      `${shell.errorPaint.red('error')}: ${message}\n${shell.errorPaint.dim('megasynth help <command> shows how it is used.')}`,
    )
  return exitCodes.usage
}

function reportBug(error: unknown, shell: Shell): void {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  shell.note(`${shell.errorPaint.red('Megasynth made a mistake')}: ${text}`)
  shell.note('Please report it, with the command and the patch.')
  if (shell.io.env['DEBUG']) shell.note(error instanceof Error ? (error.stack ?? '') : '')
  else shell.note('DEBUG=1 shows where it happened.')
}

/** The engine names the option that raises a limit; here it is a flag, and where it is known how much is needed, its value. */
function withFlag(problem: Problem): Problem {
  const option = /^make the engine larger(?:: | \()(\w+)/.exec(problem.suggestion ?? '')?.[1]
  if (problem.code !== 'engine-limit' || option === undefined) return problem
  const needed = Number(/^(\d+), \d+ too many$/.exec(problem.found ?? '')?.[1] ?? NaN)
  const sizes = Number.isNaN(needed) ? [] : [needed, 2 ** Math.ceil(Math.log2(needed))]
  const size = sizes.find((size) => possible(option, size))
  if (sizes.length > 0 && size === undefined)
    return { ...problem, suggestion: 'the engine cannot be made that large: take fewer voices or devices' }
  return { ...problem, suggestion: `make the engine larger: --engine ${option}=${size ?? '…'}` }
}

function possible(option: string, size: number): boolean {
  try {
    engineSize({ [option]: size })
    return true
  } catch {
    return false
  }
}
