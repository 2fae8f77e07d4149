import type { Problem, ProblemCode } from '../errors/index.ts'

/** What the command line tells the shell when it ends. */
export const exitCodes = {
  ok: 0,
  /** The patch, a file or what was asked of the engine has problems. */
  problems: 1,
  /** What was asked is answered with no: two patches differ. */
  no: 1,
  /** The command was written wrongly. */
  usage: 2,
  /** A mistake of Megasynth itself. */
  internal: 70,
} as const

/** Problems that only what is written on the command line can have. */
const usageCodes: readonly ProblemCode[] = ['invalid-option', 'invalid-notes', 'unknown-knob']

/** The exit code for problems: `usage` if all of them lie in the command itself. */
export function exitCodeOf(problems: readonly Problem[]): number {
  return problems.every(({ code }) => usageCodes.includes(code)) ? exitCodes.usage : exitCodes.problems
}

/** A signal that ends a program, and its number, which the exit code 128 + n tells the shell. */
export const signals = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const
export type Signal = keyof typeof signals

/** Somebody wants the program to end: everything unfinished is taken away on the way out. */
export class Interrupted extends Error {
  readonly exitCode: number

  constructor(signal: Signal) {
    super(`interrupted by ${signal}`)
    this.name = 'Interrupted'
    this.exitCode = 128 + signals[signal]
  }
}

/** A command is done, all is said, and it ends with another code than 0. */
export class Ended extends Error {
  readonly exitCode: number

  constructor(exitCode: number) {
    super(`ended with ${exitCode}`)
    this.name = 'Ended'
    this.exitCode = exitCode
  }
}

/** The exit codes, for the help text. */
export const exitCodeHelp = `
Exit codes:
  0    done
  1    the patch or a file has problems, or is too large for the engine; diff: the patches differ
  2    the command is written wrongly; diff: a file has problems
  70   a mistake of Megasynth itself
  130  interrupted (Ctrl-C, which ends play with 0); 143 if by another program`
