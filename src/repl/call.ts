import { didYouMean, fail, listNames, show } from '../errors/index.ts'
import type { Command } from './command.ts'
import type { Desk } from './desk.ts'

/** A parameter, as it stands in how a command is called. */
interface Parameter {
  readonly name: string
  readonly isOptional: boolean
  /** The names of options, where it is an object of them. */
  readonly options?: readonly string[]
}

const parameter = /\{([^}]*)\}(\?)?|(\w+)(\?| = [^,)]*)?/g

/**
 * The parameters of a command, from how it is called.
 *
 * @example
 * parametersOf('setKnob(name, position, { over }?)')[2] // { name: '{ over }', isOptional: true, options: ['over'] }
 */
export function parametersOf(call: string): readonly Parameter[] {
  const list = call.slice(call.indexOf('(') + 1, call.lastIndexOf(')'))
  return Array.from(list.matchAll(parameter), ([, options, mark, name = '', rest]) =>
    options === undefined
      ? { name, isOptional: rest !== undefined }
      : {
          name: `{${options}}`,
          isOptional: mark !== undefined,
          options: options.split(',').map((option) => option.trim()),
        },
  )
}

/**
 * Calls a command, unless it is given what it would not look at: an argument too many, or an option that it does not know.
 *
 * @throws MegasynthError `missing-key`, `invalid-value`, `unknown-key`
 */
export function callCommand(
  { name, call, run, examples }: Command,
  desk: Desk,
  values: readonly unknown[],
): unknown {
  const parameters = parametersOf(call)
  const surplus = values[parameters.length]
  if (surplus !== undefined)
    fail({
      code: 'invalid-value',
      path: name,
      message:
        parameters.length === 0 ? 'takes no argument' : `takes no more arguments than ${parameters.length}`,
      found: show(surplus),
      expected: call,
    })
  for (const [i, { name: wanted, isOptional, options }] of parameters.entries()) {
    const value = values[i]
    if (value === undefined) {
      if (!isOptional)
        fail({ code: 'missing-key', path: name, message: `is called without its argument ${wanted}`, expected: call, suggestion: `for example ${examples[0]}` }) // prettier-ignore
    } else if (options !== undefined) checkOptions(name, value, options, wanted)
  }
  return run(desk, ...(values as never[]))
}

function checkOptions(path: string, value: unknown, options: readonly string[], expected: string): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return fail({ code: 'invalid-value', path, message: 'its last argument is an object of options', found: show(value), expected }) // prettier-ignore
  const unknown = Object.keys(value).find((option) => !options.includes(option))
  if (unknown !== undefined)
    fail({
      code: 'unknown-key',
      path,
      message: 'has no such option',
      found: show(unknown),
      expected: listNames(options),
      ...didYouMean(unknown, options),
    })
}
