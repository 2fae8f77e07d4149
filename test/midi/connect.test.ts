import { describe, expect, it } from 'vitest'
import { MegasynthError } from '../../src/errors/index.ts'
import { connectMidi, type ConnectMidiOptions, type MidiNews } from '../../src/midi/connect.ts'
import type { KnobMidi, Patch } from '../../src/patch/index.ts'
import { afterEvent, heldBy, noHands } from './hands.ts'
import { FakePorts } from './fake-ports.ts'
import { FakeSynth } from './fake-synth.ts'
import { dice, someBytes } from './messages.ts'

/** A synth on the port `keys`, and what is told of its ports. */
function set(knobs: Patch['knobs'] = {}, options: Partial<ConnectMidiOptions> = {}) {
  const ports = new FakePorts('keys')
  const synth = new FakeSynth(knobs)
  const news: string[] = []
  const onNews = (what: MidiNews): void => void news.push(`${what.kind} ${what.port.name}`)
  const connection = connectMidi(synth, { ports, onNews, ...options })
  return { ports, synth, news, connection, play: (...bytes: number[]) => ports.play('keys', bytes) }
}

const held = ({ events }: FakeSynth): string[] => heldBy(events.reduce(afterEvent, noHands))

describe('a connection to MIDI ports', () => {
  it('plays what comes in, and names the notes by their port', () => {
    const { synth, play } = set()
    play(0x90, 60, 127, 0xe0, 0, 0, 0x80, 60, 0)
    expect(synth.events).toEqual([
      { kind: 'on', note: 60, velocity: 1, channel: 0, id: 'keys:60' },
      { kind: 'bend', semitones: -2, channel: 0 },
      { kind: 'off', note: 60, channel: 0, id: 'keys:60' },
    ])
  })

  it('hears one channel if asked, and bends as far as asked', () => {
    const { synth, play } = set({}, { channel: 2, bendRange: 7 })
    play(0x90, 60, 127, 0xe1, 127, 127)
    expect(synth.events).toEqual([{ kind: 'bend', semitones: 7, channel: 1 }])
  })

  it('plays all ports, or those of a name, or part of it, but no port that echoes', () => {
    const named = (port?: string): string[] => {
      const ports = new FakePorts('Keystation 61', 'Keystation pads', 'Midi Through')
      const options = port === undefined ? { ports } : { ports, port }
      return connectMidi(new FakeSynth(), options).inputs.map(({ name }) => name)
    }
    expect(named()).toEqual(['Keystation 61', 'Keystation pads'])
    expect(named('keystation')).toEqual(['Keystation 61', 'Keystation pads'])
    expect(named('61')).toEqual(['Keystation 61'])
    expect(named('Midi Through')).toEqual(['Midi Through'])
  })

  it('says which ports there are if the one that is asked for is not', () => {
    const ports = new FakePorts('Keystation', 'Pads')
    const refused = (port: string, of = ports): unknown => connectMidi(new FakeSynth(), { ports: of, port })
    expect(() => refused('Keystatoin')).toThrow(MegasynthError)
    expect(() => refused('Keystatoin')).toThrow(/unknown-midi-port[^]*Keystation, Pads[^]*"Keystation"/)
    expect(() => refused('x', new FakePorts())).toThrow(/one of \(none\)[^]*plug the device in/)
    expect(ports.isWatched).toBe(false)
  })

  it('has a port of its own, and then others only if they are named', () => {
    const { ports, synth, connection } = set({}, { virtual: 'Megasynth' })
    ports.play('Megasynth', [0x90, 60, 127])
    ports.play('keys', [0x90, 61, 127])
    expect(held(synth)).toEqual(['0:60'])
    expect(connection.inputs.map(({ name }) => name)).toEqual(['Megasynth'])
    const both = set({}, { virtual: 'Megasynth', port: 'keys' }).connection
    expect(both.inputs.map(({ name }) => name)).toEqual(['Megasynth', 'keys'])
  })

  it('says so where there are no virtual ports', () => {
    class Windows extends FakePorts {
      override readonly virtual = undefined as never
    }
    expect(() => connectMidi(new FakeSynth(), { ports: new Windows(), virtual: 'x' })).toThrow(
      /midi-unavailable[^]*loopback/,
    )
  })

  it('gives programs to who wants them', () => {
    const programs: unknown[] = []
    const { play } = set({}, { onProgram: (program) => void programs.push(program) })
    play(0xb0, 0, 1, 0xc0, 7)
    expect(programs).toEqual([{ kind: 'program', channel: 0, bank: 128, program: 7 }])
  })

  it('goes on with what follows when something fails', () => {
    const { synth, play, news } = set()
    const fails = (): void => {
      throw new Error('closed')
    }
    synth.play = fails
    play(0x90, 60, 127, 0x80, 60, 0)
    expect(news.slice(1)).toEqual(['failed keys', 'failed keys'])
    Object.defineProperty(synth, 'patch', { get: fails })
    expect(() => play(0xb0, 1, 1)).not.toThrow()
  })
})

