import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { interpretMidi } from '../../src/midi/interpret.ts'
import { encodeMidi, type MidiMessage } from '../../src/midi/message.ts'
import { eventToMidi, knobToMidi, midiOutAtStart, type MidiOutOptions } from '../../src/midi/out.ts'
import { midiAtStart } from '../../src/midi/state.ts'
import type { Patch } from '../../src/patch/index.ts'
import type { NoteEvent } from '../../src/plan/index.ts'
import { runs } from '../laws/patches.ts'
import { afterEvent, heldBy, noHands, type Hands } from './hands.ts'

/** Bytes that are sent for these events, a list for each message. */
function sent(events: readonly NoteEvent[], options: MidiOutOptions = {}): number[][] {
  let state = midiOutAtStart(options)
  return events.flatMap((event) => {
    const step = eventToMidi(state, event)
    state = step.state
    return step.messages.map((message) => [...encodeMidi(message)])
  })
}
const on = (note: number, more: object = {}): NoteEvent => ({ kind: 'on', note, velocity: 1, ...more })
const off = (note: number, more: object = {}): NoteEvent => ({ kind: 'off', note, ...more })

describe('what is played, as MIDI', () => {
  it('has notes on the channel that they have, or one that is given', () => {
    expect(sent([on(60), off(60)])).toEqual([
      [0x90, 60, 127],
      [0x80, 60, 64],
    ])
    expect(sent([on(60), on(61, { channel: 0, velocity: 0 })], { channel: 10 })).toEqual([
      [0x99, 60, 127],
      [0x90, 61, 1],
    ])
  })

  it('rounds microtones, and ends each note by its own name', () => {
    expect(
      sent([on(60.4, { id: 'a' }), on(59.6, { id: 'b' }), off(60.4, { id: 'a' }), off(59.6, { id: 'b' })]),
    ).toEqual([
      [0x90, 60, 127],
      [0x90, 60, 127],
      // the key stays down for the other
      [0x80, 60, 64],
    ])
    expect(sent([off(60), on(60), off(60, { id: 'x' })])).toEqual([[0x90, 60, 127]])
    // struck again without an end: the receiver sees one
    expect(sent([on(60), on(60)])).toEqual([
      [0x90, 60, 127],
      [0x80, 60, 64],
      [0x90, 60, 127],
    ])
  })

  it('ends the oldest of a thousand notes that never end, and leaves none at the receiver', () => {
    const notes = Array.from({ length: 1500 }, (_, i) => ({ note: 36 + ((i * 7) % 60), id: i }))
    const bytes = sent([...notes.map(({ note, id }) => on(note, { id })), ...notes.map(({ note, id }) => off(note, { id }))]) // prettier-ignore
    expect(bytes.filter(([status]) => status === 0x90)).toHaveLength(notes.length)
    for (let key = 36; key < 96; key++) expect(bytes.findLast(([, note]) => note === key)?.[0]).toBe(0x80)
    let state = midiOutAtStart()
    for (const { note, id } of notes) state = eventToMidi(state, on(note, { id })).state
    expect(state.notes.size).toBe(1024)
  })

  it('has bend, pressure, timbre and pedals', () => {
    expect(
      sent([
        { kind: 'bend', semitones: 2 },
        { kind: 'bend', semitones: -1 },
        { kind: 'pressure', value: 1 },
        { kind: 'pressure', value: 0.5, note: 60 },
        { kind: 'timbre', value: 0 },
        { kind: 'sustain', down: true },
        { kind: 'sostenuto', down: false },
      ]),
    ).toEqual([
      [0xe0, 127, 127],
      [0xe0, 0, 32],
      [0xd0, 127],
      [0xa0, 60, 64],
      [0xb0, 74, 0],
      [0xb0, 64, 127],
      [0xb0, 66, 0],
    ])
  })

  /** RPN 0. */
  const rangeOf = (channel: number, semitones: number, cents = 0): number[][] =>
    [
      [101, 0],
      [100, 0],
      [6, semitones],
      [38, cents],
      [101, 127],
      [100, 127],
    ].map((data) => [0xb0 + channel, ...data])

  it('tells each channel once how far a bend reaches, if that is not the usual', () => {
    const range = rangeOf(0, 48)
    const bend: NoteEvent = { kind: 'bend', semitones: 48, channel: 0 }
    expect(sent([bend, bend], { bendRange: 48 })).toEqual([...range, [0xe0, 127, 127], [0xe0, 127, 127]])
  })

  it('tells a channel anew how far a bend reaches if one goes further', () => {
    const bend = (semitones: number, channel = 0): NoteEvent => ({ kind: 'bend', semitones, channel })
    expect(sent([bend(2), bend(-7), bend(12), bend(1, 1), bend(-130), bend(130)])).toEqual([
      [0xe0, 127, 127],
      ...rangeOf(0, 12),
      [0xe0, 85, 26],
      [0xe0, 127, 127],
      [0xe1, 0, 96],
      // as far as there is a range
      ...rangeOf(0, 127, 99),
      [0xe0, 0, 0],
      [0xe0, 127, 127],
    ])
    // what concerns all notes, on every channel that was used
    expect(sent([on(60, { channel: 2 }), { kind: 'bend', semitones: 48 }], { bendRange: 24 })).toEqual([
      ...rangeOf(2, 24),
      [0x92, 60, 127],
      ...rangeOf(0, 48),
      [0xe0, 127, 127],
      ...rangeOf(2, 48),
      [0xe2, 127, 127],
    ])
  })

  it('law: whoever receives it bends as far, for any bends and any range at first', () => {
    const event = fc.record({
      kind: fc.constant('bend' as const),
      semitones: fc.oneof(
        fc.double({ min: -4, max: 4, noNaN: true }),
        fc.double({ min: -128, max: 128, noNaN: true }),
      ),
      channel: fc.integer({ min: 0, max: 2 }),
    })
    const range = fc.oneof(fc.constant(2), fc.integer({ min: 1, max: 12799 }).map((cents) => cents / 100)) // prettier-ignore
    fc.assert(
      fc.property(fc.array(event, { maxLength: 40, size: 'max' }), range, (events, bendRange) => {
        let out = midiOutAtStart({ bendRange })
        let midi = midiAtStart()
        for (const one of events) {
          const step = eventToMidi(out, one)
          out = step.state
          let there: NoteEvent | undefined
          for (const message of step.messages) {
            const heard = interpretMidi(midi, message)
            midi = heard.state
            for (const action of heard.actions) if (action.kind === 'play') there = action.event
          }
          expect(there).toMatchObject({ kind: 'bend', channel: one.channel })
          const wanted = Math.min(127.99, Math.max(-127.99, one.semitones))
          const found = there?.kind === 'bend' ? there.semitones : NaN
          // within the rounding of the widest range
          expect(Math.abs(found - wanted)).toBeLessThan(128 / 8191)
        }
      }),
      runs(300),
    )
  })

  it('says what concerns all notes on every channel that was used', () => {
    const played = [on(60, { channel: 2 }), on(61, { channel: 3 })]
    const bytes = (event: NoteEvent): number[][] => sent([...played, event]).slice(2)
    expect(bytes({ kind: 'bend', semitones: 0 })).toEqual([
      [0xe0, 0, 64],
      [0xe2, 0, 64],
      [0xe3, 0, 64],
    ])
    expect(bytes({ kind: 'allOff', channel: 3 })).toEqual([
      [0x83, 61, 64],
      [0xb3, 64, 0],
      [0xb3, 66, 0],
    ])
    expect(bytes({ kind: 'silence' }).map(([status, one]) => [status, one])).toEqual([
      [0x82, 60],
      [0x83, 61],
      ...[0xb2, 0xb2, 0xb3, 0xb3].map((status, i) => [status, i % 2 === 0 ? 64 : 66]),
      [0xb2, 120],
      [0xb3, 120],
    ])
  })

  it('comes to the same hands at the receiver, for any events', () => {
    const channel = fc.integer({ min: 0, max: 2 })
    const note = fc.integer({ min: 60, max: 62 })
    const down = fc.boolean()
    const event = fc.oneof(
      fc.record({ kind: fc.constant('on' as const), note, velocity: fc.constant(0.5), channel }),
      fc.record({ kind: fc.constant('off' as const), note, channel }),
      fc.record({ kind: fc.constantFrom('sustain' as const, 'sostenuto' as const), down, channel }),
      fc.record({ kind: fc.constant('silence' as const) }),
    )
    fc.assert(
      fc.property(fc.array(event, { maxLength: 60, size: 'max' }), (events) => {
        let out = midiOutAtStart()
        let midi = midiAtStart()
        let here: Hands = noHands
        let there: Hands = noHands
        for (const one of events) {
          here = afterEvent(here, one)
          const step = eventToMidi(out, one)
          out = step.state
          for (const message of step.messages) {
            const heard = interpretMidi(midi, message)
            midi = heard.state
            for (const action of heard.actions)
              if (action.kind === 'play') there = afterEvent(there, action.event)
          }
          expect(there.down).toEqual(here.down)
        }
        expect(heldBy(there)).toEqual(heldBy(here))
      }),
      runs(300),
    )
  })
})

