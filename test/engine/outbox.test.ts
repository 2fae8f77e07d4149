import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { engineSize, wasmLimits } from '../../src/engine/limits.ts'
import { createOutbox, encodeEach } from '../../src/engine/outbox.ts'
import { decodePacket, toOsc, type Command } from '../../src/scsynth/index.ts'

const limits = wasmLimits(engineSize(), 786_000)
const cSet = (count: number): Command => ({
  call: '/c_set',
  values: Array.from({ length: count }, (_, i) => [i, i] as const),
})
const place = () => 'here'

describe('an outbox', () => {
  it('keeps every message in its order, in bundles within the limits, and check agrees with add', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.integer({ min: 0, max: 3000 }), { maxLength: 300, size: 'max' }), {
          maxLength: 6,
        }),
        (parts) => {
          const outbox = createOutbox(limits)
          const added: Command[] = []
          for (const part of parts) {
            const commands = part.map(cSet)
            const messages = encodeEach(commands)
            if (outbox.check(messages, place) !== undefined) continue
            outbox.add(commands, messages)
            added.push(...commands)
          }
          expect(outbox.commands).toEqual(added)
          const { packets } = outbox.take()
          expect(packets.length).toBeLessThanOrEqual(32)
          const total = packets.reduce((sum, packet) => sum + packet.length + 16, 0)
          expect(total).toBeLessThanOrEqual(limits.blockBytes)
          const messages = packets.flatMap((packet) => {
            expect(packet.length).toBeLessThanOrEqual(65536)
            const bundle = decodePacket(packet)
            if (!('elements' in bundle)) throw new Error('not a bundle')
            expect(bundle.elements.length).toBeLessThanOrEqual(255)
            return bundle.elements
          })
          expect(messages).toEqual(added.map(toOsc))
          expect(outbox.take().packets).toEqual([])
        },
      ),
      { numRuns: 20 },
    )
  })

  it('names the limit and by how much it is exceeded', () => {
    const outbox = createOutbox(limits)
    const many = encodeEach(Array.from({ length: 32 * 255 + 1 }, () => cSet(1)))
    expect(outbox.check(many.slice(1), place)).toBeUndefined()
    expect(outbox.check(many, place)).toMatchObject({
      code: 'engine-limit',
      found: '33, 1 too many',
      expected: 'bundlesPerBlock: at most 32',
    })
    const large = encodeEach([cSet(1), cSet(7000)])
    expect(outbox.check(large, (i) => `number ${i}`)).toMatchObject({
      path: 'number 1',
      expected: 'bundleBytes: at most 65536',
    })
    const heavy = encodeEach(Array.from({ length: 13 }, () => cSet(6400)))
    expect(outbox.check(heavy, place)).toMatchObject({ expected: `blockBytes: at most ${limits.blockBytes}` })
  })
})
