import { createSocket } from 'node:dgram'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Problem } from '../../src/errors/index.ts'
import {
  listenOsc,
  sendOsc,
  type ListenOptions,
  type OscListener,
  type OscSender,
} from '../../src/osc/index.ts'
import { encodeMessage, float, int } from '../../src/scsynth/index.ts'
import { errorOf } from '../engine/helpers.ts'
import { FakeTarget } from './fake.ts'
import { until } from '../until.ts'

const open: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const one of open.splice(0)) await one.close()
})
const listening = async (options: Partial<ListenOptions> = {}): Promise<[OscListener, FakeTarget]> => {
  const target = new FakeTarget()
  const listener = await listenOsc({ target, port: 0, ...options })
  open.push(listener)
  return [listener, target]
}
const sending = async (port: number, time?: () => number): Promise<OscSender> => {
  const sender = await sendOsc({ port, time })
  open.push(sender)
  return sender
}

describe('listenOsc', () => {
  it('plays what arrives at its port, on loopback unless told otherwise', async () => {
    const [listener, target] = await listening()
    expect(listener.address).toBe('127.0.0.1')
    expect(listener.port).toBeGreaterThan(0)
    const sender = await sending(listener.port)
    sender.play({ kind: 'on', note: 60, velocity: 0.5 })
    await until(() => target.asked.length === 1)
    sender.setKnob('cutoff', 0.25)
    await until(() => target.asked.length === 2)
    expect(target.asked).toEqual([
      { event: { kind: 'on', note: 60, velocity: 0.5 } },
      { knob: 'cutoff', position: 0.25 },
    ])
    expect(listener.counts).toEqual({ packets: 2, accepted: 2, refused: 0 })
    await until(() => sender.counts.sent === 2)
  })

  it('drops what it does not understand, with a count and a reason, and goes on', async () => {
    const refused: Problem[] = []
    const [listener, target] = await listening({ onRefused: (problem) => refused.push(problem) })
    const socket = createSocket('udp4')
    for (const bytes of [new Uint8Array(0), new Uint8Array([47]), new Uint8Array(9000).fill(35)])
      socket.send(bytes, listener.port, '127.0.0.1')
    await until(() => listener.counts.refused === 3)
    socket.send(encodeMessage({ address: '/note', args: [int(60), float(1)] }), listener.port, '127.0.0.1')
    await until(() => target.asked.length === 1)
    expect(refused.map(({ code }) => code)).toEqual(['invalid-osc', 'invalid-osc', 'invalid-osc'])
    await new Promise<void>((resolve) => void socket.close(resolve))
  })

  it('ends notes in their time, and what is played ahead at its moment', async () => {
    // the clock goes when the test says so, however long a packet takes
    vi.useFakeTimers({ toFake: ['Date'] })
    try {
      const [listener, target] = await listening()
      const pass = (seconds: number): void => {
        vi.setSystemTime(Date.now() + seconds * 1000)
        target.time += seconds
      }
      const socket = createSocket('udp4')
      const bytes = encodeMessage({ address: '/note', args: [int(60), float(1), float(0.3)] })
      socket.send(bytes, listener.port, '127.0.0.1')
      await until(() => target.asked.length === 1)
      pass(0.15)
      await until(() => target.asked.length === 2)
      expect(target.asked[1]).toMatchObject({ event: { kind: 'off', note: 60 } })
      expect((target.asked[1] as { at?: number }).at).toBeCloseTo(0.3, 3)
      const sender = await sending(listener.port, () => 100)
      sender.play({ kind: 'on', note: 64, velocity: 1 }, { at: 100.5 })
      await until(() => listener.counts.accepted === 2)
      expect(target.asked).toHaveLength(2)
      pass(0.4)
      await until(() => target.asked.length === 3)
      const [, , ahead] = target.asked
      expect(ahead).toMatchObject({ event: { kind: 'on', note: 64 } })
      expect((ahead as { at?: number }).at).toBeCloseTo(0.65, 3)
      await new Promise<void>((resolve) => void socket.close(resolve))
    } finally {
      vi.useRealTimers()
    }
  })

  it('listens in the world, or on IPv6, if it is told to', async () => {
    const [everywhere] = await listening({ address: '0.0.0.0' })
    expect(everywhere.address).toBe('0.0.0.0')
  })

  it('says what is wrong with a port or an address', async () => {
    const [listener] = await listening()
    const target = new FakeTarget()
    const used = await errorOf(() => listenOsc({ target, port: listener.port }))
    expect(used.message).toBe(
      `127.0.0.1:${listener.port}: OSC cannot be received here [network-failed]\n` +
        '  found:    another program uses the port\n  choose another port, or end that program',
    )
    const elsewhere = await errorOf(() => listenOsc({ target, port: 0, address: '203.0.113.7' }))
    expect(elsewhere.problems[0]).toMatchObject({ code: 'network-failed', path: '203.0.113.7:0' })
    for (const port of [-1, 65_536, 1.5, NaN])
      expect((await errorOf(() => listenOsc({ target, port }))).code).toBe('out-of-range')
  })

  it('gives its port free when it is closed', async () => {
    const [listener] = await listening()
    const { port } = listener
    await listener.close()
    open.splice(0)
    const [again] = await listening({ port })
    expect(again.port).toBe(port)
  })
})

describe('sendOsc', () => {
  it('refuses a port that is none and a host that there is not', async () => {
    for (const port of [0, 65_536, 0.5])
      expect((await errorOf(() => sendOsc({ port }))).code).toBe('out-of-range')
    const error = await errorOf(() => sendOsc({ host: 'nobody.invalid', port: 57_131 }))
    expect(error.problems[0]).toMatchObject({ code: 'network-failed', path: 'nobody.invalid:57131' })
  })

  it('does not mind if nobody listens', async () => {
    const sender = await sendOsc({ port: 9 })
    for (let i = 0; i < 10; i++) sender.play({ kind: 'on', note: 60, velocity: 1 })
    await sender.close()
    expect(sender.counts.sent + sender.counts.failed).toBe(10)
  })

  it('plays a synth of another program: what is sent arrives as it was played', async () => {
    const [listener, target] = await listening()
    const sender = await sending(listener.port)
    const events = [
      { kind: 'on', note: 60.25, velocity: 0.5, channel: 2, id: 'a' },
      { kind: 'bend', semitones: 1.5, channel: 2 },
      { kind: 'off', note: 60.25, channel: 2, id: 'a' },
      { kind: 'allOff' },
    ] as const
    for (const [i, event] of events.entries()) {
      sender.play(event)
      await until(() => target.asked.length === i + 1)
    }
    expect(target.asked).toEqual(events.map((event) => ({ event })))
  })
})
