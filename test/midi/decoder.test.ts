import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeMidi, decoderAtStart } from '../../src/midi/decoder.ts'
import { encodeMidi, type MidiMessage } from '../../src/midi/message.ts'
import { anyMessage, dice, someBytes } from './messages.ts'
import { runs } from '../laws/patches.ts'

const decoded = (...bytes: number[]): readonly MidiMessage[] =>
  decodeMidi(decoderAtStart, Uint8Array.from(bytes)).messages

/** The same bytes, cut at these places. */
function inPieces(bytes: Uint8Array, cuts: readonly number[]): MidiMessage[] {
  let state = decoderAtStart
  const ends = [...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].toSorted((a, b) => a - b)
  return ends.flatMap((end, i) => {
    const step = decodeMidi(state, bytes.subarray(ends[i - 1] ?? 0, end))
    state = step.state
    return [...step.messages]
  })
}

const on = (note: number): MidiMessage => ({ kind: 'noteOn', channel: 0, note, velocity: 100 })

describe('the decoder', () => {
  it('gives back what was encoded, however it is cut', () => {
    fc.assert(
      fc.property(
        fc.array(anyMessage, { maxLength: 100, size: 'max' }),
        fc.array(fc.nat(500), { maxLength: 5 }),
        (messages, cuts) => {
          const bytes = Uint8Array.from(messages.flatMap((message) => [...encodeMidi(message)]))
          expect(inPieces(bytes, cuts)).toEqual(messages)
        },
      ),
      runs(200),
    )
  })

  it('says the same of any bytes, however they are cut', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 64, size: 'max' }),
        fc.array(fc.nat(64), { maxLength: 4 }),
        (bytes, cuts) => {
          expect(inPieces(bytes, cuts)).toEqual(decodeMidi(decoderAtStart, bytes).messages)
        },
      ),
      runs(200),
    )
  })

  it('understands running status, and real time in the midst of a message', () => {
    expect(decoded(0x90, 60, 100, 64, 100, 67, 100)).toEqual([60, 64, 67].map(on))
    expect(decoded(0x90, 0xf8, 60, 0xfa, 100, 0xfe, 62, 100)).toEqual([
      { kind: 'clock' },
      { kind: 'start' },
      on(60),
      { kind: 'activeSensing' },
      on(62),
    ])
  })

  it('takes a note-on of velocity 0 for a note-off', () => {
    expect(decoded(0x95, 60, 0)).toEqual([{ kind: 'noteOff', channel: 5, note: 60, velocity: 64 }])
  })

  it('reads 14 bits: the lower seven first', () => {
    expect(decoded(0xe1, 0, 64)).toEqual([{ kind: 'pitchBend', channel: 1, value: 0 }])
    expect(decoded(0xe1, 127, 127)).toEqual([{ kind: 'pitchBend', channel: 1, value: 8191 }])
    expect(decoded(0xe1, 1, 0)).toEqual([{ kind: 'pitchBend', channel: 1, value: -8191 }])
    expect(decoded(0xf2, 16, 1)).toEqual([{ kind: 'songPosition', sixteenths: 144 }])
  })

  it.each([
    ['a system exclusive', [0xf0, 0x7e, 60, 100, 0xf7]],
    ['one that is never ended but by another message', [0xf0, 60, 100]],
    ['time code', [0xf1, 60]],
    ['what is not defined, with data', [0xf4, 60, 100]],
    ['an end without a beginning', [0xf7, 60, 100]],
    ['data without a status', [60, 100, 3]],
    ['undefined real time', [0xf9, 0xfd]],
    ['a message that another one cuts short', [0x90, 60]],
  ])('passes over %s', (_, bytes) => {
    expect(decoded(...bytes, 0x90, 72, 100)).toEqual([on(72)])
  })

  it('ends running status at a system message', () => {
    expect(decoded(0x90, 60, 100, 0xf3, 1, 62, 100)).toEqual([on(60), { kind: 'songSelect', song: 1 }])
  })

  it('reads 100,000 pieces of noise: every message is in range', () => {
    const roll = dice(1)
    let state = decoderAtStart
    let count = 0
    const wrong: unknown[] = []
    for (let i = 0; i < 100_000; i++) {
      const step = decodeMidi(state, someBytes(roll))
      state = step.state
      for (const message of step.messages) {
        count++
        // its bytes say the same again, so everything in it fits its place
        const again = decodeMidi(decoderAtStart, encodeMidi(message)).messages[0]
        if (JSON.stringify(again) !== JSON.stringify(message)) wrong.push(message)
      }
    }
    expect(wrong).toEqual([])
    expect(count).toBeGreaterThan(100_000)
  })
})
