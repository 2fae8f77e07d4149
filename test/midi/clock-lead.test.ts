import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ClockMessage } from '../../src/midi/clock-follower.ts'
import { ClockLead, type ClockTarget } from '../../src/midi/clock-lead.ts'
import { runs } from '../laws/patches.ts'

type Heard = readonly [cable: string, message: ClockMessage, seconds: number]

const tick: ClockMessage = { kind: 'clock' }
const start: ClockMessage = { kind: 'start' }
const stop: ClockMessage = { kind: 'stop' }
const goOn: ClockMessage = { kind: 'continue' }
const button = fc.oneof(
  fc.constantFrom(start, stop, goOn),
  fc.record({ kind: fc.constant('position' as const), beat: fc.nat(64) }),
)

/** Ticks of a cable at 120 beats per minute. */
const ticking = (cable: string, from: number, seconds: number): Heard[] =>
  Array.from({ length: Math.round(seconds * 48) }, (_, i) => [cable, tick, from + i / 48])

/** A clock that writes down what it is told, and whether it runs. */
class Told implements ClockTarget {
  readonly calls: string[] = []
  runs = true
  readonly beat?: number

  constructor(beat?: number) {
    if (beat !== undefined) this.beat = beat
  }

  setTempo(bpm: number): void {
    this.calls.push(`tempo ${bpm.toFixed(3)}`)
  }

  setBeat(beat: number): void {
    this.calls.push(`beat ${beat}`)
  }

  setRunning(running: boolean): void {
    this.runs = running
    this.calls.push(running ? 'go' : 'stand')
  }
}

/** What a clock is told of what is heard, in the order of time. */
function follow(heard: readonly Heard[], told = new Told()): Told {
  const lead = new ClockLead<string>(told)
  for (const [cable, message, seconds] of heard.toSorted((a, b) => a[2] - b[2]))
    lead.hear(cable, message, seconds)
  return told
}

describe('clocks on two cables', () => {
  it('law: one that ticks all along is followed as if it were alone, whatever buttons the other has', () => {
    const presses = fc.array(fc.tuple(button, fc.double({ min: 0, max: 6, noNaN: true })), {
      maxLength: 30,
      size: 'max',
    })
    const press = (cable: string, all: readonly (readonly [ClockMessage, number])[]): Heard[] =>
      all.map(([message, at]) => [cable, message, at])
    fc.assert(
      fc.property(presses, presses, fc.constantFrom(undefined, 7), (own, others, beat) => {
        const clock = [...press('clock', own), ...ticking('clock', 0.5, 5)]
        const alone = follow(clock, new Told(beat))
        const both = follow([...clock, ...press('box', others)], new Told(beat))
        expect(both.calls).toEqual(alone.calls)
        expect(alone.calls.length).toBeGreaterThan(0)
      }),
      runs(300),
    )
  })

  it('law: after anything, the clock runs as soon as one cable alone has ticked for two seconds, unless it stopped itself', () => {
    const step = fc.tuple(
      fc.constantFrom('a', 'b'),
      fc.oneof({ weight: 3, arbitrary: fc.constant(tick) }, { weight: 2, arbitrary: button }),
      fc.oneof(fc.constant(0.02), fc.double({ min: 0, max: 2, noNaN: true })),
    )
    const later = fc.array(
      fc.tuple(fc.constantFrom('a', 'b'), button, fc.double({ min: 0, max: 1.9, noNaN: true })),
      { maxLength: 6 },
    )
    let [running, standing] = [0, 0]
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60, size: 'max' }), later, (steps, buttons) => {
        let time = 0
        const before = steps.map(([cable, message, gap]): Heard => [cable, message, (time += gap)])
        const then = buttons.map(([cable, message, at]): Heard => [cable, message, time + at])
        const all = [...before, ...then, ...ticking('a', time, 2)]
        const told = follow(all)
        const last = all
          .toSorted((a, b) => a[2] - b[2])
          .findLast(
            ([cable, { kind }]) => cable === 'a' && ['start', 'stop', 'continue'].includes(kind),
          )?.[1].kind
        if (last !== 'stop') expect(told.runs).toBe(true)
        if (last === 'stop' && !told.runs) standing++
        else running++
      }),
      runs(500),
    )
    expect(Math.min(running, standing)).toBeGreaterThan(20)
  })

  it('are not led by a box whose start came first: the start of the clock is not lost', () => {
    const told = follow([['box', start, 0], ['clock', start, 0.1], ...ticking('clock', 0.2, 0.1)]) // prettier-ignore
    expect(told.calls).toEqual(['beat 0', 'go'])
  })

  it('go on when the one that stopped is silent, at the place and the tempo of the next', () => {
    const told = follow([
      ['a', start, 0],
      ...ticking('a', 0, 1),
      ['b', start, 0.5],
      ...ticking('b', 0.51, 2),
      ['a', stop, 1],
    ])
    const at = told.calls.indexOf('stand')
    // after a second without a tick of the first, a beat and a half and some ticks of the second
    expect(told.calls.slice(at)).toEqual([
      'stand',
      'tempo 120.000',
      'tempo 120.000',
      expect.stringMatching(/^beat 2\.9|^beat 3/),
      'go',
      expect.stringMatching(/^beat \d$/),
    ])
    expect(told.runs).toBe(true)
  })

  it('stay where they are while the next one is stopped as well, until it goes on', () => {
    const heard: Heard[] = [...ticking('a', 0, 1), ['b', stop, 0.5], ...ticking('b', 0.51, 3), ['a', stop, 1]]
    expect(follow(heard).runs).toBe(false)
    expect(follow([...heard, ['b', goOn, 3]]).runs).toBe(true)
  })

  it('go on when the one that stopped is gone', () => {
    const told = new Told()
    const lead = new ClockLead<string>(told)
    for (const [cable, message, seconds] of ticking('a', 0, 1)) lead.hear(cable, message, seconds)
    lead.hear('a', { kind: 'stop' }, 1)
    lead.leave('b')
    expect(told.runs).toBe(false)
    lead.leave('a')
    expect(told.runs).toBe(true)
  })
})
