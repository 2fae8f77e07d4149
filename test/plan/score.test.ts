import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseNotes } from '../../src/patch/notes.ts'
import { gateLength, scoreFromNotes, sortEvents, writtenVelocity } from '../../src/plan/score.ts'

describe('scoreFromNotes', () => {
  it('puts steps at their beats and holds them for most of their length', () => {
    const { events, duration } = scoreFromNotes(parseNotes('C4+E4 _ - G4 -'), 60)
    expect(duration).toBe(5)
    expect(events).toEqual([
      { kind: 'on', time: 0, note: 60, velocity: writtenVelocity },
      { kind: 'on', time: 0, note: 64, velocity: writtenVelocity },
      { kind: 'off', time: 2 * gateLength, note: 60 },
      { kind: 'off', time: 2 * gateLength, note: 64 },
      { kind: 'on', time: 3, note: 67, velocity: writtenVelocity },
      { kind: 'off', time: 3 + gateLength, note: 67 },
    ])
  })

  it('has 120 beats per minute unless told', () => {
    expect(scoreFromNotes(parseNotes('C4 C4')).duration).toBe(1)
    expect(scoreFromNotes([]).duration).toBe(0)
  })

  it.each([0, -1, NaN, Infinity])('refuses a tempo of %d', (tempo) =>
    expect(() => scoreFromNotes([], tempo)).toThrow('[out-of-range]'),
  )

  it('law: an equal note never starts before the one before it has ended', () => {
    const text = fc.array(fc.constantFrom('C4', 'C4+D4', '_', '-'), { minLength: 1 }).map((t) => ['C4', ...t])
    fc.assert(
      fc.property(text, fc.integer({ min: 20, max: 400 }), (tokens, tempo) => {
        const held = new Set<number>()
        for (const event of scoreFromNotes(parseNotes(tokens.join(' ')), tempo).events) {
          if (event.kind === 'on') expect(held.has(event.note)).toBe(false)
          if (event.kind === 'on') held.add(event.note)
          if (event.kind === 'off') expect(held.delete(event.note)).toBe(true)
        }
        expect(held.size).toBe(0)
      }),
    )
  })
})

describe('sortEvents', () => {
  it('orders by time, then offs, knobs, ons', () => {
    const sorted = sortEvents([
      { kind: 'on', time: 1, note: 1, velocity: 1 },
      { kind: 'on', time: 1, note: 2, velocity: 1 },
      { kind: 'knob', time: 1, name: 'volume', value: 0 },
      { kind: 'off', time: 1, note: 3 },
      { kind: 'on', time: 0, note: 4, velocity: 1 },
    ])
    expect(sorted.map((e) => ('note' in e ? e.note : e.kind))).toEqual([4, 3, 'knob', 1, 2])
  })
})
