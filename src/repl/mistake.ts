import { types } from 'node:util'
import { MegasynthError, didYouMean, formatProblems, show, type Paint } from '../errors/index.ts'

/** Where an error arose in what was typed. */
const placeInInput = /^\s*at .*?(REPL\d+:\d+(?::\d+)?)\)?$/m

/**
 * What went wrong, in a few lines: the problems of Megasynth with their fixes; of other errors their name, their message
 * and the line of the input, without the stack.
 *
 * @param error whatever was thrown
 * @param names what may have been meant by a name that is not defined
 */
export function mistakeText(error: unknown, paint: Paint, names: readonly string[] = []): string {
  if (error instanceof MegasynthError) return `${paint.red('✗')} ${formatProblems(error.problems, paint)}`
  // errors of what was typed come from another realm, and those of the platform have no mark of an error
  if (!types.isNativeError(error) && !(error instanceof Error))
    return `${paint.red('✗')} ${show(error)} was thrown`
  const { name, message } = error
  const place = placeInInput.exec(error.stack ?? '')?.[1]
  const unknown = /^(\S+) is not defined$/.exec(message)?.[1]
  const { suggestion } = didYouMean(unknown, names)
  return [
    `${paint.red('✗')} ${paint.bold(name)}: ${message}${place === undefined || place.endsWith(':1') ? '' : paint.dim(` (${place})`)}`,
    ...(suggestion === undefined ? [] : [`  ${paint.cyan(suggestion)}`]),
  ].join('\n')
}
