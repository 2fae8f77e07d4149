import { describe, expect, it } from 'vitest'
import { decodeMidi, decoderAtStart } from '../../src/midi/decoder.ts'
import { interpretMidi, releaseMidi } from '../../src/midi/interpret.ts'
import { midiAtStart, type MidiAction, type MidiControl, type MidiOptions } from '../../src/midi/state.ts'
import { afterEvent, heldBy, noHands, type Hands } from './hands.ts'
import { dice, someBytes } from './messages.ts'

const cables: readonly MidiOptions[] = [
  {},
  { channel: 1 },
  { channel: 2, bendRange: 12 },
  { mpe: { lower: 2 } },
  { mpe: { lower: 15 }, channel: 1 },
  { mpe: { lower: 1, upper: 13 } },
]

/** Every key and every pedal goes up, on every channel, as a device would say it. */
const everythingUp = Uint8Array.from(
  Array.from({ length: 16 }, (_, channel) => [
    ...Array.from({ length: 128 }, (_, note) => [0x80 + channel, note, 0]).flat(),
    ...[0xb0 + channel, 64, 0, 0xb0 + channel, 66, 0],
  ]).flat(),
)

const played = (hands: Hands, actions: readonly MidiAction[]): Hands =>
  actions.reduce((now, action) => (action.kind === 'play' ? afterEvent(now, action.event) : now), hands)

/** A cable with a player at its end. */
class Cable {
  decoder = decoderAtStart
  midi
  hands = noHands
  readonly heard: MidiAction[] = []
  /** Events whose numbers are out of range. */
  readonly wrong: MidiAction[] = []
  readonly #keeps: boolean
  readonly #isTaken: (control: MidiControl) => boolean

  constructor(options: MidiOptions, isTaken: (control: MidiControl) => boolean, keeps = false) {
    this.midi = midiAtStart(options)
    this.#isTaken = isTaken
    this.#keeps = keeps
  }

  hear(bytes: Uint8Array): void {
    const { state, messages } = decodeMidi(this.decoder, bytes)
    this.decoder = state
    for (const message of messages) {
      const step = interpretMidi(this.midi, message, this.#isTaken)
      this.midi = step.state
      this.hands = played(this.hands, step.actions)
      if (this.#keeps) this.heard.push(...step.actions)
      for (const action of step.actions) if (!isInRange(action)) this.wrong.push(action)
    }
  }
}

const within = (value: number, low: number, high: number): boolean => value >= low && value <= high

function isInRange(action: MidiAction): boolean {
  if (action.kind === 'control') return within(action.control.position, 0, 1)
  if (action.kind !== 'play') return true
  const { event } = action
  if (event.kind === 'bend') return within(event.semitones, -128, 128)
  if (event.kind === 'on') return within(event.note, 0, 127) && within(event.velocity, 1 / 127, 1)
  return event.kind === 'pressure' || event.kind === 'timbre' ? within(event.value, 0, 1) : true
}

/** Channels whose bend, pressure or timbre was last said to be anything but what it is untouched. */
function offRest(actions: readonly MidiAction[]): string[] {
  const last = new Map<string, number>()
  for (const action of actions) {
    if (action.kind !== 'play') continue
    const { event } = action
    if (event.kind === 'bend') last.set(`bend ${event.channel}`, event.semitones)
    if (event.kind === 'pressure' && event.note === undefined)
      last.set(`pressure ${event.channel}`, event.value)
    if (event.kind === 'timbre') last.set(`timbre ${event.channel}`, event.value - 0.5)
  }
  return [...last].flatMap(([name, value]) => (value === 0 ? [] : [name]))
}

describe('no note is stuck', () => {
  it('after 100,000 pieces of noise on 500 cables, when everything on a cable goes up', () => {
    const roll = dice(7)
    let held = 0
    const stuck: unknown[] = []
    for (let i = 0; i < 500; i++) {
      // which knobs there are changes while pedals are down
      const isTaken = ({ number }: MidiControl): boolean => (number === 64 || number === 74) && roll(2) === 0
      const options = cables[roll(cables.length)] ?? {}
      const cable = new Cable(options, isTaken)
      for (let piece = 0; piece < 200; piece++) cable.hear(someBytes(roll))
      held += heldBy(cable.hands).length
      cable.hear(everythingUp)
      const rest = heldBy(cable.hands)
      if (rest.length > 0 || cable.wrong.length > 0) stuck.push({ options, rest, wrong: cable.wrong })
    }
    expect(stuck).toEqual([])
    // there was something to let go of
    expect(held).toBeGreaterThan(500)
  })

  it('after noise on a cable that is then pulled out, and everything is at rest', () => {
    const roll = dice(11)
    for (let i = 0; i < 1000; i++) {
      const options = cables[roll(cables.length)] ?? {}
      const cable = new Cable(options, () => false, true)
      for (let piece = 0; piece < 10; piece++) cable.hear(someBytes(roll))
      const { state, actions } = releaseMidi(cable.midi)
      expect(heldBy(played(cable.hands, actions))).toEqual([])
      expect(offRest([...cable.heard, ...actions])).toEqual([])
      expect(state).toEqual(midiAtStart(options))
      expect(releaseMidi(state).actions).toEqual([])
    }
  })
})
