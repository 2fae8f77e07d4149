import { listNames, show, type Problem } from '../errors/index.ts'
import type { Suggest } from './names.ts'
import { isPlainObject, pathTo, type PlainObject } from './plain.ts'
import { portList, portNames, portOf, type Catalogue, type DeviceInfo } from './ports.ts'
import { deviceKeys, keysAt, patchSchema, type PatchSchema } from './schema.ts'

type Issue = NonNullable<ReturnType<PatchSchema['safeParse']>['error']>['issues'][number]

interface Context {
  readonly patch: PlainObject
  readonly catalogue: Catalogue
  readonly suggest: Suggest
  /** Places where there is a problem already. */
  readonly done: ReadonlySet<string>
}

/** What the schema finds wrong with the structure of a patch, one problem per mistake. */
export function structureProblems(context: Context): Problem[] {
  const { error } = patchSchema(context.catalogue).safeParse(context.patch)
  const problems = (error?.issues ?? []).flatMap((issue) => problemsOf(issue, issue.path, context))
  // A misspelt key is one mistake, not an unknown key and a missing one.
  const meant = new Set(
    problems.flatMap(({ code, path, suggestion }) =>
      code === 'unknown-key' && suggestion !== undefined
        ? [path.replace(/[^.[\]]*$/, '') + (/"(.*)"/.exec(suggestion)?.[1] ?? '')]
        : [],
    ),
  )
  // a number may offend two rules of which the same is said
  const said = new Set<string>()
  const isNew = ({ code, path, message }: Problem): boolean => {
    const key = JSON.stringify([code, path, message])
    const isKnown = said.has(key)
    said.add(key)
    return !isKnown
  }
  return problems.filter(
    (problem) => !(problem.code === 'missing-key' && meant.has(problem.path)) && isNew(problem),
  )
}

/** What stands at this place of the patch. */
function valueAt(patch: PlainObject, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[key] : undefined,
    patch,
  )
}

function textOf(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, key) => pathTo(text, typeof key === 'number' ? key : String(key)), '')
}

const cableParts = ['its source', 'its destination', 'its amount']

/** Problems of a cable stand at the cable: their message says which part is meant. */
function place(path: readonly PropertyKey[]): { path: string; subject: string } {
  const [first, index, part] = path
  if (first !== 'connections' || typeof index !== 'number' || part === undefined)
    return { path: textOf(path), subject: '' }
  const subject =
    typeof part === 'number' ? cableParts[part] : cableParts[['from', 'to', 'amount'].indexOf(String(part))]
  return { path: textOf(path.slice(0, 2)), subject: `${subject ?? `its ${String(part)}`} ` }
}

function problemsOf(issue: Issue, path: readonly PropertyKey[], context: Context): Problem[] {
  // Names are judged in names.ts.
  if (issue.code === 'invalid_key' || context.done.has(textOf(path))) return []
  const value = valueAt(context.patch, path)
  if (issue.code === 'unrecognized_keys') return issue.keys.flatMap((key) => unknownKey(key, path, context))
  if (issue.code === 'invalid_union' && issue.discriminator !== undefined)
    return [unknownType(value, path, context)]
  if (issue.code === 'invalid_union') {
    // The alternative that was meant is the one that has nothing against the value as a whole.
    const meant = issue.errors.find((errors) =>
      errors.every((error) => error.path.length > 0 || isAboutContent(error, value)),
    )
    if (meant !== undefined)
      return meant.flatMap((inner) => problemsOf(inner, [...path, ...inner.path], context))
  }
  return [wrongValue(issue, value, path, context)]
}

/** A number out of range is at least a number, an object with an unknown key at least an object. */
function isAboutContent(issue: Issue, value: unknown): boolean {
  if (issue.code === 'unrecognized_keys') return true
  if (typeof value !== 'number') return false
  return issue.code !== 'invalid_type' || issue.expected === 'number' || issue.expected === 'int'
}

