import { describe, expect, it } from 'vitest'
import { createOffline, type OfflineSynth } from '../../src/live/index.ts'
import type { Patch, Tuning } from '../../src/patch/index.ts'
import { cents, fundamental, rms } from './ear.ts'

const sine = (tuning?: Tuning): Patch => ({
  voices: 4,
  devices: { osc: { type: 'oscillator', waveform: 'sine' } },
  connections: [
    ['keys.gate', 'osc.amplitude', 0.2],
    ['osc', 'out'],
  ],
  ...(tuning && { tuning }),
})

/** What is heard of the next stretch of time, after what went before has died away. */
async function heard(synth: OfflineSynth): Promise<Float32Array> {
  const { channels } = await synth.advance(0.5)
  return (channels[0] ?? new Float32Array()).subarray(9600)
}
const offBy = (expected: number, sound: Float32Array): number =>
  Math.abs(cents(expected, fundamental(sound, 48000)))
const c4 = 440 * 2 ** (-9 / 12)

describe('a tuning in the sound', () => {
  it.each<[string, Tuning, Readonly<Record<number, number>>]>([
    ['A4 at 432 Hz', { a4: 432 }, { 69: 432, 57: 216 }],
    [
      'just intonation',
      { scale: ['16/15', '9/8', '6/5', '5/4', '4/3', '45/32', '3/2', '8/5', '5/3', '9/5', '15/8', '2/1'] },
      { 60: c4, 64: (c4 * 5) / 4, 67: (c4 * 3) / 2, 77: (c4 * 8) / 3, 53: (c4 * 2) / 3 },
    ],
    [
      '19 equal steps',
      { scale: Array.from({ length: 19 }, (_, i) => ((i + 1) * 1200) / 19) },
      { 61: c4 * 2 ** (1 / 19), 79: c4 * 2, 71: c4 * 2 ** (11 / 19) },
    ],
    [
      'Bohlen-Pierce with a reference',
      {
        scale: [...Array.from({ length: 12 }, (_, i) => ((i + 1) * 1901.955000865) / 13), '3/1'],
        keyboard: { reference: { key: 60, frequency: 300 } },
      },
      { 60: 300, 73: 900, 47: 100, 66: 300 * 3 ** (6 / 13) },
    ],
  ])('%s: every note within 0.5 cent', async (_, tuning, notes) => {
    const synth = await createOffline({ patch: sine(tuning) })
    for (const [note, frequency] of Object.entries(notes)) {
      synth.noteOn(Number(note))
      expect(offBy(frequency, await heard(synth))).toBeLessThan(0.5)
      synth.noteOff(Number(note))
    }
    await synth.close()
  })

  it('changes while a note sounds, to within 0.5 cent, and back', async () => {
    const synth = await createOffline({ patch: sine() })
    synth.noteOn(69)
    expect(offBy(440, await heard(synth))).toBeLessThan(0.5)
    await synth.apply(sine({ a4: 415 }))
    expect(offBy(415, await heard(synth))).toBeLessThan(0.5)
    await synth.undo()
    expect(offBy(440, await heard(synth))).toBeLessThan(0.5)
    await synth.close()
  })

  it('leaves silent keys silent; a note that is held when its key becomes silent keeps its pitch', async () => {
    const silent: Tuning = { keyboard: { map: [0, 'x'], octave: 2 } }
    const synth = await createOffline({ patch: sine(silent) })
    synth.noteOn(61)
    expect(rms(await heard(synth))).toBe(0)
    synth.noteOff(61)
    synth.noteOn(62)
    expect(offBy(c4 * 2 ** (2 / 12), await heard(synth))).toBeLessThan(0.5)
    await synth.apply(sine({ keyboard: { map: [0, 'x'], middle: 61, octave: 2 } }))
    expect(offBy(c4 * 2 ** (2 / 12), await heard(synth))).toBeLessThan(0.5)
    synth.noteOff(62)
    await synth.advance(0.5)
    expect(rms(await heard(synth))).toBe(0)
    await synth.close()
  })

  it('has a note between two keys between their pitches', async () => {
    const synth = await createOffline({ patch: sine({ scale: [50] }) })
    synth.noteOn(62.5)
    expect(offBy(c4 * 2 ** (1.25 / 12), await heard(synth))).toBeLessThan(0.5)
    await synth.close()
  })
})
