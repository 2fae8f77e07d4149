import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  decodePacket,
  encodeBundle,
  encodeMessage,
  float,
  int,
  type OscArg,
  type OscPacket,
} from '../../src/scsynth/osc.ts'
import { oscMessages, oscPackets } from './arbitraries.ts'
import { hex } from './hex.ts'
import { isRefused, problemOf } from './problem-of.ts'

const setFrequency = { address: '/n_set', args: [int(1000), 'freq', float(440)] }

const setFrequencyBytes = `
  "/n_set" 0000
  ",isf" 00000000
    000003e8
    "freq" 00000000
    43dc0000
`

const encode = (packet: OscPacket): Uint8Array =>
  'address' in packet ? encodeMessage(packet) : encodeBundle(packet.elements, packet.timeTag)

const nested = (depth: number): OscArg => (depth === 0 ? int(1) : [nested(depth - 1)])
const nestedBundle = (depth: number): OscPacket =>
  depth === 0 ? setFrequency : { timeTag: 1n, elements: [nestedBundle(depth - 1)] }

describe('an OSC message', () => {
  it('is written byte for byte as in the specification', () => {
    expect(encodeMessage(setFrequency)).toEqual(hex(setFrequencyBytes))
    expect(encodeMessage({ address: '/abc', args: [] })).toEqual(hex('"/abc" 00000000 "," 000000'))
  })

  it('has every type of argument', () => {
    const message = {
      address: '/a',
      args: [
        { int: -2 },
        { float: -2 },
        { double: -2 },
        { long: -2n },
        { timeTag: 1n },
        { impulse: true as const },
        'abc',
        'abcd',
        Uint8Array.of(1, 2, 3, 4, 5),
        new Uint8Array(),
        true,
        false,
        null,
        [int(7), [], ['x']],
      ],
    }
    const bytes = hex(
      `
      "/a" 0000
      ",ifdhtIssbbTFN[i[][s]]" 0000
        fffffffe
        c0000000
        c000000000000000
        fffffffffffffffe
        0000000000000001
        "abc" 00
        "abcd" 00000000
        00000005 0102030405 000000
        00000000
        00000007
        "x" 000000
    `,
    )
    expect(encodeMessage(message)).toEqual(bytes)
    expect(decodePacket(bytes)).toEqual(message)
  })

  it('is also read with the tag S, or without tags where there is nothing to tag', () => {
    expect(decodePacket(hex('"/a" 0000 ",S" 0000 "x" 000000'))).toEqual({ address: '/a', args: ['x'] })
    expect(decodePacket(hex('"/a" 0000'))).toEqual({ address: '/a', args: [] })
  })

  it('is read with U+FFFD where a text is not UTF-8', () => {
    expect(decodePacket(hex('"/a" 0000 ",s" 0000 "x" ff 0000'))).toEqual({ address: '/a', args: ['x\ufffd'] })
  })

  it('copies its blobs', () => {
    const bytes = encodeMessage({ address: '/a', args: [Uint8Array.of(1)] })
    const message = decodePacket(bytes)
    bytes.fill(0)
    expect(message).toEqual({ address: '/a', args: [Uint8Array.of(1)] })
  })

  it.each([
    ['an address without /', { address: 'a', args: [] }],
    ['an int32 too large', { address: '/a', args: [int(2 ** 31)] }],
    ['an int32 with a fraction', { address: '/a', args: [int(0.5)] }],
    ['a float32 too large', { address: '/a', args: [float(1e39)] }],
    ['an int64 too large', { address: '/a', args: [{ long: 2n ** 63n }] }],
    ['a negative time tag', { address: '/a', args: [{ timeTag: -1n }] }],
    ['a zero in a text', { address: '/a', args: ['a\0b'] }],
    ['half a surrogate pair', { address: '/a', args: ['\ud800'] }],
    ['arrays nested too deep', { address: '/a', args: [nested(33)] }],
  ])('cannot be written with %s', (_, message) => {
    expect(problemOf(() => encodeMessage(message)).code).toBe('invalid-osc')
  })
})

