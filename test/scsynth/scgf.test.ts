import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeSynthDefs, encodeSynthDefs } from '../../src/scsynth/scgf.ts'
import type { SynthDef } from '../../src/ugens/synthdef.ts'
import { synthDefs } from './arbitraries.ts'
import { hex } from './hex.ts'
import { problemOf } from './problem-of.ts'

/** A sine through `-`, with everything the format has: constants, an array, names, all rates but one, a variant. */
const small: SynthDef = {
  name: 'small',
  constants: [0, -1.5],
  parameters: [440, 0.25, 7],
  parameterNames: [
    { name: 'freq', index: 0 },
    { name: 'amp', index: 1 },
  ],
  ugens: [
    {
      name: 'Control',
      rate: 'control',
      inputs: [],
      outputs: ['control', 'control', 'scalar'],
      specialIndex: 0,
    },
    {
      name: 'SinOsc',
      rate: 'audio',
      inputs: [{ ugen: 0, output: 0 }, { constant: 0 }],
      outputs: ['audio'],
      specialIndex: 0,
    },
    {
      name: 'BinaryOpUGen',
      rate: 'audio',
      inputs: [
        { ugen: 1, output: 0 },
        { ugen: 0, output: 1 },
      ],
      outputs: ['audio'],
      specialIndex: 1,
    },
    {
      name: 'Out',
      rate: 'audio',
      inputs: [{ constant: 1 }, { ugen: 2, output: 0 }],
      outputs: [],
      specialIndex: -2,
    },
  ],
  variants: [{ name: 'hi', parameters: [880, 0.25, 7] }],
}

const version2 = `
"SCgf" 00000002                             // version
0001                                        // one SynthDef
  05 "small"
  00000002                                  // constants
    00000000 bfc00000
  00000003                                  // parameters
    43dc0000 3e800000 40e00000
  00000002                                  // parameter names
    04 "freq" 00000000
    03 "amp"  00000001
  00000004                                  // UGens
    07 "Control"
      01 00000000 00000003 0000             // rate, inputs, outputs, special index
      01 01 00                              // outputs
    06 "SinOsc"
      02 00000002 00000001 0000
      00000000 00000000                     // Control[0]
      ffffffff 00000000                     // constant 0
      02
    0c "BinaryOpUGen"
      02 00000002 00000001 0001
      00000001 00000000
      00000000 00000001
      02
    03 "Out"
      02 00000002 00000000 fffe
      ffffffff 00000001
      00000002 00000000
  0001                                      // variants
    02 "hi"
      445c0000 3e800000 40e00000
`

const version1 = `
"SCgf" 00000001
0001
  05 "small"
  0002
    00000000 bfc00000
  0003
    43dc0000 3e800000 40e00000
  0002
    04 "freq" 0000
    03 "amp"  0001
  0004
    07 "Control"
      01 0000 0003 0000
      01 01 00
    06 "SinOsc"
      02 0002 0001 0000
      0000 0000
      ffff 0000
      02
    0c "BinaryOpUGen"
      02 0002 0001 0001
      0001 0000
      0000 0001
      02
    03 "Out"
      02 0002 0000 fffe
      ffff 0001
      0002 0000
  0001
    02 "hi"
      445c0000 3e800000 40e00000
`

/** A file with one SynthDef whose UGens are given as bytes: constants [0], parameter [1] called x. */
const withUGens = (ugens: string): Uint8Array =>
  hex(`"SCgf" 00000002 0001 01 "x" 00000001 00000000 00000001 3f800000 00000001 01 "x" 00000000 ${ugens}`)

