import fc from 'fast-check'
import type { MidiMessage } from '../../src/midi/message.ts'

const channel = fc.integer({ min: 0, max: 15 })
const data = fc.integer({ min: 0, max: 127 })

/** Any message that has a value, in its normal form: no note-on of velocity 0. */
export const anyMessage: fc.Arbitrary<MidiMessage> = fc.oneof(
  fc.record({ kind: fc.constant('noteOff' as const), channel, note: data, velocity: data }),
  fc.record({
    kind: fc.constant('noteOn' as const),
    channel,
    note: data,
    velocity: fc.integer({ min: 1, max: 127 }),
  }),
  fc.record({ kind: fc.constant('polyPressure' as const), channel, note: data, value: data }),
  fc.record({ kind: fc.constant('controller' as const), channel, controller: data, value: data }),
  fc.record({ kind: fc.constant('program' as const), channel, program: data }),
  fc.record({ kind: fc.constant('channelPressure' as const), channel, value: data }),
  fc.record({
    kind: fc.constant('pitchBend' as const),
    channel,
    value: fc.integer({ min: -8192, max: 8191 }),
  }),
  fc.record({ kind: fc.constant('songPosition' as const), sixteenths: fc.integer({ min: 0, max: 16383 }) }),
  fc.record({ kind: fc.constant('songSelect' as const), song: data }),
  fc.constantFrom<MidiMessage>(
    { kind: 'tuneRequest' },
    { kind: 'clock' },
    { kind: 'start' },
    { kind: 'continue' },
    { kind: 'stop' },
    { kind: 'activeSensing' },
    { kind: 'reset' },
  ),
)

/** Random numbers that are the same in every run: faster than fast-check where inputs are bytes by the million. */
export function dice(seed: number): (sides: number) => number {
  let state = seed >>> 0
  return (sides) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * sides)
  }
}

/** Bytes as a cable that nobody checks might bring them: pure noise, or mostly messages, a few of them broken. */
export function someBytes(roll: (sides: number) => number): Uint8Array {
  const noise = roll(4) === 0
  const bytes: number[] = []
  const length = roll(48)
  while (bytes.length < length) {
    if (noise || roll(8) === 0) bytes.push(roll(256))
    // few notes and channels, so that they meet; often a note, a pedal, or a controller with a meaning of its own
    else if (roll(3) > 0) bytes.push(0x80 + roll(2) * 16 + roll(3), 60 + roll(3), roll(128))
    else if (roll(2) === 0) {
      const special = [64, 66, 123, 120, 121, 6, 38, 100, 101, 98, 99, 74, 1]
      bytes.push(0xb0 + roll(3), special[roll(special.length)] ?? 0, roll(2) === 0 ? roll(8) : roll(128))
    } else bytes.push(0xa0 + roll(6) * 16 + roll(3), roll(128), roll(128))
  }
  return Uint8Array.from(bytes)
}
