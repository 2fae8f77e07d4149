/** A port of the system, as it is shown and as it is opened. */
export interface MidiPortInfo {
  /** Names it as long as it is there; two equal devices have two. */
  readonly id: string
  /** What people call it: equal each time the device is plugged in. */
  readonly name: string
}

/** Is called with the bytes of one or more messages, and when they came, in seconds of a clock that goes on evenly. */
export type HearMidi = (bytes: Uint8Array, seconds: number) => void

/** An input that is open. */
export interface MidiInput {
  close(): void
}

/** An output that is open. */
export interface MidiOutput {
  /** Sends one whole message. What cannot be sent, since the device is gone, is dropped. */
  send(bytes: Uint8Array): void
  close(): void
}

/** Ports of our own, that other programs see. */
export interface VirtualPorts {
  openInput(name: string, hear: HearMidi): MidiInput
  openOutput(name: string): MidiOutput
}

/**
 * The MIDI ports of a system, behind which are a library, a browser, or a test. They may come and go at any time.
 */
export interface MidiPorts {
  /** Where MIDI comes from, now. */
  readonly inputs: readonly MidiPortInfo[]
  /** Where it can be sent, now. */
  readonly outputs: readonly MidiPortInfo[]
  /** @throws MegasynthError `unknown-midi-port` if it is gone, `midi-port-failed` if it cannot be opened */
  openInput(id: string, hear: HearMidi): MidiInput
  /** @throws MegasynthError `unknown-midi-port` if it is gone, `midi-port-failed` if it cannot be opened */
  openOutput(id: string): MidiOutput
  /** Absent where the system has none: Windows, browsers. */
  readonly virtual?: VirtualPorts
  /** Calls a listener when ports may have come or gone; the result ends that. */
  watch(changed: () => void): () => void
  /** Ends the watching. Ports that are open stay so. */
  close(): void
}
