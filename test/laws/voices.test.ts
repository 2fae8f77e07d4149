import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { keyNames } from '../../src/patch/ports.ts'
import {
  allocate,
  createVoices,
  keySteps,
  setKeys,
  keysOf,
  type NoteEvent,
  type VoiceChange,
  type Voices,
} from '../../src/plan/index.ts'
import { runs } from './patches.ts'

const noteArbitrary = fc.integer({ min: 58, max: 66 })
type KeyEvent = Extract<NoteEvent, { kind: 'on' | 'off' | 'allOff' }>
const eventArbitrary: fc.Arbitrary<KeyEvent> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('on' as const),
      note: noteArbitrary,
      velocity: fc.constantFrom(0.25, 0.5, 1),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('off' as const), note: noteArbitrary }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'allOff' as const }) },
)
const eventsArbitrary = fc.array(eventArbitrary, { maxLength: 40 })
const modeArbitrary = fc.constantFrom('poly', 'mono', 'legato', 'drone')
const countArbitrary = fc.integer({ min: 1, max: 8 })

const released = (voices: Voices): Voices =>
  voices.keys.reduce((state, { note }) => allocate(state, { kind: 'off', note }).voices, voices)
const play = (voices: Voices, events: readonly NoteEvent[]): Voices =>
  events.reduce((state, event) => allocate(state, event).voices, voices)
const heldNotes = ({ voices }: Voices): number[] => voices.filter(({ held }) => held).map(({ note }) => note)

describe('the allocator of voices', () => {
  it('leaves no note stuck when all keys are up, in any mode but drone', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('poly', 'mono', 'legato'),
        countArbitrary,
        eventsArbitrary,
        (mode, count, events) => {
          const state = play(createVoices({ count, mode }), events)
          expect(heldNotes(released(state))).toEqual([])
          expect(heldNotes(allocate(state, { kind: 'allOff' }).voices)).toEqual([])
        },
      ),
      runs(300),
    )
  })

  it('is pure, keeps the number of voices, and holds only keys that are down', () => {
    fc.assert(
      fc.property(modeArbitrary, countArbitrary, eventsArbitrary, (mode, count, events) => {
        let state = createVoices({ count: mode === 'drone' ? 1 : count, mode })
        for (const event of events) {
          const before = structuredClone(state)
          const { voices, changes } = allocate(state, event)
          expect(state).toEqual(before)
          expect(allocate(state, event)).toEqual({ voices, changes })
          expect(voices.voices).toHaveLength(state.voices.length)
          for (const { voice } of changes) expect(voice).toBeLessThan(voices.voices.length)
          const down = voices.keys.map(({ note }) => note)
          if (mode !== 'drone') for (const note of heldNotes(voices)) expect(down).toContain(note)
          expect(new Set(heldNotes(voices)).size).toBe(heldNotes(voices).length)
          state = voices
        }
      }),
      runs(300),
    )
  })

  it('tells every change: what the voices were told adds up to what they should read', () => {
    fc.assert(
      fc.property(modeArbitrary, countArbitrary, eventsArbitrary, (mode, count, events) => {
        let state = createVoices({ count: mode === 'drone' ? 1 : count, mode })
        const told = state.voices.map((_, voice): Record<string, number> => keysOf(state, voice))
        for (const event of events) {
          const { voices, changes } = allocate(state, event)
          for (const { voice, keys } of changes) Object.assign(told[voice] ?? {}, keys, { trigger: 0 })
          state = voices
          expect(told).toEqual(state.voices.map((_, voice) => keysOf(state, voice)))
        }
      }),
      runs(300),
    )
  })

  it('poly: a note-on always sounds, and its note-off always ends it', () => {
    fc.assert(
      fc.property(countArbitrary, eventsArbitrary, noteArbitrary, (count, events, note) => {
        const on = allocate(play(createVoices({ count, mode: 'poly' }), events), {
          kind: 'on',
          note,
          velocity: 0.7,
        })
        expect(on.changes).toMatchObject([
          { keys: { pitch: note / 128, velocity: 0.7, gate: 1, trigger: 1 } },
        ])
        expect(heldNotes(on.voices).filter((held) => held === note)).toHaveLength(1)
        const off = allocate(on.voices, { kind: 'off', note })
        expect(off.changes).toEqual([{ voice: on.changes[0]?.voice, keys: { gate: 0 }, restart: false }])
        expect(heldNotes(off.voices)).not.toContain(note)
      }),
      runs(300),
    )
  })

  it('poly: takes released voices before held ones, the oldest of them, and never more than one', () => {
    fc.assert(
      fc.property(countArbitrary, eventsArbitrary, noteArbitrary, (count, events, note) => {
        const before = play(createVoices({ count, mode: 'poly' }), events)
        const { changes } = allocate(before, { kind: 'on', note, velocity: 1 })
        const [taken] = changes.map(({ voice }) => before.voices[voice])
        const same = before.voices.find((voice) => voice.held && voice.note === note)
        const free = before.voices.filter(({ held }) => !held)
        const candidates = same ? [same] : free.length > 0 ? free : before.voices
        expect(taken?.age).toBe(Math.min(...candidates.map(({ age }) => age)))
        expect(candidates).toContain(taken)
        // an envelope that is still open must see its gate go down first
        expect(changes.map(({ restart }) => restart)).toEqual([taken?.held])
      }),
      runs(300),
    )
  })

  it('mono and legato: one voice plays the key that was pressed last of those still down', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('mono', 'legato'),
        countArbitrary,
        eventsArbitrary,
        (mode, count, events) => {
          let state = createVoices({ count, mode })
          let down: number[] = []
          for (const event of events) {
            down = event.kind === 'allOff' ? [] : down.filter((note) => note !== event.note)
            if (event.kind === 'on') down.push(event.note)
            const { voices, changes } = allocate(state, event)
            const wasHeld = state.voices[0]?.held === true
            state = voices
            expect(heldNotes(state)).toEqual(down.slice(-1))
            expect(changes.every(({ voice }) => voice === 0)).toBe(true)
            const attacks = changes.filter(({ keys }) => keys.gate === 1)
            // legato: only the first key of a phrase attacks; mono: every press does, a return to a held key does not
            const expected = event.kind === 'on' && (mode === 'mono' || !wasHeld) ? 1 : 0
            expect(attacks).toHaveLength(expected)
            for (const attack of attacks) expect(attack.restart).toBe(wasHeld)
          }
        },
      ),
      runs(300),
    )
  })

  it('drone: sounds from the start, at C4, and stays at the last note whatever is released', () => {
    fc.assert(
      fc.property(eventsArbitrary, (events) => {
        let state = createVoices({ count: 1, mode: 'drone' })
        expect(keysOf(state, 0)).toMatchObject({ gate: 1, pitch: 60 / 128 })
        let last = 60
        for (const event of events) {
          if (event.kind === 'on') last = event.note
          const { voices, changes } = allocate(state, event)
          for (const { keys, restart } of changes) expect([keys.gate, restart]).toEqual([1, false])
          state = voices
          expect(heldNotes(state)).toEqual([last])
        }
      }),
      runs(200),
    )
  })

  it('draws keys.random anew for every note, from 0 to 1, equally in every run', () => {
    const draw = (): (number | undefined)[] => {
      let state = createVoices({ count: 3, mode: 'poly' })
      return Array.from({ length: 200 }, (_, i) => {
        const { voices, changes } = allocate(state, { kind: 'on', note: 40 + (i % 50), velocity: 1 })
        state = voices
        return changes[0]?.keys.random
      })
    }
    const values = draw() as number[]
    expect(draw()).toEqual(values)
    expect(new Set(values).size).toBe(values.length)
    expect(Math.min(...values)).toBeGreaterThanOrEqual(0)
    expect(Math.max(...values)).toBeLessThan(1)
    expect(values.reduce((sum, x) => sum + x, 0) / values.length).toBeCloseTo(0.5, 1)
  })

  it('has nothing to do without voices', () => {
    const state = createVoices({ count: 0, mode: 'poly' })
    expect(allocate(state, { kind: 'on', note: 60, velocity: 1 }).changes).toEqual([])
  })
})

