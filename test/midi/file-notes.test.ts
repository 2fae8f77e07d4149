import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { shortestNote } from '../../src/midi/file-order.ts'
import { readMidiFile } from '../../src/midi/file.ts'
import { brief, midiBytes } from './midi-bytes.ts'

describe('a note over two tracks', () => {
  it('ends a note that begins in one track and ends in another', () => {
    const begins = [0, 0x90, 60, 100, 10, 0x90, 62, 1, 10, 62, 0, 100, 0xff, 1, 0]
    const ends = [5, 0x81, 60, 0, 35, 0x80, 60, 0, 0, 60, 0]
    for (const tracks of [
      [begins, ends],
      [ends, begins],
    ])
      expect(brief(readMidiFile(midiBytes(tracks)))).toEqual([
        '0.000 noteOn 60',
        '0.050 noteOn 62',
        '0.100 noteOff 62',
        '0.200 noteOff 60',
      ])
    // an end before its time, or in the same tick, is not meant
    expect(brief(readMidiFile(midiBytes([begins, [0, 0x80, 60, 0]]))).at(-1)).toBe('0.600 noteOff 60')
  })

  it('law: ends in another track end what a reader finds that looks for them in the order of time', () => {
    const event = fc.record({ tick: fc.nat(30), on: fc.boolean(), key: fc.constantFrom(60, 62) })
    const bytesOf = (events: readonly { tick: number; on: boolean; key: number }[]): number[] => {
      let last = 0
      return events.flatMap(({ tick, on, key }) => {
        const delta = tick - last
        last = tick
        return [delta, on ? 0x90 : 0x80, key, 64]
      })
    }
    fc.assert(
      fc.property(fc.array(event, { maxLength: 60, size: 'max' }), (events) => {
        const sorted = events.toSorted((a, b) => a.tick - b.tick)
        const [ons, offs] = [sorted.filter(({ on }) => on), sorted.filter(({ on }) => !on)]
        const { messages } = readMidiFile(midiBytes([bytesOf(ons), bytesOf(offs)]))
        const last = Math.max(0, ...sorted.map(({ tick }) => tick))
        const wanted = new Map<number, number>()
        for (const { tick, key } of offs) {
          const i = ons.findIndex((on, at) => on.key === key && on.tick < tick && !wanted.has(at))
          if (i >= 0) wanted.set(i, tick)
        }
        for (const [i, { tick }] of ons.entries()) {
          const off = messages.find(({ message, id }) => message.kind === 'noteOff' && id === 128 + i)
          const seconds = Math.max((wanted.get(i) ?? last) / 200, tick / 200 + shortestNote)
          expect(off?.time).toBeCloseTo(seconds, 9)
        }
      }),
      { numRuns: 300 },
    )
  })
})
