import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { Played, SynthEvents } from '../../src/index.ts'
import { sendPlayed } from '../../src/osc/index.ts'

beforeEach(() => void vi.useFakeTimers({ now: 0 }))
afterEach(() => void vi.useRealTimers())

it('sends on what is played: knobs on their way step by step, with their times', () => {
  let hear: (what: Played) => void = () => undefined
  const synth = {
    get time() {
      return Date.now() / 1000
    },
    knob: () => 0,
    on<E extends keyof SynthEvents>(_: E, listener: (what: SynthEvents[E]) => void) {
      hear = listener as (what: Played) => void
      return () => (hear = () => undefined)
    },
  }
  const knobs: [number, number | undefined][] = []
  const notes: unknown[] = []
  const stop = sendPlayed(synth, {
    play: (event, when) => void notes.push([event.kind, when?.at]),
    panic: (when) => void notes.push(['panic', when?.at]),
    setKnob: (_, position, when) => void knobs.push([position, when?.at]),
  })
  hear({ kind: 'note', event: { kind: 'allOff' }, at: 3 })
  hear({ kind: 'knob', name: 'cutoff', position: 0.25, at: 0 })
  // what is at once is sent at once
  expect([notes, knobs]).toEqual([[['allOff', 3]], [[0.25, 0]]])
  vi.advanceTimersByTime(100)
  hear({ kind: 'knob', name: 'cutoff', position: 1, at: 0.1, over: 1 })
  vi.advanceTimersByTime(500)
  expect(knobs.length).toBeLessThan(60)
  vi.advanceTimersByTime(1000)
  expect(knobs.at(-1)?.[0]).toBe(1)
  expect(knobs.at(-1)?.[1]).toBeCloseTo(1.1, 9)
  expect(knobs.length).toBeGreaterThan(95)
  for (const [position, at = NaN] of knobs.slice(1)) expect(position).toBeCloseTo(at - 0.1, 9)
  expect(vi.getTimerCount()).toBe(0)
  // a panic is sent on, and a knob that was to be turned later is not
  hear({ kind: 'knob', name: 'cutoff', position: 0, at: 3 })
  hear({ kind: 'panic', at: 2 })
  expect(notes.at(-1)).toEqual(['panic', 2])
  vi.advanceTimersByTime(3000)
  expect(knobs.at(-1)?.[0]).toBe(1)
  // a knob that is turned on its way ends where it is turned to, also for who sorts by time
  hear({ kind: 'knob', name: 'cutoff', position: 1, at: 10, over: 1 })
  vi.setSystemTime(10_000)
  vi.advanceTimersByTime(300)
  hear({ kind: 'knob', name: 'cutoff', position: 0, at: 10.3 })
  expect(knobs.toSorted(([, a = 0], [, b = 0]) => a - b).at(-1)).toEqual([0, 10.3])
  stop()
  hear({ kind: 'knob', name: 'cutoff', position: 0, at: 2 })
  expect(vi.getTimerCount()).toBe(0)
})
