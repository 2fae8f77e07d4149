import { resolve } from 'node:path'
import { MegasynthError, type Problem } from '../errors/index.ts'
import { exitCodes } from './exit.ts'
import { reportFailure } from './failure.ts'
import type { Shell } from './io.ts'
import { clearLine } from './progress.ts'
import { isOwn, lineOf, problemOfStray } from './thrown.ts'

/**
 * Watches this process while a command runs, since the code of a patch file runs in it too: what that throws later, or
 * that it ends the process, is reported as any other problem. What is half written is taken away as the process exits.
 *
 * @param argv the arguments after the program's name: files are called as they are called there
 * @returns how the process is ended when the command is done, whatever a patch file left running
 */
export function guardProcess(argv: readonly string[], shell: Shell): (code: number) => void {
  const nameOf = (file: string): string =>
    argv.find((written) => resolve(shell.io.cwd, written) === file) ?? file
  let over = false
  const end = (code: number): void => {
    over = true
    process.exit(code)
  }
  const report = (error: unknown): number => {
    // a bar may stand in this line
    if (shell.io.stderr.isTTY === true) shell.io.stderr.write(clearLine)
    return reportFailure(error, shell)
  }
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', (error: NodeJS.ErrnoException) => {
      // the terminal has gone: its hang-up ends the program as it should be ended
      if (error.code === 'EIO') return
      // `megasynth devices | head` ends when head has seen enough
      end(error.code === 'EPIPE' ? exitCodes.ok : report(unwritable(error)))
    })
  // a rejection that nobody handles comes here too
  process.on('uncaughtException', (error) => {
    const own = isOwn(error)
    const found = own ? error : new MegasynthError([problemOfStray(error, nameOf)])
    if (shell.io.takeStray?.(found, own) !== true) end(report(found))
  })
  process.on('exit', (code) => {
    if (over || shell.io.isForced?.() === true) return
    const problem: Problem = {
      code: 'patch-file-threw',
      // whoever called process.exit is on the stack
      path: lineOf(new Error('exit').stack ?? '', nameOf) ?? 'patch file',
      message: 'ended the program before it was done',
      found: `process.exit(${code})`,
      suggestion: 'take process.exit out: a patch file only exports a patch',
    }
    process.exitCode = report(new MegasynthError([problem]))
  })
  return (code) => {
    // both are written out first: a pipe may be slow, and a full disk says so only afterwards
    process.stdout.write('', () => process.stderr.write('', () => setImmediate(() => end(code))))
  }
}

function unwritable(cause: Error): MegasynthError {
  return new MegasynthError(
    [{ code: 'unwritable-file', path: 'stdout', message: 'cannot be written', found: cause.message }],
    { cause },
  )
}
