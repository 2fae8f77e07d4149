import { describe, expect, it } from 'vitest'
import { createOffline, defineDevice, type Patch } from '../../src/index.ts'
import { add, div, mul, sub, ugens } from '../../src/ugens/index.ts'
import { correlation, db, decayTime, hasNaN, levelAt, maxDifferenceDb, peak, rms } from '../audio/ear.ts'
import { lab, measure } from './probe.ts'

const sr = 48000
const tone = { type: 'oscillator', waveform: 'sine', shared: true } as const
const chain = (
  type: string,
  ports: Record<string, string | number | boolean>,
  source: Patch['devices'][string] = { type: 'click', shared: true },
): Patch => ({
  devices: { source, it: { type, shared: true, ...ports } },
  connections: [['source', 'it.in']],
})

describe('amplifier', () => {
  it('multiplies, and its gain goes from 0 to 1', async () => {
    for (const [position, gain] of [
      [0, 0],
      [0.25, 0.25],
      [1, 1],
    ] as const) {
      const [x] = await measure(
        {
          ...chain('amplifier', {}, { ...tone, frequency: 440 }),
          knobs: { k: position },
          connections: [
            ['source', 'it.in'],
            ['k', 'it.gain'],
          ],
        },
        'it',
        { seconds: 0.1 },
      )
      expect(peak(x)).toBeCloseTo(gain, 3)
    }
    const [over] = await measure(
      {
        ...chain('amplifier', {}, { ...tone, frequency: 440 }),
        knobs: { k: 1 },
        connections: [
          ['source', 'it.in'],
          ['k', 'it.gain', 3],
        ],
      },
      'it',
      { seconds: 0.1 },
    )
    expect(peak(over)).toBeCloseTo(1, 3)
  })

  it('a gain at audio rate makes the sidebands of amplitude modulation', async () => {
    const patch: Patch = {
      devices: {
        a: { ...tone, frequency: 2000 },
        m: { ...tone, frequency: 300 },
        it: { type: 'amplifier', gain: 0.5, shared: true },
      },
      connections: [
        ['a', 'it.in'],
        ['m', 'it.gain', 0.4],
      ],
    }
    const [x] = await measure(patch, 'it')
    expect(levelAt(x, sr, 2000)).toBeCloseTo(0.5, 2)
    for (const f of [1700, 2300]) expect(levelAt(x, sr, f)).toBeCloseTo(0.2, 2)
  })

  it('keys.velocity sets the level', async () => {
    const patch: Patch = {
      voices: 1,
      devices: { a: { type: 'oscillator', waveform: 'sine' }, it: { type: 'amplifier' } },
      connections: [
        ['a', 'it.in'],
        ['keys.velocity', 'it.gain'],
      ],
    }
    for (const velocity of [0.25, 0.9]) {
      const [x] = await measure(patch, 'it', { seconds: 0.2, acts: [[0, { on: 69, velocity }]] })
      expect(peak(x.subarray(2400))).toBeCloseTo(velocity, 2)
    }
  })
})

