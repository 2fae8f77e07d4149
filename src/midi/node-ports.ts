import { fail } from '../errors/index.ts'
import type { HearMidi, MidiInput, MidiOutput, MidiPortInfo, MidiPorts } from './ports.ts'

/** What is used of `@julusian/midi`. */
export interface RtMidi {
  readonly Input: new () => RtPort & {
    on(event: 'messageBuffer', hear: (deltaSeconds: number, bytes: Uint8Array) => void): unknown
    ignoreTypes(sysex: boolean, timing: boolean, activeSensing: boolean): void
  }
  readonly Output: new () => RtPort & { sendMessage(bytes: Buffer): void }
}

interface RtPort {
  getPortCount(): number
  getPortName(port: number): string
  openPort(port: number): void
  openVirtualPort(name: string): void
  closePort(): void
  destroy(): void
}

/** How the ports of Node are looked after. */
export interface NodePortsOptions {
  /** Milliseconds from one look at the ports to the next. Default: 500. */
  readonly pollMs?: number
}

const defaultPoll = 500
/** Seconds by which the times of a library may be off those of this process before they are set right. */
const tolerance = 0.1

/**
 * The MIDI ports of this machine, hardware and virtual, by `@julusian/midi` (RtMidi). The library is loaded only here.
 *
 * @throws MegasynthError `midi-unavailable` where the system has no MIDI, with what is missing and how to get it
 * @example
 * const ports = await openMidiPorts()
 * console.log(ports.inputs.map(({ name }) => name))
 */
export async function openMidiPorts(options: NodePortsOptions = {}): Promise<MidiPorts> {
  return rtMidiPorts(await loadRtMidi(), options)
}

async function loadRtMidi(): Promise<RtMidi> {
  try {
    const { Input, Output } = await import('@julusian/midi')
    return { Input, Output }
  } catch (cause) {
    return unavailable('its library does not load', cause)
  }
}

function unavailable(found: string, cause: unknown): never {
  const said = cause instanceof Error ? cause.message : String(cause)
  const [expected, suggestion] = needs[process.platform] ?? [
    'a system with MIDI: Linux (ALSA), macOS or Windows',
    'install @julusian/midi where it has a prebuilt binary',
  ]
  return fail(
    {
      code: 'midi-unavailable',
      path: 'MIDI',
      message: 'this system has no MIDI ports',
      found: `${found} (${said.split('\n', 1)[0] ?? said})`,
      expected,
      suggestion,
    },
    { cause },
  )
}

/** What MIDI needs, and where it comes from. */
const needs: Readonly<Partial<Record<NodeJS.Platform, readonly [expected: string, suggestion: string]>>> = {
  linux: [
    'the ALSA library (libasound.so.2) and its sequencer device (/dev/snd/seq)',
    'install libasound2 and run `sudo modprobe snd-seq`; a container needs the device passed in (--device /dev/snd)',
  ],
  darwin: ['CoreMIDI, which is part of macOS', 'look at the devices in Audio MIDI Setup'],
  win32: ['the MIDI services of Windows', 'see that the driver of the device is installed'],
}

/** Number and name of the client that ALSA appends to every name: another one each time it is plugged in. */
const withoutClient = (name: string): string => name.replace(/ \d+:\d+$/, '')

/** How ALSA calls the client of a virtual port of this library. A device may have a port of the same name: it is another client's. */
const ownClient = /^RtMidi (?:(?:Input|Output) )?Client:/

/** How ALSA shows the connections of programs that use this library, ours among them: nobody is behind them. */
const connections = /^RtMidi (?:Input|Output) Client:RtMidi (?:Input|Output)$/

/** By their numbers; one that goes away while they are counted has no name any more. */
function namesOf(port: RtPort): readonly string[] {
  return Array.from({ length: port.getPortCount() }, (_, i) => {
    try {
      return port.getPortName(i)
    } catch {
      return ''
    }
  })
}

