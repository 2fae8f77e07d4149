import { describe, expect, it } from 'vitest'
import { connectMidi } from '../../src/midi/connect.ts'
import { afterEvent, heldBy, noHands } from './hands.ts'
import { FakePorts } from './fake-ports.ts'
import { FakeSynth } from './fake-synth.ts'
import { dice } from './messages.ts'

function two() {
  const ports = new FakePorts('a', 'b')
  const synth = new FakeSynth()
  connectMidi(synth, { ports })
  const [a, b] = ['a', 'b'].map(
    (id) =>
      (...bytes: number[]) =>
        ports.play(id, bytes),
  ) as [(...bytes: number[]) => void, (...bytes: number[]) => void]
  const held = (): string[] => heldBy(synth.events.reduce(afterEvent, noHands))
  /** The last value of each kind on channel 0. */
  const last = (kind: 'bend' | 'pressure' | 'timbre'): number | undefined => {
    const event = synth.events.findLast((one) => one.kind === kind && one.channel === 0)
    return event === undefined ? undefined : event.kind === 'bend' ? event.semitones : (event as { value: number }).value // prettier-ignore
  }
  return { ports, synth, a, b, held, last }
}
const [down, up] = [
  [0xb0, 64, 127],
  [0xb0, 64, 0],
]

describe('two devices on one channel', () => {
  it.each([
    ['sustain', 64],
    ['sostenuto', 66],
  ])('have a %s pedal that is down as long as one of them has it down', (_, pedal) => {
    const { a, b, held } = two()
    b(0x90, 60, 100, 0xb0, pedal, 127, 0x80, 60, 0)
    a(0xb0, pedal, 127, pedal, 0)
    expect(held()).toEqual(['0:60'])
    b(0xb0, pedal, 0)
    expect(held()).toEqual([])
  })

  it('keep what the other holds when one of them goes away', () => {
    const { ports, a, b, held } = two()
    a(...down, 0x90, 64, 100)
    b(...down, 0x90, 60, 100, 0x80, 60, 0)
    ports.unplug('a')
    expect(held()).toEqual(['0:60', '0:64'])
    b(...up)
    expect(held()).toEqual([])
  })

  it('do not hold for ever what one of them has silenced', () => {
    const { a, b, held } = two()
    b(...down, 0xb0, 120, 0)
    a(...down, 0x90, 60, 100, 0x80, 60, 0, ...up)
    expect(held()).toEqual([])
  })

  it('go back to what the other said when one of them goes away', () => {
    const { ports, synth, a, b, last } = two()
    const said = (): unknown => [last('bend'), last('pressure'), last('timbre')]
    b(0xe0, 127, 127, 0xd0, 127, 0xb0, 1, 127)
    a(0xe0, 0, 0, 0xd0, 0, 0xb0, 1, 0)
    expect(said()).toEqual([-2, 0, 0])
    ports.unplug('a')
    expect(said()).toEqual([2, 1, 1])
    // what b said last stands as a goes away
    ports.plug('a')
    a(0xe0, 0, 0)
    b(0xe0, 127, 127)
    synth.events.length = 0
    ports.unplug('a')
    expect(synth.events).toEqual([])
    ports.unplug('b')
    expect(said()).toEqual([0, 0, 0.5])
  })

  it('law: a pedal is down exactly while somebody has it down, whoever comes and goes', () => {
    const roll = dice(11)
    const { ports, synth } = two()
    const pedals = new Set<string>()
    let downs = 0
    for (let i = 0; i < 5000; i++) {
      const id = roll(2) === 0 ? 'a' : 'b'
      const isThere = ports.inputs.some((port) => port.id === id)
      if (!isThere) ports.plug(id)
      else if (roll(20) === 0) {
        ports.unplug(id)
        for (const name of pedals) if (name.startsWith(id)) pedals.delete(name)
      } else {
        const [channel, pedal, isDown] = [roll(2), 64 + 2 * roll(2), roll(2) === 1]
        ports.play(id, [0xb0 + channel, pedal, isDown ? 127 : 0])
        if (isDown) pedals.add(`${id} ${channel} ${pedal}`)
        else pedals.delete(`${id} ${channel} ${pedal}`)
      }
      const { sustain, sostenuto } = synth.events.reduce(afterEvent, noHands)
      const wanted = (pedal: number): number[] =>
        [0, 1].filter((channel) => ['a', 'b'].some((one) => pedals.has(`${one} ${channel} ${pedal}`)))
      expect([[...sustain].toSorted((x, y) => x - y), [...sostenuto].toSorted((x, y) => x - y)]).toEqual([
        wanted(64),
        wanted(66),
      ])
      downs += sustain.size
      // the hands as they are, in few events
      synth.events.splice(
        0,
        synth.events.length,
        ...wanted(64).map((channel) => ({ kind: 'sustain', down: true, channel }) as const),
        ...wanted(66).map((channel) => ({ kind: 'sostenuto', down: true, channel }) as const),
      )
    }
    expect(downs).toBeGreaterThan(1000)
  })
})
