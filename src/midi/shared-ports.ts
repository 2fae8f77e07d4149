import type { HearMidi, MidiInput, MidiOutput, MidiPorts } from './ports.ts'

/**
 * Ports for several synths: a port is opened once, however many hear it or send to it, since some systems let a port be opened
 * only once, and a virtual one is to be there once. What they send goes out in the order in which they send it.
 *
 * @example
 * const synth = await createOffline({ patch })
 * const ports = sharedPorts(await openMidiPorts())
 * for (const channel of [1, 2]) connectMidi(synth, { ports, channel })
 */
export function sharedPorts(ports: MidiPorts): MidiPorts {
  const open = new Map<string, { readonly hearers: Set<HearMidi>; readonly input: MidiInput }>()

  function shared(id: string, hear: HearMidi, opened: (hear: HearMidi) => MidiInput): MidiInput {
    let one = open.get(id)
    if (one === undefined) {
      const hearers = new Set<HearMidi>()
      const input = opened((bytes, seconds) => {
        for (const hearer of hearers) hearer(bytes, seconds)
      })
      one = { hearers, input }
      open.set(id, one)
    }
    const { hearers, input } = one
    hearers.add(hear)
    return {
      close() {
        if (!hearers.delete(hear) || hearers.size > 0) return
        open.delete(id)
        input.close()
      },
    }
  }
  const outputs = new Map<string, { users: number; readonly output: MidiOutput }>()
  function sharedOutput(id: string, opened: () => MidiOutput): MidiOutput {
    const one = outputs.get(id) ?? { users: 0, output: opened() }
    outputs.set(id, one)
    one.users++
    let isOpen = true
    return {
      send(bytes) {
        if (isOpen) one.output.send(bytes)
      },
      close() {
        if (!isOpen) return
        isOpen = false
        if (--one.users > 0) return
        outputs.delete(id)
        one.output.close()
      },
    }
  }
  const { virtual } = ports
  return {
    get inputs() {
      return ports.inputs
    },
    get outputs() {
      return ports.outputs
    },
    ...(virtual && {
      virtual: {
        openInput: (name, hear) => shared(`virtual ${name}`, hear, (all) => virtual.openInput(name, all)),
        openOutput: (name) => sharedOutput(`virtual ${name}`, () => virtual.openOutput(name)),
      },
    }),
    openInput: (id, hear) => shared(`port ${id}`, hear, (all) => ports.openInput(id, all)),
    openOutput: (id) => sharedOutput(`port ${id}`, () => ports.openOutput(id)),
    watch: (changed) => ports.watch(changed),
    close: () => ports.close(),
  }
}
