import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Chokes } from '../../src/live/chokes.ts'
import type { Allocation, KeySet } from '../../src/plan/index.ts'
import { chokeBus } from '../../src/plan/choke.ts'
import type { Command } from '../../src/scsynth/index.ts'
import { runs } from '../laws/patches.ts'
import { Session } from '../laws/start.ts'

const session = new Session()
session.edit(
  {
    voices: { count: 2, steal: 'none' },
    devices: { osc: { type: 'oscillator' }, low: { type: 'filter' } },
    connections: [['osc', 'low.in'], ['osc', 'out'], ['low', 'out']], // prettier-ignore
  },
  () => 1,
)
const { allocation } = session
const voices = allocation.voices.length
const groupOf = (voice: number): number => allocation.voices[voice]?.group ?? -1

/** How far each voice is choked after commands. */
function fades(commands: readonly Command[]): number[] {
  const values = new Map(commands.flatMap((command) => (command.call === '/c_set' ? command.values : [])))
  return allocation.voices.map((voice) => values.get(chokeBus(voice)) ?? 1)
}

/** One after the other, each in a block not before that of the one before. */
const told = fc
  .array(
    fc.record({
      voice: fc.nat({ max: voices - 1 }),
      what: fc.constantFrom<Pick<KeySet, 'choke' | 'anew'>>({ choke: 0 }, { choke: 0.5 }, { anew: true }, {}),
      later: fc.nat({ max: 3 }),
    }),
    { maxLength: 20 },
  )
  .map((all) => {
    let block = 10
    return all.map(({ voice, what, later }) => ({
      set: { voice, keys: {}, ...what } as KeySet,
      block: (block += later),
    }))
  })
type Told = typeof told extends fc.Arbitrary<infer T> ? T : never

const tell = (chokes: Chokes, all: Told, from: Allocation = allocation): Command[] =>
  all.flatMap(({ set, block }) => chokes.hear(from, set, block))

describe('voices that fade', () => {
  it('are, when what comes after a block is taken back, as if it had never been told', () => {
    fc.assert(
      fc.property(told, fc.integer({ min: 9, max: 40 }), (all, after) => {
        const [chokes, other] = [new Chokes(), new Chokes()]
        const commands = tell(chokes, all)
        const back = chokes.takeBack(allocation, after)
        const wanted = tell(other, all.filter(({ block }) => block <= after)) // prettier-ignore
        // what was handed over for later is taken back by the engine; what voices are told now puts them where they were
        expect(fades([...commands, ...back])).toEqual(fades(wanted))
        for (let voice = 0; voice < voices; voice++) {
          expect(chokes.fades(groupOf(voice))).toBe(other.fades(groupOf(voice)))
          for (const since of [9, 15, 25])
            expect(chokes.hasFaded(groupOf(voice), since)).toBe(other.hasFaded(groupOf(voice), since))
        }
        // only voices of which something was to come are told anything
        const late = new Set(all.filter(({ block }) => block > after).map(({ set }) => set.voice))
        const buses = [...late].map((voice) => chokeBus(allocation.voices[voice]!))
        for (const command of back)
          expect(command.call === '/c_set' && command.values.every(([bus]) => buses.includes(bus))).toBe(true)
        expect(chokes.takeBack(allocation, after)).toEqual([])
      }),
      runs(300),
    )
  })

  it('end as if nothing had been taken back when the same is told again', () => {
    fc.assert(
      fc.property(told, fc.integer({ min: 9, max: 40 }), (all, after) => {
        const [chokes, straight] = [new Chokes(), new Chokes()]
        const late = all.filter(({ block }) => block > after)
        const again = [...tell(chokes, all), ...chokes.takeBack(allocation, after), ...tell(chokes, late)] // prettier-ignore
        expect(fades(again)).toEqual(fades(tell(straight, all)))
        expect(chokes.takeOver(allocation, 100)).toEqual(straight.takeOver(allocation, 100))
      }),
      runs(300),
    )
  })

  it('are not over while they fade to what is no silence', () => {
    const chokes = new Chokes()
    tell(chokes, [{ set: { voice: 0, keys: {}, choke: 0.5 }, block: 10 }])
    expect([chokes.fades(groupOf(0)), chokes.hasFaded(groupOf(0), 20)]).toEqual([true, false])
    expect([10, 11].map((block) => chokes.isToldLater(groupOf(0), block))).toEqual([true, false])
    expect(chokes.isToldLater(groupOf(1), 0)).toBe(false)
    expect(chokes.takeOver(allocation, 20)).toEqual(new Set())
    tell(chokes, [{ set: { voice: 0, keys: {}, choke: 0 }, block: 21 }])
    expect(chokes.hasFaded(groupOf(0), 20)).toBe(false)
    expect(chokes.takeOver(allocation, 21)).toEqual(new Set([groupOf(0)]))
  })

  it('are over when they have faded long enough, or fell asleep, once', () => {
    const chokes = new Chokes()
    tell(chokes, [0, 1].map((voice) => ({ set: { voice, keys: {}, choke: 0 }, block: 10 + 10 * voice }))) // prettier-ignore
    expect(chokes.takeOver(allocation, 9)).toEqual(new Set())
    expect(chokes.takeOver(allocation, 15)).toEqual(new Set([groupOf(0)]))
    expect(chokes.takeOver(allocation, 15)).toEqual(new Set())
    const [first, second, ...rest] = allocation.voices
    const asleep = { ...allocation, voices: [first!, { ...second!, paused: true }, ...rest] }
    expect(chokes.takeOver(asleep, 15)).toEqual(new Set([groupOf(1)]))
    // what sleeps has nothing to fade
    expect(chokes.hear(asleep, { voice: 1, keys: {}, choke: 0 }, 20)).toEqual([])
  })
})