describe('mixer', () => {
  it('adds, each input at its level', async () => {
    const patch: Patch = {
      devices: {
        a: { ...tone, frequency: 300 },
        b: { ...tone, frequency: 500 },
        c: { ...tone, frequency: 900 },
        it: { type: 'mixer', level2: 0.25, level7: 0.5, level: 0.8, shared: true },
      },
      connections: [
        ['a', 'it.in1'],
        ['b', 'it.in2'],
        ['c', 'it.in7'],
      ],
    }
    const [x] = await measure(patch, 'it')
    for (const [f, level] of [
      [300, 0.8],
      [500, 0.2],
      [900, 0.4],
    ] as const)
      expect(levelAt(x, sr, f)).toBeCloseTo(level, 3)
  })

  it('is control when it is fed by control, and then adds knobs', async () => {
    const patch: Patch = {
      knobs: { k: 0.3 },
      devices: {
        l: { type: 'lfo', waveform: 'square', amplitude: 0.5, frequency: 1, shared: true },
        it: { type: 'mixer', shared: true },
      },
      connections: [
        ['k', 'it.in1'],
        ['l', 'it.in2', -1],
      ],
    }
    const [x] = await measure(patch, 'it')
    expect(x[4800]).toBeCloseTo(-0.2, 5)
    // a control signal has no corner within a block
    expect(x[128 * 20 + 64]).toBeCloseTo((x[128 * 20]! + x[128 * 21]!) / 2, 5)
  })

  it('is stereo when one input is, and mono goes to both sides', async () => {
    const patch: Patch = {
      devices: {
        l: { ...tone, frequency: 300 },
        r: { ...tone, frequency: 500 },
        both: { type: 'sides', shared: true },
        mono: { ...tone, frequency: 900 },
        it: { type: 'mixer', shared: true },
      },
      connections: [
        ['l', 'both.left'],
        ['r', 'both.right'],
        ['both', 'it.in1'],
        ['mono', 'it.in2'],
      ],
    }
    const [left, right] = await measure(patch, 'it')
    expect([300, 500, 900].map((f) => Number(levelAt(left, sr, f).toFixed(3)))).toEqual([1, 0, 1])
    expect([300, 500, 900].map((f) => Number(levelAt(right, sr, f).toFixed(3)))).toEqual([0, 1, 1])
  })
})

describe('pan', () => {
  it('has equal power everywhere, and is hard at the ends', async () => {
    for (const position of [-1, -0.6, 0, 0.3, 1]) {
      const [left, right] = await measure(chain('pan', { position }, { ...tone, frequency: 1000 }), 'it', {
        seconds: 0.1,
      })
      expect(rms(left) ** 2 + rms(right) ** 2).toBeCloseTo(0.5, 2)
      if (position === 0) expect(db(peak(left))).toBeCloseTo(-3, 1)
      if (Math.abs(position) === 1) expect(peak(position < 0 ? right : left)).toBeLessThan(1e-4)
      expect(Math.sign(Math.round(1000 * (rms(right) - rms(left))))).toBe(Math.sign(position))
    }
  })

  it('balances a stereo signal: its sides stay where they are', async () => {
    const patch = (position: number): Patch => ({
      devices: {
        l: { ...tone, frequency: 300 },
        r: { ...tone, frequency: 500 },
        both: { type: 'sides', shared: true },
        it: { type: 'pan', position, shared: true },
      },
      connections: [
        ['l', 'both.left'],
        ['r', 'both.right'],
        ['both', 'it.in'],
      ],
    })
    const [left, right] = await measure(patch(1), 'it')
    expect(peak(left)).toBeLessThan(1e-3)
    expect(levelAt(right, sr, 500)).toBeCloseTo(1, 2)
    expect(levelAt(right, sr, 300)).toBeLessThan(1e-3)
  })

  it('an LFO at audio rate moves it', async () => {
    const patch: Patch = {
      devices: {
        a: { ...tone, frequency: 2000 },
        m: { ...tone, frequency: 300 },
        it: { type: 'pan', shared: true },
      },
      connections: [
        ['a', 'it.in'],
        ['m', 'it.position', 0.5],
      ],
    }
    const [left, right] = await measure(patch, 'it')
    for (const f of [1700, 2300]) expect(levelAt(left, sr, f)).toBeGreaterThan(0.1)
    expect(correlation(left, right)).toBeLessThan(0.99)
  })
})

