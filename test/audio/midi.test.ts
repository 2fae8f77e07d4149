import { describe, expect, it } from 'vitest'
import {
  connectMidi,
  createOffline,
  midiFile,
  recordTake,
  render,
  type ConnectMidiOptions,
  type Patch,
} from '../../src/index.ts'
import { FakePorts } from '../midi/fake-ports.ts'
import { midiBytes } from '../midi/midi-bytes.ts'
import { cents, fundamental, levelAt, rms } from './ear.ts'

/** A sine at the pitch of the key, opened by an envelope; pressure makes no difference to it. */
const patch: Patch = {
  voices: 4,
  tempo: 120,
  knobs: { level: { value: 0.5, midi: { cc: 7, takeover: 'jump' } } },
  devices: {
    osc: { type: 'oscillator', waveform: 'sine' },
    env: { type: 'envelope', attack: 0.005, decay: 0.01, sustain: 1, release: 0.05 },
    amp: { type: 'amplifier' },
  },
  connections: [
    ['osc', 'amp.in'],
    ['env', 'amp.gain'],
    ['amp', 'out'],
    ['level', 'out.level'],
  ],
}

async function set(options: Partial<ConnectMidiOptions> = {}, of: Patch = patch) {
  const ports = new FakePorts('keys')
  const synth = await createOffline({ patch: of })
  const connection = connectMidi(synth, { ports, ...options })
  const play = (...bytes: number[]): void => ports.play('keys', bytes, synth.time)
  /** The left side of the seconds to come. */
  const hear = async (seconds: number): Promise<Float32Array> => {
    const [left = new Float32Array()] = (await synth.advance(seconds)).channels
    return left
  }
  return { ports, synth, connection, play, hear, rate: synth.sampleRate }
}
const a4 = 69

describe('a MIDI file as it is heard', () => {
  /** The sound of a tenth of a second, so long after the start. */
  const at = (sound: Float32Array, rate: number, seconds: number): number =>
    rms(sound.subarray(Math.round(seconds * rate), Math.round((seconds + 0.1) * rate)))

  it('holds a note by a pedal that goes down in the very tick in which its key goes up', async () => {
    // a tick is 5 ms: the key goes up after 0.5 s, the pedal after 1.5 s
    const heard = async (first: number[], second: number[]): Promise<number> => {
      const midi = midiBytes([[0, 0x90, a4, 100, 100, ...first, 0, ...second, 0x81, 72, 0xb0, 64, 0]])
      const { channels, sampleRate } = await render(patch, { midi, seconds: 2 })
      return at(channels[0] ?? new Float32Array(), sampleRate, 1)
    }
    const [off, down] = [
      [0x80, a4, 0],
      [0xb0, 64, 127],
    ]
    expect(await heard(down, off)).toBeGreaterThan(0.05)
    expect(await heard(off, down)).toBeLessThan(0.0001)
  })

  it('sounds as it was played, pedal and key in one block', async () => {
    const synth = await createOffline({ patch })
    const recorder = recordTake(synth)
    const parts: Float32Array[] = []
    const hear = async (seconds: number): Promise<void> => {
      parts.push((await synth.advance(seconds)).channels[0] ?? new Float32Array())
    }
    synth.play({ kind: 'on', note: a4, velocity: 0.8, channel: 2 })
    await hear(0.5)
    synth.play({ kind: 'sustain', down: true, channel: 2 })
    synth.play({ kind: 'off', note: a4, channel: 2 })
    await hear(0.7)
    synth.play({ kind: 'sustain', down: false, channel: 2 })
    await hear(0.5)
    const midi = midiFile(recorder.stop())
    await synth.close()
    const [, held = new Float32Array(), after = new Float32Array()] = parts
    const { channels, sampleRate } = await render(patch, { midi, seconds: 1.7 })
    const again = channels[0] ?? new Float32Array()
    expect(at(held, sampleRate, 0.5)).toBeGreaterThan(0.05)
    expect(at(again, sampleRate, 1) / at(held, sampleRate, 0.5)).toBeCloseTo(1, 2)
    expect(at(after, sampleRate, 0.35)).toBeLessThan(0.0001)
    expect(at(again, sampleRate, 1.55)).toBeLessThan(0.0001)
  })
})

