import type { Readable } from 'node:stream'
import { styleText } from 'node:util'
import { afterAwake } from '../engine/awake.ts'
import { plain, type Paint } from '../errors/index.ts'
import { signals, type Signal } from './exit.ts'

/** Where text goes. */
export interface Sink {
  write(text: string): unknown
  readonly isTTY?: boolean
  /** Width of the terminal in characters. */
  readonly columns?: number
}

/** Watches for signals that would end the program, until `release`. */
export interface Interrupts {
  /** Aborted by the first signal; the reason is the signal's name. One that comes a second later or more ends the program. */
  readonly signal: AbortSignal
  readonly release: () => void
}

/** All that the command line knows of the world around it, besides files. */
export interface Io {
  /** What is piped in, piece by piece. */
  readonly stdin: Readable
  readonly stdout: Sink
  readonly stderr: Sink
  /** The folder from which relative paths count. */
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly catchInterrupts: () => Interrupts
  /** Whether somebody ended the program although it was ending already. */
  readonly isForced?: () => boolean
  /**
   * Takes what is thrown after its cause is gone, by a patch file or by Megasynth itself (`own`): while something is played,
   * the sound goes on. It ends the program unless this says that it is taken.
   */
  takeStray?: ((error: unknown, own: boolean) => boolean) | undefined
}

/** Seconds in which signals are one: Ctrl-C that is pressed twice in a hurry loses no recording, also if this program hears of it late. */
const oneSignal = 1

/** The world as this process sees it. */
export function processIo(): Io {
  let isForced = false
  return {
    // Node opens it when it is asked for, and then waits for it: only whoever reads it may ask
    get stdin() {
      return process.stdin
    },
    stdout: process.stdout,
    stderr: process.stderr,
    cwd: process.cwd(),
    env: process.env,
    catchInterrupts() {
      const controller = new AbortController()
      const names = Object.keys(signals) as Signal[]
      let isMeant = false
      let endWait = (): void => undefined
      const caught = (name: Signal): void => {
        if (!controller.signal.aborted) endWait = afterAwake(oneSignal, () => (isMeant = true), false)
        controller.abort(name)
        if (!isMeant) return
        // whoever has waited means it; what is half written is taken away
        isForced = true
        process.exit(128 + signals[name])
      }
      for (const name of names) process.on(name, caught)
      return {
        signal: controller.signal,
        release: () => {
          endWait()
          for (const name of names) process.off(name, caught)
        },
      }
    },
    isForced: () => isForced,
  }
}

/** {@link Io} with what the global flags of the command line say of the output. */
export interface Shell {
  readonly io: Io
  /** Answers are JSON on stdout, for programs. */
  readonly json: boolean
  /** How text for stdout and stderr is painted. */
  readonly paint: Paint
  readonly errorPaint: Paint
  /** Prints a line to stdout: what was asked for. */
  readonly print: (line: string) => void
  /** Prints a line to stderr: what is said about it. */
  readonly note: (line: string) => void
}

/** Reads the flags that hold for every command, before the command is known: mistakes are to be reported by them too. */
export function createShell(argv: readonly string[], io: Io): Shell {
  const wanted = !argv.includes('--no-color') && !io.env['NO_COLOR'] && io.env['TERM'] !== 'dumb'
  const paintFor = (sink: Sink): Paint => (wanted && sink.isTTY === true ? coloured : plain)
  return {
    io,
    json: argv.includes('--json'),
    paint: paintFor(io.stdout),
    errorPaint: paintFor(io.stderr),
    print: (line) => void io.stdout.write(`${line}\n`),
    note: (line) => void io.stderr.write(`${line}\n`),
  }
}

const style =
  (format: Parameters<typeof styleText>[0]) =>
  (text: string): string =>
    // whether the text goes to a terminal has been decided already
    styleText(format, text, { validateStream: false })

const coloured: Paint = {
  bold: style('bold'),
  dim: style('dim'),
  red: style('red'),
  green: style('green'),
  yellow: style('yellow'),
  cyan: style('cyan'),
}
