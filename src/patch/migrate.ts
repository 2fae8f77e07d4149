import { show, type Problem } from '../errors/index.ts'
import type { PlainObject } from './plain.ts'

/** Turns a patch of one format into the same patch in the next format. */
export type Migration = (patch: PlainObject) => PlainObject

/** `migrations[n - 1]` leads from format n to n + 1. Format 1 is the first: there is nothing to do yet. */
const migrations: readonly Migration[] = []

/**
 * A patch of any known format in the format of today. A patch without `format` is of format 1, for ever.
 * What is no format at all (a text, a fraction) is left for the schema to refuse.
 */
export function migrate(
  patch: PlainObject,
  steps: readonly Migration[] = migrations,
): { readonly patch: PlainObject } | { readonly problem: Problem } {
  const newest = steps.length + 1
  const format = patch['format'] ?? 1
  if (typeof format !== 'number' || !Number.isInteger(format) || format < 1) return { patch }
  if (format > newest)
    return {
      problem: {
        code: 'unsupported-format',
        path: 'format',
        message: 'the patch was written for a newer Megasynth',
        found: show(format),
        expected: newest === 1 ? '1' : `1..${newest}`,
        suggestion: 'update Megasynth',
      },
    }
  return { patch: steps.slice(format - 1).reduce((current, step) => step(current), patch) }
}
