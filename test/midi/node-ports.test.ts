import { existsSync } from 'node:fs'
import { describe, expect, it, vi } from 'vitest'
import { MegasynthError } from '../../src/errors/index.ts'
import { connectMidi } from '../../src/midi/connect.ts'
import { evenClock, openMidiPorts, rtMidiPorts, type RtMidi } from '../../src/midi/node-ports.ts'
import { FakeSynth } from './fake-synth.ts'

/** A library like `@julusian/midi`, with the ports that a test gives it. */
function library() {
  const system = {
    names: ['Keys:Keys MIDI 1 20:0', 'Midi Through:Midi Through Port-0 14:0'],
    busy: false,
    virtual: [] as string[],
    sent: [] as number[][],
    /** Ports that are open or looking, and have not been destroyed. */
    alive: 0,
    inputs: [] as Port[],
  }
  class Port {
    opened: string | undefined
    readonly ignored: boolean[] = []
    #hear: (delta: number, bytes: Uint8Array) => void = () => undefined
    constructor() {
      system.alive++
    }
    on(_: 'messageBuffer', hear: (delta: number, bytes: Uint8Array) => void): void {
      this.#hear = hear
      system.inputs.push(this)
    }
    say(delta: number, ...bytes: number[]): void {
      this.#hear(delta, Uint8Array.from(bytes))
    }
    ignoreTypes(...types: boolean[]): void {
      this.ignored.push(...types)
    }
    getPortCount(): number {
      return system.names.length
    }
    getPortName(port: number): string {
      const name = system.names[port]
      if (name === undefined || name === 'vanishing') throw new Error('Internal RtMidi error')
      return name
    }
    openPort(port: number): void {
      if (system.busy) throw new Error('Internal RtMidi error')
      this.opened = system.names[port]
    }
    openVirtualPort(name: string): void {
      if (system.busy) throw new Error('Internal RtMidi error')
      system.names.push(`RtMidi Client:${name} 129:0`)
      this.opened = name
    }
    closePort(): void {
      this.opened = undefined
    }
    destroy(): void {
      system.alive--
      system.inputs = system.inputs.filter((input) => input !== this)
    }
    sendMessage(bytes: Buffer): void {
      if (this.opened === undefined) throw new Error('not open')
      system.sent.push([...bytes])
    }
  }
  const rtMidi: RtMidi = { Input: Port, Output: Port }
  return { system, rtMidi, ports: rtMidiPorts(rtMidi) }
}

