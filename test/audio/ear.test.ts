import { describe, expect, it } from 'vitest'
import {
  beatRate,
  cents,
  clickFigure,
  correlation,
  db,
  dc,
  decayTime,
  envelopeOf,
  fundamental,
  hasNaN,
  levelAt,
  maxDifferenceDb,
  peak,
  peaks,
  rms,
  slopeDbPerOctave,
  spectrum,
  timeToPeak,
} from './ear.ts'

const sr = 48000
const signal = (seconds: number, f: (t: number) => number): Float32Array =>
  Float32Array.from({ length: Math.round(seconds * sr) }, (_, i) => f(i / sr))
const sine = (hz: number, t: number, phase = 0): number => Math.sin(2 * Math.PI * hz * t + phase)

/** A band-limited tone: the partials below Nyquist. */
function tone(hz: number, seconds: number, partial: (k: number) => number): Float32Array {
  const out = new Float32Array(Math.round(seconds * sr))
  for (let k = 1; k * hz < 0.45 * sr; k++) {
    const [level, step] = [partial(k), (2 * Math.PI * hz * k) / sr]
    if (Math.abs(level) < 1e-3) continue
    const twice = 2 * Math.cos(step)
    // Each sine from the two before it.
    let [before, now] = [Math.sin(0.3 * k - step), Math.sin(0.3 * k)]
    for (let i = 0; i < out.length; i++) {
      out[i]! += level * now
      ;[before, now] = [now, twice * now - before]
    }
  }
  return out
}
const saw = (k: number): number => 0.3 / k
const pulse = (duty: number) => (k: number) => (0.6 / k) * Math.sin(Math.PI * k * duty)

/** Noise with a fixed seed, −1..1. */
function noise(length: number, seed = 1): Float32Array {
  let state = seed
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 31 - 1
  })
}

describe('levels', () => {
  const full = signal(1, (t) => sine(1000, t))

  it('of a sine', () => {
    expect(rms(full)).toBeCloseTo(Math.SQRT1_2, 6)
    expect(peak(full)).toBeCloseTo(1, 6)
    expect(db(0.5)).toBeCloseTo(-6.0206, 4)
    expect(dc(full)).toBeCloseTo(0, 6)
    expect(dc(full.map((x) => x + 0.25))).toBeCloseTo(0.25, 6)
    expect([rms(new Float32Array(0)), dc(new Float32Array(0)), peak(new Float32Array(0))]).toEqual([0, 0, 0])
  })

  it('of what is no number', () => {
    expect(hasNaN(full)).toBe(false)
    for (const bad of [NaN, Infinity, -Infinity]) expect(hasNaN(Float32Array.of(0, bad))).toBe(true)
    expect(peak(Float32Array.of(NaN, 1))).toBeNaN()
    expect(rms(Float32Array.of(NaN, 1))).toBeNaN()
  })

  it('of one partial among others', () => {
    const two = signal(0.5, (t) => 0.5 * sine(440.3, t) + 0.001 * sine(1234.5, t, 1))
    expect(levelAt(two, sr, 440.3)).toBeCloseTo(0.5, 4)
    expect(db(levelAt(two, sr, 1234.5))).toBeCloseTo(-60, 1)
    expect(db(levelAt(two, sr, 5000))).toBeLessThan(-90)
  })
})

describe('spectrum and peaks', () => {
  it('find partials and their levels, loudest first', () => {
    const found = peaks(
      spectrum(
        signal(1, (t) => 0.5 * sine(1000.3, t) + 0.05 * sine(3333.4, t)),
        sr,
      ),
    )
    expect(found).toHaveLength(2)
    expect(found[0]?.frequency).toBeCloseTo(1000.3, 1)
    expect(found[0]?.amplitude).toBeCloseTo(0.5, 2)
    expect(found[1]?.frequency).toBeCloseTo(3333.4, 1)
    expect(found[1]?.amplitude).toBeCloseTo(0.05, 3)
  })

  it('have the amplitude right in every window', () => {
    for (const window of ['rectangle', 'hann', 'blackman-harris'] as const) {
      const { amplitudes, binWidth } = spectrum(
        signal(4096 / sr, (t) => 0.7 * sine((sr / 4096) * 100, t)),
        sr,
        { window },
      )
      expect(binWidth).toBe(sr / 4096)
      expect(amplitudes[100]).toBeCloseTo(0.7, 5)
    }
    expect(spectrum(new Float32Array(64).fill(0.5), sr).amplitudes[0]).toBeCloseTo(0.5, 6)
  })
})

