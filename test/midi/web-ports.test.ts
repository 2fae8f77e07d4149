import { expect, it } from 'vitest'
import { connectMidi } from '../../src/midi/connect.ts'
import { webMidiPorts, type WebMidiAccess } from '../../src/midi/web-ports.ts'
import { FakeSynth } from './fake-synth.ts'

type Message = { data: Uint8Array | null; timeStamp: number }

/** A port like a browser's, input and output at once. */
class WebPort {
  state: 'connected' | 'disconnected' = 'connected'
  isOpen = false
  readonly sent: number[][] = []
  readonly hearing = new Set<(message: Message) => void>()
  readonly id: string
  readonly name: string | null
  constructor(id: string, name: string | null) {
    this.id = id
    this.name = name
  }
  addEventListener(_: 'midimessage', hear: (message: Message) => void): void {
    this.hearing.add(hear)
  }
  removeEventListener(_: 'midimessage', hear: (message: Message) => void): void {
    this.hearing.delete(hear)
  }
  async open(): Promise<void> {
    this.isOpen = true
    await Promise.resolve()
  }
  async close(): Promise<void> {
    this.isOpen = false
    await Promise.resolve()
    throw new Error('InvalidAccessError')
  }
  send(bytes: number[]): void {
    if (this.state === 'disconnected') throw new Error('InvalidStateError')
    this.sent.push(bytes)
  }
  say(...bytes: number[]): void {
    for (const hear of this.hearing) hear({ data: Uint8Array.from(bytes), timeStamp: 5 })
  }
}

function browser() {
  const keys = new WebPort('1', 'Keys')
  const pads = new WebPort('2', null)
  const changes = new Set<() => void>()
  const ports = new Map([keys, pads].map((port) => [port.id, port]))
  const access: WebMidiAccess = {
    inputs: ports,
    outputs: ports,
    addEventListener: (_, changed) => void changes.add(changed),
    removeEventListener: (_, changed) => void changes.delete(changed),
  }
  const set = (port: WebPort, state: WebPort['state']): void => {
    port.state = state
    for (const changed of changes) changed()
  }
  return { keys, pads, changes, set, ports: webMidiPorts(access) }
}

it('the ports of a browser play a synth, come and go, and are closed', () => {
  const { keys, changes, set, ports } = browser()
  expect(ports.inputs).toEqual([
    { id: '1', name: 'Keys' },
    { id: '2', name: '2' },
  ])
  const synth = new FakeSynth()
  const connection = connectMidi(synth, { ports, port: 'keys' })
  expect(keys.isOpen).toBe(true)
  keys.say(0x90, 60, 127)
  for (const hear of keys.hearing) hear({ data: null, timeStamp: 6 })
  set(keys, 'disconnected')
  expect(synth.events.map(({ kind }) => kind)).toEqual(['on', 'off'])
  expect([keys.hearing.size, ports.inputs.length, connection.inputs.length]).toEqual([0, 1, 0])
  set(keys, 'connected')
  expect(connection.inputs).toEqual([{ id: '1', name: 'Keys' }])
  connection.close()
  expect([keys.isOpen, changes.size]).toEqual([false, 0])
})

it('the ports of a browser are sent to as long as they are there', () => {
  const { keys, set, ports, changes } = browser()
  const output = ports.openOutput('1')
  output.send(Uint8Array.of(0xf8))
  set(keys, 'disconnected')
  output.send(Uint8Array.of(0xf8))
  output.close()
  expect(keys.sent).toEqual([[0xf8]])
  expect(() => ports.openOutput('1')).toThrow(/unknown-midi-port/)
  expect(() => ports.openInput('9', () => undefined)).toThrow(/unknown-midi-port/)
  ports.watch(() => undefined)
  ports.close()
  expect(changes.size).toBe(0)
})
