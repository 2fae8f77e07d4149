import { expect, it } from 'vitest'
import { connectMidi, createOffline, type Patch } from '../../src/index.ts'
import { FakePorts } from '../midi/fake-ports.ts'
import { peak, rms } from './ear.ts'

/** A sine that is heard while `clock.beat` is high. */
const patch: Patch = {
  tempo: 120,
  voices: { mode: 'drone' },
  devices: {
    osc: { type: 'oscillator', waveform: 'sine', amplitude: 0.5 },
    env: { type: 'envelope', attack: 0.002, decay: 0.01, sustain: 1, release: 0.005 },
    amp: { type: 'amplifier' },
  },
  connections: [
    ['clock.beat', 'env.gate'],
    ['osc', 'amp.in'],
    ['env', 'amp.gain'],
    ['amp', 'out'],
  ],
}
const bpm = 120
const tick = 60 / bpm / 24

async function set() {
  const ports = new FakePorts('drums')
  const synth = await createOffline({ patch })
  connectMidi(synth, { ports, clock: synth })
  const say = (...bytes: number[]): void => ports.play('drums', bytes, synth.time)
  /** Whether a pulse is heard in each of the next eighths; ticks come meanwhile, or do not. */
  const eighths = async (count: number, ticks = true): Promise<string> => {
    let heard = ''
    for (let i = 0; i < count; i++) {
      const parts: number[] = []
      for (let j = 0; j < 12; j++) {
        if (ticks) say(0xf8)
        parts.push(...((await synth.advance(tick)).channels[0] ?? []))
      }
      // its middle: edges fall into the block beside
      const middle = Float32Array.from(parts.slice(2000, -2000))
      heard += rms(middle) > 0.1 ? '#' : peak(middle) < 0.001 ? '.' : '?'
    }
    return heard
  }
  return { synth, say, eighths }
}

it('a synth that follows a clock stands still when it stops, and goes on where it is when it continues', async () => {
  const { synth, say, eighths } = await set()
  say(0xfa)
  expect(await eighths(6)).toMatch(/#\.#\.$/)
  // in the middle of a pulse
  expect(await eighths(1)).toBe('#')
  say(0xfc)
  const { beat } = synth
  expect(beat).toBeCloseTo(3.5, 1)
  expect(await eighths(6, false)).toBe('......')
  // many go on ticking
  expect(await eighths(4)).toBe('....')
  expect(synth.beat).toBeCloseTo(beat, 9)
  expect(synth.running).toBe(false)
  say(0xfb)
  expect(await eighths(5)).toBe('.#.#.')
  expect(synth.beat).toBeCloseTo(beat + 2.5, 1)
  await synth.close()
})

it('starts from the beginning with the first tick, and from a song position where that is', async () => {
  const { synth, say, eighths } = await set()
  say(0xfa)
  await eighths(5)
  say(0xfc)
  await eighths(3, false)
  say(0xfa)
  expect(synth.beat).toBeGreaterThan(2)
  await synth.advance(0.01)
  expect(synth.beat).toBe(0)
  expect(await eighths(4)).toBe('#.#.')
  expect(synth.beat).toBeCloseTo(2, 1)
  say(0xfc, 0xf2, 18, 0)
  expect(await eighths(3, false)).toBe('...')
  expect(synth.beat).toBe(4.5)
  say(0xfb)
  // there a beat is half over
  expect(await eighths(4)).toBe('.#.#')
  await synth.close()
})
