import type { Problem } from '../errors/index.ts'
import { show } from '../errors/index.ts'
import { limits } from './limits.ts'

/** An object without a prototype: any key is an own key, `__proto__` too. */
export type PlainObject = Readonly<Record<string, unknown>>

/** Whether a value that {@link plainCopy} made is an object. */
export function isPlainObject(value: unknown): value is PlainObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** `connections[3]`, `devices.filter0`: the place of a member within the place of its owner. */
export function pathTo(path: string, key: string | number): string {
  if (typeof key === 'number') return `${path}[${key}]`
  if (!/^[\w$]{1,64}$/.test(key)) return `${path}[${show(key)}]`
  return path === '' ? key : `${path}.${key}`
}

class TooLarge extends Error {}

/**
 * A copy of JSON-like data that runs no code of it: getters are not called, prototypes not followed, and the copy has
 * none. Undefined members are left out and −0 becomes 0, as in JSON. What is no data (functions, instances, cycles) is a
 * problem, and null stands in its place, so that its name still counts.
 */
export function plainCopy(data: unknown): { readonly copy: unknown; readonly problems: readonly Problem[] } {
  const problems: Problem[] = []
  const open = new Set<object>()
  let values = 0

  const refuse = (path: string, message: string, value: unknown): null => {
    problems.push({
      code: path === '' ? 'not-a-patch' : 'invalid-value',
      path,
      message,
      found: show(value),
      expected: path === '' ? 'an object with knobs, devices and connections' : 'plain data, as in JSON',
    })
    return null
  }

  const members = (value: object, path: string): unknown => {
    if (open.has(value)) return refuse(path, 'contains itself', value)
    if (open.size >= limits.depth) return refuse(path, `is nested deeper than ${limits.depth} levels`, value)
    open.add(value)
    const copy = Array.isArray(value) ? elements(value, path) : properties(value, path)
    open.delete(value)
    return copy
  }

  const member = (owner: object, key: string, path: string): unknown => {
    const descriptor = Object.getOwnPropertyDescriptor(owner, key)
    if (descriptor === undefined) return undefined
    if (!('value' in descriptor)) return refuse(path, 'is a getter, which is no data', descriptor.get)
    return visit(descriptor.value, path)
  }

  const elements = (value: readonly unknown[], path: string): unknown => {
    if (value.length > limits.values) throw new TooLarge()
    return Array.from({ length: value.length }, (_, i) => member(value, String(i), pathTo(path, i)))
  }

  const properties = (value: object, path: string): unknown => {
    const prototype: unknown = Object.getPrototypeOf(value)
    // An object of another realm (a worker, a sandbox) has another Object.prototype.
    if (prototype !== null && Object.getPrototypeOf(prototype) !== null)
      return refuse(path, 'is an instance of a class, which is no data', value)
    const copy = Object.create(null) as Record<string, unknown>
    for (const key of Object.keys(value)) {
      const read = member(value, key, pathTo(path, key))
      if (read !== undefined) copy[key] = read
    }
    return copy
  }

  const visit = (value: unknown, path: string): unknown => {
    if (++values > limits.values) throw new TooLarge()
    if (typeof value === 'number') return value + 0
    if (typeof value === 'function' || typeof value === 'symbol' || typeof value === 'bigint')
      return refuse(path, `is a ${typeof value}, which is no data`, value)
    return typeof value === 'object' && value !== null ? members(value, path) : value
  }

  try {
    return { copy: visit(data, ''), problems }
  } catch (error) {
    // Only a proxy can throw here, whatever it likes.
    problems.length = 0
    if (error instanceof TooLarge)
      problems.push({
        code: 'too-large',
        path: '',
        message: 'The patch is too large.',
        found: `more than ${limits.values} values`,
        expected: `at most ${limits.values} values`,
      })
    else refuse('', 'cannot be read', undefined)
    return { copy: undefined, problems }
  }
}
