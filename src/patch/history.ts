import type { Patch } from './types.ts'

/** Patches that were, the one that is, and those that were undone: a value like any other. */
export interface History {
  /** The oldest first. */
  readonly past: readonly Patch[]
  readonly present: Patch
  /** The next to be redone first. */
  readonly future: readonly Patch[]
}

/**
 * A history that begins with this patch: nothing to undo, nothing to redo.
 *
 * @example
 * const history = createHistory(patch)
 */
export function createHistory(patch: Patch): History {
  return { past: [], present: patch, future: [] }
}

/**
 * The history after a step to another patch; what was undone is forgotten. A patch that says the same as the present one
 * is no step: the history stays as it is.
 *
 * @param limit steps that can be undone at most, 0 or more; the oldest are forgotten. Default: 200
 * @example
 * const history = record(createHistory(patch), { ...patch, tempo: 90 })
 */
export function record(history: History, patch: Patch, limit = 200): History {
  return isSame(history.present, patch) ? history : recorded(history, patch, limit)
}

/**
 * The same, and a step also if the patch says the same as the present one: something else has changed with it.
 *
 * @param limit as with {@link record}
 * @example
 * const history = recorded(createHistory(patch), { ...patch })
 */
export function recorded(history: History, patch: Patch, limit = 200): History {
  const past = [...history.past, history.present]
  return { past: past.slice(Math.max(0, past.length - limit)), present: patch, future: [] }
}

/**
 * The history one step back, or undefined when there is nothing to undo.
 *
 * @example
 * const history = record(createHistory(patch), { ...patch, tempo: 90 })
 * undone(history)?.present === patch // true
 */
export function undone({ past, present, future }: History): History | undefined {
  const before = past.at(-1)
  return before && { past: past.slice(0, -1), present: before, future: [present, ...future] }
}

/**
 * The history one step forward again, or undefined when nothing was undone.
 *
 * @example
 * const history = undone(record(createHistory(patch), { ...patch, tempo: 90 }))
 * if (history) redone(history)?.present.tempo // 90
 */
export function redone({ past, present, future }: History): History | undefined {
  const [next, ...later] = future
  return next && { past: [...past, present], present: next, future: later }
}

/** Whether two values are the same data. The order of keys and members that are undefined say nothing. */
function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) || Array.isArray(b))
    return (
      Array.isArray(a) &&
      Array.isArray(b) &&
      a.length === b.length &&
      a.every((item, i) => isSame(item, b[i]))
    )
  const [left, right] = [written(a), written(b)]
  return left.size === right.size && [...left].every(([key, value]) => isSame(value, right.get(key)))
}

const written = (value: object): ReadonlyMap<string, unknown> =>
  new Map(Object.entries(value).filter(([, member]) => member !== undefined))