function wrongValue(
  issue: Issue,
  value: unknown,
  path: readonly PropertyKey[],
  { suggest }: Context,
): Problem {
  const { path: at, subject } = place(path)
  const expected = issue.message
  if (value === undefined) return { code: 'missing-key', path: at, message: `${subject}is missing`, expected }
  const problem: Problem = {
    code:
      (issue.code === 'too_small' || issue.code === 'too_big') && typeof value === 'number'
        ? 'out-of-range'
        : 'invalid-value',
    path: at,
    message: `${subject}must be ${expected}`,
    found: show(value),
    expected,
  }
  if (typeof value !== 'string' && typeof value !== 'number') return problem
  if (isQuoted(issue, value)) return { ...problem, suggestion: `write ${Number(value)} without quotes` }
  if (issue.code === 'invalid_value')
    return { ...problem, ...suggest(String(value), issue.values.map(String)) }
  return problem
}

/** Whether it is a number written as a text where the number itself would be right. */
function isQuoted(issue: Issue, value: string | number): boolean {
  if (typeof value === 'number' || value.trim() === '' || !Number.isFinite(Number(value))) return false
  if (issue.code === 'invalid_value') return issue.values.includes(Number(value))
  return issue.code === 'invalid_type' && (issue.expected === 'number' || issue.expected === 'int')
}

function unknownType(
  type: unknown,
  path: readonly PropertyKey[],
  { patch, catalogue, suggest }: Context,
): Problem {
  const types = Object.keys(catalogue)
  const expected = `a device type: ${listNames(types, 60)}`
  const device = valueAt(patch, path.slice(0, -1))
  if (type === undefined) {
    const typo = isPlainObject(device)
      ? Object.keys(device).find((key) => suggest(key, ['type']).suggestion !== undefined)
      : undefined
    const suggestion = typo === undefined ? {} : { suggestion: `did you mean "type" instead of "${typo}"?` }
    return { code: 'missing-key', path: textOf(path), message: 'is missing', expected, ...suggestion }
  }
  if (typeof type !== 'string')
    return {
      code: 'invalid-value',
      path: textOf(path),
      message: 'must be the name of a device type',
      found: show(type),
      expected,
    }
  return {
    code: 'unknown-device-type',
    path: textOf(path),
    message:
      type === 'out'
        ? '"out" is always there and cannot be declared'
        : `there is no device type ${show(type)}`,
    found: show(type),
    expected,
    ...(type === 'out' ? { suggestion: 'connect to "out"' } : suggest(type, types)),
  }
}

function unknownKey(
  key: string,
  path: readonly PropertyKey[],
  { patch, catalogue, suggest, done }: Context,
): Problem[] {
  const at = pathTo(textOf(path), key)
  if (done.has(at)) return []
  if (path[0] === 'devices') {
    const type = valueAt(patch, [...path, 'type'])
    const info = typeof type === 'string' && Object.hasOwn(catalogue, type) ? catalogue[type] : undefined
    return info === undefined ? [] : [unknownPort(key, at, String(path[1]), String(type), info, suggest)]
  }
  const keys = keysAt(path)
  return [
    {
      code: 'unknown-key',
      path: at,
      message: 'is not a key of this object',
      found: show(key),
      expected: listNames(keys),
      ...suggest(key, keys),
    },
  ]
}

function unknownPort(
  key: string,
  path: string,
  device: string,
  type: string,
  info: DeviceInfo,
  suggest: Suggest,
): Problem {
  if (portOf(info, key)?.kind === 'signal')
    return {
      code: 'invalid-value',
      path,
      message: 'is a signal input and takes no constant',
      expected: 'a cable',
      suggestion: `connect something to it instead: ["…", "${device}.${key}"]`,
    }
  const others = [...Object.keys(info.options ?? {}), ...deviceKeys]
  const names = portNames(info).filter((name) => portOf(info, name)?.kind !== 'signal')
  return {
    code: 'unknown-port',
    path,
    message: `${type} has no port or option ${show(key)}`,
    found: show(key),
    expected: listNames([...portList(info, (port) => port.kind !== 'signal'), ...others], 30),
    ...suggest(key, [...names, ...others]),
  }
}