describe('a knob that is turned, as MIDI', () => {
  const patch: Patch = {
    knobs: {
      plain: 0.5,
      coarse: { value: 0, midi: { cc: 7, channel: 3 } },
      fine: { value: 0, midi: { cc14: 7 } },
      parameter: { value: 0, midi: { nrpn: 300 } },
      encoder: { value: 0, midi: { cc: 20, relative: 'offset64' } },
    },
    devices: {},
  }
  const turn = (...moves: readonly (readonly [string, number])[]): number[][] => {
    let state = midiOutAtStart({ channel: 2 })
    return moves.flatMap(([name, position]) => {
      const step = knobToMidi(state, patch, name, position)
      state = step.state
      return step.messages.map((message) => [...encodeMidi(message)])
    })
  }

  it('is the control that it names', () => {
    expect(turn(['plain', 1], ['toString', 1], ['coarse', 1], ['encoder', 0.5])).toEqual([
      [0xb2, 7, 127],
      [0xb1, 20, 64],
    ])
    expect(turn(['fine', 0.5])).toEqual([
      [0xb1, 7, 64],
      [0xb1, 39, 0],
    ])
    expect(turn(['parameter', 1])).toEqual([
      [0xb1, 99, 2],
      [0xb1, 98, 44],
      [0xb1, 6, 127],
      [0xb1, 38, 127],
    ])
  })

  it('is not sent again where it has hardly moved', () => {
    expect(turn(['coarse', 0.5], ['coarse', 0.501], ['coarse', 0.51])).toEqual([
      [0xb2, 7, 64],
      [0xb2, 7, 65],
    ])
  })

  it('comes back to where it was, as near as its control can say', () => {
    for (const [name, step] of [
      ['coarse', 1 / 127],
      ['fine', 1 / 16383],
      ['parameter', 1 / 16383],
    ] as const)
      for (const position of [0, 0.123, 0.5, 0.777, 1]) {
        let midi = midiAtStart()
        let last = -1
        const messages: readonly MidiMessage[] = knobToMidi(midiOutAtStart(), patch, name, position).messages
        for (const message of messages) {
          const heard = interpretMidi(midi, message)
          midi = heard.state
          for (const action of heard.actions)
            if (action.kind === 'control' && (name === 'coarse') === (action.control.kind === 'cc'))
              last = action.control.position
        }
        expect(Math.abs(last - position)).toBeLessThanOrEqual(step / 2 + 1e-9)
      }
  })
})
