import { afterEach, describe, expect, it } from 'vitest'
import { createOffline, type OfflineSynth, type SynthOptions } from '../../src/live/index.ts'
import type { Patch } from '../../src/patch/index.ts'
import { frequency, errorOf } from '../engine/helpers.ts'
import { peak, rms } from '../audio/ear.ts'
import { drone, organ, pluck } from './patches.ts'

const block = 128 / 48000
let open: OfflineSynth[] = []
const create = async (patch: Patch, options: Omit<SynthOptions, 'patch'> = {}): Promise<OfflineSynth> => {
  const synth = await createOffline({ patch, ...options })
  open.push(synth)
  return synth
}
afterEach(async () => {
  for (const synth of open) await synth.close()
  open = []
})

const left = async (synth: OfflineSynth, seconds: number): Promise<Float32Array> => {
  const { channels } = await synth.advance(seconds)
  return channels[0] ?? new Float32Array()
}
/** Number of the first block with a sound; −1 for none. */
const firstBlock = (samples: Float32Array): number => {
  const first = samples.findIndex((x) => x !== 0)
  return first < 0 ? -1 : Math.floor(first / 128)
}

describe('notes', () => {
  it('sound from the next block on', async () => {
    const synth = await create(organ)
    expect(peak(await left(synth, 0.1))).toBe(0)
    synth.noteOn(60)
    expect(firstBlock(await left(synth, 0.1))).toBe(0)
  })

  it('that an envelope or the gate of the voice opens are heard a block later, since both start from 0', async () => {
    const plain: Patch = { devices: { osc: { type: 'oscillator' } }, connections: [['osc', 'out']] }
    for (const patch of [pluck, plain]) {
      const synth = await create(patch)
      await synth.advance(0.1)
      synth.noteOn(60)
      expect(firstBlock(await left(synth, 0.1))).toBeLessThanOrEqual(1)
    }
  })

  it('begin and end in the block that their time falls into', async () => {
    for (const at of [0, 3 * block, 3.9 * block, 0.25, 100 * block]) {
      const synth = await create(organ)
      synth.noteOn(60, 1, { at })
      expect(firstBlock(await left(synth, 0.4))).toBe(Math.floor(at / block + 1e-6))
      await synth.close()
    }
    // an end in the same block gives the same sound, one in another another
    const ending = async (at: number): Promise<Float32Array> => {
      const synth = await create(organ)
      synth.noteOn(60)
      synth.noteOff(60, { at })
      return await left(synth, 0.3)
    }
    expect(await ending(50.9 * block)).toEqual(await ending(50 * block))
    expect(await ending(51 * block)).not.toEqual(await ending(50 * block))
    // 20 ms later it is silent
    const sound = await ending(50 * block)
    expect(peak(sound.subarray(49 * 128, 50 * 128))).toBeGreaterThan(0.1)
    expect(peak(sound.subarray(60 * 128))).toBe(0)
  })

  it('sound the same whatever the pieces they are rendered in', async () => {
    const play = async (pieces: readonly number[]): Promise<number[]> => {
      const synth = await create(organ)
      synth.noteOn(60, 1, { at: 7 * block })
      synth.noteOn(64.5, 1, { at: 20 * block })
      synth.noteOff(60, { at: 40 * block })
      const parts: number[] = []
      for (const blocks of pieces) parts.push(...(await left(synth, blocks * block)))
      return parts
    }
    expect(await play([1, 6, 0, 1, 32, 1, 39])).toEqual(await play([80]))
  })

  it('of the past are played now', async () => {
    const synth = await create(organ)
    await synth.advance(0.1)
    synth.noteOn(60, 1, { at: 0 })
    expect(firstBlock(await left(synth, 0.05))).toBe(0)
  })

  it('have their pitch, and fractions are microtones', async () => {
    for (const note of [57, 69, 69.5]) {
      const synth = await create(organ)
      synth.noteOn(note)
      await synth.advance(0.1)
      expect(frequency(await left(synth, 1), 48000)).toBeCloseTo(440 * 2 ** ((note - 69) / 12), 1)
      await synth.close()
    }
  })

  it('that begin and end in one block still sound for one', async () => {
    const synth = await create(organ)
    synth.noteOn(60)
    synth.noteOff(60)
    const sound = await left(synth, 0.2)
    expect(peak(sound)).toBeGreaterThan(0.01)
    expect(peak(sound.subarray(30 * 128))).toBe(0)
  })

  it('struck again while they sound start their envelope anew', async () => {
    const synth = await create(pluck)
    synth.noteOn(60)
    await synth.advance(0.15)
    expect(rms(await left(synth, 0.02))).toBeLessThan(0.01)
    synth.noteOn(60)
    expect(peak(await left(synth, 0.02))).toBeGreaterThan(0.3)
    // also when it takes the voice of another one
    await synth.advance(0.15)
    synth.noteOn(67)
    expect(peak(await left(synth, 0.02))).toBeGreaterThan(0.3)
  })

  it('that end and begin in one block start anew, too', async () => {
    const synth = await create(pluck)
    synth.noteOn(60)
    await synth.advance(0.15)
    synth.noteOff(60)
    synth.noteOn(60)
    expect(peak(await left(synth, 0.02))).toBeGreaterThan(0.3)
  })

  it('all end with allNotesOff', async () => {
    const synth = await create(organ)
    for (const note of [48, 60, 64, 67, 72]) synth.noteOn(note)
    await synth.advance(0.1)
    synth.allNotesOff({ at: 0.15 })
    expect(peak((await left(synth, 0.2)).subarray(48000 * 0.1))).toBe(0)
  })

  it('off that do not sound are ignored', async () => {
    const synth = await create(organ)
    synth.noteOff(60)
    synth.noteOn(62)
    synth.noteOff(60)
    expect(peak(await left(synth, 0.1))).toBeGreaterThan(0.1)
  })

  it.each([-1, 128, NaN, Infinity])('of %s are refused', async (note) => {
    const synth = await create(organ)
    expect((await errorOf(() => synth.noteOn(note))).problems).toMatchObject([
      { code: 'invalid-note', path: 'note' },
    ])
    expect((await errorOf(() => synth.noteOn(60, note))).problems).toMatchObject([
      { code: 'invalid-note', path: 'velocity' },
    ])
  })
})

