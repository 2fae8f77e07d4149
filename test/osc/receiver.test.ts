import { describe, expect, it } from 'vitest'
import { timeTagOf } from '../../src/osc/time.ts'
import { encodeBundle, encodeMessage, float, immediate, int, type OscArg, type OscMessage, type OscPacket } from '../../src/scsynth/index.ts' // prettier-ignore
import { Receiver } from '../../src/osc/index.ts'
import { Desk } from './fake.ts'

const message = (address: string, ...args: OscArg[]): OscMessage => ({ address, args })
const on = message('/note', int(60), float(0.5))
const off = message('/note', int(60), float(0))

/** Sends messages at once, or as a bundle for some seconds from now. */
function send(desk: Desk, packet: OscMessage | readonly OscPacket[], ahead?: number): void {
  if ('address' in packet) desk.receiver.receive(encodeMessage(packet))
  else
    desk.receiver.receive(encodeBundle(packet, ahead === undefined ? immediate : timeTagOf(desk.now + ahead)))
}

describe('a receiver', () => {
  it('does at once what a message asks for', () => {
    const desk = new Desk()
    for (const one of [on, off, message('/knob/cutoff', float(0.5)), message('/recall', 'verse', int(2))]) send(desk, one) // prettier-ignore
    expect(desk.target.asked).toEqual([
      { event: { kind: 'on', note: 60, velocity: 0.5 } },
      { event: { kind: 'off', note: 60 } },
      { knob: 'cutoff', position: 0.5 },
      { recall: 'verse', over: 2 },
    ])
    expect(desk.receiver.counts).toEqual({ packets: 4, accepted: 4, refused: 0 })
  })

  it('counts what it drops, says why, and does the rest of the bundle', async () => {
    const desk = new Desk()
    send(desk, [message('/nothing'), on, message('/knob/cutof', float(1)), message('/note', 'H')])
    desk.receiver.receive(new Uint8Array([1, 2, 3]))
    send(desk, message('/recall', 'chorus'))
    await Promise.resolve()
    await Promise.resolve()
    expect(desk.target.asked).toHaveLength(2)
    expect(desk.receiver.counts).toEqual({ packets: 3, accepted: 2, refused: 5 })
    expect(desk.refused.map(({ code }) => code)).toEqual(['invalid-osc', 'unknown-knob', 'invalid-notes', 'invalid-osc', 'invalid-name']) // prettier-ignore
  })

  it('has no snapshots if its target has none, and lives on if its listener fails', () => {
    const desk = new Desk()
    const { time } = desk.target
    const bare = { play: () => undefined, panic: () => undefined, setKnob: () => undefined, time }
    const receiver = new Receiver(bare, {
      now: () => 1,
      onRefused: () => {
        throw new Error('broken')
      },
    })
    receiver.receive(encodeMessage(message('/recall', 'verse')))
    expect(receiver.counts).toEqual({ packets: 1, accepted: 0, refused: 1 })
  })

  it('hands bundles over ahead of their time, for exactly their moment', () => {
    const desk = new Desk()
    send(desk, [on, message('/knob/cutoff', float(1))], 1)
    send(desk, [off], 1.5)
    desk.pass(0.7)
    expect(desk.target.asked).toEqual([])
    desk.pass(0.2)
    const [first] = desk.target.asked
    expect(desk.target.asked).toHaveLength(2)
    expect((first as { at: number }).at).toBeCloseTo(1, 3)
    desk.pass(1)
    expect((desk.target.asked[2] as { at: number }).at).toBeCloseTo(1.5, 3)
  })

  it('keeps the distance of moments although the clock of the synth goes in steps', () => {
    const desk = new Desk()
    for (let i = 0; i < 40; i++) send(desk, [on], 1 + i / 40)
    for (let i = 0; i < 200; i++) {
      desk.pass(0.01, 0.01)
      // as a sound card has it: 10 ms at a time, and late by chance
      desk.target.time = Math.floor(desk.target.time / 0.01) * 0.01 - (i % 3) * 0.003
    }
    const times = desk.target.asked.map((one) => ('at' in one ? (one.at ?? NaN) : NaN))
    expect(times).toHaveLength(40)
    for (let i = 1; i < 40; i++) expect(Math.abs(times[i]! - times[i - 1]! - 0.025)).toBeLessThan(0.002)
  })

  it('does at once what is late, and what is in an immediate bundle within', () => {
    const desk = new Desk()
    send(desk, [on], -5)
    expect(desk.target.asked).toEqual([{ event: { kind: 'on', note: 60, velocity: 0.5 } }])
    send(desk, [{ timeTag: immediate, elements: [off] }], 1)
    expect(desk.target.asked).toHaveLength(1)
    desk.pass(1.1)
    expect(desk.target.asked).toHaveLength(2)
  })

  it('ends a note after its length, also if another with the same pitch overlaps it', () => {
    const desk = new Desk()
    const held = (seconds: number): OscMessage => message('/note', int(60), float(0.5), float(seconds))
    send(desk, held(2))
    desk.pass(1)
    send(desk, held(2))
    expect(desk.target.sounding.size).toBe(2)
    desk.pass(1.2)
    expect(desk.target.sounding.size).toBe(1)
    desk.pass(1)
    expect(desk.target.sounding.size).toBe(0)
    send(desk, held(0))
    desk.pass(0.1)
    expect(desk.target.sounding.size).toBe(0)
  })

  it('refuses what is more than an hour ahead, and what would fill the memory', () => {
    const desk = new Desk()
    send(desk, [on], 3601)
    expect(desk.receiver.counts).toMatchObject({ accepted: 0, refused: 1 })
    for (let i = 0; i < 10_100; i++) send(desk, [off], 100)
    expect(desk.receiver.counts).toMatchObject({ accepted: 10_000, refused: 101 })
    // a note that could not be ended is not begun; what needs no waiting is done
    send(desk, message('/note', int(60), float(0.5), float(1)))
    expect(desk.target.sounding.size).toBe(0)
    send(desk, on)
    expect(desk.target.sounding.size).toBe(1)
  })
})