describe('devices that come and go', () => {
  it('ends the notes of a device that goes away, and plays it when it is back', () => {
    const { ports, synth, news, play } = set()
    play(0x90, 60, 127, 0xb0, 64, 127, 0xe0, 127, 127)
    ports.unplug('keys')
    expect(held(synth)).toEqual([])
    expect(synth.events.slice(3)).toEqual([
      { kind: 'off', note: 60, channel: 0, id: 'keys:60' },
      { kind: 'sustain', down: false, channel: 0 },
      { kind: 'bend', semitones: 0, channel: 0 },
    ])
    // another number of the port, the same name
    ports.plug('keys', 'keys 2')
    ports.play('keys 2', [0x90, 62, 127])
    expect(held(synth)).toEqual(['0:62'])
    expect(news).toEqual(['opened keys', 'gone keys', 'opened keys'])
  })

  it('begins anew with a device that is back: no half of a message from before', () => {
    const { ports, synth, play } = set()
    play(0x90, 60)
    ports.unplug('keys')
    ports.plug('keys')
    play(100, 61, 100)
    expect(synth.events).toEqual([])
  })

  it('leaves the notes of other devices alone', () => {
    const { ports, synth, play } = set()
    ports.plug('pads')
    play(0x90, 60, 127)
    ports.play('pads', [0x91, 61, 127])
    ports.unplug('pads')
    expect(held(synth)).toEqual(['0:60'])
  })

  it('tries a port again that could not be opened, and says so once', () => {
    const { ports, news } = set()
    ports.busy.add('pads')
    ports.plug('pads')
    ports.plug('more')
    ports.busy.clear()
    ports.plug('other')
    expect(news).toEqual(['opened keys', 'failed pads', 'opened more', 'opened pads', 'opened other'])
  })

  it('lets go and closes everything at the end', () => {
    const { ports, synth, connection, play } = set()
    play(0x90, 60, 127)
    connection.close()
    expect(held(synth)).toEqual([])
    expect([ports.listeners('keys'), ports.isWatched, connection.inputs]).toEqual([0, false, []])
    play(0x90, 61, 127)
    expect(held(synth)).toEqual([])
  })

  it('leaves no note after any noise, plugging and unplugging', () => {
    const roll = dice(3)
    const ports = new FakePorts('0', '1')
    const synth = new FakeSynth({ a: { value: 0.5, midi: { cc: 64 } } })
    const connection = connectMidi(synth, { ports, mpe: { lower: 2 } })
    let struck = 0
    for (let i = 0; i < 20_000; i++) {
      const id = String(roll(2))
      const isThere = ports.inputs.some((port) => port.id === id)
      if (!isThere) ports.plug(id)
      else if (roll(200) === 0) ports.unplug(id)
      else ports.play(id, [...someBytes(roll)])
      if (i % 1000 === 999) {
        struck += held(synth).length
        ports.inputs.forEach((port) => ports.unplug(port.id))
        expect(held(synth)).toEqual([])
        synth.events.length = 0
      }
    }
    connection.close()
    expect(held(synth)).toEqual([])
    expect(struck).toBeGreaterThan(10)
  })
})

