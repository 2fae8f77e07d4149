import { describe, expect, it } from 'vitest'
import { semitones, type Patch } from '../../src/index.ts'
import {
  beatRate,
  cents,
  db,
  dc,
  fundamental,
  hasNaN,
  levelAt,
  maxDifferenceDb,
  peak,
  rms,
} from '../audio/ear.ts'
import { alone, measure, type Act, type Listening } from './probe.ts'

const sr = 48000
const hertzOf = (note: number): number => 440 * 2 ** ((note - 69) / 12)
type Ports = Readonly<Record<string, string | number | boolean>>
const listen = async (ports: Ports, listening?: Listening): Promise<Float32Array> =>
  (await measure(alone('oscillator', ports), 'it', listening))[0]
/** One voice that plays, with cables. */
const voice = (ports: Ports, rest: Partial<Patch> = {}): Patch => ({
  voices: 1,
  ...rest,
  devices: { it: { type: 'oscillator', waveform: 'sine', ...ports }, ...rest.devices },
})
/** Partials 1…n relative to the first. */
const partials = (x: Float32Array, hertz: number, n: number): number[] => {
  const first = levelAt(x, sr, hertz)
  return Array.from({ length: n }, (_, i) => levelAt(x, sr, hertz * (i + 1)) / first)
}

describe('oscillator: waveforms', () => {
  it.each([110, 440, 1661])('a saw has all partials, 1/n, at %d Hz', async (frequency) => {
    const x = (await listen({ frequency }, { seconds: 0.6 })).subarray(4800)
    for (const [i, level] of partials(x, frequency, 8).entries())
      expect(Math.abs(db(level * (i + 1)))).toBeLessThan(1.5)
  })

  it('a square has odd partials, 1/n', async () => {
    const x = (await listen({ frequency: 440, waveform: 'pulse' }, { seconds: 0.6 })).subarray(4800)
    for (const [i, level] of partials(x, 440, 9).entries())
      if (i % 2 === 0) expect(db(level * (i + 1))).toBeCloseTo(0, 0)
      else expect(db(level)).toBeLessThan(-50)
  })

  it('a triangle has odd partials, 1/n²', async () => {
    const x = await listen({ frequency: 220, waveform: 'triangle' })
    for (const [i, level] of partials(x, 220, 9).entries())
      if (i % 2 === 0) expect(db(level * (i + 1) ** 2)).toBeCloseTo(0, 0)
      else expect(db(level)).toBeLessThan(-60)
  })

  it('a sine is pure', async () => {
    const x = await listen({ frequency: 1000, waveform: 'sine' })
    for (const level of partials(x, 1000, 9).slice(1)) expect(db(level)).toBeLessThan(-100)
    expect(rms(x)).toBeCloseTo(Math.SQRT1_2, 3)
  })

  it('the width of a pulse: at a third every third partial is missing', async () => {
    const x = (await listen({ frequency: 300, waveform: 'pulse', width: 1 / 3 }, { seconds: 0.6 })).subarray(
      4800,
    )
    const levels = partials(x, 300, 6)
    expect(db(levels[2]!)).toBeLessThan(-40)
    expect(db(levels[5]!)).toBeLessThan(-40)
    expect(db(levels[1]! * 2)).toBeCloseTo(0, 0)
  })

  it.each(['saw', 'sine', 'triangle', 'pulse'])(
    'a %s stays below full scale and has no DC',
    async (waveform) => {
      for (const frequency of [110, 1000]) {
        const x = (await listen({ frequency, waveform }, { seconds: 0.6 })).subarray(4800, 4800 + 24000)
        expect(peak(x)).toBeLessThanOrEqual(1)
        expect(peak(x)).toBeGreaterThan(0.4)
        expect(Math.abs(dc(x))).toBeLessThan(0.006)
      }
    },
  )

  it('a high saw does not alias', async () => {
    const x = await listen({ frequency: 3000.7 }, { seconds: 0.6 })
    // partial 9 would come back from 48 kHz
    expect(db(levelAt(x.subarray(4800), sr, 48000 - 9 * 3000.7))).toBeLessThan(-60)
  })

  it('a knob chooses the waveform: floor(x·n)', async () => {
    for (const [position, waveform] of [
      [0, 'saw'],
      [0.3, 'sine'],
      [0.74, 'triangle'],
      [1, 'pulse'],
    ] as const) {
      const patch: Patch = {
        ...alone('oscillator', { frequency: 440 }),
        knobs: { shape: position },
        connections: [['shape', 'it.waveform']],
      }
      const [[chosen], constant] = [
        await measure(patch, 'it', { seconds: 0.1 }),
        await listen({ frequency: 440, waveform }, { seconds: 0.1 }),
      ]
      expect(maxDifferenceDb(chosen, constant)).toBeLessThan(-120)
    }
  })
})