describe('knobs', () => {
  it('move what they feed, from their time on, and tell their position', async () => {
    const synth = await create(drone)
    expect([synth.knob('volume'), synth.knob('other')]).toEqual([0.5, 0.25])
    await synth.advance(0.1)
    expect(peak(await left(synth, 0.1))).toBeCloseTo(0.5, 2)
    synth.setKnob('volume', 0.25)
    expect(synth.knob('volume')).toBe(0.25)
    await synth.advance(0.15)
    expect(peak(await left(synth, 0.05))).toBeCloseTo(0.25, 2)
    synth.setKnob('volume', 0, { at: 0.5 })
    expect(synth.knob('volume')).toBe(0.25)
    const sound = await left(synth, 0.3)
    expect(synth.knob('volume')).toBe(0)
    expect(peak(sound.subarray(0, 48000 * 0.1 - 128))).toBeCloseTo(0.25, 2)
    expect(peak(sound.subarray(48000 * 0.28))).toBeLessThan(0.001)
  })

  it('are refused where there is none, or no such position', async () => {
    const synth = await create(drone)
    expect((await errorOf(() => synth.setKnob('volum', 0.5))).problems).toMatchObject([
      {
        code: 'unknown-knob',
        path: 'volum',
        expected: 'volume, other',
        suggestion: 'did you mean "volume"?',
      },
    ])
    expect((await errorOf(() => synth.knob('nothing'))).code).toBe('unknown-knob')
    for (const position of [-0.01, 1.01, NaN])
      expect((await errorOf(() => synth.setKnob('volume', position))).code).toBe('out-of-range')
    expect((await errorOf(() => synth.setKnob('volume', 0.5, { at: NaN }))).code).toBe('out-of-range')
    expect(synth.knob('volume')).toBe(0.5)
  })
})

describe('time', () => {
  it('starts at 0 with the patch, goes on with advance, and is rounded up to whole blocks', async () => {
    const synth = await create(drone)
    expect([synth.time, synth.sampleRate]).toEqual([0, 48000])
    const { channels, sampleRate } = await synth.advance(0.01)
    expect(sampleRate).toBe(48000)
    expect(channels.map((channel) => channel.length)).toEqual([512, 512])
    expect(synth.time).toBeCloseTo(512 / 48000, 12)
    for (let i = 1; i < 100; i++) expect(await left(synth, (i * 128) / 48000)).toHaveLength(i * 128)
    expect(await left(synth, 0)).toHaveLength(0)
  })

  it('is exact at other sample rates', async () => {
    const synth = await create(organ, { sampleRate: 44100 })
    synth.noteOn(69, 1, { at: (10 * 128) / 44100 })
    const sound = await left(synth, 1)
    expect(sound).toHaveLength(345 * 128)
    expect(firstBlock(sound)).toBe(10)
    expect(frequency(sound.subarray(8000), 44100)).toBeCloseTo(440, 1)
  })

  it.each([-1, NaN, Infinity])('of %s seconds is refused', async (seconds) => {
    const synth = await create(drone)
    expect((await errorOf(() => synth.advance(seconds))).code).toBe('out-of-range')
  })
})