describe('fundamental', () => {
  const frequencies = [20, 27.5, 61.7, 110, 261.6256, 440, 997, 1760.5, 3136.7, 5000, 7040.3, 10000]
  const tones = {
    sine: (k: number) => (k === 1 ? 0.5 : 0),
    saw,
    square: pulse(0.5),
    'pulse of 25%': pulse(0.25),
    'pulse of 10%': pulse(0.1),
  }
  it.each(Object.entries(tones))('of a %s is exact to 0.2 cent', (_, partial) => {
    const errors = frequencies.map((hz) => Math.abs(cents(hz, fundamental(tone(hz, 1, partial), sr))))
    expect(Math.max(...errors)).toBeLessThan(0.2)
  })

  it('of short, quiet and off-centre tones, with tremolo, or a little noise', () => {
    const hiss = noise(sr)
    expect(Math.abs(cents(100, fundamental(tone(100, 0.12, saw), sr)))).toBeLessThan(0.2)
    expect(
      Math.abs(
        cents(
          440,
          fundamental(
            tone(440, 1, saw).map((x) => 0.4 + 1e-4 * x),
            sr,
          ),
        ),
      ),
    ).toBeLessThan(0.2)
    const tremolo = signal(1, (t) => (0.6 + 0.3 * sine(5, t)) * sine(440, t))
    expect(Math.abs(cents(440, fundamental(tremolo, sr)))).toBeLessThan(0.2)
    expect(
      Math.abs(
        cents(
          440,
          fundamental(
            tone(440, 1, saw).map((x, i) => x + 0.01 * hiss[i]!),
            sr,
          ),
        ),
      ),
    ).toBeLessThan(0.2)
  })

  it('of silence is none', () => expect(fundamental(new Float32Array(1000), sr)).toBeNaN())

  it('cents count upwards', () => {
    expect(cents(440, 880)).toBe(1200)
    expect(cents(880, 440)).toBe(-1200)
  })
})

describe('envelopes', () => {
  const burst = signal(1, (t) => (t < 0.5 ? 0.8 : 0.2) * sine(1000, t))

  it('follow the level', () => {
    const [level, top] = [envelopeOf(burst, sr, 10), envelopeOf(burst, sr, 10, 'peak')]
    expect([level.length, top.length]).toEqual([sr, sr])
    for (const [seconds, amplitude] of [
      [0.25, 0.8],
      [0.75, 0.2],
    ] as const) {
      expect(level[seconds * sr]).toBeCloseTo(amplitude * Math.SQRT1_2, 2)
      expect(top[seconds * sr]).toBeCloseTo(amplitude, 6)
    }
    // The window is centred: 5 ms to each side.
    expect(top[0.504 * sr]).toBeCloseTo(0.8, 2)
    expect(top[0.506 * sr]).toBeCloseTo(0.2, 2)
  })

  it('of peaks are the maximum of each window', () => {
    const random = noise(500)
    const top = envelopeOf(random, 1000, 20, 'peak')
    const naive = Array.from(random, (_, i) => peak(random.subarray(Math.max(0, i - 10), i + 11)))
    expect(Array.from(top)).toEqual(naive)
  })

  it('say when the peak is reached', () => {
    expect(
      timeToPeak(
        signal(0.2, (t) => Math.min(1, t / 0.01)),
        sr,
      ),
    ).toBeCloseTo(0.0099, 4)
    expect(
      timeToPeak(
        signal(0.2, (t) => Math.min(1, t / 0.01)),
        sr,
        0.5,
      ),
    ).toBeCloseTo(0.005, 4)
  })

  it('say how long the decay is', () => {
    const ring = signal(3, (t) => 10 ** (-3 * (t / 1.5)) * sine(500, t))
    expect(decayTime(ring, sr)).toBeCloseTo(1.5, 1)
    expect(decayTime(ring, sr, { fallDb: 20 })).toBeCloseTo(0.5, 1)
    expect(decayTime(ring.subarray(0, sr), sr)).toBe(Infinity)
    const late = signal(4, (t) => (t < 1 ? 0 : 10 ** (-3 * (t - 1)) * sine(500, t)))
    expect(decayTime(late, sr)).toBeCloseTo(1, 1)
  })
})