describe('an OSC bundle', () => {
  it('is at once by default, and holds messages and bundles', () => {
    const bytes = hex(
      `
      "#bundle" 00
      0000000000000001
      00000020
        ${setFrequencyBytes}
      00000028
        "#bundle" 00
        8000000000000000
        00000014
          "/s" 0000 ",ss" 00 "sine" 00000000 "x" 000000
    `,
    )
    const inner = { timeTag: 2n ** 63n, elements: [{ address: '/s', args: ['sine', 'x'] }] }
    expect(encodeBundle([setFrequency, inner])).toEqual(bytes)
    expect(decodePacket(bytes)).toEqual({ timeTag: 1n, elements: [setFrequency, inner] })
  })

  it('can be empty', () => {
    expect(decodePacket(encodeBundle([]))).toEqual({ timeTag: 1n, elements: [] })
  })

  it('as deep as it can be written can be read', () => {
    const deepest = nestedBundle(33)
    expect(decodePacket(encode(deepest))).toEqual(deepest)
    expect(problemOf(() => encode(nestedBundle(34))).message).toBe('bundles nested deeper than 32')
    const message = { address: '/a', args: [nested(32)] }
    expect(decodePacket(encode(message))).toEqual(message)
  })
})

describe('law', () => {
  it('decode(encode(packet)) is packet', () => {
    fc.assert(
      fc.property(oscPackets, (packet) => {
        expect(decodePacket(encode(packet))).toEqual(packet)
      }),
    )
  })

  it('every packet is a multiple of four bytes', () => {
    fc.assert(fc.property(oscMessages, (message) => encodeMessage(message).length % 4 === 0))
  })
})

describe('bytes that are no OSC packet', () => {
  it.each([
    ['nothing', '', 'byte 0'],
    ['no address', '"abc" 00', 'byte 0'],
    ['an address without end', '"/abc"', 'byte 0'],
    ['a text without padding', '"/a" 00', 'byte 2'],
    ['no tags', '"/a" 0000 "i" 000000 00000001', 'byte 4'],
    ['an unknown tag', '"/a" 0000 ",iz" 00 00000001', 'byte 6'],
    ['a missing argument', '"/a" 0000 ",i" 0000', 'byte 8'],
    ['a missing half of an argument', '"/a" 0000 ",d" 0000 00000000', 'byte 8'],
    ['bytes after the arguments', '"/a" 0000 ",i" 0000 00000001 00000002', 'byte 12'],
    ['an open array', '"/a" 0000 ",[" 0000', 'byte 4'],
    ['an array never opened', '"/a" 0000 ",]" 0000', 'byte 5'],
    ['a blob larger than the packet', '"/a" 0000 ",b" 0000 7fffffff 00000000', 'byte 8'],
    ['a blob of negative size', '"/a" 0000 ",b" 0000 ffffffff', 'byte 8'],
    ['a blob without padding', '"/a" 0000 ",b" 0000 00000001 01', 'byte 13'],
    ['a bundle without time', '"#bundle" 00', 'byte 8'],
    ['an element larger than the bundle', '"#bundle" 00 0000000000000001 00000010 "/a" 0000', 'byte 16'],
    ['an empty element', '"#bundle" 00 0000000000000001 00000000', 'byte 20'],
    ['an element that reads on', '"#bundle" 00 0000000000000001 00000004 "/abc" 00000000', 'byte 20'],
  ])('%s', (_, listing, path) => {
    expect(problemOf(() => decodePacket(hex(listing)))).toMatchObject({ code: 'invalid-osc', path })
  })

  it('nested without end', () => {
    const arrays = hex(`"/a" 0000 "," ${'5b'.repeat(100_000)} 000000`)
    expect(problemOf(() => decodePacket(arrays)).message).toBe('arrays nested deeper than 32')

    const head = hex('"#bundle" 00 0000000000000001 00000000')
    const bundles = new Uint8Array(head.length * 10_000)
    for (let i = 0; i < 10_000; i++) {
      bundles.set(head, i * head.length)
      new DataView(bundles.buffer).setInt32((i + 1) * head.length - 4, bundles.length - (i + 1) * head.length)
    }
    expect(problemOf(() => decodePacket(bundles)).message).toBe('bundles nested deeper than 32')
  })

  it('truncated, flipped or random: never an exception of another kind', () => {
    fc.assert(
      fc.property(oscPackets, fc.nat(), fc.integer({ min: 0, max: 255 }), (packet, n, bits) => {
        const bytes = encode(packet)
        isRefused('invalid-osc', () => decodePacket(bytes.subarray(0, n % bytes.length)))
        bytes[n % bytes.length]! ^= bits
        isRefused('invalid-osc', () => decodePacket(bytes))
      }),
      { numRuns: 1000 },
    )
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 80 }),
        fc.constantFrom('', '#bundle\0', '/a\0\0,'),
        (tail, head) => {
          const bytes = Uint8Array.from([...Array.from(head, (c) => c.charCodeAt(0)), ...tail])
          isRefused('invalid-osc', () => decodePacket(bytes))
        },
      ),
      { numRuns: 1000 },
    )
  })
})