describe('the SynthDef file format', () => {
  it('is written byte for byte as documented', () => {
    expect(encodeSynthDefs([{ ...small, version: 2 }])).toEqual(hex(version2))
    expect(encodeSynthDefs([{ ...small, version: 1 }])).toEqual(hex(version1))
  })

  it('is read back from the listing, with its version', () => {
    expect(decodeSynthDefs(hex(version2))).toEqual([{ ...small, version: 2 }])
    expect(decodeSynthDefs(hex(version1))).toEqual([{ ...small, version: 1 }])
  })

  it('is version 2 unless the SynthDef says otherwise', () => {
    expect(encodeSynthDefs([small])).toEqual(hex(version2))
    expect(encodeSynthDefs([])).toEqual(hex('"SCgf" 00000002 0000'))
    expect(decodeSynthDefs(hex('"SCgf" 00000002 0000'))).toEqual([])
  })

  it('holds several SynthDefs', () => {
    const defs = decodeSynthDefs(encodeSynthDefs([small, { ...small, name: 'other' }]))
    expect(defs.map((def) => def.name)).toEqual(['small', 'other'])
  })

  it.each([1, 2] as const)('law: decode(encode(defs)) is defs, version %i', (version) => {
    fc.assert(
      fc.property(fc.array(synthDefs(version), { minLength: 1, maxLength: 3 }), (defs) => {
        expect(decodeSynthDefs(encodeSynthDefs(defs))).toEqual(defs)
      }),
    )
  })

  it('keeps the bits of every float32 but NaN', () => {
    const bits = fc
      .integer({ min: 0, max: 0xffff_ffff })
      .filter((n) => (n & 0x7f80_0000) !== 0x7f80_0000 || (n & 0x7f_ffff) === 0)
    const file = (n: number): Uint8Array =>
      hex(`"SCgf" 00000002 0001 00 00000001 ${n.toString(16).padStart(8, '0')} ${'00000000'.repeat(3)} 0000`)
    fc.assert(
      fc.property(bits, (n) => {
        expect(encodeSynthDefs(decodeSynthDefs(file(n)))).toEqual(file(n))
      }),
      { examples: [[0x8000_0000], [1], [0x7f80_0000], [0x7f7f_ffff]] },
    )
    expect(decodeSynthDefs(file(0x7fc0_0000))[0]?.constants).toEqual([Number.NaN])
  })

  it('reads from a view into a larger buffer', () => {
    const bytes = hex(version2)
    const larger = new Uint8Array(bytes.length + 9)
    larger.set(bytes, 5)
    expect(decodeSynthDefs(larger.subarray(5, 5 + bytes.length))).toEqual(decodeSynthDefs(bytes))
  })
})

describe('a file that is none', () => {
  const refused = (listing: string | Uint8Array): { path: string; message: string } => {
    const { code, path, message } = problemOf(() =>
      decodeSynthDefs(typeof listing === 'string' ? hex(listing) : listing),
    )
    expect(code).toBe('invalid-synthdef')
    return { path, message }
  }

  it('tells the byte and the part where it is wrong', () => {
    expect(refused('"SCgx" 00000002 0000')).toEqual({ path: 'byte 0', message: 'unknown file type' })
    expect(refused('"SCgf" 00000003 0000')).toEqual({
      path: 'byte 4, version',
      message: 'unknown version of the SynthDef file format',
    })
    expect(refused('"SCgf" 00000002 0000 00')).toEqual({
      path: 'byte 10',
      message: '1 bytes too many after the last SynthDef',
    })
    expect(refused('"SCgf" 00000002 0001 02 "a"')).toMatchObject({ path: 'byte 8, defs' })
  })

  it('truncated at any byte is refused', () => {
    for (const listing of [version1, version2]) {
      const bytes = hex(listing)
      for (let length = 0; length < bytes.length; length++)
        expect(refused(bytes.subarray(0, length)).path).toMatch(/^byte \d+/)
    }
  })

  it.each([
    ['SynthDefs', '"SCgf" 00000002 7fff 00', 'byte 8, defs'],
    ['SynthDefs, negative', '"SCgf" 00000002 ffff 00', 'byte 8, defs'],
    [
      'constants',
      '"SCgf" 00000002 0001 00 7fffffff 00000000'.concat(' 00000000'.repeat(4)),
      'byte 11, defs[0].constants',
    ],
    [
      'constants, negative',
      '"SCgf" 00000002 0001 00 ffffffff'.concat(' 00000000'.repeat(5)),
      'byte 11, defs[0].constants',
    ],
    [
      'UGens',
      '"SCgf" 00000002 0001 00'.concat(' 00000000'.repeat(3), ' 7fffffff 0000'),
      'byte 23, defs[0].ugens',
    ],
    [
      'variants',
      '"SCgf" 00000002 0001 00'.concat(' 00000000'.repeat(4), ' 7fff 00'),
      'byte 27, defs[0].variants',
    ],
  ])('claims more %s than it can hold', (_, listing, path) => {
    expect(refused(listing)).toEqual({ path, message: 'an impossible count' })
  })

  it.each([
    ['rate of a UGen', '01 "U" 04 00000000 00000000 0000', 'rate', 'unknown calculation rate'],
    ['rate of a UGen, negative', '01 "U" ff 00000000 00000000 0000', 'rate', 'unknown calculation rate'],
    ['rate of an output', '01 "U" 02 00000000 00000001 0000 7f', 'outputs[0]', 'unknown calculation rate'],
    ['constant', '01 "U" 02 00000001 00000000 0000 ffffffff 00000001', 'inputs[0]', 'there is no constant 1'],
    [
      'input from itself',
      '01 "U" 02 00000001 00000001 0000 00000000 00000000 02',
      'inputs[0]',
      'there is no earlier UGen 0',
    ],
    [
      'input, negative',
      '01 "U" 02 00000001 00000000 0000 fffffffe 00000000',
      'inputs[0]',
      'there is no earlier UGen -2',
    ],
  ])('has a bad %s', (_, ugen, part, message) => {
    const { path, message: found } = refused(withUGens(`00000001 ${ugen} 0000`))
    expect({ part: path.replace(/^byte \d+, /, ''), found }).toEqual({
      part: `defs[0].ugens[0].${part}`,
      found: message,
    })
  })

  it('reads an output that the earlier UGen does not have', () => {
    const first = '01 "A" 02 00000000 00000001 0000 02'
    const second = (output: string): string => `01 "B" 02 00000001 00000000 0000 00000000 ${output}`
    expect(decodeSynthDefs(withUGens(`00000002 ${first} ${second('00000000')} 0000`))).toHaveLength(1)
    expect(refused(withUGens(`00000002 ${first} ${second('00000001')} 0000`)).message).toBe(
      'there is no output 1',
    )
  })

  it('names a parameter that is not there, or in no text', () => {
    const named = (name: string): string =>
      `"SCgf" 00000002 0001 00 00000000 00000001 3f800000 00000001 ${name} 00000000 0000`
    expect(decodeSynthDefs(hex(named('01 "x" 00000000')))).toHaveLength(1)
    expect(refused(named('01 "x" 00000001'))).toEqual({
      path: 'byte 29, defs[0].parameterNames[0].index',
      message: 'there is no parameter 1',
    })
    expect(refused(named('01 ff 00000000')).message).toBe('the text is not valid UTF-8')
  })
})

