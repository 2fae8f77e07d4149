import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRing, entrySize } from '../../src/engine/ring.ts'

const magic = { entry: 0xdeadbeef, padding: 0xbadcafe }
const place = (size: number) => ({ name: 'test', start: 16, size, head: 0, tail: 4, sequence: 8 })
const make = (size: number) => {
  const memory = new SharedArrayBuffer(16 + size)
  return { memory, ring: createRing(memory, place(size), magic), words: new DataView(memory) }
}

describe('a ring', () => {
  it('gives back what was written, in order, over any number of rounds', () => {
    const payload = fc
      .uint8Array({ minLength: 1, maxLength: 40 })
      .map((bytes) => bytes.map((byte) => byte | 1))
    fc.assert(
      fc.property(fc.array(fc.array(payload, { maxLength: 4 }), { maxLength: 30, size: 'max' }), (rounds) => {
        const { ring } = make(128)
        for (const round of rounds) {
          const written = round.filter((bytes) => {
            const room = entrySize(bytes.length) <= ring.free()
            expect(ring.write(bytes)).toBe(room)
            return room
          })
          const read = ring.drain()
          expect(read.map((bytes) => [...bytes])).toEqual(
            written.map((bytes) => [...bytes, ...new Uint8Array(-bytes.length & 3)]),
          )
        }
      }),
    )
  })

  it('has one byte less than its size, and refuses what is larger', () => {
    const { ring } = make(64)
    expect(ring.free()).toBe(63)
    expect(ring.write(new Uint8Array(48))).toBe(false)
    expect(ring.write(new Uint8Array(44))).toBe(true)
    expect(ring.free()).toBe(3)
  })

  it('skips the padding before the end, and an end without room for a header', () => {
    for (const tail of [96, 117]) {
      const { ring, words } = make(128)
      words.setUint32(4, tail, true)
      if (tail === 96) words.setUint32(16 + 96, magic.padding, true)
      words.setUint32(16, magic.entry, true)
      words.setUint32(20, 20, true)
      words.setUint32(32, 0x01020304, true)
      words.setUint32(0, 20, true)
      expect(ring.drain().map((bytes) => [...bytes])).toEqual([[4, 3, 2, 1]])
    }
  })

  it.each([
    ['a head outside', (w: DataView) => w.setUint32(0, 128, true)],
    ['a tail outside', (w: DataView) => w.setUint32(4, 4096, true)],
    ['another magic', (w: DataView) => (w.setUint32(0, 20, true), w.setUint32(16, 7, true))],
    [
      'too short a length',
      (w: DataView) => (
        w.setUint32(0, 20, true),
        w.setUint32(16, magic.entry, true),
        w.setUint32(20, 8, true)
      ),
    ],
    [
      'too long a length',
      (w: DataView) => (
        w.setUint32(0, 20, true),
        w.setUint32(16, magic.entry, true),
        w.setUint32(20, 24, true)
      ),
    ],
    [
      'padding and nothing after it',
      (w: DataView) => (w.setUint32(0, 20, true), w.setUint32(16, magic.padding, true)),
    ],
  ])('is corrupt with %s', (_what, spoil) => {
    const { ring, words } = make(128)
    spoil(words)
    expect(() => ring.drain()).toThrow(/the test ring of the engine is corrupt/)
  })
})