describe('oscillator: pitch', () => {
  it('S6: all notes below Nyquist / 2 within 0.5 cent', async () => {
    const lengths = Array.from({ length: 127 }, (_, note) => 0.05 + Math.max(0.1, 13 / hertzOf(note)))
    const starts = lengths.map((_, note) => lengths.slice(0, note).reduce((sum, length) => sum + length, 0))
    const acts = starts.map((at, note): Act => [at, { on: note }])
    const mono = voice({}, { voices: { mode: 'legato', count: 1 } })
    const [x] = await measure(mono, 'it', { seconds: starts[126]! + lengths[126]!, acts })
    for (const [note, start] of starts.entries()) {
      const part = x.subarray(
        Math.round((start + 0.02) * sr),
        Math.round((start + lengths[note]! - 0.02) * sr),
      )
      expect(Math.abs(cents(hertzOf(note), fundamental(part, sr)))).toBeLessThan(0.5)
    }
  })

  it.each(['saw', 'pulse', 'triangle'])(
    'a %s is in tune, also where its frequency moves at audio rate',
    async (waveform) => {
      for (const frequency of [55, 440, 3520]) {
        const x = await listen({ frequency, waveform }, { seconds: 0.7 })
        expect(Math.abs(cents(frequency, fundamental(x.subarray(9600), sr)))).toBeLessThan(0.5)
        const still: Patch = {
          devices: {
            zero: { type: 'constant', level: 0, shared: true },
            it: { type: 'oscillator', shared: true, frequency, waveform },
          },
          connections: [['zero', 'it.fm']],
        }
        const [y] = await measure(still, 'it', { seconds: 0.7 })
        expect(Math.abs(cents(frequency, fundamental(y.subarray(9600), sr)))).toBeLessThan(0.5)
        for (const n of [1, 3, 5])
          if (n * frequency < 8000 && (n === 1 || waveform !== 'triangle'))
            expect(
              Math.abs(
                db(
                  levelAt(y.subarray(9600), sr, n * frequency) / levelAt(x.subarray(9600), sr, n * frequency),
                ),
              ),
            ).toBeLessThan(2)
      }
    },
  )

  it('semitones(12) of modulation is an octave', async () => {
    const patch = voice(
      { frequency: 440 },
      {
        devices: { one: { type: 'envelope', attack: 0.002, sustain: 1 } },
        connections: [['one', 'it.frequency', semitones(12)]],
      },
    )
    const [x] = await measure(patch, 'it', { seconds: 0.6, acts: [[0, { on: 60 }]] })
    expect(Math.abs(cents(880, fundamental(x.subarray(9600), sr)))).toBeLessThan(0.5)
  })

  it('offset2 and offset3 are semitones, level2 and level3 their levels', async () => {
    const x = await listen({
      frequency: 400,
      waveform: 'sine',
      offset2: 7,
      level2: 0.25,
      offset3: -12,
      level3: 0.5,
    })
    expect(levelAt(x, sr, 400)).toBeCloseTo(1, 3)
    expect(levelAt(x, sr, 400 * 2 ** (7 / 12))).toBeCloseTo(0.25, 3)
    expect(levelAt(x, sr, 200)).toBeCloseTo(0.5, 3)
  })

  it('a detune of 10 cents beats at the expected rate', async () => {
    const x = await listen({ frequency: 1000, waveform: 'sine', level2: 1, detune: 10 }, { seconds: 2 })
    expect(beatRate(x, sr)).toBeCloseTo(1000 * (2 ** (10 / 1200) - 1), 1)
  })

  it('detune moves the third oscillator the other way', async () => {
    const x = await listen({ frequency: 1000, waveform: 'sine', level2: 1, level3: 1, detune: 100 })
    expect(levelAt(x, sr, 1000 * 2 ** (1 / 12))).toBeCloseTo(1, 2)
    expect(levelAt(x, sr, 1000 / 2 ** (1 / 12))).toBeCloseTo(1, 2)
  })
})

