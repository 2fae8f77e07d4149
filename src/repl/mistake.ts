import { types } from 'node:util'
import { MegasynthError, didYouMean, formatProblems, show, type Paint } from '../errors/index.ts'
import { quoted } from './quoted.ts'

/** Where an error arose in what was typed. */
const placeInInput = /^\s*at .*?(REPL\d+:\d+(?::\d+)?)\)?$/m

/** What a name may have been meant for. */
export interface Meant {
  /** What there is, and may have been misspelt. */
  readonly names?: readonly string[]
  /** Whether it is what stands in quotes: a knob, a note. */
  readonly isText?: (name: string) => boolean
}

/** Words by which other prompts are left. */
const endings = ['quit', 'bye', 'q', 'end', 'close']

function suggestionFor(name: string, { names = [], isText = () => false }: Meant): string | undefined {
  if (isText(name)) return `it stands in quotes: ${quoted(name)}`
  return endings.includes(name) ? 'exit() ends the session' : didYouMean(name, names).suggestion
}

/**
 * What went wrong, in a few lines: the problems of Megasynth with their fixes; of other errors their name, their message
 * and the line of the input, without the stack.
 *
 * @param error whatever was thrown
 * @param meant what may have been meant by a name that is not defined
 */
export function mistakeText(error: unknown, paint: Paint, meant: Meant = {}): string {
  if (error instanceof MegasynthError) return `${paint.red('✗')} ${formatProblems(error.problems, paint)}`
  // errors of what was typed come from another realm, and those of the platform have no mark of an error
  if (!types.isNativeError(error) && !(error instanceof Error))
    return `${paint.red('✗')} ${show(error)} was thrown`
  const { name, message } = error
  const place = placeInInput.exec(error.stack ?? '')?.[1]
  const unknown = /^(\S+) is not defined$/.exec(message)?.[1]
  const suggestion = unknown === undefined ? undefined : suggestionFor(unknown, meant)
  return [
    `${paint.red('✗')} ${paint.bold(name)}: ${message}${place === undefined || place.endsWith(':1') ? '' : paint.dim(` (${place})`)}`,
    ...(suggestion === undefined ? [] : [`  ${paint.cyan(suggestion)}`]),
  ].join('\n')
}
