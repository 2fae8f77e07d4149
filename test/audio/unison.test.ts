import { afterEach, describe, expect, it } from 'vitest'
import type { OfflineSynth, Patch, VoicePolicy } from '../../src/index.ts'
import { createOffline } from '../../src/index.ts'
import { clickFigure, correlation, rms } from './ear.ts'

const rate = 48000
const open: OfflineSynth[] = []
afterEach(async () => {
  for (const synth of open.splice(0)) await synth.close()
})

type Stereo = readonly [left: Float32Array, right: Float32Array]

/** A mono voice, without a pan. */
const mono = (waveform: string, unison: VoicePolicy['unison'], more: Partial<Patch> = {}): Patch => ({
  voices: { count: 8, ...(unison !== undefined && { unison }) },
  devices: {
    osc: { type: 'oscillator', waveform, amplitude: 0.25 },
    env: { type: 'envelope', attack: 0.02, sustain: 1, release: 0.1 },
    amp: { type: 'amplifier' },
  },
  connections: [['osc', 'amp.in'], ['env', 'amp.gain'], ['amp', 'out']], // prettier-ignore
  ...more,
})

/** What a patch sounds like for some seconds from the first of a held note on. */
async function held(patch: Patch, seconds = 10, note = 57): Promise<Stereo> {
  const synth = await createOffline({ patch })
  open.push(synth)
  synth.noteOn(note)
  await synth.advance(1)
  return (await synth.advance(seconds)).channels as unknown as Stereo
}

/** Power of both sides in dB, 0 dB the same sample on both. */
const level = ([left, right]: Stereo): number => 10 * Math.log10((rms(left) ** 2 + rms(right) ** 2) / 2)

const sameness = ([left, right]: Stereo): number => correlation(left, right)

describe.each(['sine', 'saw'])('a unison of %s', (waveform) => {
  it.each([2, 3, 4, 8])('of %d voices is as loud as one, however wide', async (voices) => {
    const one = level(await held(mono(waveform, undefined)))
    for (const spread of [0, 0.5, 1]) {
      const sound = await held(mono(waveform, { voices, detune: 20, spread }))
      expect(Math.abs(level(sound) - one)).toBeLessThan(1.5)
      // neither side is the louder one
      expect(Math.abs(20 * Math.log10(rms(sound[0]) / rms(sound[1])))).toBeLessThan(1.5)
    }
  })

  it('is the wider, the more it is spread, without a pan; not spread it is the same on both sides', async () => {
    for (const voices of [2, 4, 8]) {
      const widths = []
      for (const spread of [0, 0.5, 1])
        widths.push(sameness(await held(mono(waveform, { voices, detune: 20, spread }))))
      expect(widths[0]).toBeCloseTo(1, 6)
      expect(widths[1]).toBeLessThan(0.95)
      expect(widths[2]).toBeLessThan((widths[1] as number) - 0.2)
      expect(widths[2]).toBeLessThan(0.7)
    }
    expect(sameness(await held(mono(waveform, undefined)))).toBeCloseTo(1, 6)
  })
})

describe('the place of a voice', () => {
  it('is left for the lowest and right for the highest, also in what hears the voices, but of no stereo voice', async () => {
    const unison = { voices: 2, detune: 100, spread: 1 }
    const sides = async (patch: Patch): Promise<number> => {
      const [left, right] = await held(patch, 2)
      return 20 * Math.log10(rms(left) / rms(right))
    }
    /** Only the lower one passes: it is louder on the left by so many dB. */
    const low = (from: string): Pick<Patch, 'devices' | 'connections'> => ({
      devices: {
        ...mono('sine', unison).devices,
        low: { type: 'filter', cutoff: 20, slope: 24, shared: true },
      },
      connections: [['osc', 'amp.in'], ['env', 'amp.gain'], [from, 'low.in'], ['low', 'out']], // prettier-ignore
    })
    expect(await sides(mono('sine', unison, low('amp')))).toBeGreaterThan(1)
    expect(Math.abs(await sides(mono('sine', undefined, low('amp'))))).toBeLessThan(0.001)
    // placed by the patch itself, or by nobody
    const middle: Partial<Patch> = {
      devices: { ...mono('sine', unison).devices, place: { type: 'pan' } },
      connections: [['osc', 'amp.in'], ['env', 'amp.gain'], ['amp', 'place.in'], ['place', 'out']], // prettier-ignore
    }
    expect(sameness(await held(mono('sine', unison, middle), 2))).toBeCloseTo(1, 6)
  })

  it('of an odd one is the middle, where it is as loud on each side as without a place', async () => {
    const [left, right] = await held(mono('sine', { voices: 3, detune: 0, spread: 1 }), 2)
    const [plain] = await held(mono('sine', { voices: 3, detune: 0, spread: 0 }), 2)
    // two on one side and the one in the middle: √2 + 1 of what were three
    expect(rms(left) / rms(plain)).toBeCloseTo((Math.SQRT2 + 1) / 3, 2)
    expect(rms(right) / rms(plain)).toBeCloseTo((Math.SQRT2 + 1) / 3, 2)
  })
})

it('a control signal that leaves the voices is the mean of those of a note', async () => {
  const patch = (unison: number): Patch => ({
    voices: { count: 8, unison },
    devices: {
      hum: { type: 'oscillator', waveform: 'sine', frequency: 300, amplitude: 0.3, shared: true },
      env: { type: 'envelope', sustain: 0.5 },
      amp: { type: 'amplifier', shared: true },
    },
    connections: [['hum', 'amp.in'], ['env', 'amp.gain', 0.5], ['amp', 'out']], // prettier-ignore
  })
  const one = level(await held(patch(1), 1))
  for (const voices of [2, 4, 8]) expect(level(await held(patch(voices), 1))).toBeCloseTo(one, 2)
})

describe('an edit of the unison of a held note', () => {
  it.each([
    ['its spread', { voices: 4, detune: 10, spread: 0.3 }, { voices: 4, detune: 10, spread: 1 }],
    ['no spread', { voices: 4, detune: 10, spread: 1 }, { voices: 4, detune: 10, spread: 0 }],
    ['some spread', { voices: 4, detune: 10, spread: 0 }, { voices: 4, detune: 10, spread: 1 }],
    ['fewer voices', { voices: 4, detune: 10, spread: 1 }, { voices: 2, detune: 10, spread: 1 }],
  ])('does not click: %s', async (_, before, after) => {
    const synth = await createOffline({ patch: mono('sine', before) })
    open.push(synth)
    synth.noteOn(40)
    const first = await synth.advance(3)
    await synth.apply(mono('sine', after))
    const second = await synth.advance(3)
    for (const channel of [0, 1]) {
      const sound = new Float32Array([...first.channels[channel]!, ...second.channels[channel]!])
      expect(clickFigure(sound, rate, 3)).toBeLessThanOrEqual(1.25)
    }
  })
})
