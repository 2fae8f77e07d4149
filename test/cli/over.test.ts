import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { over } from '../../src/cli/over.ts'
import type { LiveSynth } from '../../src/live/live-synth.ts'
import { peak } from '../audio/ear.ts'
import { midiBytes } from '../midi/midi-bytes.ts'
import { scratch, soundOf, watching } from './helpers.ts'
import { until } from '../until.ts'

const folder = scratch()

/** Seconds that are listened to, an eighth at a time, until it is over. */
async function listened(isLoud: (second: number) => boolean, pause: number): Promise<number> {
  const listeners = new Set<Parameters<LiveSynth['listen']>[0]>()
  const listen: LiveSynth['listen'] = (listener) => {
    listeners.add(listener)
    return () => listeners.delete(listener)
  }
  const ended = over({ listen }, Promise.resolve(), new AbortController().signal, () => pause)
  // until the score is over
  await until(() => listeners.size === 1)
  let eighths = 0
  for (; listeners.size > 0; eighths++)
    for (const tell of listeners)
      tell({ sampleRate: 1000, channels: [new Float32Array(125).fill(isLoud(eighths / 8) ? 0.1 : 0)] })
  expect(await ended).toBe('over')
  return eighths / 8
}

describe('a score that is played live is over', () => {
  it('when it has been silent for half a second, and the pause between two echoes, after 10 s at the most', async () => {
    const once = (second: number): boolean => second < 1
    expect(await listened(once, 0)).toBe(1.5)
    expect(await listened(once, 2)).toBe(3.5)
    const echo = (second: number): boolean => second < 1 || (second >= 2.5 && second < 3)
    expect(await listened(echo, 0)).toBe(1.5)
    expect(await listened(echo, 2)).toBe(5.5)
    expect(await listened(() => true, 0)).toBe(10)
  })

  it('with its echo, of one patch and of several', async () => {
    const echoing = {
      voices: 2,
      devices: {
        osc: { type: 'oscillator', waveform: 'sine' },
        env: { type: 'envelope', attack: 0.002, decay: 0.1, sustain: 0, release: 0.05 },
        amp: { type: 'amplifier' },
        delay: { type: 'delay', time: 1.6, feedback: 0, mix: 0.5 },
      },
      connections: [['osc', 'amp.in'], ['env', 'amp.gain'], ['amp', 'delay.in'], ['delay', 'out']], // prettier-ignore
    }
    folder.write('echo.json', JSON.stringify(echoing))
    folder.write('band.json', JSON.stringify({ 1: 'echo.json' }))
    folder.write('song.mid', midiBytes([[0, 0x90, 60, 100, 96, 0x80, 60, 0]]))
    const common = ['--device', 'silent', '--no-midi-in', '--record']
    const both = [
      watching(['play', 'echo.json', '--notes', 'C4', ...common, 'one.wav'], folder.path),
      watching(['play', '--map', 'band.json', '--midi', 'song.mid', ...common, 'map.wav'], folder.path),
    ]
    expect(await Promise.all(both.map(({ code }) => code))).toEqual([0, 0])
    for (const file of ['one.wav', 'map.wav']) {
      const sound = soundOf(join(folder.path, file))
      const begin = sound.findIndex((x) => Math.abs(x) > 0.01)
      expect(peak(sound.slice(begin + 48000, begin + 72000))).toBeLessThan(1e-3)
      expect(peak(sound.slice(begin + 76000, begin + 84000))).toBeGreaterThan(0.05)
    }
  })
})
