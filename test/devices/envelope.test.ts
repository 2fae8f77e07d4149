import { describe, expect, it } from 'vitest'
import type { Patch } from '../../src/index.ts'
import { peak, timeToPeak } from '../audio/ear.ts'
import { measure, type Act } from './probe.ts'

const sr = 48000
const block = 128 / sr
const play = async (
  ports: Record<string, number>,
  acts: readonly Act[],
  seconds = 1,
  rest: Partial<Patch> = {},
): Promise<Float32Array> =>
  (
    await measure({ voices: 1, ...rest, devices: { it: { type: 'envelope', ...ports } } }, 'it', {
      seconds,
      acts,
    })
  )[0]
const at = (x: Float32Array, seconds: number): number => x[Math.round(seconds * sr)] ?? NaN
const biggestStep = (x: Float32Array): number => {
  let most = 0
  for (let i = 1; i < x.length; i++) most = Math.max(most, Math.abs(x[i]! - x[i - 1]!))
  return most
}

describe('envelope', () => {
  it('is silent until a note, and after its release', async () => {
    const x = await play({ release: 0.1 }, [
      [0.1, { on: 60 }],
      [0.3, { off: 60 }],
    ])
    expect(peak(x.subarray(0, 0.099 * sr))).toBe(0)
    expect(peak(x.subarray(0.42 * sr))).toBe(0)
  })

  it.each([2, 5, 10, 20, 100])('S5b: an attack of %d ms reaches its peak, in its time', async (ms) => {
    for (const sustain of [1, 0.5]) {
      const x = await play({ attack: ms / 1000, sustain, decay: 0.2 }, [[0, { on: 60 }]], 0.4)
      expect(peak(x)).toBeGreaterThanOrEqual(0.98)
      expect(peak(x)).toBeLessThanOrEqual(1.0001)
      expect(Math.abs(timeToPeak(x, sr, 0.999) - ms / 1000)).toBeLessThan(2.5 * block)
    }
  })

  it.each([8000, 44100, 96000])('keeps its times and its peak at %d Hz', async (sampleRate) => {
    const ports = { attack: 0.05, decay: 0.1, sustain: 0.5, release: 0.1 }
    const patch: Patch = { voices: 1, devices: { it: { type: 'envelope', ...ports } } }
    const acts: Act[] = [
      [0, { on: 60 }],
      [0.3, { off: 60 }],
    ]
    const [x] = await measure(patch, 'it', { seconds: 0.5, acts, sampleRate })
    const oneBlock = 128 / sampleRate
    expect(peak(x)).toBeGreaterThanOrEqual(0.98)
    expect(Math.abs(timeToPeak(x, sampleRate, 0.999) - 0.05)).toBeLessThan(2.5 * oneBlock)
    expect(x[Math.round(0.28 * sampleRate)]).toBeCloseTo(0.5, 2)
    expect(x[Math.round((0.4 + 3 * oneBlock) * sampleRate)]).toBe(0)
  })

  it('falls to its sustain level in its decay, and to zero in its release', async () => {
    const x = await play({ attack: 0.01, decay: 0.2, sustain: 0.4, release: 0.15, curve: 0 }, [
      [0, { on: 60 }],
      [0.5, { off: 60 }],
    ])
    expect(at(x, 0.11)).toBeCloseTo(0.7, 1)
    expect(at(x, 0.23)).toBeCloseTo(0.4, 2)
    expect(at(x, 0.49)).toBeCloseTo(0.4, 3)
    expect(at(x, 0.575)).toBeCloseTo(0.2, 1)
    expect(at(x, 0.63)).toBeGreaterThan(0)
    expect(at(x, 0.66)).toBe(0)
  })

  it('curve bends: below 0 it starts fast, above 0 slowly', async () => {
    for (const [curve, low, high] of [
      [-4, 0.8, 0.95],
      [0, 0.45, 0.55],
      [4, 0.05, 0.2],
    ] as const) {
      const level = at(await play({ attack: 0.2, curve }, [[0, { on: 60 }]], 0.3), 0.1)
      expect(level).toBeGreaterThan(low)
      expect(level).toBeLessThan(high)
    }
  })

  it('a note in its release starts from where it is: no jump', async () => {
    const x = await play({ attack: 0.05, release: 0.4, sustain: 1, curve: 0 }, [
      [0, { on: 60 }],
      [0.2, { off: 60 }],
      [0.4, { on: 60 }],
    ])
    expect(at(x, 0.4)).toBeCloseTo(0.5, 1)
    expect(Math.min(...x.subarray(0.39 * sr, 0.46 * sr))).toBeGreaterThan(0.45)
    expect(at(x, 0.47)).toBeCloseTo(1, 2)
    expect(biggestStep(x)).toBeLessThan(1.5 / (0.05 * sr))
  })

  it('a note that comes and goes at once still has its attack', async () => {
    const x = await play({ attack: 0.005, release: 0.1 }, [
      [0.1, { on: 60 }],
      [0.1, { off: 60 }],
    ])
    expect(peak(x)).toBeGreaterThan(0.2)
    expect(at(x, 0.3)).toBe(0)
  })

  it('a knob as its gate', async () => {
    const patch: Patch = {
      knobs: { hold: 0 },
      devices: { it: { type: 'envelope', shared: true, attack: 0.01, sustain: 0.6, decay: 0.05 } },
      connections: [['hold', 'it.gate']],
    }
    const [x] = await measure(patch, 'it', { seconds: 0.5, acts: [[0.1, { knob: 'hold', to: 0.5 }]] })
    expect(at(x, 0.09)).toBe(0)
    expect(at(x, 0.4)).toBeCloseTo(0.6, 3)
  })
})
