import { describe, expect, it } from 'vitest'
import { connectMidi, createOffline, type ConnectMidiOptions, type Patch } from '../../src/index.ts'
import { FakePorts } from '../midi/fake-ports.ts'
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

async function set(options: Partial<ConnectMidiOptions> = {}) {
  const ports = new FakePorts('keys')
  const synth = await createOffline({ patch })
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
