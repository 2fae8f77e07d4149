import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { chokeSteps } from '../../src/plan/choke-steps.ts'
import { parsePatch } from '../../src/patch/index.ts'
import { out, standard } from '../../src/devices/index.ts'
import { createPerformance, dueBlock, performed, regrouped, type KeySet } from '../../src/plan/performance.ts'
import { runs } from '../laws/patches.ts'

const rates = fc.constantFrom(22050, 44100, 48000, 88200, 96000, 192000)
const key = fc.double({ min: 0, max: 127.99, noNaN: true })
const hertz = (pitch: number): number => 440 * 2 ** ((pitch - 69) / 12)

/** The sharpest corner of a fade's gain, in 1/s², as the engine makes it: three poles of 0.13 s, a value a block. */
function sharpestCorner(steps: ReturnType<typeof chokeSteps>, blockSeconds: number): number {
  const keep = 0.001 ** (blockSeconds / 0.13)
  const poles = [1, 1, 1]
  const gains = [1, 1]
  for (let block = 0; block * blockSeconds < 0.5; block++) {
    const level = steps.findLast(({ blocks }) => blocks <= block)?.level ?? 1
    gains.push(poles.reduce((x, y, i) => (poles[i] = x + keep * (y - x)), level))
  }
  const corners = gains.slice(2).map((gain, i) => Math.abs(gain - 2 * gains[i + 1]! + gains[i]!))
  return Math.max(...corners) / blockSeconds ** 2
}

describe('the steps of a note that is choked', () => {
  it('go down to nothing, from now on, one after the other', () => {
    fc.assert(
      fc.property(key, rates, (pitch, rate) => {
        const steps = chokeSteps(pitch, 128 / rate)
        expect(steps[0]?.blocks).toBe(0)
        expect(steps.at(-1)?.level).toBe(0)
        for (const [i, { blocks, level }] of steps.slice(1).entries()) {
          expect(blocks).toBeGreaterThan(steps[i]!.blocks)
          expect(level).toBeLessThan(steps[i]!.level)
        }
      }),
      runs(300),
    )
  })

  it('are one from A sharp 2 on, and below take the longer the lower it is, at most 0.28 s', () => {
    const block = 128 / 48000
    const seconds = (pitch: number): number => (chokeSteps(pitch, block).at(-1)?.blocks ?? 0) * block
    for (const pitch of [46, 57, 127]) expect(chokeSteps(pitch, block)).toEqual([{ blocks: 0, level: 0 }])
    expect([45, 33, 28, 21].map((pitch) => Number(seconds(pitch).toFixed(3)))).toEqual([0.016, 0.064, 0.112, 0.272]) // prettier-ignore
    for (let pitch = 1; pitch < 128; pitch++) expect(seconds(pitch)).toBeLessThanOrEqual(seconds(pitch - 1))
    expect(seconds(0)).toBe(seconds(21))
  })

  it('make no corner that bends more than a quarter of what a sine of that pitch does itself, from A0 up', () => {
    fc.assert(
      fc.property(fc.double({ min: 21, max: 127.99, noNaN: true }), rates, (pitch, rate) => {
        const corner = sharpestCorner(chokeSteps(pitch, 128 / rate), 128 / rate)
        // a corner is between two samples, what a gain turns by in a whole block
        expect((128 * corner) / (2 * Math.PI * hertz(pitch)) ** 2).toBeLessThanOrEqual(0.25)
      }),
      runs(500),
    )
  })
})

describe('what is played of them', () => {
  const blockSeconds = 128 / 48000
  const patch = parsePatch({ voices: 1, devices: { osc: { type: 'oscillator' } } }, standard, out)
  const start = regrouped(createPerformance(blockSeconds), patch, [undefined, undefined], 0).state
  /** All that a low voice is told from the block on in which it is stolen, until nothing more is due. */
  const told = (again?: number): { block: number; sets: readonly KeySet[] }[] => {
    let { state } = performed(start, 10, [{ kind: 'on', note: 28, velocity: 0.8 }])
    ;({ state } = performed(state, 20, []))
    const all: { block: number; sets: readonly KeySet[] }[] = []
    const go = (block: number, events: Parameters<typeof performed>[2]): void => {
      const done = performed(state, block, events)
      state = done.state
      all.push({ block, sets: done.sets })
    }
    go(100, [{ kind: 'on', note: 60, velocity: 0.8 }])
    while (dueBlock(state) < (again ?? Infinity)) go(dueBlock(state), [])
    if (again !== undefined) go(again, [{ kind: 'on', note: 72, velocity: 0.8 }])
    while (dueBlock(state) < Infinity) go(dueBlock(state), [])
    return all.map(({ block, sets }) => ({ block, sets: sets.filter(({ voice }) => voice === 0) }))
  }

  it('is a level in each of their blocks, and the gate falls when the fade from the last one is over', () => {
    const all = told().filter(({ sets }) => sets.length > 0)
    const steps = chokeSteps(28, blockSeconds).map(({ blocks, level }) => ({ block: 100 + blocks, level }))
    const levels = all.flatMap(({ block, sets }) => sets.flatMap(({ choke }) => (choke === undefined ? [] : [{ block, level: choke }]))) // prettier-ignore
    expect(levels).toEqual(steps)
    const gates = all.flatMap(({ block, sets }) => sets.flatMap(({ keys }) => (keys.gate === undefined ? [] : [{ block, gate: keys.gate }]))) // prettier-ignore
    expect(gates).toEqual([{ block: steps.at(-1)!.block + Math.ceil(0.45 / blockSeconds), gate: 0 }])
  })

  it('is no more than that as soon as the voice begins anew', () => {
    const before = told().flatMap(({ block, sets }) => sets.map((set) => ({ block, ...set })))
    const after = told(120).flatMap(({ block, sets }) => sets.map((set) => ({ block, ...set })))
    expect(after.filter(({ block }) => block < 120)).toEqual(before.filter(({ block }) => block < 120))
    const late = after.filter(({ block }) => block >= 120)
    expect(late.every(({ choke }) => choke === undefined)).toBe(true)
    expect(late[0]).toMatchObject({ anew: true, keys: { gate: 0 } })
    expect(late.filter(({ keys }) => keys.gate !== undefined).map(({ keys }) => keys.gate)).toEqual([0, 1])
  })
})
