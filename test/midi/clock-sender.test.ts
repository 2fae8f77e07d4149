import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { clockAtStart, followClock, type ClockMessage } from '../../src/midi/clock-follower.ts'
import { lockedTo } from '../../src/midi/clock-lock.ts'
import { beatsToNextTick, clockOut, clockOutAtStart } from '../../src/midi/clock-sender.ts'
import { runs } from '../laws/patches.ts'

/** What is sent at these beats, in short: `.` is a tick. */
function sent(...beats: number[]): string {
  let state = clockOutAtStart
  return beats
    .flatMap((beat) => {
      const step = clockOut(state, beat)
      state = step.state
      return step.messages.map((message) =>
        message.kind === 'clock'
          ? '.'
          : message.kind === 'songPosition'
            ? `@${message.sixteenths}`
            : message.kind,
      )
    })
    .join(' ')
    .replaceAll(/\. (?=\.)/g, '.')
}

describe('the clock that is sent', () => {
  it('stops while the beat stands still, and continues with it, from the beginning if it is there', () => {
    let state = clockOutAtStart
    const kinds = (beat: number, runs?: boolean): string[] => {
      const step = clockOut(state, beat, runs)
      state = step.state
      return step.messages.map(({ kind }) => kind)
    }
    expect(kinds(1, false)).toEqual([])
    expect(kinds(0)).toEqual(['start', 'clock'])
    expect(kinds(0.3)).toHaveLength(7)
    expect(kinds(0.34, false)).toEqual(['stop'])
    expect(kinds(0.34, false)).toEqual([])
    expect(kinds(0.34)).toEqual(['continue', 'clock'])
    expect(kinds(0.35, false)).toEqual(['stop'])
    expect(kinds(0, false)).toEqual([])
    expect(kinds(0)).toEqual(['start', 'clock'])
  })

  it('starts with the first beat, and has 24 ticks a beat', () => {
    expect(sent(0)).toBe('start .')
    expect(sent(0, 0.02, 0.05, 0.1)).toBe('start ...')
    let state = clockOutAtStart
    let ticks = 0
    for (let i = 0; i <= 4000; i++) {
      const step = clockOut(state, i / 1000)
      state = step.state
      ticks += step.messages.filter(({ kind }) => kind === 'clock').length
    }
    // the tick of beat 4 is the first of the next
    expect(ticks).toBe(4 * 24 + 1)
  })

  it('joins in the midst at the next sixteenth', () => {
    expect(sent(1.1)).toBe('@5')
    expect(sent(1.1, 1.2, 1.25, 1.3)).toBe('@5 continue ..')
  })

  it('says where it is after a jump, and makes up for ticks that are a little late', () => {
    expect(sent(0, 0.25)).toBe('start .......')
    expect(sent(0, 4)).toBe('start . stop @16 continue .')
    expect(sent(4, 4.01, 2, 2.01)).toBe('@16 continue . stop @8 continue .')
    // a hair back is no jump
    expect(sent(1, 0.99, 1.05)).toBe('@4 continue ..')
    expect(sent(5000)).toBe(`@${20000 % 16384} continue .`)
  })

  it('says when it has to be asked again', () => {
    expect(beatsToNextTick(clockOutAtStart, 3)).toBe(0)
    expect(beatsToNextTick(clockOut(clockOutAtStart, 0).state, 0)).toBeCloseTo(1 / 24, 9)
    expect(beatsToNextTick(clockOut(clockOutAtStart, 0).state, 1)).toBe(0)
  })

  it('is understood by who follows it: the same tempo, the same beat', () => {
    fc.assert(
      fc.property(fc.integer({ min: 30, max: 300 }), fc.integer({ min: 0, max: 40 }), (bpm, sixteenth) => {
        let out = clockOutAtStart
        let follower = clockAtStart
        const heard: { beat: number; own: number }[] = []
        const start = sixteenth / 4
        for (let seconds = 0; seconds < 12; seconds += 0.001) {
          const own = start + (seconds * bpm) / 60
          const step = clockOut(out, own)
          out = step.state
          for (const message of step.messages) {
            const asHeard: ClockMessage =
              message.kind === 'songPosition'
                ? { kind: 'position', beat: message.sixteenths / 4 }
                : (message as ClockMessage)
            const { state, actions } = followClock(follower, asHeard, seconds)
            follower = state
            for (const action of actions)
              if (action.kind === 'beat') heard.push({ beat: action.beat + (action.late * bpm) / 60, own })
          }
        }
        expect(Math.abs((follower.bpm ?? 0) / bpm - 1)).toBeLessThan(0.002)
        expect(heard.length).toBeGreaterThan(4)
        for (const { beat, own } of heard) expect(Math.abs(beat - own)).toBeLessThan(0.02)
      }),
      runs(20),
    )
  })
})

describe('a clock that keeps to another', () => {
  it('comes into step with it, and stays there', () => {
    for (const off of [0.1, -0.1, 0.02]) {
      const tempo = 120
      let own = off
      for (let beat = 0; beat < 40; beat++) {
        const locked = lockedTo(tempo, beat, own)
        expect(locked.beat).toBeUndefined()
        own += locked.tempo / tempo
      }
      expect(Math.abs(own - 40)).toBeLessThan(0.001)
    }
  })

  it('jumps if it is far off', () => {
    expect(lockedTo(100, 8, 7)).toEqual({ tempo: 100, beat: 8 })
    expect(lockedTo(100, 8, 8)).toEqual({ tempo: 100, beat: undefined })
  })
})
