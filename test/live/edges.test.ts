import { describe, expect, it } from 'vitest'
import { createOffline, MegasynthError, render, type Patch, type OfflineSynth } from '../../src/index.ts'
import { peak, rms } from '../audio/ear.ts'

/** A plucked sine through a delay: silence between its echoes. */
const plucked = (delay: Record<string, number>): Patch => ({
  devices: {
    tone: { type: 'oscillator', waveform: 'sine' },
    env: { type: 'envelope', attack: 0.002, decay: 0.05, sustain: 0 },
    amp: { type: 'amplifier' },
    echo: { type: 'delay', ...delay },
  },
  connections: [
    ['tone', 'amp.in'],
    ['env', 'amp.gain'],
    ['amp', 'echo.in'],
    ['echo', 'out'],
  ],
})

const energy = (signal: Float32Array): number => rms(signal) ** 2 * signal.length
const code = async (run: () => unknown): Promise<string> => {
  try {
    await run()
    return 'nothing'
  } catch (error) {
    return error instanceof MegasynthError
      ? error.problems.map((problem) => problem.code).join()
      : String(error)
  }
}

describe('a render without a length', () => {
  it.each([0.35, 0.8, 1.5, 2])('has every echo that is %s s apart', async (time) => {
    const patch = plucked({ time, mix: 0.5, feedback: 0.5 })
    const [whole, found] = await Promise.all([
      render(patch, { notes: 'C4', tail: 10 }),
      render(patch, { notes: 'C4' }),
    ])
    expect(energy(found.channels[0]!) / energy(whole.channels[0]!)).toBeGreaterThan(0.999)
  })

  it('does not end before the first echo, nor carry a long silence after the last', async () => {
    const { channels } = await render(plucked({ time: 1.5, mix: 1, feedback: 0 }), { notes: 'C4' })
    expect(peak(channels[0]!)).toBeGreaterThan(0.3)
    expect(peak(channels[0]!.subarray(-0.25 * 48000))).toBe(0)
    expect(peak(channels[0]!.subarray(-1.25 * 48000))).toBeGreaterThan(0.3)
  })
})

describe('calls that are not awaited', () => {
  const tone = (amplitude: number): Patch => ({
    voices: { mode: 'drone' },
    devices: { tone: { type: 'oscillator', waveform: 'sine', amplitude } },
    connections: [['tone', 'out']],
  })
  const level = async (synth: OfflineSynth): Promise<number> => {
    await synth.advance(0.5)
    return rms((await synth.advance(0.5)).channels[0]!) * Math.SQRT2
  }

  it('are done one after the other: the last patch is what sounds', async () => {
    const synth = await createOffline({ patch: tone(0.1) })
    const more: Patch = { ...tone(0.2), devices: { ...tone(0.2).devices, extra: { type: 'noise' } } }
    await Promise.all([synth.apply(more), synth.apply(tone(0.3)), synth.advance(0.1), synth.apply(tone(0.4))])
    expect(synth.patch).toEqual(tone(0.4))
    expect(await level(synth)).toBeCloseTo(0.4, 2)
    await synth.close()
  })

  it('a patch with problems changes nothing, and the next is taken', async () => {
    const synth = await createOffline({ patch: tone(0.1) })
    const wrong = { devices: { tone: { type: 'nope' } } } as Patch
    const results = await Promise.allSettled([synth.apply(wrong), synth.apply(tone(0.2))])
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled'])
    expect(await level(synth)).toBeCloseTo(0.2, 2)
    await synth.close()
  })

  it('a knob that is turned while a patch is applied stays turned', async () => {
    const patch: Patch = { ...tone(0.1), knobs: { k: 0.5 }, connections: [['tone', 'out'], ['k', 'tone.amplitude']] } // prettier-ignore
    const synth = await createOffline({ patch })
    const applied = synth.apply({ ...patch, name: 'again' })
    synth.setKnob('k', 0.4)
    await applied
    expect(synth.knob('k')).toBe(0.4)
    expect(await level(synth)).toBeCloseTo(0.1 + 0.4, 2)
    await synth.close()
  })
})

describe('arguments that are wrong', () => {
  const patch = plucked({})
  it.each<[string, () => unknown, string]>([
    ['render without a patch', () => render(undefined as never), 'not-a-patch'],
    ['createOffline without options', () => (createOffline as () => unknown)(), 'not-a-patch'],
    ['notes that are a number', () => render(patch, { notes: 42 as never }), 'invalid-notes'],
    ['notes that are a list', () => render(patch, { notes: ['C4'] as never }), 'invalid-notes'],
    ['a patch with two problems', () => render({ tempo: -1, devices: { x: { type: 'nope' } } }), 'out-of-range,unknown-device-type'], // prettier-ignore
    ['a knob range beyond every float', () => render({ ...patch, knobs: { k: { value: 0.5, range: [0, 1e39] } } }), 'out-of-range'], // prettier-ignore
  ])('%s', async (_, run, expected) => {
    expect(await code(run)).toBe(expected)
  })

  it('are refused by a synth', async () => {
    const synth = await createOffline({ patch })
    expect(await code(() => synth.noteOff(NaN))).toBe('invalid-note')
    expect(await code(() => synth.noteOff('x' as never))).toBe('invalid-note')
    expect(await code(() => synth.noteOn('60' as never))).toBe('invalid-note')
    for (const keysDown of [false, 1, 'yes']) expect(await code(() => synth.play({ kind: 'bend', semitones: 1, keysDown } as never))).toBe('invalid-note') // prettier-ignore
    expect(await code(() => synth.play({ kind: 'bend', semitones: 0, keysDown: true }))).toBe('nothing')
    expect(await code(() => synth.advance(1e9))).toBe('out-of-range')
    expect(await code(() => synth.advance(NaN))).toBe('out-of-range')
    expect(await code(() => synth.noteOn(60, 1, { at: NaN }))).toBe('out-of-range')
    await synth.close()
  })
})
