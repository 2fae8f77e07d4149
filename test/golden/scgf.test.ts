import { readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeSynthDefs, encodeSynthDefs } from '../../src/scsynth/scgf.ts'
import { isRefused } from '../scsynth/problem-of.ts'

const files = (folder: string): readonly { readonly name: string; readonly bytes: Uint8Array }[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.scsyndef'))
    .map((name) => ({ name, bytes: new Uint8Array(readFileSync(`${folder}/${name}`)) }))

const own = files('test/golden')
const foreign = files('node_modules/supersonic-scsynth-synthdefs/synthdefs')

describe('SynthDef files that sclang wrote', () => {
  it('are all there: the SynthDefs of sources.scd, and 128 of SuperSonic', () => {
    const written = readFileSync('test/golden/sources.scd', 'utf8').matchAll(/SynthDef\(\\(\w+)/g)
    const names = [...written].map(([, name]) => `${name}.scsyndef`)
    expect(own.map((file) => file.name).sort()).toEqual(names.sort())
    expect(own).toHaveLength(14)
    expect(foreign).toHaveLength(128)
  })

  it('are of both versions', () => {
    const versions = new Set([...own, ...foreign].map(({ bytes }) => decodeSynthDefs(bytes)[0]?.version))
    expect(versions).toEqual(new Set([1, 2]))
  })

  it('are named as the file', () => {
    for (const { name, bytes } of own)
      expect(decodeSynthDefs(bytes).map((def) => `${def.name}.scsyndef`)).toEqual([name])
  })

  it.each([...own, ...foreign])('$name is read, and written again with the same bytes', ({ bytes }) => {
    expect(encodeSynthDefs(decodeSynthDefs(bytes))).toEqual(bytes)
  })
})

describe('damaged SynthDef files', () => {
  const file = fc.constantFrom(...own, ...foreign)

  it('truncated are refused', () => {
    fc.assert(
      fc.property(file, fc.nat(), ({ bytes }, n) => {
        const cut = bytes.subarray(0, n % bytes.length)
        expect(isRefused('invalid-synthdef', () => decodeSynthDefs(cut))).toBe(true)
      }),
    )
  })

  it('with flipped bits are refused, or are another valid file', () => {
    let refused = 0
    const flips = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 })), { minLength: 1, maxLength: 8 })
    fc.assert(
      fc.property(file, flips, ({ bytes }, flips) => {
        const damaged = bytes.slice()
        for (const [n, bits] of flips) damaged[n % bytes.length]! ^= bits
        if (isRefused('invalid-synthdef', () => decodeSynthDefs(damaged))) refused++
        else expect(decodeSynthDefs(encodeSynthDefs(decodeSynthDefs(damaged)))).toEqual(decodeSynthDefs(damaged))
      }),
      { numRuns: 1000 },
    )
    expect(refused).toBeGreaterThan(0)
  })

  it('random bytes are refused, with and without a good beginning', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.constantFrom('', 'SCgf\0\0\0\x01\0\x01', 'SCgf\0\0\0\x02\0\x01'), (tail, head) => {
        const bytes = Uint8Array.from([...Array.from(head, (c) => c.charCodeAt(0)), ...tail])
        isRefused('invalid-synthdef', () => decodeSynthDefs(bytes))
      }),
      { numRuns: 1000 },
    )
  })
})