describe('oscillator: at other sample rates', () => {
  it.each([8000, 44100, 96000])('is in tune at %d Hz', async (sampleRate) => {
    for (const waveform of ['saw', 'sine', 'triangle', 'pulse']) {
      const x = await listen({ frequency: 440, waveform }, { seconds: 0.6, sampleRate })
      expect(Math.abs(cents(440, fundamental(x.subarray(0.1 * sampleRate), sampleRate)))).toBeLessThan(0.5)
    }
  })

  it.each([8000, 44100, 48000])('no partial goes beyond Nyquist at %d Hz', async (sampleRate) => {
    for (const waveform of ['saw', 'sine', 'triangle', 'pulse'])
      for (const frequency of [4186, 12000, 20000]) {
        const ports = { frequency, waveform, level2: 1, level3: 0, amplitude: 0.5 }
        for (const higher of [{ offset2: 0 }, { offset2: 48, detune: 100 }]) {
          const x = await listen({ ...ports, ...higher }, { seconds: 0.1, sampleRate })
          expect(hasNaN(x)).toBe(false)
          // two of the highest saws or pulses have 1.7 each
          expect(peak(x), `${waveform} ${frequency}`).toBeLessThan(2)
        }
      }
  })

  it('what would lie above stays just below, also under modulation at audio rate', async () => {
    const above = await listen({ waveform: 'sine', frequency: 20000 }, { seconds: 0.3, sampleRate: 8000 })
    expect(fundamental(above, 8000)).toBeCloseTo(0.49 * 8000, -1)
    for (const waveform of ['saw', 'sine', 'triangle', 'pulse']) {
      const patch: Patch = {
        devices: {
          m: { type: 'oscillator', waveform: 'sine', frequency: 700, shared: true },
          it: { type: 'oscillator', waveform, frequency: 8000, offset2: 36, level2: 1, shared: true },
        },
        connections: [['m', 'it.fm', 30]],
      }
      const [x] = await measure(patch, 'it', { seconds: 0.3 })
      expect(hasNaN(x)).toBe(false)
      expect(peak(x), waveform).toBeLessThan(2.6)
    }
  })
})

describe('oscillator: portamento', () => {
  const pitchAt = (x: Float32Array, seconds: number): number =>
    fundamental(x.subarray(Math.round((seconds - 0.01) * sr), Math.round((seconds + 0.01) * sr)), sr)
  const glide = voice({ portamento: 0.4 }, { voices: { mode: 'mono', count: 1 } })

  it.each([12, -12, 24])(
    'passes through the middle of %d semitones at half its time and arrives',
    async (interval) => {
      const [x] = await measure(glide, 'it', {
        seconds: 1.2,
        acts: [
          [0, { on: 81 }],
          [0.5, { on: 81 + interval }],
        ],
      })
      const middle = 880 * 2 ** (interval / 24)
      expect(Math.abs(cents(880, pitchAt(x, 0.45)))).toBeLessThan(2)
      expect(Math.abs(cents(middle, pitchAt(x, 0.7)))).toBeLessThan(40)
      expect(Math.abs(cents(880 * 2 ** (interval / 12), pitchAt(x, 0.93)))).toBeLessThan(2)
    },
  )

  it('the first note of a fresh synth does not glide', async () => {
    const [x] = await measure(glide, 'it', { seconds: 0.3, acts: [[0.05, { on: 93 }]] })
    expect(Math.abs(cents(1760, pitchAt(x, 0.08)))).toBeLessThan(2)
  })

  it('a shared oscillator glides from knob to knob, and starts without a glide', async () => {
    const patch: Patch = {
      ...alone('oscillator', { waveform: 'sine', portamento: 0.2 }),
      knobs: { tune: { value: 0, range: [1000, 4000] } },
      connections: [['tune', 'it.frequency']],
    }
    const [x] = await measure(patch, 'it', { seconds: 0.9, acts: [[0.2, { knob: 'tune', to: 1 }]] })
    expect(Math.abs(cents(1000, pitchAt(x, 0.02)))).toBeLessThan(2)
    // the knob itself does not jump: its own way comes on top
    expect(pitchAt(x, 0.34)).toBeGreaterThan(1500)
    expect(pitchAt(x, 0.34)).toBeLessThan(2600)
    expect(Math.abs(cents(4000, pitchAt(x, 0.85)))).toBeLessThan(2)
  })
})