/** Ports of a library that is there; its own as far as a test has one. */
export function rtMidiPorts(
  { Input, Output }: RtMidi,
  { pollMs = defaultPoll }: NodePortsOptions = {},
): MidiPorts {
  const made = <P>(port: new () => P): P => {
    try {
      return new port()
    } catch (cause) {
      return unavailable('its sequencer cannot be reached', cause)
    }
  }
  // these two are never opened: they are for looking only
  const looks = { input: made(Input), output: made(Output) }
  /** How many virtual ports of each name are open: they are no ports to be connected to. */
  const own = new Map<string, number>()
  const watchers = new Set<() => void>()
  let poll: NodeJS.Timeout | undefined

  function list(port: RtPort): readonly MidiPortInfo[] {
    const names = namesOf(port)
    return names.map((name, i) => {
      const twins = names.slice(0, i).filter((other) => other === name).length
      return { id: twins === 0 ? name : `${name} #${twins + 1}`, name: withoutClient(name) }
    })
  }
  const isOwn = (name: string): boolean =>
    name === '' ||
    connections.test(name) ||
    // systems without clients name the port alone
    [...own.keys()].some((mine) => name === mine || name.replace(ownClient, '') === mine)
  const others = (port: RtPort): readonly MidiPortInfo[] => list(port).filter(({ name }) => !isOwn(name))

  function open<P extends RtPort>(port: P, id: string): P {
    // by its place among all ports, own ones too
    const index = list(port).findIndex((other) => other.id === id)
    if (index < 0) {
      port.destroy()
      fail({
        code: 'unknown-midi-port',
        path: id,
        message: 'this MIDI port is gone',
        expected: 'a port that is there',
      })
    }
    return opened(port, id, () => port.openPort(index))
  }

  function opened<P extends RtPort>(port: P, path: string, how: () => void): P {
    try {
      how()
      return port
    } catch (cause) {
      port.destroy()
      return fail(
        {
          code: 'midi-port-failed',
          path,
          message: 'this MIDI port cannot be opened',
          found: cause instanceof Error ? cause.message : String(cause),
          expected: 'a port that no other program keeps for itself',
          suggestion: 'close the program that uses it, or unplug the device and plug it in again',
        },
        { cause },
      )
    }
  }

  function listening(hear: HearMidi): InstanceType<RtMidi['Input']> {
    const input = made(Input)
    // system exclusive is of no use here, clock is
    input.ignoreTypes(true, false, true)
    const clock = evenClock(() => performance.now() / 1000)
    input.on('messageBuffer', (delta, bytes) => hear(bytes, clock(delta)))
    return input
  }
  const closing = (port: RtPort, name?: string): (() => void) => {
    if (name !== undefined) own.set(name, (own.get(name) ?? 0) + 1)
    let isOpen = true
    return () => {
      if (!isOpen) return
      isOpen = false
      const others = (name === undefined ? 0 : (own.get(name) ?? 0)) - 1
      if (name !== undefined && others > 0) own.set(name, others)
      else if (name !== undefined) own.delete(name)
      port.destroy()
    }
  }
  const sender = (output: InstanceType<RtMidi['Output']>, close: () => void): MidiOutput => ({
    send(bytes) {
      try {
        output.sendMessage(Buffer.from(bytes))
      } catch {
        // the device is gone, which whoever watches the ports will see
      }
    },
    close,
  })

  return {
    get inputs() {
      return others(looks.input)
    },
    get outputs() {
      return others(looks.output)
    },
    openInput(id, hear): MidiInput {
      const input = open(listening(hear), id)
      return { close: closing(input) }
    },
    openOutput(id): MidiOutput {
      const output = open(made(Output), id)
      return sender(output, closing(output))
    },
    // Windows has no ports of one's own
    ...(process.platform !== 'win32' && {
      virtual: {
        openInput(name: string, hear: HearMidi): MidiInput {
          const input = listening(hear)
          return {
            close: closing(
              opened(input, name, () => input.openVirtualPort(name)),
              name,
            ),
          }
        },
        openOutput(name: string): MidiOutput {
          const output = made(Output)
          return sender(
            output,
            closing(
              opened(output, name, () => output.openVirtualPort(name)),
              name,
            ),
          )
        },
      },
    }),
    watch(changed) {
      watchers.add(changed)
      poll ??= setInterval(() => {
        for (const watcher of watchers) watcher()
      }, pollMs).unref()
      return () => {
        watchers.delete(changed)
        if (watchers.size > 0) return
        clearInterval(poll)
        poll = undefined
      }
    },
    close() {
      clearInterval(poll)
      watchers.clear()
      looks.input.destroy()
      looks.output.destroy()
    },
  }
}

/**
 * When messages came, by the intervals that the library measured where they came in: this process sees them later, and
 * not evenly. The clock is set right where the two have drifted apart.
 */
export function evenClock(now: () => number): (deltaSeconds: number) => number {
  let time: number | undefined
  return (deltaSeconds) => {
    const seen = now()
    const next = (time ?? seen) + deltaSeconds
    time = time === undefined || Math.abs(next - seen) > tolerance ? seen : next
    return time
  }
}
