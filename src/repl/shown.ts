import { inspect } from 'node:util'

/**
 * A value that is printed as a text of its own, and is all that it was for whoever goes on with it.
 *
 * @example
 * shown({ peak: 0.5 }, 'loud').peak // 0.5, and the prompt prints: loud
 */
export function shown<T extends object>(value: T, text: string): T {
  const copy = Array.isArray(value) ? ([...(value as unknown[])] as unknown as T) : { ...value }
  Object.defineProperty(copy, inspect.custom, { value: () => text })
  return copy
}

/** What a command says when there is no value to go on with. */
export const said = (text: string): object => shown({}, text)
