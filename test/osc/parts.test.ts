import { expect, it } from 'vitest'
import { Receiver, oscParts } from '../../src/osc/index.ts'
import { encodeMessage, float, int, type OscArg } from '../../src/scsynth/index.ts'
import { FakeTarget } from './fake.ts'

/** A synth's stand-in with knobs and snapshots. */
class FakePart extends FakeTarget {
  readonly patch = { knobs: { cutoff: 0.5 }, devices: {} }
  readonly snapshots: ReadonlyMap<string, typeof this.patch>

  constructor(...names: string[]) {
    super()
    this.snapshots = new Map(names.map((name) => [name, this.patch]))
  }

  override recall = (async (name: string, how: { readonly over: number }) =>
    await super.recall(name, how)) as never
}

function band() {
  const [first, second] = [new FakePart(), new FakePart('verse')]
  let now = 100
  const target = oscParts([
    { synth: first, channel: 1 },
    { synth: second, channel: 3, transpose: 12 },
  ])
  const receiver = new Receiver(target, { now: () => now })
  return {
    first,
    second,
    receiver,
    send: (address: string, ...args: OscArg[]) => receiver.receive(encodeMessage({ address, args })),
    pass: (seconds: number) => {
      now += seconds
      first.time = second.time = now - 100
      receiver.handOver()
    },
  }
}

it('a message is for all parts, or with a channel for one; notes are moved as far as those of their part', () => {
  const { first, second, send, receiver } = band()
  send('/note', int(60), float(1))
  send('/channel/3/note', int(120), float(1))
  send('/channel/3/note/off', int(60))
  send('/channel/1/knob/cutoff', float(1))
  send('/knob/cutoff', float(0))
  send('/channel/3/recall', 'verse')
  send('/recall', 'verse')
  send('/channel/2/note', int(60), float(1))
  send('/channel/2/panic')
  const on = (note: number): object => ({ event: { kind: 'on', note, velocity: 1 } })
  expect(first.asked).toEqual([on(60), { knob: 'cutoff', position: 1 }, { knob: 'cutoff', position: 0 }])
  expect(second.asked).toEqual([
    on(72),
    { event: { kind: 'off', note: 72, channel: 2 } },
    { knob: 'cutoff', position: 0 },
    { recall: 'verse', over: 0 },
    { recall: 'verse', over: 0 },
  ])
  expect(receiver.counts).toEqual({ packets: 9, accepted: 7, refused: 2 })
})

it('a note that ends by itself ends in the part that plays it; a panic of one leaves the others', () => {
  const { first, second, send, pass } = band()
  send('/channel/1/note', int(60), float(1), float(1))
  send('/channel/3/note', int(60), float(1), float(1))
  send('/channel/3/panic')
  expect([first.sounding.size, second.sounding.size]).toEqual([1, 0])
  const asked = second.asked.length
  pass(1)
  first.settle()
  expect([first.sounding.size, second.asked.length]).toEqual([0, asked])
  // so does silence, with or without a channel of its own
  send('/note', int(62), float(1))
  send('/channel/1/silence')
  expect([first.sounding.size, second.sounding.size]).toEqual([0, 1])
  send('/silence')
  expect(second.sounding.size).toBe(0)
})
