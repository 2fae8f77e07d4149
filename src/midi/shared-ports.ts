import type { HearMidi, MidiInput, MidiPorts } from './ports.ts'

/**
 * Ports for several listeners: an input is opened once, however many hear it, since some systems let a port be opened only
 * once.
 *
 * @example
 * const synth = await createOffline({ patch })
 * const ports = sharedPorts(await openMidiPorts())
 * for (const channel of [1, 2]) connectMidi(synth, { ports, channel })
 */
export function sharedPorts(ports: MidiPorts): MidiPorts {
  const open = new Map<string, { readonly hearers: Set<HearMidi>; readonly input: MidiInput }>()

  function openInput(id: string, hear: HearMidi): MidiInput {
    let one = open.get(id)
    if (one === undefined) {
      const hearers = new Set<HearMidi>()
      const input = ports.openInput(id, (bytes, seconds) => {
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
  return {
    get inputs() {
      return ports.inputs
    },
    get outputs() {
      return ports.outputs
    },
    ...(ports.virtual && { virtual: ports.virtual }),
    openInput,
    openOutput: (id) => ports.openOutput(id),
    watch: (changed) => ports.watch(changed),
    close: () => ports.close(),
  }
}
