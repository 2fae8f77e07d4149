import { describe, expect, it } from 'vitest'
import type { Patch } from '../../src/index.ts'
import { correlation, db, dc, maxDifferenceDb, peak, rms, slopeDbPerOctave } from '../audio/ear.ts'
import { alone, measure } from './probe.ts'

const sr = 48000

describe('noise', () => {
  it.each([
    ['white', 0],
    ['pink', -3],
    ['brown', -6],
  ] as const)('%s falls by %d dB per octave', async (color, slope) => {
    const [x] = await measure(alone('noise', { color }), 'it', { seconds: 4 })
    expect(Math.abs(slopeDbPerOctave(x, sr, 60, 12000) - slope)).toBeLessThan(0.4)
    expect(peak(x)).toBeLessThanOrEqual(1.0001)
  })

  it('amplitude is its peak', async () => {
    const [x] = await measure(alone('noise', { amplitude: 0.3 }), 'it')
    expect(peak(x)).toBeCloseTo(0.3, 2)
    expect(rms(x)).toBeCloseTo(0.3 / Math.sqrt(3), 2)
  })

  it('two devices and two voices are uncorrelated; a run repeats to the bit', async () => {
    const devices = { a: { type: 'noise' }, b: { type: 'noise' } }
    const [a] = await measure({ voices: 1, devices }, 'a', { acts: [[0, { on: 60 }]] })
    const [again] = await measure({ voices: 1, devices }, 'a', { acts: [[0, { on: 60 }]] })
    const [b] = await measure({ voices: 1, devices }, 'b', { acts: [[0, { on: 60 }]] })
    const [both] = await measure({ voices: 2, devices }, 'a', {
      acts: [
        [0, { on: 60 }],
        [0, { on: 64 }],
      ],
    })
    expect(maxDifferenceDb(again, a)).toBe(-Infinity)
    const steady = (x: Float32Array): Float32Array => x.subarray(1200)
    expect(Math.abs(correlation(steady(a), steady(b)))).toBeLessThan(0.03)
    // equal noise in both voices would be 6 dB up
    expect(db(rms(steady(both)) / rms(steady(a)))).toBeCloseTo(3, 0)
  })
})

describe('lfo', () => {
  const swing = async (ports: Record<string, string | number>, seconds = 1): Promise<Float32Array> =>
    (await measure(alone('lfo', ports), 'it', { seconds }))[0]
  const at = (x: Float32Array, seconds: number): number => x[Math.round(seconds * sr)] ?? NaN

  it('a sine: frequency, phase, amplitude', async () => {
    const x = await swing({ frequency: 2, amplitude: 0.6 })
    for (const [t, level] of [
      [0.125, 0.6],
      [0.25, 0],
      [0.375, -0.6],
      [0.625, 0.6],
    ] as const)
      expect(at(x, t)).toBeCloseTo(level, 1)
    expect(peak(x)).toBeCloseTo(0.6, 3)
    expect(at(await swing({ frequency: 2, phase: 0.25 }), 0.005)).toBeCloseTo(1, 1)
  })

  it.each([
    ['triangle', [0.03, 0.5, 0.97, 0.5, -0.5, -0.5]],
    ['saw', [0.01, 0.25, 0.49, 0.75, -0.75, -0.25]],
    ['square', [1, 1, 1, 1, -1, -1]],
  ] as const)('a %s', async (waveform, levels) => {
    const x = await swing({ frequency: 1, waveform })
    for (const [i, t] of [0.0075, 0.125, 0.2425, 0.375, 0.625, 0.875].entries())
      expect(at(x, t)).toBeCloseTo(levels[i]!, 1)
  })

  it.each(['triangle', 'saw', 'square', 'sine'])(
    'phase starts a %s later in its period',
    async (waveform) => {
      const [plain, late] = [
        await swing({ frequency: 1, waveform }),
        await swing({ frequency: 1, waveform, phase: 0.6 }),
      ]
      for (const t of [0.05, 0.1, 0.2, 0.3, 0.35]) expect(at(late, t)).toBeCloseTo(at(plain, t + 0.6), 1)
    },
  )

  it('random holds a value for a period', async () => {
    const x = await swing({ frequency: 10, waveform: 'random' }, 2)
    const levels = new Set(Array.from(x, (v) => v.toFixed(3)))
    const held = Array.from({ length: 18 }, (_, i) => at(x, 0.05 + i / 10))
    expect(new Set(held).size).toBeGreaterThan(12)
    expect(levels.size).toBeGreaterThan(12)
    expect(peak(x)).toBeLessThanOrEqual(1)
    expect(peak(x)).toBeGreaterThan(0.5)
  })

  it.each(['sine', 'triangle', 'saw', 'square', 'random'])(
    'a unipolar %s is never below 0',
    async (waveform) => {
      const x = await swing({ frequency: 7, waveform, polarity: 'unipolar', amplitude: 0.8 }, 2)
      expect(Math.min(...x.subarray(0, 48000))).toBeGreaterThanOrEqual(-1e-6)
      expect(peak(x)).toBeLessThanOrEqual(0.8001)
      expect(peak(x)).toBeGreaterThan(0.5)
      expect(dc(x)).toBeGreaterThan(0.2)
    },
  )

  it('a knob chooses the waveform while it runs', async () => {
    const patch: Patch = {
      ...alone('lfo', { frequency: 1 }),
      knobs: { shape: 0.7 },
      connections: [['shape', 'it.waveform']],
    }
    const [x] = await measure(patch, 'it', { seconds: 1 })
    expect(at(x, 0.125)).toBe(1)
    expect(at(x, 0.625)).toBe(-1)
  })
})