describe('ports of Node', () => {
  it('have the names of devices without the numbers of their clients, and ids of their own', () => {
    const { ports, system } = library()
    system.names.push('Keys:Keys MIDI 1 24:0', 'Keys:Keys MIDI 1 24:0', 'vanishing')
    expect(ports.inputs).toEqual([
      { id: 'Keys:Keys MIDI 1 20:0', name: 'Keys:Keys MIDI 1' },
      { id: 'Midi Through:Midi Through Port-0 14:0', name: 'Midi Through:Midi Through Port-0' },
      { id: 'Keys:Keys MIDI 1 24:0', name: 'Keys:Keys MIDI 1' },
      { id: 'Keys:Keys MIDI 1 24:0 #2', name: 'Keys:Keys MIDI 1' },
    ])
    expect(ports.outputs).toEqual(ports.inputs)
  })

  it('open the port of an id, hear clock but no system exclusive, and end', () => {
    const { ports, system } = library()
    const heard: number[][] = []
    const input = ports.openInput('Midi Through:Midi Through Port-0 14:0', (bytes) => heard.push([...bytes]))
    expect(system.inputs[0]?.opened).toBe('Midi Through:Midi Through Port-0 14:0')
    expect(system.inputs[0]?.ignored).toEqual([true, false, true])
    system.inputs[0]?.say(0, 0x90, 60, 100)
    expect(heard).toEqual([[0x90, 60, 100]])
    input.close()
    ports.close()
    expect(system.alive).toBe(0)
  })

  it('send, and drop what cannot be sent', () => {
    const { ports, system } = library()
    const output = ports.openOutput('Keys:Keys MIDI 1 20:0')
    output.send(Uint8Array.of(0x90, 60, 100))
    expect(system.sent).toEqual([[0x90, 60, 100]])
  })

  it('say what is wrong with a port that is gone, or kept by another program, and leave nothing open', () => {
    const { ports, system } = library()
    const { alive } = system
    expect(() => ports.openInput('Pads', () => undefined)).toThrow(/unknown-midi-port/)
    system.busy = true
    const id = 'Keys:Keys MIDI 1 20:0'
    expect(() => ports.openInput(id, () => undefined)).toThrow(/midi-port-failed[^]*close the program/)
    expect(() => ports.openOutput(id)).toThrow(MegasynthError)
    expect(() => ports.virtual?.openOutput('mine')).toThrow(/midi-port-failed/)
    expect(system.alive).toBe(alive)
  })

  it('do not offer virtual ports of our own, nor bare connections', () => {
    const { ports, system } = library()
    const before = ports.inputs
    const output = ports.virtual?.openOutput('Megasynth')
    system.names.push('RtMidi Output Client:RtMidi Output 130:0')
    expect(ports.inputs).toEqual(before)
    output?.send(Uint8Array.of(0xf8))
    expect(system.sent).toEqual([[0xf8]])
    // which are not miscounted by them
    system.names.unshift('RtMidi Client:Megasynth 129:0')
    ports.openInput('Keys:Keys MIDI 1 20:0', () => undefined)
    expect(system.inputs[0]?.opened).toBe('Keys:Keys MIDI 1 20:0')
    output?.close()
    expect(ports.inputs.length).toBeGreaterThan(before.length)
  })

  it('of our own are known by their client, and as long as one of that name is open', () => {
    const { ports, system } = library()
    const before = ports.inputs.length
    const input = ports.virtual?.openInput('Out', () => undefined)
    const output = ports.virtual?.openOutput('Out')
    // a device whose port has that name, too
    system.names.push('Keystation:Out 32:0')
    expect(ports.inputs.map(({ name }) => name).slice(before)).toEqual(['Keystation:Out'])
    input?.close()
    input?.close()
    expect(ports.inputs).toHaveLength(before + 1)
    output?.close()
    expect(ports.inputs).toHaveLength(before + 3)
    ports.virtual?.openOutput('Out')
    system.names = ['Out', 'RtMidi Output Client:Out 140:0', 'RtMidi Input Client:Out 141:1', 'Pads:Out']
    expect(ports.inputs.map(({ name }) => name)).toEqual(['Pads:Out'])
  })

  it('are looked at again and again, as long as somebody watches', () => {
    vi.useFakeTimers()
    try {
      const { rtMidi, system } = library()
      const ports = rtMidiPorts(rtMidi, { pollMs: 100 })
      const synth = new FakeSynth()
      const connection = connectMidi(synth, { ports, port: 'keys' })
      system.inputs[0]?.say(0, 0x90, 60, 127)
      system.names = []
      vi.advanceTimersByTime(100)
      expect(synth.events.map(({ kind }) => kind)).toEqual(['on', 'off'])
      expect(connection.inputs).toEqual([])
      system.names = ['Keys:Keys MIDI 1 28:0']
      vi.advanceTimersByTime(100)
      expect(connection.inputs.map(({ name }) => name)).toEqual(['Keys:Keys MIDI 1'])
      connection.close()
      expect(vi.getTimerCount()).toBe(0)
    } finally {
      vi.useRealTimers()
    }
  })
})

describe('the times of messages', () => {
  it('are those of the library, however late this process sees them', () => {
    let now = 100
    const clock = evenClock(() => now)
    const seen = [0, 0.02, 0.02, 0.02].map((delta, i) => {
      now += delta + (i % 2 === 0 ? 0.01 : -0.01)
      return clock(delta)
    })
    const gaps = seen.slice(1).map((time, i) => time - (seen[i] ?? 0))
    for (const gap of gaps) expect(gap).toBeCloseTo(0.02, 9)
  })

  it('are set right where the clocks have drifted apart', () => {
    let now = 0
    const clock = evenClock(() => now)
    clock(0)
    now = 5
    expect(clock(0.02)).toBe(5)
  })
})

describe('the real library', () => {
  const hasSequencer = existsSync('/dev/snd/seq') || process.platform !== 'linux'

  it.skipIf(hasSequencer)('says what is missing where there is no sequencer, and how to get it', async () => {
    const error: unknown = await openMidiPorts().catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(MegasynthError)
    expect((error as MegasynthError).problems).toEqual([
      {
        code: 'midi-unavailable',
        path: 'MIDI',
        message: 'this system has no MIDI ports',
        found: expect.stringContaining('Failed to initialise RtMidi'),
        expected: expect.stringContaining('/dev/snd/seq'),
        suggestion: expect.stringContaining('modprobe snd-seq'),
      },
    ])
  })

  it.skipIf(!hasSequencer)('lists the ports there are', async () => {
    const ports = await openMidiPorts()
    expect(ports.inputs.every(({ id, name }) => id.startsWith(name))).toBe(true)
    ports.close()
  })
})