describe('delay', () => {
  const echoAt = (x: Float32Array, from: number, to: number): number => {
    const [a, b] = [Math.round(from * sr), Math.round(to * sr)]
    return (
      a + x.subarray(a, b).reduce((best, v, i, all) => (Math.abs(v) > Math.abs(all[best]!) ? i : best), 0)
    )
  }
  const energy = (x: Float32Array, from: number, to: number): number =>
    x.subarray(Math.round(from * sr), Math.round(to * sr)).reduce((sum, v) => sum + v * v, 0)

  it.each([0.003, 0.02, 0.1, 0.2])(
    'echoes after %d s, again and again, each by `feedback` softer',
    async (time) => {
      const [x] = await measure(chain('delay', { time, feedback: 0.5, mix: 1, tone: 20000 }), 'it', {
        seconds: 1,
      })
      for (const n of [1, 2])
        expect(Math.abs(echoAt(x, (n - 0.5) * time, (n + 0.5) * time) - n * time * sr)).toBeLessThan(6)
      const ratio = energy(x, 1.5 * time, 2.5 * time) / energy(x, 0.5 * time, 1.5 * time)
      expect(Math.sqrt(ratio)).toBeCloseTo(0.5, 1)
    },
  )

  it('tone makes each echo darker', async () => {
    const bright = async (hertz: number): Promise<number> => {
      const [x] = await measure(chain('delay', { time: 0.1, feedback: 0.8, mix: 1, tone: hertz }), 'it', {
        seconds: 0.5,
      })
      const high = (from: number): number =>
        levelAt(x.subarray(from * sr, (from + 0.04) * sr), sr, 6000) /
        levelAt(x.subarray(from * sr, (from + 0.04) * sr), sr, 300)
      return high(0.38) / high(0.08)
    }
    expect(await bright(3000)).toBeLessThan(0.1)
    expect(await bright(20000)).toBeGreaterThan(0.7)
  })

  it('mix 0 is the input, bit for bit; mix 1 has none of it', async () => {
    const source = { ...tone, frequency: 777, amplitude: 0.7 }
    const [dry] = await measure(chain('delay', { mix: 0 }, source), 'it', { seconds: 1 })
    const [plain] = await measure({ devices: { source } }, 'source', { seconds: 1 })
    expect(maxDifferenceDb(dry, plain)).toBe(-Infinity)
    const [wet] = await measure(chain('delay', { mix: 1, time: 0.5 }, source), 'it', { seconds: 0.45 })
    expect(peak(wet)).toBe(0)
  })

  it.each(['delay', 'reverb'])('a %s forgets a NaN', async (type) => {
    const poison = defineDevice({
      title: 'Poison',
      doc: 'NaN, infinity, then a tone.',
      ports: {},
      output: { rate: 'audio', polarity: 'bipolar', channels: 1 },
      build: () => {
        const bad = div(sub(ugens.LFPulse.ar(1, 0, 0.05), 0), mul(ugens.LFPulse.ar(1, 0.9, 0.97), 1))
        return add(bad, mul(ugens.SinOsc.ar(500), 0.2))
      },
    })
    const it = type === 'delay' ? { type, feedback: 0.9, time: 0.05 } : { type }
    const patch: Patch = {
      devices: { source: { type: 'poison', shared: true }, it },
      connections: [
        ['source', 'it.in'],
        ['it', 'out'],
      ],
    }
    const synth = await createOffline({ patch, catalogue: { ...lab, poison } })
    const [x] = (await synth.advance(0.9)).channels
    await synth.close()
    expect(hasNaN(x!)).toBe(false)
    expect(rms(x!.subarray(0.8 * sr))).toBeGreaterThan(0.02)
    expect(peak(x!.subarray(0.8 * sr))).toBeLessThan(1)
  })

  it.each(['square', 'random'])(
    'a %s LFO on its tone, or its time, gains nothing in the loop',
    async (waveform) => {
      for (const [port, amount] of [
        ['tone', 0.5],
        ['tone', 1000],
        ['time', 0.2],
      ] as const)
        for (const sampleRate of [8000, 48000]) {
          const loop = chain('delay', { time: 0.02, feedback: 0.9, mix: 1 }, { ...tone, frequency: 440 })
          const [x] = await measure(
            {
              devices: {
                ...loop.devices,
                moving: { type: 'lfo', waveform, frequency: waveform === 'random' ? 97 : 5, shared: true },
                quiet: { type: 'amplifier', gain: 0.2, shared: true },
              },
              connections: [
                ['source', 'quiet.in'],
                ['quiet', 'it.in'],
                ['moving', `it.${port}`, amount],
              ],
            },
            'it',
            { seconds: 1, sampleRate },
          )
          // the geometric sum of all echoes of 0.2, and a little for the interpolation of a moving time
          expect(peak(x), port).toBeLessThan((0.2 / (1 - 0.9)) * (port === 'time' ? 1.3 : 1.001))
          expect(peak(x), port).toBeGreaterThan(0.2)
        }
    },
  )

  it.each([8000, 44100, 96000])('echoes in time at %d Hz', async (sampleRate) => {
    const [x] = await measure(chain('delay', { time: 0.1, mix: 1, tone: 20000 }), 'it', {
      seconds: 0.25,
      sampleRate,
    })
    const at = x.findIndex((v) => Math.abs(v) > 0.5 * peak(x))
    expect(Math.abs(at / sampleRate - 0.1)).toBeLessThan(3 / sampleRate)
  })

  it('does not run away at full feedback', async () => {
    const [x] = await measure(chain('delay', { time: 0.01, feedback: 0.98, mix: 0.5, tone: 20000 }), 'it', {
      seconds: 2,
    })
    expect(hasNaN(x)).toBe(false)
    expect(peak(x.subarray(1.5 * sr))).toBeLessThan(peak(x.subarray(0, 0.5 * sr)))
  })

  it('keeps stereo', async () => {
    const patch: Patch = {
      devices: {
        c: { type: 'click', shared: true },
        both: { type: 'sides', shared: true },
        it: { type: 'delay', time: 0.05 },
      },
      connections: [
        ['c', 'both.left'],
        ['both', 'it.in'],
      ],
    }
    const [left, right] = await measure(patch, 'it')
    expect(peak(left.subarray(1000))).toBeGreaterThan(0.1)
    expect(peak(right)).toBe(0)
  })
})

