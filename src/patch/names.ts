import { didYouMean, show, type Problem } from '../errors/index.ts'
import { limits } from './limits.ts'
import { pathTo, type PlainObject } from './plain.ts'

/** Names of knobs and devices: identifiers of at most 64 characters. */
export const namePattern = new RegExp(`^[A-Za-z_][A-Za-z0-9_]{0,${limits.nameLength - 1}}$`)

/** Sources and destinations that every patch has; no knob and no device is called so. */
const reservedNames: readonly string[] = ['out', 'keys', 'clock']

/** Finds the nearest name; see {@link suggester}. */
export type Suggest = (name: string, candidates: Iterable<string>) => { suggestion?: string }

/** "Did you mean", which stops searching after so many comparisons, lest a hostile patch costs minutes. */
export function suggester(comparisons: number = limits.comparisons): Suggest {
  let left = comparisons
  return (name, candidates) => {
    if (left <= 0) return {}
    function* counted(): Generator<string> {
      for (const candidate of candidates) {
        left--
        yield candidate
      }
    }
    return didYouMean(name, counted())
  }
}

/** What is wrong with the names of knobs or devices. `place`: `knobs` or `devices`. */
export function nameProblems(place: 'knobs' | 'devices', owner: PlainObject): Problem[] {
  return Object.keys(owner).flatMap((name): Problem[] => {
    const path = pathTo(place, name)
    if (reservedNames.includes(name))
      return [
        {
          code: 'reserved-name',
          path,
          message: `"${name}" is always there and cannot be declared`,
          found: show(name),
          expected: `a name other than ${reservedNames.join(', ')}`,
          suggestion: name === 'out' ? 'connect to "out" without declaring it' : `rename it: "${name}0"`,
        },
      ]
    if (namePattern.test(name) && name !== 'prototype' && !(name in Object.prototype)) return []
    return [
      {
        code: 'invalid-name',
        path,
        message: 'is not a valid name',
        found: show(name),
        expected: `letters, digits and _, not beginning with a digit, at most ${limits.nameLength} characters, and no name that JavaScript itself uses`,
        ...renamed(name),
      },
    ]
  })
}

function renamed(name: string): { suggestion?: string } {
  const better = name.replaceAll(/[^A-Za-z0-9_]+/g, '_').replace(/^(?=\d)/, '_')
  return better !== name && namePattern.test(better) ? { suggestion: `rename it: "${better}"` } : {}
}

/** Names that both a knob and a device have: a cable could not tell which one it comes from. */
export function duplicateNames(knobs: PlainObject, devices: PlainObject): Problem[] {
  return Object.keys(devices)
    .filter((name) => Object.hasOwn(knobs, name) && !reservedNames.includes(name))
    .map((name) => ({
      code: 'duplicate-name',
      path: pathTo('devices', name),
      message: 'has the name of a knob',
      found: show(name),
      expected: 'a name of its own: knobs and devices share one namespace',
      suggestion: `rename the device or ${pathTo('knobs', name)}`,
    }))
}
