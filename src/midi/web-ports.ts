import { fail } from '../errors/index.ts'
import type { HearMidi, MidiInput, MidiOutput, MidiPortInfo, MidiPorts } from './ports.ts'

/** What is used of a port of the Web MIDI API. */
interface WebPort {
  readonly id: string
  readonly name: string | null
  readonly state: 'connected' | 'disconnected'
  open(): Promise<unknown>
  close(): Promise<unknown>
}

/** A message of the Web MIDI API; its time is in milliseconds. */
interface WebMessage {
  readonly data: Uint8Array | null
  readonly timeStamp: number
}

interface WebInput extends WebPort {
  addEventListener(type: 'midimessage', hear: (message: WebMessage) => void): void
  removeEventListener(type: 'midimessage', hear: (message: WebMessage) => void): void
}

interface WebOutput extends WebPort {
  send(bytes: number[]): void
}

/** What is used of the `MIDIAccess` of a browser. */
export interface WebMidiAccess {
  readonly inputs: ReadonlyMap<string, WebInput>
  readonly outputs: ReadonlyMap<string, WebOutput>
  addEventListener(type: 'statechange', changed: () => void): void
  removeEventListener(type: 'statechange', changed: () => void): void
}

const listOf = (ports: ReadonlyMap<string, WebPort>): readonly MidiPortInfo[] =>
  [...ports.values()]
    .filter(({ state }) => state === 'connected')
    .map(({ id, name }) => ({ id, name: name ?? id }))

function portOf<P extends WebPort>(ports: ReadonlyMap<string, P>, id: string): P {
  const port = ports.get(id)
  if (port?.state === 'connected') return port
  return fail({
    code: 'unknown-midi-port',
    path: id,
    message: 'this MIDI port is gone',
    expected: 'a port that is there',
  })
}

/** The browser opens and closes when it can; a port that it cannot open says nothing. */
const later = (work: Promise<unknown>): void => void work.catch(() => undefined)

/**
 * The MIDI ports of a browser. It asks the user for them: only then are there any. It has no virtual ports.
 *
 * @param access what `await navigator.requestMIDIAccess()` returns
 * @example
 * const browse = async (requestAccess: () => Promise<Parameters<typeof webMidiPorts>[0]>) => webMidiPorts(await requestAccess())
 */
export function webMidiPorts(access: WebMidiAccess): MidiPorts {
  const watchers = new Set<() => void>()
  const unwatch = (changed: () => void): void => {
    watchers.delete(changed)
    access.removeEventListener('statechange', changed)
  }
  return {
    get inputs() {
      return listOf(access.inputs)
    },
    get outputs() {
      return listOf(access.outputs)
    },
    openInput(id, hear: HearMidi): MidiInput {
      const port = portOf(access.inputs, id)
      const listen = ({ data, timeStamp }: WebMessage): void => {
        if (data !== null) hear(data, timeStamp / 1000)
      }
      port.addEventListener('midimessage', listen)
      later(port.open())
      return {
        close() {
          port.removeEventListener('midimessage', listen)
          later(port.close())
        },
      }
    },
    openOutput(id): MidiOutput {
      const port = portOf(access.outputs, id)
      later(port.open())
      return {
        send(bytes) {
          // a port that is gone throws
          if (port.state === 'connected') port.send([...bytes])
        },
        close: () => later(port.close()),
      }
    },
    watch(changed) {
      const own = (): void => changed()
      watchers.add(own)
      access.addEventListener('statechange', own)
      return () => unwatch(own)
    },
    close() {
      for (const watcher of watchers) unwatch(watcher)
    },
  }
}
