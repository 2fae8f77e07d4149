import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  beatAt,
  beatInBar,
  beatsPerBlock,
  blockAt,
  clockPositions,
  createTempoMap,
  withBeat,
  withTempo,
  withStanding,
  multipleAfter,
  type TempoMap,
} from '../../src/plan/index.ts'
import { runs } from '../laws/patches.ts'

const tempo = fc.double({ min: 1, max: 999, noNaN: true })
const blockRate = fc.constantFrom(375, 44100 / 128, 96000 / 128, 48000 / 64)
const block = fc.nat({ max: 4e6 })

/** A session in which the tempo has changed now and then. */
const mapArbitrary: fc.Arbitrary<TempoMap> = fc
  .tuple(tempo, blockRate, fc.array(fc.tuple(tempo, fc.nat({ max: 100_000 })), { maxLength: 5 }))
  .map(([first, rate, changes]) => {
    let [map, now] = [createTempoMap(first, rate), 0]
    for (const [next, later] of changes) map = withTempo(map, next, (now += later))
    return map
  })

/** The first block, from one on, in which a beat begins that is a multiple of so many. */
const nextBlock = (map: TempoMap, from: number, beats: number): number =>
  blockAt(map, multipleAfter(map, from, beats))

/** What a double holds of beats after days, and what a beat may be missed by. */
const tolerance = 3e-6

describe('a tempo map', () => {
  it('begins at beat 0 and goes at its tempo', () => {
    fc.assert(
      fc.property(tempo, blockRate, (bpm, rate) => {
        const map = createTempoMap(bpm, rate)
        expect(beatAt(map, 0)).toBe(0)
        expect(beatAt(map, 60 * rate)).toBeCloseTo(bpm, 6)
      }),
      runs(100),
    )
  })

  it('does not jump where the tempo changes, and jumps to a beat', () => {
    fc.assert(
      fc.property(mapArbitrary, block, tempo, fc.nat({ max: 10_000 }), (map, more, bpm, beat) => {
        const at = map.block + more
        const changed = withTempo(map, bpm, at)
        expect(Math.abs(beatAt(changed, at) - beatAt(map, at))).toBeLessThan(tolerance)
        expect(beatAt(changed, at + 1) - beatAt(changed, at)).toBeCloseTo(beatsPerBlock(changed), 6)
        expect(beatAt(withBeat(changed, beat, at), at)).toBe(beat)
      }),
      runs(200),
    )
  })

  it.each([
    ['beat', 1],
    ['bar', 4],
  ] as const)('finds the next %s: the first block at it or after it, and none is left out', (_, length) => {
    fc.assert(
      fc.property(mapArbitrary, block, (map, more) => {
        const from = map.block + more
        const found = nextBlock(map, from, length)
        expect(found).toBeGreaterThanOrEqual(from)
        // it has been reached there, and not a block before
        const beats = length * Math.round(beatAt(map, found) / length)
        const over = beatAt(map, found) - beats
        expect(over).toBeGreaterThan(-tolerance)
        expect(over).toBeLessThan(beatsPerBlock(map) + tolerance)
        // nothing begins between here and there
        const missed = found - 1 >= from && beatAt(map, found - 1) >= beats
        expect(missed).toBe(false)
        expect(beatAt(map, found) - beatAt(map, from)).toBeLessThan(length + beatsPerBlock(map) + tolerance)
        expect(nextBlock(map, found, length)).toBe(found)
      }),
      runs(300),
    )
  })

  it('finds the blocks of beats and bars', () => {
    const map = createTempoMap(120, 375)
    expect([0, 1, 188, 189].map((from) => nextBlock(map, from, 1))).toEqual([0, 188, 188, 375])
    expect([0, 1, 750, 751].map((from) => nextBlock(map, from, 4))).toEqual([0, 750, 750, 1500])
  })

  it('meets beats that fall on blocks, whatever a tempo is in binary', () => {
    // whole blocks a beat
    for (const blocks of [375, 300, 250, 150, 125, 75, 50]) {
      const map = createTempoMap((60 * 375) / blocks, 375)
      for (let beat = 0; beat < 20_000; beat += 7)
        expect(nextBlock(map, beat * blocks - 1, 1)).toBe(beat === 0 ? 0 : beat * blocks)
    }
  })

  it('tells where in its bar it is', () => {
    fc.assert(
      fc.property(mapArbitrary, block, (map, more) => {
        const at = map.block + more
        const bars = (beatAt(map, at) - beatInBar(map, at)) / 4
        expect(beatInBar(map, at)).toBeGreaterThanOrEqual(0)
        expect(beatInBar(map, at)).toBeLessThan(4)
        expect(Math.abs(bars - Math.round(bars))).toBeLessThan(tolerance)
      }),
      runs(100),
    )
  })

  it('stands still at its beat, whatever its tempo becomes, and goes on from there at that', () => {
    fc.assert(
      fc.property(mapArbitrary, block, block, fc.integer({ min: 1, max: 999 }), (map, more, later, tempo) => {
        const from = map.block + more
        const standing = withTempo(withStanding(map, true, from), tempo, from + later)
        const beat = beatAt(map, from)
        expect(beatAt(standing, from + later + 1000)).toBeCloseTo(beat, 9)
        expect(beatsPerBlock(standing)).toBe(0)
        // no beat comes that is not there
        const next = multipleAfter(standing, from, 1)
        expect(next).toBeGreaterThanOrEqual(beat - tolerance)
        expect(blockAt(standing, next + 1)).toBe(Infinity)
        const again = withStanding(standing, false, from + later)
        expect(again.tempo).toBe(tempo)
        expect(beatAt(again, from + later + 100)).toBeCloseTo(beat + (100 * tempo) / 60 / map.blockRate, 6)
      }),
      runs(200),
    )
  })

  it('is told to the engine in two floats that add up to the tempo', () => {
    fc.assert(
      fc.property(mapArbitrary, (map) => {
        const rate = beatsPerBlock(map)
        const [coarse = NaN, fine = NaN] = clockPositions(rate).values()
        expect(Math.fround(coarse)).toBe(coarse)
        expect(fine).toBeGreaterThanOrEqual(0)
        // after a year it is not off by a thousandth of a beat
        expect(Math.abs(coarse + Math.fround(fine) - rate) / rate).toBeLessThan(2 ** -46)
      }),
      runs(300),
    )
  })
})
