import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { semitones, type Patch } from '../../src/index.ts'
import { cents, clickFigure, fundamental, peak, rms } from '../audio/ear.ts'
import { hear, measure } from './probe.ts'

const sr = 48000
const unit = fc.double({ min: 0, max: 1, noNaN: true })
const bipolar = fc.double({ min: -1, max: 1, noNaN: true })
const clip = (x: number, low = 0, high = 1): number => Math.max(low, Math.min(high, x))
/** A square that stays high for the whole of a test: a bipolar source at a level. */
const held = (level: number): Patch['devices'][string] => ({
  type: 'lfo',
  waveform: 'square',
  frequency: 0.05,
  amplitude: Math.abs(level),
  shared: true,
})
const one = { type: 'constant', level: 1, shared: true } as const
const steady = (x: Float32Array): number => x[4800] ?? NaN

describe('value = denormalise(clip(base + Σ amount·source))', () => {
  it('linear: a constant base, knobs and bipolar sources', async () => {
    await fc.assert(
      fc.asyncProperty(unit, unit, bipolar, unit, bipolar, async (base, knob, a, source, b) => {
        const patch: Patch = {
          knobs: { k: knob },
          devices: { one, l: held(source), it: { type: 'amplifier', gain: base, shared: true } },
          connections: [
            ['one', 'it.in'],
            ['k', 'it.gain', a],
            ['l', 'it.gain', b],
          ],
        }
        const [x] = await measure(patch, 'it', { seconds: 0.12 })
        expect(steady(x)).toBeCloseTo(clip(base + a * knob + b * source), 4)
      }),
      { numRuns: 15 },
    )
  })

  it('pitch: semitones around a constant base', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.double({ min: 200, max: 4000, noNaN: true }),
        fc.double({ min: -12, max: 12, noNaN: true }),
        async (base, interval) => {
          const patch: Patch = {
            devices: {
              l: held(1),
              it: { type: 'oscillator', waveform: 'sine', frequency: base, shared: true },
            },
            connections: [['l', 'it.frequency', semitones(interval)]],
          }
          const [x] = await measure(patch, 'it', { seconds: 0.25 })
          expect(
            Math.abs(cents(base * 2 ** (interval / 12), fundamental(x.subarray(1200), sr))),
          ).toBeLessThan(0.5)
        },
      ),
      { numRuns: 10 },
    )
  })

  it('exponential: an LFO by knob and constant', async () => {
    await fc.assert(
      fc.asyncProperty(unit, fc.double({ min: 0.3, max: 1, noNaN: true }), async (knob, amount) => {
        const patch: Patch = {
          knobs: { k: knob },
          devices: { it: { type: 'lfo', waveform: 'saw', frequency: 1, shared: true } },
          connections: [['k', 'it.frequency', amount]],
        }
        const [x] = await measure(patch, 'it', { seconds: 0.1 })
        const base = Math.log(1 / 0.05) / Math.log(100 / 0.05)
        const hertz = 0.05 * 2000 ** clip(base + amount * knob)
        // the slope of the saw: it climbs by 2 in a period
        const slopes = Array.from(
          { length: 30 },
          (_, i) => (x[1280 + (i + 1) * 64]! - x[1280 + i * 64]!) / 64,
        )
        const slope = slopes.toSorted((p, q) => p - q)[15]!
        expect((slope * sr) / 2 / hertz).toBeCloseTo(1, 1)
      }),
      { numRuns: 10 },
    )
  })

  it('an audio source on a linear port is summed and clipped sample by sample', async () => {
    const patch: Patch = {
      devices: {
        one,
        m: { type: 'oscillator', waveform: 'sine', frequency: 100, shared: true },
        it: { type: 'amplifier', gain: 0.7, shared: true },
      },
      connections: [
        ['one', 'it.in'],
        ['m', 'it.gain', 0.6],
      ],
    }
    const [x] = await measure(patch, 'it', { seconds: 0.1 })
    for (let i = 0; i < 480; i += 7)
      expect(x[i]).toBeCloseTo(clip(0.7 + 0.6 * Math.sin((2 * Math.PI * 100 * i) / sr)), 3)
  })
})