describe('oscillator: modulation at audio rate', () => {
  const fm = (waveform: string, depth: number, carrier = 4000): Patch => ({
    devices: {
      m: { type: 'oscillator', waveform: 'sine', frequency: 500, shared: true },
      it: { type: 'oscillator', waveform, frequency: carrier, shared: true },
    },
    connections: [['m', 'it.fm', depth]],
  })

  it('linear FM has sidebands at the levels of Bessel', async () => {
    // index 1: a deviation of 500 Hz by 500 Hz
    const [x] = await measure(fm('sine', 0.125), 'it')
    for (const [n, bessel] of [0.7652, 0.4401, 0.1149, 0.0196].entries())
      for (const side of [-1, 1]) expect(levelAt(x, sr, 4000 + side * n * 500)).toBeCloseTo(bessel, 2)
  })

  it.each(['saw', 'sine', 'triangle', 'pulse'])(
    'a %s takes FM at audio rate, also through zero',
    async (waveform) => {
      const [x] = await measure(fm(waveform, 0.2), 'it')
      expect(levelAt(x, sr, 4500)).toBeGreaterThan(0.08)
      expect(levelAt(x, sr, 3500)).toBeGreaterThan(0.08)
      const [deep] = await measure(fm(waveform, 3, 300), 'it')
      expect(hasNaN(deep)).toBe(false)
      expect(peak(deep)).toBeLessThan(1.3)
      expect(rms(deep)).toBeGreaterThan(0.1)
    },
  )

  it('a sine goes through zero: at a deviation of −2 it runs backwards', async () => {
    const backwards: Patch = {
      devices: {
        back: { type: 'constant', level: -2, shared: true },
        it: { type: 'oscillator', waveform: 'sine', frequency: 1000, shared: true },
      },
      connections: [['back', 'it.fm']],
    }
    const [x] = await measure(backwards, 'it', { seconds: 0.1 })
    expect(x[12]).toBeCloseTo(-Math.sin((2 * Math.PI * 12) / 48), 2)
    expect(fundamental(x, sr)).toBeCloseTo(1000, 1)
  })

  it('amplitude works at audio rate: sidebands of half the level', async () => {
    const patch: Patch = {
      devices: {
        m: { type: 'oscillator', waveform: 'sine', frequency: 300, shared: true },
        it: { type: 'oscillator', waveform: 'sine', frequency: 2000, amplitude: 0.5, shared: true },
      },
      connections: [['m', 'it.amplitude', 0.5]],
    }
    const [x] = await measure(patch, 'it')
    expect(levelAt(x, sr, 2000)).toBeCloseTo(0.5, 2)
    for (const f of [1700, 2300]) expect(levelAt(x, sr, f)).toBeCloseTo(0.25, 2)
  })

  it('an audio signal into frequency moves it linearly around its base', async () => {
    const patch: Patch = {
      devices: {
        m: { type: 'oscillator', waveform: 'sine', frequency: 300, shared: true },
        it: { type: 'oscillator', waveform: 'sine', frequency: 3000, shared: true },
      },
      connections: [['m', 'it.frequency', semitones(1)]],
    }
    const [x] = await measure(patch, 'it')
    // deviation: a semitone of 3000 Hz, index 0.578
    expect(levelAt(x, sr, 3300)).toBeCloseTo(0.277, 2)
    expect(levelAt(x, sr, 3000)).toBeCloseTo(0.918, 2)
  })
})