describe('clickFigure', () => {
  const steady = signal(1, (t) => 0.5 * sine(440, t))
  // Half the tone is dropped at 0.5 s, at the crest of a period.
  const crest = 0.5 + 0.25 / 440
  const edited = (fade: number): Float32Array =>
    signal(1, (t) => 0.5 * sine(440, t) * (1 - 0.5 * Math.min(1, Math.max(0, (t - crest) / fade))))

  it('is 1 without a click, and near it in a fade', () => {
    expect(clickFigure(steady, sr, 0.5)).toBeCloseTo(1, 2)
    expect(clickFigure(edited(0.02), sr, crest)).toBeLessThan(1.25)
  })

  it('is the step over the sharpest of the steady sound', () => {
    const sharpest = 0.5 * (2 * Math.sin((Math.PI * 440) / sr)) ** 2
    expect(clickFigure(edited(1e-9), sr, crest)).toBeGreaterThan(0.9 * (0.25 / sharpest))
  })

  it('takes the steady sounds given', () => {
    const rich = signal(0.2, (t) => 0.5 * sine(4400, t))
    const plain = clickFigure(edited(1e-9), sr, crest)
    expect(clickFigure(edited(1e-9), sr, crest, { after: rich })).toBeLessThan(plain / 50)
    expect(clickFigure(edited(1e-9), sr, crest, { before: rich })).toBeLessThan(plain / 50)
  })

  it('sees 50 ms to each side and no further', () => {
    const at = (seconds: number): Float32Array =>
      steady.map((x, i) => (i === Math.round(seconds * sr) ? x + 0.3 : x))
    expect(clickFigure(at(0.54), sr, 0.5)).toBeGreaterThan(50)
    expect(clickFigure(at(0.46), sr, 0.5)).toBeGreaterThan(50)
    expect(clickFigure(at(0.56), sr, 0.5)).toBeLessThan(1.01)
    expect(clickFigure(at(0.2), sr, 0.5)).toBeCloseTo(1, 2)
  })

  it('of silence is 0, of a sound in silence without end', () => {
    expect(clickFigure(new Float32Array(sr), sr, 0.5)).toBe(0)
    expect(clickFigure(new Float32Array(sr).fill(1, sr / 2, sr / 2 + 1), sr, 0.5)).toBe(Infinity)
  })
})

describe('comparisons', () => {
  const [a, b] = [noise(sr, 1), noise(sr, 99)]

  it('tell alike from unrelated', () => {
    expect(
      correlation(
        a,
        a.map((x) => 0.1 * x + 0.5),
      ),
    ).toBeCloseTo(1, 6)
    expect(
      correlation(
        a,
        a.map((x) => -x),
      ),
    ).toBeCloseTo(-1, 6)
    expect(Math.abs(correlation(a, b))).toBeLessThan(0.03)
    expect(correlation(a, new Float32Array(sr))).toBeNaN()
  })

  it('give the largest difference', () => {
    expect(maxDifferenceDb(a, a)).toBe(-Infinity)
    expect(
      maxDifferenceDb(
        a,
        a.map((x, i) => (i === 7 ? x + 0.01 : x)),
      ),
    ).toBeCloseTo(-40, 3)
    expect(maxDifferenceDb(Float32Array.of(0, NaN), Float32Array.of(0, 0))).toBeNaN()
    expect(() => maxDifferenceDb(a, a.subarray(1))).toThrow(RangeError)
  })
})

describe('beatRate', () => {
  it.each([1, 2.5, 7, 20])('of two sines %d Hz apart', (apart) => {
    const seconds = 6
    expect(
      beatRate(
        signal(seconds, (t) => sine(440, t) + sine(440 + apart, t)),
        sr,
      ),
    ).toBeCloseTo(apart, 1)
  })

  it('of two saws 7 cents apart', () => {
    const [low, high] = [220, 220 * 2 ** (7 / 1200)]
    const [x, y] = [tone(low, 8, saw), tone(high, 8, saw)]
    expect(
      beatRate(
        x.map((v, i) => v + y[i]!),
        sr,
      ),
    ).toBeCloseTo(high - low, 1)
  })
})

describe('slopeDbPerOctave', () => {
  it('of noise, saws and filters', () => {
    const white = noise(4 * sr)
    expect(slopeDbPerOctave(white, sr, 100, 10000)).toBeCloseTo(0, 0)
    let sum = 0
    expect(
      slopeDbPerOctave(
        white.map((x) => (sum = 0.9999 * sum + x)),
        sr,
        100,
        5000,
      ),
    ).toBeCloseTo(-6, 0)
    expect(slopeDbPerOctave(tone(55, 2, saw), sr, 440, 7040)).toBeCloseTo(-6, 0)
    // A one-pole low-pass at 100 Hz, by its impulse response.
    const pole = Math.exp((-2 * Math.PI * 100) / sr)
    const response = Float32Array.from({ length: sr }, (_, i) => pole ** i)
    expect(slopeDbPerOctave(response, sr, 800, 4000, { window: 'rectangle' })).toBeCloseTo(-6, 0)
    expect(slopeDbPerOctave(response, sr, 2, 20, { window: 'rectangle' })).toBeCloseTo(0, 0)
  })
})
