import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { standard } from '../../src/devices/index.ts'
import { patchJsonSchema } from '../../src/patch/index.ts'

interface Schema {
  readonly title?: string
  readonly description?: string
  readonly properties?: Readonly<Record<string, Schema>>
  readonly additionalProperties?: Schema | false
  readonly oneOf?: readonly Schema[]
  readonly const?: unknown
  readonly required?: readonly string[]
}

const schema = patchJsonSchema(standard) as Schema
const types = (schema.properties?.['devices']?.additionalProperties || {}).oneOf ?? []
const typeNamed = (name: string): Schema | undefined =>
  types.find(({ properties }) => properties?.['type']?.const === name)

describe('the JSON Schema of patches', () => {
  it('is the published file: npx jiti scripts/write-schema.ts writes it anew', () => {
    const file = readFileSync(join(import.meta.dirname, '../../schema/patch.schema.json'), 'utf8')
    expect(JSON.parse(file)).toEqual(JSON.parse(JSON.stringify(patchJsonSchema(standard))))
  })

  it('has every device type of the catalogue with its title, ports and options', () => {
    expect(types.map(({ properties }) => properties?.['type']?.const)).toEqual(Object.keys(standard))
    for (const [name, { title, doc, ports, options }] of Object.entries(standard)) {
      const type = typeNamed(name)
      expect(type).toMatchObject({ title, description: doc, additionalProperties: false, required: ['type'] })
      const constants = Object.entries(ports).filter(([, port]) => port.kind !== 'signal')
      const names = [...constants.map(([port]) => port.replace('#', '1')), ...Object.keys(options)]
      expect(Object.keys(type?.properties ?? {})).toEqual(expect.arrayContaining(names))
    }
  })

  it('says range, unit and default of a port, and the values of choices and options', () => {
    const { cutoff, mode, slope, in: input } = typeNamed('filter')?.properties ?? {}
    expect(cutoff).toMatchObject({ type: 'number', minimum: 20, maximum: 20000, default: 1000 })
    expect(cutoff?.description).toBe('Corner or centre frequency. 20..20000 Hz.')
    expect(mode).toMatchObject({ enum: ['lowpass', 'highpass', 'bandpass', 'notch'], default: 'lowpass' })
    expect(slope).toMatchObject({ enum: [12, 24], default: 12 })
    expect(input).toBeUndefined()
  })

  it('refuses unknown keys and asks only for devices', () => {
    expect(schema).toMatchObject({ additionalProperties: false, required: ['devices'] })
    expect(Object.keys(schema.properties ?? {})).toContain('$schema')
  })

  it('follows the catalogue', () => {
    const { lfo } = standard
    const small = patchJsonSchema({ lfo }) as Schema
    expect(JSON.stringify(small)).toContain(lfo.title)
    expect(JSON.stringify(small)).not.toContain(standard.reverb.title)
  })
})