describe('knobs on hardware', () => {
  const volume = (midi: KnobMidi): Patch['knobs'] => ({ volume: { value: 0.5, midi } })

  it('waits for the control to pass the knob, and then follows', () => {
    const { synth, play } = set(volume({ cc: 7 }))
    for (const value of [0, 30, 70, 80, 60]) play(0xb0, 7, value)
    expect(synth.turns).toEqual(['volume 0.551', 'volume 0.63', 'volume 0.472'])
  })

  it('is let go of when something else moves the knob', () => {
    const { synth, play } = set(volume({ cc: 7, takeover: 'jump' }))
    play(0xb0, 7, 127)
    synth.patch = { ...synth.patch, knobs: volume({ cc: 7 }) ?? {} }
    synth.setKnob('volume', 0.2)
    for (const value of [126, 100, 20]) play(0xb0, 7, value)
    expect(synth.turns).toEqual(['volume 1', 'volume 0.2', 'volume 0.157'])
  })

  it('turns by steps, in 14 bits, and by parameters', () => {
    const steps = set(volume({ cc: 7, relative: 'offset64' }))
    steps.play(0xb0, 7, 65, 7, 65, 7, 62)
    expect(steps.synth.turns).toEqual(['volume 0.508', 'volume 0.516', 'volume 0.5'])
    const fine = set(volume({ cc14: 7 }))
    fine.play(0xb0, 7, 64, 39, 1, 7, 64, 39, 33)
    expect(fine.synth.turns.at(-1)).toBe('volume 0.502')
    const parameter = set(volume({ nrpn: 300, channel: 3 }))
    parameter.play(0xb0, 99, 2, 98, 44, 6, 64, 0xb2, 99, 2, 98, 44, 6, 64)
    expect(parameter.synth.turns).toEqual(['volume 0.504'])
  })

  it('takes its meaning from a controller: the wheel is no timbre any more', () => {
    const { synth, play } = set(volume({ cc: 1, channel: 1, takeover: 'jump' }))
    play(0xb0, 1, 127, 0xb1, 1, 127)
    expect(synth.turns).toEqual(['volume 1'])
    expect(synth.events).toEqual([{ kind: 'timbre', value: 1, channel: 1 }])
  })

  it('follows the patch that sounds', () => {
    const { synth, play } = set(volume({ cc: 7, takeover: 'jump' }))
    synth.patch = { ...synth.patch, knobs: { depth: { value: 0, midi: { cc: 7, takeover: 'jump' } } } }
    play(0xb0, 7, 127)
    expect(synth.turns).toEqual(['depth 1'])
  })
})

describe('learning', () => {
  const knobs = { volume: { value: 0.5, midi: { cc: 7 } }, depth: 0.2 }

  it('gives a knob the control that is moved next, and takes it from the knob that had it', async () => {
    const { synth, play, connection } = set({ ...knobs, volume: { value: 0.5, midi: { cc: 7, channel: 1 } } })
    const lesson = connection.learn('depth')
    play(0xb0, 7, 1, 7, 2, 7, 3, 7, 4)
    expect(await lesson).toEqual({ cc: 7, channel: 1 })
    expect(synth.patch.knobs).toEqual({
      volume: { value: 0.5 },
      depth: { value: 0.2, midi: { cc: 7, channel: 1 } },
    })
    play(0xb0, 7, 25, 7, 26)
    expect(synth.turns).toEqual(['depth 0.197', 'depth 0.205'])
  })

  it('takes the knob over as it was taken over before', async () => {
    const { synth, play, connection } = set({ ...knobs, depth: { value: 0.2, midi: { cc: 3, takeover: 'jump' } } }) // prettier-ignore
    const lesson = connection.learn('depth')
    play(0xb0, 9, 1, 9, 2, 9, 3, 9, 4)
    expect(await lesson).toEqual({ cc: 9, channel: 1, takeover: 'jump' })
    expect(synth.patch.knobs?.['depth']).toEqual({
      value: 0.2,
      midi: { cc: 9, channel: 1, takeover: 'jump' },
    })
    // an encoder has no position that could be taken over
    const other = connection.learn('depth', 'offset64')
    play(0xb0, 10, 65, 10, 65, 10, 65, 10, 65)
    expect(await other).toEqual({ cc: 10, channel: 1, relative: 'offset64' })
  })

  it('is told how an encoder writes its steps', async () => {
    const { play, connection } = set(knobs)
    const lesson = connection.learn('depth', 'signMagnitude')
    play(0xb0, 20, 1, 20, 1, 20, 1, 20, 1)
    expect(await lesson).toEqual({ cc: 20, channel: 1, relative: 'signMagnitude' })
  })

  it('ends without a result when it is stopped, begun again, or the connection closed', async () => {
    const { connection, play, synth } = set(knobs)
    const first = connection.learn('depth')
    const second = connection.learn('volume')
    connection.stopLearning()
    const third = connection.learn('depth')
    connection.close()
    expect(await Promise.all([first, second, third])).toEqual([undefined, undefined, undefined])
    play(0xb0, 9, 1, 9, 2, 9, 3, 9, 4)
    expect(synth.patch.knobs).toEqual(knobs)
  })

  it('refuses a knob that is not there, and says what the synth says of its edit', async () => {
    const { connection, synth, play } = set(knobs)
    expect(() => connection.learn('dpeth')).toThrow('no knob dpeth')
    synth.edit = () => Promise.reject(new Error('engine gone'))
    const lesson = connection.learn('depth')
    play(0xb0, 9, 1, 9, 2, 9, 3, 9, 4)
    await expect(lesson).rejects.toThrow('engine gone')
  })
})