describe('reverb', () => {
  it('rings on and dies away, longer in a larger room', async () => {
    const times: number[] = []
    for (const room of [0, 0.5, 0.9]) {
      const [x] = await measure(chain('reverb', { room, mix: 1 }), 'it', { seconds: 4 })
      times.push(decayTime(x, sr, { fallDb: 30, windowMs: 50 }))
    }
    expect(times[0]!).toBeGreaterThan(0.1)
    expect(times[1]!).toBeGreaterThan(times[0]! * 1.3)
    expect(times[2]!).toBeGreaterThan(times[1]! * 1.5)
    expect(times[2]!).toBeLessThan(4)
  })

  it('damp makes the tail darker', async () => {
    const bright: number[] = []
    for (const damp of [0, 1]) {
      const [x] = await measure(chain('reverb', { room: 0.8, mix: 1, damp }), 'it', { seconds: 1 })
      const tail = x.subarray(0.3 * sr)
      let high = 0
      for (let i = 1; i < tail.length; i++) high += (tail[i]! - tail[i - 1]!) ** 2
      bright.push(Math.sqrt(high) / rms(tail))
    }
    expect(bright[1]!).toBeLessThan(0.5 * bright[0]!)
  })

  it('is stereo, also of a mono signal', async () => {
    const [left, right] = await measure(chain('reverb', { mix: 1 }), 'it', { seconds: 1 })
    expect(rms(right)).toBeGreaterThan(0.5 * rms(left))
    expect(Math.abs(correlation(left, right))).toBeLessThan(0.6)
  })

  it('mix 0 is the input', async () => {
    const source = { ...tone, frequency: 777, amplitude: 0.7 }
    const [dry] = await measure(chain('reverb', { mix: 0 }, source), 'it')
    const [plain] = await measure({ devices: { source } }, 'source')
    expect(maxDifferenceDb(dry, plain)).toBeLessThan(-120)
  })
})
