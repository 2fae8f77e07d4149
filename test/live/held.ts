import { expect } from 'vitest'
import type { Patch } from '../../src/patch/index.ts'
import { fundamental, hasNaN, rms } from '../audio/ear.ts'
import type { Watched } from './wrapped.ts'

export const before: Patch = {
  voices: 4,
  knobs: { level: 0.5 },
  devices: {
    tone: { type: 'oscillator', waveform: 'sine', amplitude: 0.3 },
    gain: { type: 'amplifier' },
  },
  connections: [['tone', 'gain.in'], ['level', 'gain.gain'], ['gain', 'out']], // prettier-ignore
}
/** Changes something of every kind: births, cables, numbers, order, deaths. */
export const after: Patch = {
  ...before,
  devices: {
    low: { type: 'filter', cutoff: 3000 },
    echo: { type: 'delay' },
    tone: { type: 'oscillator', waveform: 'sine', amplitude: 0.2 },
    wah: { type: 'lfo', frequency: 3 },
  },
  connections: [['tone', 'low.in'], ['wah', 'low.cutoff', 0.1], ['low', 'echo.in'], ['echo', 'out'], ['level', 'out.level']], // prettier-ignore
}

export const left = async ({ synth }: Watched, seconds: number): Promise<Float32Array> =>
  (await synth.advance(seconds)).channels[0] as Float32Array
/** The tone of a held A4 after any transition. */
export const toneOf = async (one: Watched): Promise<{ pitch: number; level: number }> => {
  await one.synth.advance(0.6)
  const sound = await left(one, 0.5)
  expect(hasNaN(sound)).toBe(false)
  return { pitch: fundamental(sound, one.synth.sampleRate), level: rms(sound) * Math.SQRT2 }
}
