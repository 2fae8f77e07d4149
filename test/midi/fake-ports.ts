import type { HearMidi, MidiInput, MidiOutput, MidiPortInfo, MidiPorts } from '../../src/midi/ports.ts'

/** MIDI ports without a system: devices are plugged in and out, and played, by the test. */
export class FakePorts implements MidiPorts {
  inputs: MidiPortInfo[] = []
  outputs: MidiPortInfo[] = []
  /** Ports that refuse to be opened. */
  readonly busy = new Set<string>()
  /** What was sent to each output, by its id. */
  readonly sent = new Map<string, number[][]>()
  readonly #heard = new Map<string, Set<HearMidi>>()
  readonly #watchers = new Set<() => void>()

  constructor(...names: string[]) {
    for (const name of names) this.plug(name)
  }

  /** A device with an input and an output of that name. */
  plug(name: string, id = name): void {
    this.inputs = [...this.inputs, { id, name }]
    this.outputs = [...this.outputs, { id, name }]
    this.#tell()
  }

  unplug(id: string): void {
    this.inputs = this.inputs.filter((port) => port.id !== id)
    this.outputs = this.outputs.filter((port) => port.id !== id)
    // what is open stays open, and dead, as with a real cable
    this.#heard.delete(id)
    this.#tell()
  }

  /** A device sends bytes. */
  play(id: string, bytes: readonly number[], seconds = 0): void {
    for (const hear of this.#heard.get(id) ?? []) hear(Uint8Array.from(bytes), seconds)
  }

  /** How many listeners an input has. */
  listeners(id: string): number {
    return this.#heard.get(id)?.size ?? 0
  }

  get isWatched(): boolean {
    return this.#watchers.size > 0
  }

  openInput(id: string, hear: HearMidi): MidiInput {
    if (this.busy.has(id)) throw new Error(`${id} is busy`)
    const all = this.#heard.get(id) ?? new Set()
    this.#heard.set(id, all.add(hear))
    return { close: () => void all.delete(hear) }
  }

  openOutput(id: string): MidiOutput {
    if (this.busy.has(id)) throw new Error(`${id} is busy`)
    const sent: number[][] = []
    this.sent.set(id, sent)
    let isOpen = true
    return {
      send: (bytes) => void (isOpen && this.outputs.some((port) => port.id === id) && sent.push([...bytes])),
      close: () => void (isOpen = false),
    }
  }

  readonly virtual = {
    openInput: (name: string, hear: HearMidi): MidiInput => this.openInput(name, hear),
    openOutput: (name: string): MidiOutput => {
      this.outputs = [...this.outputs, { id: name, name }]
      return this.openOutput(name)
    },
  }

  watch(changed: () => void): () => void {
    this.#watchers.add(changed)
    return () => void this.#watchers.delete(changed)
  }

  close(): void {
    this.#watchers.clear()
  }

  #tell(): void {
    for (const watcher of this.#watchers) watcher()
  }
}