describe('the clock', () => {
  /** Ticks at a tempo, from a second on. */
  const tick = (ports: FakePorts, id: string, bpm: number, from: number, count: number): void => {
    for (let i = 0; i < count; i++) ports.play(id, [0xf8], from + (i * 60) / bpm / 24)
  }

  it('of the first cable that has one leads, until it is silent or gone', () => {
    const tempos: number[] = []
    const beats: number[] = []
    const calls: string[] = []
    const clock = {
      setTempo: (bpm: number): void => void tempos.push(Math.round(bpm)),
      setBeat: (beat: number): void => void beats.push(beat),
      setRunning: (running: boolean): void => void calls.push(running ? 'go' : 'stand'),
    }
    const { ports, play } = set({}, { clock })
    ports.plug('drums')
    play(0xfa)
    tick(ports, 'keys', 100, 0, 49)
    tick(ports, 'drums', 140, 1, 24)
    expect(tempos).toEqual([100])
    expect(beats).toEqual([0, 1, 2])
    play(0xfc, 0xf2, 8, 0, 0xfb)
    expect(calls).toEqual(['go', 'stand', 'stand'])
    expect(beats.at(-1)).toBe(2)
    play(0xf8)
    expect(beats.slice(3)).toEqual([2, 2])
    expect(calls.slice(3)).toEqual(['go'])
    // it starts from the beginning, with the next tick
    play(0xfa)
    expect([beats.slice(5), calls.slice(4)]).toEqual([[0], ['stand']])
    play(0xf8)
    expect([beats.slice(5), calls.slice(4)]).toEqual([
      [0, 0],
      ['stand', 'go'],
    ])
    play(0xfc)
    ports.unplug('keys')
    // nobody is there any more who would have it go on
    expect(calls.slice(6)).toEqual(['stand', 'go'])
    tick(ports, 'drums', 140, 2, 24)
    expect(tempos.at(-1)).toBe(140)
  })

  it('is not stopped by buttons that have no clock behind them', () => {
    const calls: unknown[] = []
    const clock = {
      setTempo: (bpm: number): void => void calls.push(bpm),
      setBeat: (beat: number): void => void calls.push(beat),
      setRunning: (running: boolean): void => void calls.push(running),
    }
    const { play } = set({}, { clock })
    play(0xfa, 0xfc, 0xfb, 0xfc, 0xf2, 0x10, 0x00)
    expect(calls).toEqual([])
  })

  it('is not heard where nobody follows it', () => {
    const { synth, play, news } = set()
    play(0xfa, 0xf8)
    expect([synth.events, news]).toEqual([[], ['opened keys']])
  })
})
