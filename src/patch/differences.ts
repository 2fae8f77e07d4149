import { destinationName, sourceName } from './connections.ts'
import { isPlainObject, plainCopy, type PlainObject } from './plain.ts'
import type { ParsedPatch, Patch } from './types.ts'

/** A patch that is valid, as it is written and in its normal form. */
export interface ReadPatch {
  readonly patch: Patch
  readonly parsed: ParsedPatch
}

/** A cable: without an amount it is a plain one. */
export interface CableFacts {
  readonly amount?: number
  readonly feedback?: true
}

/** One thing in which two patches differ. */
export type Difference =
  /** `tempo`, `voices.count`, `name`: what the patch says as a whole. */
  | { readonly type: 'patch'; readonly key: string; readonly before?: unknown; readonly after?: unknown }
  /** A knob or device that only one of the two has, as it is written. */
  | {
      readonly type: 'added'
      readonly what: 'knob' | 'device'
      readonly name: string
      readonly after: PlainObject
    }
  | {
      readonly type: 'removed'
      readonly what: 'knob' | 'device'
      readonly name: string
      readonly before: PlainObject
    }
  | { readonly type: 'renamed'; readonly name: string; readonly to: string }
  /** A member of a knob (its position is `value`) or of a device; a side where it is not written is absent. */
  | {
      readonly type: 'set'
      readonly what: 'knob' | 'device'
      /** By its name after. */
      readonly name: string
      readonly key: string
      readonly before?: unknown
      readonly after?: unknown
    }
  | { readonly type: 'connected'; readonly from: string; readonly to: string; readonly after: CableFacts }
  | { readonly type: 'disconnected'; readonly from: string; readonly to: string; readonly before: CableFacts }
  | {
      readonly type: 'cable'
      readonly from: string
      readonly to: string
      readonly before: CableFacts
      readonly after: CableFacts
    }
  /** The same things in another order. */
  | { readonly type: 'order'; readonly of: 'knobs' | 'devices' | 'connections' }

/** Knobs or devices by name: all that is true of one, and what of it the patch says. */
type Owners = ReadonlyMap<string, { readonly facts: PlainObject; readonly said: PlainObject }>

/** All that counts of a patch, each under its name. */
interface Facts {
  readonly patch: ReadonlyMap<string, unknown>
  readonly knobs: Owners
  readonly devices: Owners
  readonly cables: ReadonlyMap<string, { readonly from: string; readonly to: string } & CableFacts>
}

/** What says nothing of the sound or of its names: for an editor, and for a newer Megasynth. */
const ofTheFile = ['$schema', 'format']
const parts = ['knobs', 'devices', 'connections']

/**
 * In what two patches differ, in the order of the documentation; nothing if they mean the same. How it is written makes no
 * difference: a knob as a number or an object, a cable as a list or an object, a default that is said or not. Pure.
 *
 * @param renames devices of the first patch that only go by another name in the second. Default: none
 */
export function differencesBetween(
  before: ReadPatch,
  after: ReadPatch,
  renames: readonly { readonly from: string; readonly to: string }[] = [],
): Difference[] {
  const names = new Map(renames.map(({ from, to }) => [from, to]))
  const [a, b] = [factsOf(before, (name) => names.get(name) ?? name), factsOf(after, (name) => name)]
  return [
    ...membersBetween(a.patch, b.patch, (key, sides): Difference => ({ type: 'patch', key, ...sides })),
    ...ownersBetween('knob', a.knobs, b.knobs),
    ...order('knobs', a.knobs, b.knobs),
    ...renames.map(({ from, to }): Difference => ({ type: 'renamed', name: from, to })),
    ...ownersBetween('device', a.devices, b.devices),
    ...order('devices', a.devices, b.devices),
    ...cablesBetween(a.cables, b.cables),
    ...order('connections', a.cables, b.cables),
  ]
}

/** What is said in an object, each with its place. */
function partsOf(place: string, value: unknown): (readonly [string, unknown])[] {
  if (!isPlainObject(value)) return [[place, value]]
  return Object.entries(value).flatMap(([key, part]) => partsOf(`${place}.${key}`, part))
}

