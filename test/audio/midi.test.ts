import { describe, expect, it } from 'vitest'
import { connectMidi, createOffline, type ConnectMidiOptions, type Patch } from '../../src/index.ts'
import { FakePorts } from '../midi/fake-ports.ts'
import { rms } from './ear.ts'

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