describe('MIDI as it is heard', () => {
  it('bends by its range within a cent', async () => {
    const { play, hear, rate, synth } = await set()
    play(0x90, a4, 100)
    await hear(0.2)
    expect(Math.abs(cents(440, fundamental(await hear(0.5), rate)))).toBeLessThan(1)
    for (const [low, high, semitones] of [
      [127, 127, 2],
      [0, 0, -2],
    ] as const) {
      play(0xe0, low, high)
      await hear(0.2)
      const wanted = 440 * 2 ** (semitones / 12)
      expect(Math.abs(cents(wanted, fundamental(await hear(0.5), rate)))).toBeLessThan(1)
    }
    await synth.close()
  })

  it('bends one note of an MPE zone, and not its neighbour', async () => {
    const { play, hear, rate, synth } = await set({ mpe: { lower: 15 } })
    // a fifth up, of 48 semitones
    const bend = Math.round((7 / 48) * 8191) + 8192
    play(0x91, a4, 100, 0x92, a4 + 12, 100, 0xe1, bend & 127, bend >> 7)
    await hear(0.2)
    const sound = await hear(0.5)
    const bent = 440 * 2 ** (7 / 12)
    expect(levelAt(sound, rate, bent)).toBeGreaterThan(0.1)
    expect(levelAt(sound, rate, 880)).toBeGreaterThan(0.1)
    expect(levelAt(sound, rate, 440)).toBeLessThan(0.001)
    await synth.close()
  })

  it('leaves a note of an MPE zone that rings where it was, while its channel is that of another', async () => {
    const devices = {
      ...patch.devices,
      env: { type: 'envelope', attack: 0.005, sustain: 1, release: 4 },
    } as const
    const { play, hear, rate, synth } = await set({ mpe: { lower: 15 } }, { ...patch, devices })
    const bend = Math.round((7 / 48) * 8191) + 8192
    const bent = 440 * 2 ** (7 / 12)
    play(0xe1, bend & 127, bend >> 7, 0x91, a4, 100)
    await hear(0.5)
    // the finger goes up, and another one comes down far away
    play(0x81, a4, 0, 0xe1, 0, 64, 0x91, a4 + 24, 100)
    await hear(0.1)
    const sound = await hear(0.5)
    expect(levelAt(sound, rate, bent)).toBeGreaterThan(0.05)
    expect(levelAt(sound, rate, 440)).toBeLessThan(0.005)
    expect(levelAt(sound, rate, 1760)).toBeGreaterThan(0.1)
    // what a pedal holds as well
    play(0xb0, 64, 127, 0x81, a4 + 24, 0, 0xe1, bend & 127, bend >> 7, 0x91, a4 - 12, 100)
    await hear(0.1)
    const held = await hear(0.5)
    expect(levelAt(held, rate, 1760)).toBeGreaterThan(0.1)
    expect(levelAt(held, rate, bent / 2)).toBeGreaterThan(0.1)
    expect(levelAt(held, rate, 1760 * 2 ** (7 / 12))).toBeLessThan(0.005)
    await synth.close()
  })

  it('remembers the bend of a channel for the note that comes', async () => {
    const { play, hear, rate, synth } = await set()
    play(0xe0, 127, 127, 0x90, a4, 100)
    await hear(0.2)
    expect(Math.abs(cents(440 * 2 ** (2 / 12), fundamental(await hear(0.5), rate)))).toBeLessThan(1)
    await synth.close()
  })

  it('holds a note by the pedal, and lets it go with it', async () => {
    const { play, hear, synth } = await set()
    play(0x90, a4, 100, 0xb0, 64, 127, 0x80, a4, 0)
    await hear(0.5)
    expect(rms(await hear(0.1))).toBeGreaterThan(0.05)
    play(0xb0, 64, 0)
    await hear(0.5)
    expect(rms(await hear(0.1))).toBeLessThan(0.0001)
    await synth.close()
  })

  it('holds by the sostenuto pedal what is down as it goes down, and nothing else', async () => {
    const { play, hear, rate, synth } = await set()
    play(0x90, a4, 100)
    await hear(0.1)
    play(0xb0, 66, 127, 0x90, a4 + 12, 100)
    await hear(0.1)
    play(0x80, a4, 0, 0x80, a4 + 12, 0)
    await hear(0.5)
    const held = await hear(0.2)
    expect(levelAt(held, rate, 440)).toBeGreaterThan(0.1)
    expect(levelAt(held, rate, 880)).toBeLessThan(0.0001)
    play(0xb0, 66, 0)
    await hear(0.5)
    expect(rms(await hear(0.1))).toBeLessThan(0.0001)
    await synth.close()
  })

  /** Levels of two notes an octave apart, of channels 2 and 3 of the cable, after some bytes. */
  async function levels(source: string, options: Partial<ConnectMidiOptions>, ...bytes: number[]) {
    const { play, hear, rate, synth } = await set(options, {
      voices: 4,
      devices: { osc: { type: 'oscillator', waveform: 'sine' } },
      connections: [
        // two of them stay below where the output bends
        [source, 'osc.amplitude', 0.4],
        ['osc', 'out'],
      ],
    })
    play(0x91, a4, 100, 0x92, a4 + 12, 100)
    await hear(0.2)
    play(...bytes)
    await hear(0.3)
    const sound = await hear(0.3)
    await synth.close()
    return [levelAt(sound, rate, 440), levelAt(sound, rate, 880)] as const
  }

  it.each([
    ['channel pressure', 'keys.pressure', {}, [0xd1, 127], 0, 1],
    ['channel pressure, halfway', 'keys.pressure', {}, [0xd1, 64], 0, 64 / 127],
    ['poly pressure', 'keys.pressure', {}, [0xa1, a4, 127, 0xa1, a4 + 12, 127], 0, 1],
    ['the mod wheel', 'keys.timbre', {}, [0xb1, 1, 127], 0.5, 1],
    ['controller 74', 'keys.timbre', {}, [0xb1, 74, 0], 0.5, 0],
    ['the pressure of a note in an MPE zone', 'keys.pressure', { mpe: { lower: 15 } }, [0xd1, 127], 0, 1],
    ['the timbre of a note in an MPE zone', 'keys.timbre', { mpe: { lower: 15 } }, [0xb1, 74, 127], 0.5, 1],
  ] as const)(
    'hears %s, and its neighbour on another channel does not',
    async (_, source, options, bytes, rest, wanted) => {
      const [note, neighbour] = await levels(source, options, ...bytes)
      const [, full] = await levels(source, options, 0xd2, 127, 0xb2, 74, 127)
      expect(full).toBeGreaterThan(0.1)
      expect(note / full).toBeCloseTo(wanted, 2)
      expect(neighbour / full).toBeCloseTo(rest, 2)
    },
  )

  it('hears two devices on one channel: what one holds by its pedal the other does not end', async () => {
    const { ports, play, hear, rate, synth } = await set()
    ports.plug('pads')
    const pads = (...bytes: number[]): void => ports.play('pads', bytes, synth.time)
    play(0x90, a4, 100, 0xb0, 64, 127, 0x80, a4, 0, 0xe0, 127, 127)
    pads(0xb0, 64, 127, 64, 0)
    await hear(0.4)
    const bent = 440 * 2 ** (2 / 12)
    expect(levelAt(await hear(0.2), rate, bent)).toBeGreaterThan(0.1)
    pads(0xb0, 64, 127, 0xe0, 0, 64)
    await hear(0.2)
    expect(levelAt(await hear(0.2), rate, 440)).toBeGreaterThan(0.1)
    // with it go its pedal and its bend, and what the other says is as it was
    ports.unplug('pads')
    await hear(0.4)
    const after = await hear(0.5)
    expect(levelAt(after, rate, bent)).toBeGreaterThan(0.1)
    expect(Math.abs(cents(bent, fundamental(after, rate)))).toBeLessThan(1)
    play(0xb0, 64, 0)
    await hear(0.5)
    expect(rms(await hear(0.1))).toBeLessThan(0.0001)
    await synth.close()
  })

  it('falls silent when the keyboard is unplugged', async () => {
    const { ports, play, hear, synth } = await set()
    play(0x90, a4, 100, 0xb0, 64, 127)
    await hear(0.3)
    ports.unplug('keys')
    await hear(0.5)
    expect(rms(await hear(0.1))).toBeLessThan(0.0001)
    await synth.close()
  })

  it('turns a knob', async () => {
    const { play, hear, synth } = await set()
    play(0x90, a4, 100)
    await hear(0.3)
    const before = rms(await hear(0.1))
    play(0xb0, 7, 127)
    await hear(0.8)
    expect(rms(await hear(0.1)) / before).toBeGreaterThan(1.2)
    expect(synth.knob('level')).toBe(1)
    await synth.close()
  })

  it('keeps the beat of a synth in step with a clock, whose ticks are late now and then', async () => {
    const ports = new FakePorts('drums')
    const synth = await createOffline({ patch })
    connectMidi(synth, { ports, clock: synth })
    const bpm = 93
    const tick = 60 / bpm / 24
    ports.play('drums', [0xfa], 0)
    for (let i = 0; i < 24 * 12; i++) {
      // late by up to 2 ms, in the same way every time
      const late = ((i * 7919) % 5) / 2500
      await synth.advance(Math.max(0, i * tick + late - synth.time))
      ports.play('drums', [0xf8], i * tick + late)
    }
    expect(Math.abs(synth.tempo - bpm)).toBeLessThan(0.5)
    expect(Math.abs(synth.beat - (synth.time * bpm) / 60)).toBeLessThan(0.02)
    await synth.close()
  })
})