describe('a SynthDef that cannot be written', () => {
  const refused = (...defs: SynthDef[]): { path: string; message: string } => {
    const { code, path, message } = problemOf(() => encodeSynthDefs(defs))
    expect(code).toBe('invalid-synthdef')
    return { path: path.replace(/^byte \d+, /, ''), message }
  }
  const many = Array.from({ length: 0x8000 }, () => 0)

  it('is refused with its place', () => {
    expect(refused({ ...small, version: 1 }, { ...small, version: 2 })).toEqual({
      path: 'defs[1]',
      message: 'SynthDefs of different versions cannot share a file',
    })
    expect(refused({ ...small, version: 1 }, small).path).toBe('defs[1]')
    expect(refused({ ...small, name: 'é'.repeat(128) })).toEqual({
      path: 'defs[0].name',
      message: 'the text does not fit',
    })
    expect(refused({ ...small, name: '\ud800' }).path).toBe('defs[0].name')
    expect(refused({ ...small, constants: [1e39] }).path).toBe('defs[0].constants[0]')
    expect(refused({ ...small, constants: [0] }).path).toBe('defs[0].ugens[3].inputs[0]')
    expect(refused({ ...small, ugens: small.ugens.slice(1) }).path).toBe('defs[0].ugens[0].inputs[0]')
    expect(refused({ ...small, variants: [{ name: '', parameters: [1] }] }).path).toBe(
      'defs[0].variants[0].parameters',
    )
    expect(refused({ ...small, parameterNames: [{ name: 'x', index: 0.5 }] }).path).toBe(
      'defs[0].parameterNames[0].index',
    )
  })

  it('version 1 holds fewer numbers than version 2', () => {
    expect(refused({ ...small, constants: many, version: 1 })).toEqual({
      path: 'defs[0].constants',
      message: 'a number does not fit',
    })
    expect(
      decodeSynthDefs(encodeSynthDefs([{ ...small, constants: many, version: 2 }]))[0]?.constants,
    ).toEqual(many)
  })
})