describe('the commands of a voice', () => {
  const change = fc.record({
    voice: fc.nat({ max: 2 }),
    restart: fc.boolean(),
    keys: fc.constantFrom<VoiceChange['keys']>(
      { pitch: 0.5, velocity: 0.25, gate: 1, trigger: 1, random: 0.75 },
      { pitch: 0.5 },
      { gate: 0 },
    ),
  })
  it('end with the keys as they are wanted, the trigger down after one block, and a restart low for one', () => {
    fc.assert(
      fc.property(change, (any) => {
        // only a strike restarts
        const wanted = { ...any, restart: any.restart && any.keys.gate === 1 }
        const running = [0, 1, 2].map((i) => ({ group: 100 + i, keys: 10 * i, paused: false }))
        const steps = keySteps(wanted).map((keys) => [setKeys(running[wanted.voice]!, keys)])
        const buses = new Map<number, number>()
        const bus = (key: (typeof keyNames)[number]): number => 10 * wanted.voice + keyNames.indexOf(key)
        const triggers: number[] = []
        for (const [i, commands] of steps.entries()) {
          for (const command of commands)
            if (command.call === '/c_set')
              for (const [index, value] of command.values) buses.set(index, value)
          triggers.push(buses.get(bus('trigger')) ?? 0)
          if (wanted.restart && wanted.keys.gate === 1 && i === 0) expect(buses.get(bus('gate'))).toBe(0)
        }
        for (const key of keyNames)
          expect(buses.get(bus(key))).toBe(
            key === 'trigger'
              ? wanted.keys.trigger === undefined
                ? undefined
                : 0
              : wanted.restart && key === 'gate'
                ? 1
                : wanted.keys[key],
          )
        expect(triggers.filter((high) => high === 1)).toHaveLength(wanted.keys.trigger ?? 0)
      }),
      runs(200),
    )
  })
})
