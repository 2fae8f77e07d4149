import { expect, it } from 'vitest'
import { timeTagOf } from '../../src/osc/time.ts'
import {
  encodeBundle,
  encodeMessage,
  float,
  int,
  type OscArg,
  type OscPacket,
} from '../../src/scsynth/index.ts'
import { Desk } from './fake.ts'

const seed = 20_261
const packets = 100_000

/** Numbers that are the same each time (mulberry32). */
function randomFrom(start: number): () => number {
  let state = start
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}
const random = randomFrom(seed)
const below = (n: number): number => Math.floor(random() * n)
const pick = <T>(from: readonly T[]): T => from[below(from.length)] as T

const addresses = ['/note', '/note', '/note/on', '/note/off', '/channel/4/note', '/bend', '/pressure', '/timbre', '/sustain', '/notes/off', '/knob/cutoff', '/knob/volume', '/knob/nothing', '/recall', '/silence', '/nobody'] // prettier-ignore
const numbers = [0, 1, 0.5, 60, 60.5, 127, 128, -1, 1e9, NaN, Infinity]
const argument = (): OscArg => {
  const kind = below(10)
  if (kind < 4) return int(below(130))
  if (kind < 7) return float(Math.fround(random() * pick([1, 1, 130])))
  if (kind === 7) return float(pick(numbers))
  return pick<OscArg>(['C4', 'H9', 'verse', '', true, false, null, [int(1)], { long: 64n }, { double: 0.5 }, { impulse: true }, new Uint8Array(3)]) // prettier-ignore
}
const sensible = (): OscPacket => {
  const [note, part] = [int(below(128)), float(random())]
  const played = pick<readonly [string, ...OscArg[]]>([
    ['/note', note, part],
    ['/note', note],
    ['/note', note, float(0)],
    ['/note', note, part, float(random() * 5)],
    ['/channel/9/note', note, int(1 + below(127))],
    ['/note/on', note, part, int(below(5))],
    ['/note/off', note, int(below(5))],
    ['/knob/cutoff', part],
    ['/recall', 'verse', part],
  ])
  const [address, ...args] = played
  return { address, args }
}
const packet = (depth = 0): OscPacket => {
  if (depth < 3 && random() < 0.2)
    return {
      timeTag: pick([1n, 0n, timeTagOf(desk.now + random() * 2), timeTagOf(desk.now + 1e5), 2n ** 64n - 1n]),
      elements: Array.from({ length: below(4) }, () => packet(depth + 1)),
    }
  if (random() < 0.6) return sensible()
  return { address: pick(addresses), args: Array.from({ length: below(4) }, argument) }
}
const encoded = (one: OscPacket): Uint8Array =>
  'address' in one ? encodeMessage(one) : encodeBundle(one.elements, one.timeTag)

/** Some bytes are other ones, or missing, or too many. */
function mutated(bytes: Uint8Array): Uint8Array {
  const copy = bytes.slice(0, random() < 0.3 ? below(bytes.length + 1) : bytes.length)
  for (let i = 0; i < 1 + below(4) && copy.length > 0; i++)
    copy[below(copy.length)] = pick([below(256), 0, 0xff, 0x2f, 0x2c, 0x7f])
  return random() < 0.1 ? new Uint8Array([...copy, ...copy]) : copy
}

const desk = new Desk()

it(`of ${packets} random and broken packets none does harm, and no note is stuck`, async () => {
  desk.target.keeps = false
  let [played, done] = [0, 0]
  const codes = new Set<string>()
  for (let i = 1; i <= packets; i++) {
    const kind = below(10)
    const bytes =
      kind < 2
        ? Uint8Array.from({ length: below(64) }, () => below(256))
        : kind < 6
          ? mutated(encoded(packet()))
          : encoded(packet())
    desk.receiver.receive(bytes)
    if (i % 50 === 0) desk.pass(0.05)
    if (i % 1000 !== 0) continue
    played += desk.target.sounding.size
    desk.receiver.receive(encodeMessage({ address: '/panic', args: [] }))
    done++
    // at once, and while what was handed over ahead would have come
    for (let moments = 0; moments < 30; moments++) {
      expect([...desk.target.sounding], `seed ${seed}, packet ${i}`).toEqual([])
      desk.pass(0.01, 0.01)
    }
    // and what is struck then is no business of the panic's
    desk.receiver.receive(encodeMessage({ address: '/note', args: [int(61), float(1)] }))
    desk.pass(0.3, 0.01)
    expect(desk.target.sounding.size, `seed ${seed}, packet ${i}`).toBe(1)
    desk.receiver.receive(encodeMessage({ address: '/note', args: [int(61), float(0)] }))
    // an hour and more: nothing that came before the panic may sound after it
    for (let minutes = 0; minutes < 61; minutes++) {
      desk.pass(60, 60)
      expect([...desk.target.sounding], `seed ${seed}, packet ${i}`).toEqual([])
    }
    for (const { code } of desk.refused.splice(0)) codes.add(code)
  }
  // refused snapshots are told a little later
  await new Promise((resolve) => setTimeout(resolve))
  for (const { code } of desk.refused) codes.add(code)
  const { counts } = desk.receiver
  expect(counts.packets).toBe(packets + 3 * done)
  // the packets were not all of one kind: much was played, and much was dropped
  expect(played).toBeGreaterThan(300)
  expect(counts.accepted).toBeGreaterThan(20_000)
  expect(counts.refused).toBeGreaterThan(20_000)
  expect([...codes].toSorted()).toEqual(['invalid-name', 'invalid-notes', 'invalid-osc', 'unknown-knob'])
})