describe('silence', () => {
  it('ends what sounds, at its time, and leaves alone what is still to come', () => {
    const desk = new Desk()
    send(desk, on)
    send(desk, [message('/note', int(70), float(1))], 1)
    send(desk, [message('/silence')], 0.5)
    desk.pass(0.4)
    expect(desk.target.sounding.size).toBe(1)
    desk.pass(0.2)
    expect(desk.target.sounding.size).toBe(0)
    desk.pass(0.5)
    expect(desk.target.sounding.size).toBe(1)
    expect(desk.target.asked).not.toContainEqual({ panic: true })
  })
})

describe('a panic', () => {
  it('silences what sounds, and all that was still to come', () => {
    const desk = new Desk()
    send(desk, on)
    send(desk, message('/channel/3/note', 'C5', float(1), float(100)))
    for (const ahead of [0.05, 0.1, 0.15, 0.3, 1, 100]) send(desk, [message('/note', int(70), float(1))], ahead) // prettier-ignore
    desk.pass(0.01, 0.01)
    send(desk, message('/panic'))
    expect(desk.target.sounding.size).toBe(0)
    desk.pass(200, 0.5)
    expect(desk.target.sounding.size).toBe(0)
    send(desk, on)
    expect(desk.target.sounding.size).toBe(1)
  })

  it('leaves alone what is struck after it, whatever was to come', () => {
    const desk = new Desk()
    for (const ahead of [0.05, 0.15]) send(desk, [message('/note', int(70), float(1))], ahead)
    send(desk, message('/panic'))
    send(desk, on)
    for (let i = 0; i < 30; i++) {
      desk.pass(0.01, 0.01)
      expect(desk.target.sounding.size).toBe(1)
    }
  })

  it('may come in a bundle, at its time', () => {
    const desk = new Desk()
    send(desk, on)
    send(desk, [message('/panic')], 1)
    desk.pass(0.9)
    expect(desk.target.sounding.size).toBe(1)
    desk.pass(0.2)
    expect(desk.target.sounding.size).toBe(0)
  })
})

describe('a receiver that is closed', () => {
  it('ends the notes that would have ended by themselves', () => {
    const desk = new Desk()
    send(desk, message('/note', int(60), float(0.5), float(100)))
    send(desk, [on], 5)
    desk.receiver.close()
    desk.pass(10)
    expect(desk.target.sounding.size).toBe(0)
  })
})
