import { show, type Problem } from '../errors/index.ts'
import { limits } from './limits.ts'

/** What is wrong with the name of a snapshot, if anything: it may be any short text that can be read. */
export function snapshotNameProblem(name: unknown): Problem | undefined {
  const isName =
    typeof name === 'string' &&
    name.trim() === name &&
    name !== '' &&
    name !== '__proto__' &&
    name.length <= limits.nameLength &&
    !/\p{C}/u.test(name)
  if (isName) return undefined
  return {
    code: 'invalid-name',
    path: 'snapshot',
    message: 'is not a name for a snapshot',
    found: show(name),
    expected: `a text of 1..${limits.nameLength} characters, without spaces around it`,
  }
}
