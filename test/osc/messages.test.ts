import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { knobMessage, messageOf, panicMessage, readAction } from '../../src/osc/index.ts'
import type { NoteEvent } from '../../src/plan/index.ts'
import { decodePacket, encodeMessage, float, int, type OscMessage } from '../../src/scsynth/index.ts'

const part = fc.double({ min: 0, max: 1, noNaN: true }).map(Math.fround)
const note = fc.oneof(fc.integer({ min: 0, max: 127 }), fc.double({ min: 0, max: 127, noNaN: true }).map(Math.fround)) // prettier-ignore
const channel = fc.integer({ min: 0, max: 15 })
const id = fc.oneof(
  fc.string({ unit: 'grapheme-ascii', maxLength: 20 }),
  fc.integer({ min: -1000, max: 1000 }),
)
const optional = { requiredKeys: [] as [] }
const maybe = (model: Record<string, fc.Arbitrary<unknown>>) => fc.record(model, optional)
const merged = <A extends object, B extends object>(a: fc.Arbitrary<A>, b: fc.Arbitrary<B>) =>
  fc.tuple(a, b).map(([x, y]) => ({ ...x, ...y }))

const events: fc.Arbitrary<NoteEvent> = fc.oneof(
  merged(fc.record({ kind: fc.constant('on' as const), note, velocity: part.filter((x) => x > 1e-5) }), maybe({ id, channel })), // prettier-ignore
  merged(fc.record({ kind: fc.constant('off' as const), note }), maybe({ id, channel })),
  merged(fc.record({ kind: fc.constant('bend' as const), semitones: fc.double({ min: -128, max: 128, noNaN: true }).map(Math.fround) }), maybe({ channel })), // prettier-ignore
  merged(fc.record({ kind: fc.constant('pressure' as const), value: part }), maybe({ channel, note })),
  merged(fc.record({ kind: fc.constant('timbre' as const), value: part }), maybe({ channel })),
  merged(fc.record({ kind: fc.constantFrom('sustain' as const, 'sostenuto' as const), down: fc.boolean() }), maybe({ channel })), // prettier-ignore
  merged(fc.record({ kind: fc.constant('allOff' as const) }), maybe({ channel })),
  fc.constant({ kind: 'silence' as const }),
)

describe('what is played, as messages', () => {
  it('is what is read from them, and from their bytes', () => {
    fc.assert(
      fc.property(events, (event) => {
        const message = decodePacket(encodeMessage(messageOf(event))) as OscMessage
        expect(readAction(message)).toEqual({ kind: 'play', event })
      }),
      { numRuns: 2000 },
    )
  })

  it('has the forms that other programs know', () => {
    expect(messageOf({ kind: 'on', note: 60, velocity: 0.5 })).toEqual({ address: '/note', args: [int(60), float(0.5)] }) // prettier-ignore
    expect(messageOf({ kind: 'off', note: 60 })).toEqual({ address: '/note', args: [int(60), float(0)] })
    expect(readAction(panicMessage())).toEqual({ kind: 'panic' })
  })

  it('strikes a note even without any force', () => {
    const action = readAction(messageOf({ kind: 'on', note: 60, velocity: 0 }))
    expect(action).toMatchObject({ kind: 'play', event: { kind: 'on' } })
  })

  it('turns knobs', () => {
    fc.assert(
      fc.property(part, (position) => {
        expect(readAction(knobMessage('cutoff', position))).toEqual({
          kind: 'knob',
          name: 'cutoff',
          position,
        })
      }),
    )
  })
})
