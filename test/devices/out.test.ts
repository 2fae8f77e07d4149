import { describe, expect, it } from 'vitest'
import { defineDevice, createOffline, signal, standard, value, type Patch } from '../../src/index.ts'
import { div, mul, sub, ugens } from '../../src/ugens/index.ts'
import { dc, hasNaN, levelAt, maxDifferenceDb, peak } from '../audio/ear.ts'
import { hear, measure } from './probe.ts'

const sr = 48000
const knee = 10 ** (-1 / 20)
const sine = (amplitude: number): Patch => ({
  devices: { it: { type: 'oscillator', waveform: 'sine', frequency: 200, amplitude, shared: true } },
  connections: [['it', 'out']],
})

describe('out', () => {
  it('is transparent, bit for bit, below −1 dBFS; mono goes to both sides', async () => {
    const [left, right] = await hear(sine(0.89))
    const [x] = await measure({ devices: sine(0.89).devices }, 'it')
    expect(maxDifferenceDb(left!, right!)).toBe(-Infinity)
    expect(maxDifferenceDb(left!, x)).toBe(-Infinity)
    expect(peak(left!)).toBeLessThan(knee)
  })

  it('is transparent also for waves as long as a block, in which control rate sees no wave', async () => {
    const square = defineDevice({
      title: 'Square',
      doc: 'Full waves in a block.',
      ports: { waves: value('How many.', { min: 1, max: 8, default: 1 }), phase: value('Where it begins.', { min: 0, max: 1, default: 0 }) }, // prettier-ignore
      output: { rate: 'audio', polarity: 'bipolar', channels: 1 },
      shared: true,
      generator: true,
      build: ({ waves, phase }) =>
        sub(mul(ugens.LFPulse.ar(mul(waves, ugens.ControlRate.ir()), phase), 1.78), 0.89),
    })
    const catalogue = { ...standard, square }
    const levels = [0, 1.78].map((x) => Math.fround(Math.fround(x) - Math.fround(0.89)))
    for (const sampleRate of [22050, 48000, 96000])
      for (const [waves, phase] of [
        [1, 0],
        [1, 0.25],
        [1, 0.75],
        [2, 0.25],
        [3, 0.25],
      ] as const) {
        // prettier-ignore
        const patch: Patch = { devices: { it: { type: 'square', waves, phase } }, connections: [['it', 'out']] } // prettier-ignore
        const synth = await createOffline({ patch, catalogue, sampleRate })
        const [x] = (await synth.advance(2)).channels
        await synth.close()
        // it has begun softly
        expect([...new Set(x!.subarray(sampleRate))].toSorted((a, b) => a - b)).toEqual(levels)
      }
  })

  it('bounds 20 dB too much, without a corner', async () => {
    for (const amount of [1.2, 3, 10]) {
      const [x] = await hear({ ...sine(1), connections: [['it', 'out', amount]] })
      expect(peak(x!)).toBeLessThan(1)
      expect(peak(x!)).toBeGreaterThan(0.95)
      // the curve never leaves its way faster than its input does
      const steepest = (amount * 2 * Math.PI * 200) / sr
      for (let i = 1; i < x!.length; i++) expect(Math.abs(x![i]! - x![i - 1]!)).toBeLessThan(steepest * 1.001)
      for (const n of [2, 4]) expect(levelAt(x!.subarray(4800), sr, 200 * n)).toBeLessThan(2e-3)
    }
  })

  it('blocks DC and leaves the rest', async () => {
    const patch: Patch = {
      devices: { ...sine(0.3).devices, c: { type: 'constant', level: 0.4, shared: true } },
      connections: [
        ['it', 'out'],
        ['c', 'out'],
      ],
    }
    const [x] = await hear(patch, { seconds: 2.5 })
    const late = x!.subarray(2 * sr, 2 * sr + 24000)
    expect(Math.abs(dc(late))).toBeLessThan(0.0035)
    expect(levelAt(late, sr, 200)).toBeCloseTo(0.3, 3)
  })

  it('level is exact', async () => {
    const patch: Patch = {
      ...sine(0.8),
      knobs: { volume: 0.25 },
      connections: [
        ['it', 'out'],
        ['volume', 'out.level'],
      ],
    }
    const [x] = await hear(patch)
    const [whole] = await hear(sine(0.8))
    expect(
      maxDifferenceDb(
        x!,
        whole!.map((v) => v / 4),
      ),
    ).toBeLessThan(-140)
  })

  it('turns what is no number into silence, and goes on', async () => {
    const poison = defineDevice({
      title: 'Poison',
      doc: 'Infinity, and NaN where its input is 0, every other second.',
      ports: { in: signal('Anything.') },
      output: { rate: 'audio', polarity: 'bipolar', channels: 1 },
      shared: true,
      build: ({ in: [x = 0] }) => div(x, mul(ugens.LFPulse.ar(0.5), 1)),
    })
    const patch: Patch = {
      devices: { ...sine(0.5).devices, bad: { type: 'poison' } },
      connections: [
        ['it', 'bad.in'],
        ['bad', 'out'],
      ],
    }
    const synth = await createOffline({ patch, catalogue: { ...standard, poison } })
    const [x] = (await synth.advance(3)).channels
    await synth.close()
    expect(hasNaN(x!)).toBe(false)
    const peakFrom = (from: number, to: number): number => peak(x!.subarray(from * sr, to * sr))
    expect(peakFrom(0, 1)).toBeCloseTo(0.5, 2)
    expect(peakFrom(1.01, 2.4)).toBe(0)
    expect(peakFrom(2.9, 3)).toBeCloseTo(0.5, 2)
    expect(peak(x!)).toBeLessThan(0.51)
  })
})