function factsOf({ patch, parsed }: ReadPatch, nameOf: (name: string) => string): Facts {
  const written = plainCopy(patch).copy as PlainObject
  const owners = (part: string): readonly (readonly [string, unknown])[] =>
    Object.entries((written[part] ?? {}) as PlainObject)
  const { voices: _, ...rest } = written
  const whole = [
    ...Object.entries({ ...rest, name: parsed.name, tempo: parsed.tempo }),
    ...partsOf('voices', parsed.voices),
  ]
  return {
    patch: new Map(whole.filter(([key]) => !parts.includes(key) && !ofTheFile.includes(key))),
    knobs: new Map(
      owners('knobs').map(([name, knob]) => {
        const facts = isPlainObject(knob) ? knob : { value: knob }
        return [name, { facts, said: facts }]
      }),
    ),
    devices: new Map(
      owners('devices').map(([name, device]) => {
        const said = device as PlainObject
        const { options = {}, shared, bypass } = parsed.devices[name] ?? {}
        return [nameOf(name), { facts: { ...said, ...options, shared, bypass }, said }]
      }),
    ),
    cables: new Map(
      parsed.connections.map((cable) => {
        const { amount, feedback } = cable
        const from = cable.from.kind === 'device' ? nameOf(cable.from.name) : sourceName(cable.from)
        const to = destinationName({ ...cable, to: nameOf(cable.to) })
        const facts = { from, to, ...(amount !== undefined && { amount }), ...(feedback && { feedback }) }
        return [`${from} → ${to}`, facts]
      }),
    ),
  }
}

interface Sides {
  readonly before?: unknown
  readonly after?: unknown
}

/** What is in both but not equal, or in one only: in the order of the second, then what only the first has. */
function membersBetween<T>(
  a: ReadonlyMap<string, unknown>,
  b: ReadonlyMap<string, unknown>,
  say: (key: string, sides: Sides) => T,
): T[] {
  return [...new Set([...b.keys(), ...a.keys()])].flatMap((key) => {
    const [before, after] = [a.get(key), b.get(key)]
    if (same(before, after)) return []
    return say(key, { ...(a.has(key) && { before }), ...(b.has(key) && { after }) })
  })
}

function ownersBetween(what: 'knob' | 'device', a: Owners, b: Owners): Difference[] {
  return [...new Set([...b.keys(), ...a.keys()])].flatMap((name): Difference[] => {
    const [before, after] = [a.get(name), b.get(name)]
    if (before === undefined)
      return after === undefined ? [] : [{ type: 'added', what, name, after: after.said }]
    if (after === undefined) return [{ type: 'removed', what, name, before: before.said }]
    return membersBetween(
      new Map(Object.entries(before.facts)),
      new Map(Object.entries(after.facts)),
      (key, sides): Difference => ({ type: 'set', what, name, key, ...sides }),
    )
  })
}

function cablesBetween(a: Facts['cables'], b: Facts['cables']): Difference[] {
  return membersBetween(a, b, (pair): Difference => {
    const [before, after] = [a.get(pair), b.get(pair)]
    const { from, to } = { from: '', to: '', ...(after ?? before) }
    if (before === undefined) return { type: 'connected', from, to, after: cableFacts(after) }
    if (after === undefined) return { type: 'disconnected', from, to, before: cableFacts(before) }
    return { type: 'cable', from, to, before: cableFacts(before), after: cableFacts(after) }
  })
}

function cableFacts({ amount, feedback }: CableFacts = {}): CableFacts {
  return { ...(amount !== undefined && { amount }), ...(feedback && { feedback }) }
}

/** Whether what both have stands in another order. */
function order(
  of: 'knobs' | 'devices' | 'connections',
  a: ReadonlyMap<string, unknown>,
  b: ReadonlyMap<string, unknown>,
): Difference[] {
  const [before, after] = [
    [...a.keys()].filter((key) => b.has(key)),
    [...b.keys()].filter((key) => a.has(key)),
  ]
  return before.every((key, i) => key === after[i]) ? [] : [{ type: 'order', of }]
}

/** Whether two plain values are equal; the order of keys makes no difference. */
function same(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((item, i) => same(item, b[i]))
  if (!isPlainObject(a) || !isPlainObject(b)) return a === b
  const [keys, others] = [Object.keys(a), Object.keys(b)]
  return keys.length === others.length && keys.every((key) => Object.hasOwn(b, key) && same(a[key], b[key]))
}
