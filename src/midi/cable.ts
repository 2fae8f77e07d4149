import { decodeMidi, decoderAtStart } from './decoder.ts'
import { interpretMidi, releaseMidi } from './interpret.ts'
import { midiAtStart, type MidiAction, type MidiControl, type MidiOptions } from './state.ts'

/** One MIDI cable with all that has been heard on it: decoder and interpreter in a row. */
export class Cable {
  #decoder = decoderAtStart
  #midi

  constructor(options: MidiOptions) {
    this.#midi = midiAtStart(options)
  }

  /** What some bytes ask for, one by one: who does it may change what knobs there are for the next. */
  *hear(bytes: Uint8Array, isTaken: (control: MidiControl) => boolean): Generator<MidiAction> {
    const { state, messages } = decodeMidi(this.#decoder, bytes)
    this.#decoder = state
    for (const message of messages) {
      const step = interpretMidi(this.#midi, message, isTaken)
      this.#midi = step.state
      yield* step.actions
    }
  }

  /** Lets go of everything; then nothing has been heard. */
  release(): readonly MidiAction[] {
    const { state, actions } = releaseMidi(this.#midi)
    this.#midi = state
    this.#decoder = decoderAtStart
    return actions
  }
}
