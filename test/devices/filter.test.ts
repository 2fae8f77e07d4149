import { describe, expect, it } from 'vitest'
import { semitones, type Patch } from '../../src/index.ts'
import { cents, db, dc, fundamental, hasNaN, levelAt, peak, rms, spectrum } from '../audio/ear.ts'
import { measure, type Act } from './probe.ts'

const sr = 48000
type Ports = Readonly<Record<string, string | number | boolean>>
const filtered = (ports: Ports, source: Ports = { type: 'click' }): Patch => ({
  devices: {
    source: { shared: true, type: 'click', ...source },
    it: { type: 'filter', shared: true, ...ports },
  },
  connections: [['source', 'it.in']],
})

/** Gain in dB at a frequency, from the response to one sample of 1. */
async function response(ports: Ports, sampleRate = sr): Promise<(hertz: number) => number> {
  const [x] = await measure(filtered(ports), 'it', { seconds: 0.5, sampleRate })
  return (hertz) => {
    let [re, im] = [0, 0]
    for (const [i, v] of x.entries()) {
      re += v * Math.cos((2 * Math.PI * hertz * i) / sampleRate)
      im += v * Math.sin((2 * Math.PI * hertz * i) / sampleRate)
    }
    return db(Math.hypot(re, im))
  }
}

describe('filter', () => {
  it.each([12, 24])(
    'low-pass and high-pass take %d ± 3 dB per octave, and 3 dB at the cutoff',
    async (slope) => {
      const low = await response({ slope, cutoff: 1000 })
      expect(low(1000)).toBeCloseTo(-3, 0)
      expect(low(100)).toBeCloseTo(0, 1)
      for (const f of [2000, 4000]) expect(Math.abs(low(f) - low(2 * f) - slope)).toBeLessThan(3)
      const high = await response({ slope, cutoff: 1000, mode: 'highpass' })
      expect(high(1000)).toBeCloseTo(-3, 0)
      expect(high(10000)).toBeCloseTo(0, 1)
      for (const f of [500, 250]) expect(Math.abs(high(f) - high(f / 2) - slope)).toBeLessThan(3)
    },
  )

  it('a band-pass has its peak at the cutoff, and its width follows the resonance', async () => {
    const wide = await response({ mode: 'bandpass', cutoff: 1000 })
    expect(wide(1000)).toBeCloseTo(0, 1)
    // Q = 0.707: 3 dB down at 518 and 1932 Hz
    expect(wide(518)).toBeCloseTo(-3, 0)
    expect(wide(1932)).toBeCloseTo(-3, 0)
    const narrow = await response({ mode: 'bandpass', cutoff: 1000, resonance: 0.5 })
    expect(narrow(1000)).toBeCloseTo(0, 1)
    expect(narrow(1932)).toBeLessThan(-25)
  })

  it.each([12, 24])('a notch of %d dB is deep at the cutoff and open elsewhere', async (slope) => {
    const notch = await response({ mode: 'notch', cutoff: 1000, slope })
    expect(notch(1000)).toBeLessThan(-50)
    for (const f of [50, 20000]) expect(Math.abs(notch(f))).toBeLessThan(1)
  })

  it.each(['lowpass', 'highpass'])('resonance lifts the cutoff of a %s over the rest', async (mode) => {
    let before = -4
    for (const resonance of [0.2, 0.4, 0.6]) {
      const curve = await response({ mode, cutoff: 1000, resonance })
      const lift = curve(1000) - curve(mode === 'lowpass' ? 50 : 15000)
      expect(lift).toBeGreaterThan(before + 6)
      before = lift
    }
  })

  it('the cutoff follows the keys: an octave up, an octave up', async () => {
    for (const note of [57, 69, 81]) {
      const patch: Patch = {
        voices: 1,
        devices: { n: { type: 'noise' }, it: { type: 'filter', mode: 'bandpass', resonance: 1 } },
        connections: [
          ['n', 'it.in'],
          ['keys.pitch', 'it.cutoff'],
        ],
      }
      const [x] = await measure(patch, 'it', { seconds: 1, acts: [[0, { on: note }]] })
      const levels = spectrum(x.subarray(9600), sr)
      const top = levels.amplitudes.reduce((best, level, i, all) => (level > all[best]! ? i : best), 0)
      expect(Math.abs(cents(440 * 2 ** ((note - 69) / 12), top * levels.binWidth))).toBeLessThan(30)
    }
  })

  it('a cutoff moved at audio rate makes sidebands', async () => {
    const patch: Patch = {
      devices: {
        source: { type: 'oscillator', waveform: 'sine', frequency: 3000, shared: true },
        m: { type: 'oscillator', waveform: 'sine', frequency: 700, shared: true },
        it: { type: 'filter', cutoff: 3000, shared: true },
      },
      connections: [
        ['source', 'it.in'],
        ['m', 'it.cutoff', semitones(7)],
      ],
    }
    const [x] = await measure(patch, 'it')
    for (const f of [2300, 3700]) expect(levelAt(x, sr, f)).toBeGreaterThan(0.05)
    for (const f of [2625, 3375]) expect(levelAt(x, sr, f)).toBeLessThan(0.001)
  })

  it('with an audio cable on its cutoff it is the same filter', async () => {
    const still = await response({ cutoff: 2000, resonance: 0.3 })
    const patch = filtered({ cutoff: 2000, resonance: 0.3 })
    const [x] = await measure(
      {
        devices: { ...patch.devices, zero: { type: 'constant', level: 0, shared: true } },
        connections: [...(patch.connections ?? []), ['zero', 'it.cutoff']],
      },
      'it',
    )
    for (const f of [200, 1000, 2000, 8000]) {
      const level = Math.hypot(
        ...[Math.cos, Math.sin].map((g) =>
          x.reduce((sum, v, i) => sum + v * g((2 * Math.PI * f * i) / sr), 0),
        ),
      )
      expect(db(level)).toBeCloseTo(still(f), 1)
    }
  })

  it.each([8000, 44100, 48000])('is stable at %d Hz, wherever the cutoff is', async (sampleRate) => {
    const devices: Record<string, Patch['devices'][string]> = {
      source: { type: 'click', shared: true },
      it: { type: 'mixer', shared: true },
    }
    const connections: (readonly [string, string])[] = []
    for (const slope of [12, 24])
      for (const mode of ['lowpass', 'highpass', 'bandpass', 'notch'])
        for (const [cutoff, resonance] of [
          [20, 1],
          [12000, 0],
          [12000, 1],
          [20000, 0],
          [20000, 1],
        ] as const) {
          const name = `${mode}_${slope}_${cutoff}_${resonance}`
          devices[name] = { type: 'filter', shared: true, slope, mode, cutoff, resonance }
          connections.push(['source', `${name}.in`], [name, `it.in${connections.length / 2 + 1}`])
        }
    const [x] = await measure({ devices, connections }, 'it', { seconds: 0.5, sampleRate })
    expect(hasNaN(x)).toBe(false)
    // one that grows reaches the limit of out, 4
    expect(peak(x.subarray(-1000))).toBeLessThan(1)
  })

  it('each side of a stereo signal is filtered by itself', async () => {
    const patch: Patch = {
      devices: {
        l: { type: 'oscillator', waveform: 'sine', frequency: 100, shared: true },
        r: { type: 'oscillator', waveform: 'sine', frequency: 8000, shared: true },
        both: { type: 'sides', shared: true },
        it: { type: 'filter', cutoff: 1000, shared: true },
      },
      connections: [
        ['l', 'both.left'],
        ['r', 'both.right'],
        ['both', 'it.in'],
      ],
    }
    const [left, right] = await measure(patch, 'it')
    expect(levelAt(left, sr, 100)).toBeCloseTo(1, 1)
    expect(levelAt(left, sr, 8000)).toBeLessThan(1e-3)
    expect(db(levelAt(right, sr, 8000))).toBeCloseTo(-39, -0.5)
  })

  it('a knob sweeps without zipper noise', async () => {
    const patch = filtered({}, { type: 'oscillator', waveform: 'sine', frequency: 200 })
    const acts: Act[] = [[0.2, { knob: 'open', to: 1 }]]
    const [x] = await measure(
      { ...patch, knobs: { open: 0.2 }, connections: [...(patch.connections ?? []), ['open', 'it.cutoff']] },
      'it',
      { acts },
    )
    expect(levelAt(x.subarray(0.3 * sr), sr, 200)).toBeCloseTo(1, 2)
    let sharpest = 0
    for (let i = 960; i < x.length; i++)
      sharpest = Math.max(sharpest, Math.abs(x[i]! - 2 * x[i - 1]! + x[i - 2]!))
    expect(sharpest).toBeLessThan(6 * ((2 * Math.PI * 200) / sr) ** 2)
  })
})