describe('apply', () => {
  const more: Patch = {
    ...drone,
    devices: {
      ...drone.devices,
      osc2: { type: 'oscillator', waveform: 'sine', frequency: 660, amplitude: 0.1 },
    },
    connections: [...(drone.connections ?? []), ['osc2', 'out']],
  }

  it('keeps what did not change, and reports what it did', async () => {
    const synth = await create(drone)
    await synth.advance(0.1)
    expect(await synth.apply(more)).toMatchObject({
      kept: ['osc'],
      added: ['osc2'],
      removed: [],
      // it reads one cable more
      replaced: ['out'],
    })
    expect(synth.patch).toEqual(more)
    expect(await synth.apply(drone)).toMatchObject({
      kept: ['osc'],
      added: [],
      removed: ['osc2'],
      replaced: ['out'],
    })
    expect(await synth.apply(drone)).toMatchObject({ kept: ['osc', 'out'], synths: { born: 0, freed: 0 } })
  })

  it('leaves the sound of the rest as it is, sample for sample', async () => {
    // the new device is not heard
    const unheard: Patch = { ...more, connections: drone.connections ?? [] }
    const [with_, without] = [await create(drone), await create(drone)]
    await with_.advance(0.1)
    await without.advance(0.1)
    await with_.apply(unheard)
    expect(await left(with_, 0.2)).toEqual(await left(without, 0.2))
  })

  it('keeps knobs where they were turned to, and takes positions that the patch declares anew', async () => {
    const synth = await create(drone)
    synth.setKnob('volume', 0.75)
    await synth.advance(0.05)
    await synth.apply(more)
    expect(synth.knob('volume')).toBe(0.75)
    await synth.apply({ ...drone, knobs: { ...drone.knobs, volume: 0.125 } })
    expect(synth.knob('volume')).toBe(0.125)
  })

  it('of a patch with problems changes nothing', async () => {
    const [synth, other] = [await create(drone), await create(drone)]
    await synth.advance(0.1)
    await other.advance(0.1)
    const wrong = { ...drone, connections: [['osc', 'oscillator9.in']] } as Patch
    expect((await errorOf(() => synth.apply(wrong))).code).toBe('unknown-destination')
    expect(synth.patch).toEqual(drone)
    expect(await left(synth, 0.1)).toEqual(await left(other, 0.1))
  })
})

describe('the beginning and the end', () => {
  it('a patch with problems is refused with all of them', async () => {
    const wrong = { devices: { a: { type: 'nothing' }, b: { type: 'oscilator' } } } as Patch
    expect(
      (await errorOf(async () => await createOffline({ patch: wrong }))).problems.map(({ code }) => code),
    ).toEqual(['unknown-device-type', 'unknown-device-type'])
  })

  it('a patch too large for the engine is refused with the limit', async () => {
    const many: Patch = { ...organ, voices: 128 }
    const error = await errorOf(async () => await createOffline({ patch: many, maxNodes: 64 }))
    expect(error.problems[0]).toMatchObject({ code: 'engine-limit' })
    expect(error.message).toContain('maxNodes')
  })

  it('a closed synth is of no use', async () => {
    const synth = await create(organ)
    await synth.close()
    await synth.close()
    for (const use of [
      () => synth.noteOn(60),
      () => synth.noteOff(60),
      () => synth.allNotesOff(),
      () => synth.setKnob('volume', 0.5),
      () => synth.knob('volume'),
      () => synth.patch,
      async () => await synth.apply(organ),
      async () => await synth.advance(0.1),
    ])
      expect((await errorOf(use)).code).toBe('engine-closed')
  })

  it('two synths do not hear each other, and equal calls give equal bytes', async () => {
    const noisy: Patch = { ...organ, devices: { osc: { type: 'noise', amplitude: 0.3 } } }
    const [a, b, c] = [await create(noisy), await create(noisy), await create(organ)]
    for (const synth of [a, b]) synth.noteOn(60)
    c.noteOn(72)
    const first = await left(a, 0.2)
    await c.advance(0.1)
    expect(await left(b, 0.2)).toEqual(first)
    expect(peak(first)).toBeGreaterThan(0.1)
  })

  it('a patch of nothing is silence', async () => {
    const synth = await create({ devices: {} })
    synth.noteOn(60)
    expect(peak(await left(synth, 0.1))).toBe(0)
  })
})
