import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  clockAtStart,
  followClock,
  type ClockAction,
  type ClockMessage,
} from '../../src/midi/clock-follower.ts'
import { dice } from './messages.ts'
import { runs } from '../laws/patches.ts'

type Heard = readonly [message: ClockMessage, seconds: number]

/** The second of each tick of a clock whose tempo is that of its beat; late by up to `late` seconds. */
function ticks(tempos: readonly number[], late = 0, seed = 1): Heard[] {
  const roll = dice(seed)
  let time = 1
  return tempos.flatMap((bpm) =>
    Array.from({ length: 24 }, (): Heard => {
      const at = time
      time += 60 / bpm / 24
      return [{ kind: 'clock' }, at + (roll(1000) / 1000) * late]
    }),
  )
}

/** What is done, with the index of the message that asked for it. */
function follow(heard: readonly Heard[]): (ClockAction & { readonly index: number })[] {
  let state = clockAtStart
  return heard.flatMap(([message, seconds], index) => {
    const step = followClock(state, message, seconds)
    state = step.state
    return step.actions.map((action) => ({ ...action, index }))
  })
}
const tempos = (heard: readonly Heard[]): { bpm: number; index: number }[] =>
  follow(heard).flatMap((action) => (action.kind === 'tempo' ? [action] : []))
const beats = (tempo: number, count: number): number[] => Array<number>(count).fill(tempo)

describe('the tempo of a clock', () => {
  it.each([30, 59.94, 120, 174, 300])('is exact where ticks are even: %d', (bpm) => {
    const said = tempos(ticks(beats(bpm, 8)))
    expect(said).toHaveLength(1)
    expect(said[0]?.bpm).toBeCloseTo(bpm, 6)
    // known within a quarter of a beat
    expect(said[0]?.index).toBe(6)
  })

  it('is within 0.5 BPM after four beats of ticks that are late by up to 3 ms each', () => {
    fc.assert(
      fc.property(fc.integer({ min: 60, max: 180 }), fc.nat(), (bpm, seed) => {
        const said = tempos(ticks(beats(bpm, 12), 0.003, seed)).filter(({ index }) => index >= 96)
        for (const { bpm: found } of said) expect(Math.abs(found - bpm)).toBeLessThan(0.5)
      }),
      runs(100),
    )
  })

  it('is not said over and over while it is the same', () => {
    expect(tempos(ticks(beats(120, 100)))).toHaveLength(1)
    // with jitter of 1 ms, less than once a beat on the average
    expect(tempos(ticks(beats(120, 100), 0.001)).length).toBeLessThan(100)
  })

  it.each([
    [120, 90],
    [90, 140],
    [120, 125],
  ])('is another one within a beat when it changes: %d → %d', (before, after) => {
    const said = tempos(ticks([...beats(before, 4), ...beats(after, 8)]))
    const soon = said.findLast(({ index }) => index < 5 * 24)
    expect(Math.abs((soon?.bpm ?? 0) - after)).toBeLessThan(after * 0.02)
    expect(said.at(-1)?.bpm).toBeCloseTo(after, 1)
  })

  it('begins anew after a pause, and is none where ticks do not come evenly in time', () => {
    const second = ticks(beats(100, 2)).map(([message, at]): Heard => [message, at + 10])
    const said = tempos([...ticks(beats(120, 2)), ...second])
    expect(said.map(({ bpm }) => Math.round(bpm))).toEqual([120, 100])
    const same = Array.from({ length: 50 }, (): Heard => [{ kind: 'clock' }, 1])
    expect(tempos(same)).toEqual([])
    const backwards = Array.from({ length: 50 }, (_, i): Heard => [{ kind: 'clock' }, 50 - i])
    expect(tempos(backwards)).toEqual([])
  })

  it('is in range whatever comes when', () => {
    const message = fc.oneof(
      fc.constant({ kind: 'clock' } as const),
      fc.constantFrom<ClockMessage>({ kind: 'start' }, { kind: 'stop' }, { kind: 'continue' }),
      fc.record({ kind: fc.constant('position' as const), beat: fc.nat(4000) }),
    )
    const heard = fc.array(fc.tuple(message, fc.double({ min: -1, max: 0.1, noNaN: true })), {
      maxLength: 200,
      size: 'max',
    })
    fc.assert(
      fc.property(heard, (steps) => {
        let time = 0
        for (const action of follow(steps.map(([what, gap]) => [what, (time += gap)]))) {
          if (action.kind !== 'tempo') continue
          expect(action.bpm).toBeGreaterThanOrEqual(5)
          expect(action.bpm).toBeLessThanOrEqual(950)
        }
      }),
      runs(100),
    )
  })
})

describe('the position of a clock', () => {
  const places = (heard: readonly Heard[]): string[] =>
    follow(heard).flatMap((action) =>
      action.kind === 'tempo'
        ? []
        : 'beat' in action
          ? [`${action.kind} ${action.beat}@${action.index}`]
          : [action.kind],
    )
  const say = (message: ClockMessage): Heard => [message, 0]

  it('is beat 0 at the first tick after a start, and goes on by 24 ticks', () => {
    expect(places([say({ kind: 'start' }), ...ticks(beats(120, 2))])).toEqual([
      'start',
      'place 0@1',
      'beat 1@25',
    ])
  })

  it('stands while the clock is stopped, though it ticks, and goes on from there', () => {
    const one = ticks(beats(120, 1))
    expect(
      places([
        say({ kind: 'start' }),
        ...one.slice(0, 12),
        say({ kind: 'stop' }),
        ...one,
        say({ kind: 'continue' }),
        ...one.slice(0, 13),
      ]),
    ).toEqual(['start', 'place 0@1', 'stop', 'continue', 'place 0.5@39', 'beat 1@51'])
  })

  it('goes where the song goes', () => {
    expect(
      places([say({ kind: 'position', beat: 2.5 }), say({ kind: 'continue' }), ...ticks(beats(120, 1))]),
    ).toEqual(['place 2.5@0', 'continue', 'place 2.5@2', 'beat 3@14'])
  })
})
