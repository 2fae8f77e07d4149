/** Writes schema/patch.schema.json, the published JSON Schema of patches, from the standard catalogue. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { format } from 'prettier'
import { standard } from '../src/devices/index.ts'
import { patchJsonSchema } from '../src/patch/index.ts'

const folder = fileURLToPath(new URL('../schema', import.meta.url))
mkdirSync(folder, { recursive: true })
const text = await format(JSON.stringify(patchJsonSchema(standard)), { parser: 'json', printWidth: 110 })
writeFileSync(`${folder}/patch.schema.json`, text)
