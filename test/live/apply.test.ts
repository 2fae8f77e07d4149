import { describe, expect, it } from 'vitest'
import { createOffline, type Patch, type OfflineSynth } from '../../src/index.ts'
import { hasNaN, peak, rms } from '../audio/ear.ts'

const level = async (synth: OfflineSynth, seconds = 0.3): Promise<number> => {
  await synth.advance(0.3)
  const { channels } = await synth.advance(seconds)
  return rms(channels[0] as Float32Array)
}

describe('apply: knobs', () => {
  const patch = (volume: number): Patch => ({
    voices: { mode: 'drone' },
    knobs: { volume },
    devices: { tone: { type: 'oscillator', waveform: 'sine' } },
    connections: [
      ['volume', 'tone.amplitude'],
      ['tone', 'out'],
    ],
  })

  it('takes a declared position that changed, and it is heard', async () => {
    const synth = await createOffline({ patch: patch(0.5) })
    expect(await level(synth)).toBeCloseTo(0.5 / Math.SQRT2, 2)
    await synth.apply(patch(0.1))
    expect(synth.knob('volume')).toBe(0.1)
    expect(await level(synth)).toBeCloseTo(0.1 / Math.SQRT2, 2)
    await synth.close()
  })

  it('keeps where a knob was turned to, also while the patch is without it', async () => {
    const synth = await createOffline({ patch: patch(0.5) })
    synth.setKnob('volume', 0.2)
    await synth.apply({ ...patch(0.5), name: 'again' })
    expect(await level(synth)).toBeCloseTo(0.2 / Math.SQRT2, 2)
    await synth.apply({ ...patch(0.5), knobs: {}, connections: [['tone', 'out']] })
    expect(await level(synth)).toBeCloseTo(1 / Math.SQRT2, 2)
    await synth.apply(patch(0.5))
    expect(synth.knob('volume')).toBe(0.2)
    expect(await level(synth)).toBeCloseTo(0.2 / Math.SQRT2, 2)
    await synth.close()
  })
})

describe('apply: voices', () => {
  const patch = (voices: Patch['voices']): Patch => ({
    ...(voices !== undefined && { voices }),
    devices: { tone: { type: 'oscillator', waveform: 'sine', amplitude: 0.2 } },
    connections: [['tone', 'out']],
  })

  it('keeps held notes when the number of voices changes, and releases them', async () => {
    const synth = await createOffline({ patch: patch(4) })
    synth.noteOn(60)
    const held = await level(synth)
    await synth.apply(patch(6))
    expect(await level(synth)).toBeCloseTo(held, 3)
    await synth.apply(patch(2))
    expect(await level(synth)).toBeCloseTo(held, 3)
    synth.noteOff(60)
    expect(await level(synth)).toBe(0)
    await synth.close()
  })

  it('leaves no note behind when a drone becomes polyphonic, and the other way round', async () => {
    const synth = await createOffline({ patch: patch({ mode: 'drone' }) })
    expect(await level(synth)).toBeGreaterThan(0.1)
    await synth.apply(patch(1))
    expect(await level(synth)).toBe(0)
    await synth.apply(patch({ mode: 'drone' }))
    expect(await level(synth)).toBeGreaterThan(0.1)
    await synth.close()
  })

  it('lets a trigger fall on the voice that it was for, also after a change of patch', async () => {
    const synth = await createOffline({ patch: patch(3) })
    synth.noteOn(60)
    await synth.advance(128 / 48000)
    await synth.apply(patch(1))
    await synth.advance(0.1)
    synth.allNotesOff()
    expect(await level(synth)).toBe(0)
    await synth.close()
  })
})

describe('feedback by cable', () => {
  const echo = (from: readonly [string, string][]): Patch => ({
    voices: { mode: 'drone' },
    devices: {
      tone: { type: 'oscillator', waveform: 'sine', amplitude: 0.5, shared: true, frequency: 300 },
      a: { type: 'mixer', level: 0.9, shared: true },
      b: { type: 'mixer', shared: true },
    },
    connections: [...from, { from: 'b', to: 'a.in2', feedback: true }, ['a', 'b.in1'], ['b', 'out']],
  })

  it('sounds a block late and stays bounded, whatever it is fed', async () => {
    const synth = await createOffline({ patch: echo([['tone', 'a.in1']]) })
    const { channels } = await synth.advance(2)
    expect(hasNaN(channels[0] as Float32Array)).toBe(false)
    expect(peak(channels[0] as Float32Array)).toBeLessThan(1)
    expect(peak(channels[0] as Float32Array)).toBeGreaterThan(0.5)
    await synth.close()
  })

  it('is a block late on a cable that runs forwards, too', async () => {
    const patch = (feedback: boolean): Patch => ({
      devices: {
        tone: { type: 'oscillator', waveform: 'sine', amplitude: 0.5, shared: true, frequency: 300 },
        m: { type: 'mixer', shared: true },
      },
      connections: [{ from: 'tone', to: 'm.in1', feedback }, ['m', 'out']],
    })
    const sound = async (feedback: boolean): Promise<Float32Array> => {
      const synth = await createOffline({ patch: patch(feedback) })
      const { channels } = await synth.advance(0.1)
      await synth.close()
      return channels[0] as Float32Array
    }
    const [now, late] = [await sound(false), await sound(true)]
    expect(late.subarray(128 * 4, 128 * 30)).toEqual(now.subarray(128 * 3, 128 * 29))
  })
})