describe('filter: self-oscillation', () => {
  it.each([
    [30, 25],
    [60, 12],
    [110, 3],
    [440, 3],
    [2000, 3],
    [8000, 3],
    [15000, 3],
  ])('sings at %d Hz by itself, within %d cents', async (cutoff, tolerance) => {
    for (const slope of cutoff === 440 ? [12, 24] : [12]) {
      const patch: Patch = {
        devices: { it: { type: 'filter', cutoff, slope, resonance: 1, selfOscillation: true, shared: true } },
      }
      const [whole] = await measure(patch, 'it', { seconds: cutoff < 100 ? 7 : 3 })
      const x = whole.subarray(-sr)
      expect(Math.abs(cents(cutoff, fundamental(x, sr)))).toBeLessThan(tolerance)
      expect(rms(x) * Math.SQRT2).toBeGreaterThan(0.4)
      expect(peak(x)).toBeLessThan(1)
      expect(db(levelAt(x, sr, 2 * cutoff) / levelAt(x, sr, cutoff))).toBeLessThan(-30)
      expect(Math.abs(dc(x))).toBeLessThan(0.02)
    }
  })

  it.each([30, 200, 2000, 15000])('at %d Hz it is bounded however loud its input', async (cutoff) => {
    for (const mode of ['lowpass', 'highpass', 'bandpass', 'notch']) {
      const patch: Patch = {
        devices: {
          loud: { type: 'noise', shared: true },
          it: { type: 'filter', mode, cutoff, resonance: 1, selfOscillation: true, shared: true },
        },
        connections: [['loud', 'it.in']],
      }
      const [x] = await measure(patch, 'it', { seconds: 1 })
      expect(hasNaN(x)).toBe(false)
      expect(peak(x)).toBeLessThan(mode === 'notch' ? 4 : 2)
    }
  })

  it('without resonance it is an ordinary filter', async () => {
    const [plain, ready] = [
      await response({ cutoff: 1000 }),
      await response({ cutoff: 1000, selfOscillation: true }),
    ]
    for (const f of [100, 1000, 4000]) expect(ready(f)).toBeCloseTo(plain(f), 0)
  })
})