describe('what the base is', () => {
  it('a knob sweeps exactly min..max', async () => {
    for (const [position, hertz] of [
      [0, 20],
      [1, 20000],
    ] as const) {
      // the port clips at its ends: as an oscillator, since a filter cannot be heard so exactly
      const patch: Patch = {
        knobs: { k: { value: position, range: [20, 20000] } },
        devices: { it: { type: 'oscillator', waveform: 'sine', shared: true } },
        connections: [['k', 'it.frequency']],
      }
      const [x] = await measure(patch, 'it', { seconds: 0.8 })
      expect(Math.abs(cents(hertz, fundamental(x, sr)))).toBeLessThan(0.5)
    }
    for (const [position, hertz] of [
      [0, 0.05],
      [1, 100],
    ] as const) {
      const patch: Patch = {
        knobs: { k: position },
        devices: { it: { type: 'lfo', waveform: 'saw', shared: true } },
        connections: [['k', 'it.frequency']],
      }
      const [x] = await measure(patch, 'it', { seconds: 0.1 })
      const climbs = Array.from({ length: 20 }, (_, i) => x[128 * (i + 11)]! - x[128 * (i + 10)]!)
      expect((Math.max(...climbs) * sr) / 256 / hertz).toBeCloseTo(1, 2)
    }
  })

  it('a bipolar source moves around the default; with a knob beside it, around the knob', async () => {
    const swing = async (knobs: Record<string, number>): Promise<[number, number]> => {
      const connections: [string, string, number?][] = [
        ['one', 'it.in'],
        ['l', 'it.gain'],
        ...Object.keys(knobs).map((k): [string, string] => [k, 'it.gain']),
      ]
      const patch = {
        knobs,
        devices: {
          one,
          l: { type: 'lfo', frequency: 20, amplitude: 0.25, shared: true },
          it: { type: 'amplifier', shared: true },
        },
        connections,
      } as unknown as Patch
      const [x] = await measure(patch, 'it', { seconds: 0.2 })
      const late = x.subarray(2400)
      return [Math.min(...late), Math.max(...late)]
    }
    const [low, high] = await swing({})
    expect([low, high].map((v) => Number(v.toFixed(2)))).toEqual([0.75, 1])
    const [below, above] = await swing({ k: 0.4 })
    expect(below).toBeCloseTo(0.15, 2)
    expect(above).toBeCloseTo(0.65, 2)
  })
})

describe('smoothness', () => {
  it('starts at its value, without a ramp from zero', async () => {
    const patch: Patch = {
      knobs: { k: 0.6 },
      devices: { one, it: { type: 'amplifier', shared: true } },
      connections: [
        ['one', 'it.in'],
        ['k', 'it.gain'],
      ],
    }
    const [x] = await measure(patch, 'it', { seconds: 0.05 })
    expect(Math.min(...x)).toBeCloseTo(0.6, 5)
    expect(Math.max(...x)).toBeCloseTo(0.6, 5)
  })

  it.each([100, 200, 500])('a knob that jumps does not click, on a sine of %s Hz', async (frequency) => {
    const patch: Patch = {
      knobs: { k: 0.3 },
      devices: { it: { type: 'oscillator', waveform: 'sine', frequency, shared: true } },
      connections: [
        ['k', 'it.amplitude'],
        ['it', 'out'],
      ],
    }
    const [x] = await hear(patch, { seconds: 0.9, acts: [[0.45, { knob: 'k', to: 0.85 }]] })
    expect(clickFigure(x!, sr, 0.45)).toBeLessThan(1.25)
    expect(peak(x!.subarray(0.6 * sr))).toBeCloseTo(0.85, 3)
  })

  it('a patch without an envelope plays like an organ: no click, then silence', async () => {
    const patch: Patch = {
      voices: 1,
      devices: { it: { type: 'oscillator', waveform: 'sine', amplitude: 0.5 } },
      connections: [['it', 'out']],
    }
    const [x] = await hear(patch, {
      seconds: 1,
      acts: [
        [0.2, { on: 81 }],
        [0.6, { off: 81 }],
      ],
    })
    const around = x!.subarray(0.3 * sr, 0.5 * sr)
    for (const at of [0.2, 0.6])
      expect(clickFigure(x!, sr, at, { before: around, after: around })).toBeLessThan(1.25)
    expect(peak(x!.subarray(0, 0.199 * sr))).toBe(0)
    expect(peak(x!.subarray(0.21 * sr, 0.25 * sr))).toBeCloseTo(0.5, 2)
    expect(rms(x!.subarray(0.61 * sr, 0.615 * sr))).toBeGreaterThan(0.05)
    expect(peak(x!.subarray(0.63 * sr))).toBe(0)
  })
})
