import { z } from 'zod'
import type { Catalogue } from './ports.ts'
import { patchSchema } from './schema.ts'

/**
 * The JSON Schema (draft 7, which editors know best) of patches with the device types of a catalogue. It says the
 * structure, ranges, units and defaults; names in cables and cycles are checked by {@link checkPatch} only.
 *
 * @example
 * JSON.stringify(patchJsonSchema(standard), undefined, 2)
 */
export function patchJsonSchema(catalogue: Catalogue): Record<string, unknown> {
  const { '~standard': _, ...schema } = z.toJSONSchema(patchSchema(catalogue), { target: 'draft-7' })
  return schema
}
