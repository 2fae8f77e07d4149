import { afterEach, describe, expect, it } from 'vitest'
import type { Patch } from '../../src/patch/index.ts'
import { beatAt, createTempoMap, withTempo, type TempoMap } from '../../src/plan/index.ts'
import { lab } from '../devices/probe.ts'
import { watched, type Watched } from './wrapped.ts'

const open: Watched[] = []
const play = async (patch: Patch): Promise<Watched> => {
  const one = await watched({ patch, catalogue: lab, timeout: 0.2 })
  open.push(one)
  return one
}
afterEach(async () => {
  for (const { synth } of open.splice(0)) await synth.close()
})

const blockSize = 128
const blockRate = 375

/** A patch from which the sound tells what the clock is: its phase on the left, a pulse on the right. */
const heard = (pulse: 'clock.beat' | 'clock.bar', more: Partial<Patch> = {}): Patch => ({
  ...more,
  devices: {
    both: { type: 'sides', shared: true },
    probe: { type: 'probe' },
    ...more.devices,
  },
  connections: [['clock.phase', 'both.left'], [pulse, 'both.right'], ['both', 'probe.in'], ['probe', 'out'], ...(more.connections ?? [])], // prettier-ignore
})

/** The same without the clock. */
const silent = (more: Partial<Patch> = {}): Patch => ({
  ...heard('clock.beat', more),
  connections: [
    ['both', 'probe.in'],
    ['probe', 'out'],
  ],
})

interface Reading {
  readonly phase: number
  readonly pulse: boolean
}

/** What the clock was in every block of the next stretch of time. The first sample of a block has what the one before it had. */
async function listen({ synth }: Watched, blocks: number): Promise<Reading[]> {
  const { channels } = await synth.advance((blocks * blockSize) / synth.sampleRate)
  const [left, right] = channels as [Float32Array, Float32Array]
  // the last of its samples is a straight line's end but one
  const end = (side: Float32Array, block: number): number => {
    const [first, last] = [side[block * blockSize] as number, -(side[block * blockSize + 127] as number)]
    return (first + ((last - first) * 128) / 127) * 4
  }
  return Array.from({ length: blocks }, (_, block) => ({
    phase: end(left, block),
    pulse: end(right, block) > 0.5,
  }))
}

/** Compares what was heard from a block on with a tempo map; the distance in beats, and how many pulses were wrong. */
function compare(
  readings: readonly Reading[],
  map: TempoMap,
  from: number,
  length: 1 | 4,
): { off: number; wrong: number } {
  let [off, wrong] = [0, 0]
  for (const [i, { phase, pulse }] of readings.entries()) {
    const beat = beatAt(map, from + i) + 2e-6
    const difference = phase - (beat % 1)
    off = Math.max(off, Math.abs(difference - Math.round(difference)))
    if (pulse !== beat % length < 0.5) wrong++
  }
  return { off, wrong }
}

/** Beats: what a float holds of a number below 8. */
const exact = 2e-6
const at = (tempo: number): TempoMap => createTempoMap(tempo, blockRate)

describe('the clock', () => {
  it.each([60, 97.3, 120, 133.33, 999])(
    'runs at %s beats per minute from the first block on: a ramp, and a pulse of half a beat at every beat',
    async (tempo) => {
      const one = await play(heard('clock.beat', { tempo }))
      const { off, wrong } = compare(await listen(one, 4000), at(tempo), 0, 1)
      expect(wrong).toBe(0)
      expect(off).toBeLessThan(exact)
      expect(one.synth.beat).toBeCloseTo(beatAt(at(tempo), 4000), 9)
    },
  )

  it('has a pulse in every fourth beat for bars', async () => {
    const one = await play(heard('clock.bar', { tempo: 240 }))
    expect(compare(await listen(one, 4000), at(240), 0, 4)).toMatchObject({ wrong: 0 })
  })

  it('is not off by a block after four minutes', async () => {
    const one = await play(heard('clock.beat', { tempo: 91.7 }))
    for (let minute = 0; minute < 3; minute++) await one.synth.advance(60)
    const { off, wrong } = compare(await listen(one, 22_500), at(91.7), 3 * 22_500, 1)
    expect(wrong).toBe(0)
    expect(off).toBeLessThan(exact)
  })

  it('is there only as long as something reads it', async () => {
    const one = await play(silent())
    const isThere = (): boolean => one.commands('/s_new').some(({ def }) => def.startsWith('clock-'))
    await one.synth.advance(0.1)
    expect(isThere()).toBe(false)
    expect((await one.synth.apply(heard('clock.beat'))).added).toEqual(['clock'])
    expect(isThere()).toBe(true)
    await one.synth.advance(1)
    const { synths } = await one.engine().counts()
    expect((await one.synth.apply(silent())).removed).toEqual(['clock'])
    await one.synth.advance(1)
    expect((await one.engine().counts()).synths).toBe(synths - 1)
  })

  it('knows the beat when it comes into being, and is silent until it does', async () => {
    const one = await play(silent({ tempo: 100 }))
    await listen(one, 555)
    await one.synth.apply(heard('clock.beat', { tempo: 100 }))
    const readings = await listen(one, 800)
    // both sides were replaced and fade in; before that nothing is heard at all
    const fade = 200
    const { off, wrong } = compare(readings.slice(fade), at(100), 555 + fade, 1)
    expect(wrong).toBe(0)
    expect(off).toBeLessThan(exact)
    const bus = one.commands('/s_new').find(({ def }) => def.startsWith('clock-'))?.controls['-at']
    expect(bus).toBeUndefined()
  })

  it('goes on untouched while the patch around it changes', async () => {
    const more = { tempo: 100, devices: { lfo: { type: 'lfo' } } }
    const one = await play(heard('clock.beat', { tempo: 100 }))
    await listen(one, 300)
    const report = await one.synth.apply(
      heard('clock.beat', { ...more, connections: [['clock.bar', 'lfo.amplitude']] }),
    )
    expect(report.kept).toContain('clock')
    const { off, wrong } = compare(await listen(one, 1000), at(100), 300, 1)
    expect(wrong).toBe(0)
    expect(off).toBeLessThan(exact)
    expect(one.commands('/n_set').filter(({ controls }) => '-sync' in controls)).toHaveLength(1)
  })

  it('takes another tempo without a jump, from setTempo and from a patch', async () => {
    const one = await play(heard('clock.beat', { tempo: 120 }))
    one.synth.setTempo(90, { at: 1 })
    one.synth.setTempo(201.5, { at: 2 })
    const [first, second] = [withTempo(at(120), 90, 375), withTempo(withTempo(at(120), 90, 375), 201.5, 750)]
    const readings = await listen(one, 1200)
    expect(compare(readings.slice(0, 375), at(120), 0, 1)).toMatchObject({ wrong: 0 })
    expect(compare(readings.slice(375, 750), first, 375, 1)).toMatchObject({ wrong: 0 })
    expect(compare(readings.slice(750), second, 750, 1)).toMatchObject({ wrong: 0 })
    expect(one.synth.tempo).toBe(201.5)
    await one.synth.apply(heard('clock.beat', { tempo: 60 }))
    const later = await listen(one, 1000)
    expect(one.synth.tempo).toBe(60)
    for (const [i, { phase }] of later.entries()) {
      if (i === 0) continue
      const step = phase - (later[i - 1]?.phase ?? 0)
      expect(step - Math.floor(step)).toBeLessThan(201.6 / 60 / blockRate)
      expect(step - Math.floor(step)).toBeGreaterThan(59.9 / 60 / blockRate)
    }
  })

  it('keeps a tempo that was set until a patch declares another', async () => {
    const { synth } = await play(heard('clock.beat', { tempo: 120 }))
    synth.setTempo(77)
    await synth.advance(0.1)
    await synth.apply(heard('clock.bar', { tempo: 120 }))
    await synth.advance(0.1)
    expect(synth.tempo).toBe(77)
    await synth.apply(heard('clock.bar', { tempo: 121 }))
    await synth.advance(0.1)
    expect(synth.tempo).toBe(121)
    await synth.undo()
    await synth.advance(0.1)
    expect(synth.tempo).toBe(120)
  })

  it('jumps to a beat, also twice in a row', async () => {
    const one = await play(heard('clock.bar', { tempo: 120 }))
    one.synth.setBeat(6.5, { at: 1 })
    one.synth.setBeat(3.9, { at: 1 + 1 / blockRate })
    const readings = await listen(one, 1000)
    const first = { ...at(120), block: 375, beat: 6.5 }
    const second = { ...at(120), block: 376, beat: 3.9 }
    expect(compare(readings.slice(0, 375), at(120), 0, 4)).toMatchObject({ wrong: 0 })
    expect(compare(readings.slice(375, 376), first, 375, 4).off).toBeLessThan(exact)
    const { off, wrong } = compare(readings.slice(377), second, 377, 4)
    expect(wrong).toBe(0)
    expect(off).toBeLessThan(exact)
    expect(one.synth.beat).toBeCloseTo(beatAt(second, 1000), 9)
  })

  it('is at the right beat again when the engine has died, at the tempo that was set', async () => {
    const one = await play(heard('clock.beat', { tempo: 120 }))
    one.synth.setTempo(87.5, { at: 0 })
    await listen(one, 700)
    const dead = { state: 'failed', block: 0, buffered: 0, pending: 0, problems: 0 } as const
    one.tamper((engine) => ({ status: () => ({ ...engine.status(), ...dead }) }))
    const readings = await listen(one, 700)
    expect(one.made()).toBe(2)
    const { off, wrong } = compare(readings, at(87.5), 700, 1)
    expect(wrong).toBe(0)
    expect(off).toBeLessThan(exact)
  })

  it('moves what is in the voices, too', async () => {
    const { synth } = await play({
      tempo: 240,
      voices: 2,
      devices: {
        osc: { type: 'oscillator', waveform: 'pulse', amplitude: 0.2 },
        env: { type: 'envelope', attack: 0.002, decay: 0.05, sustain: 0, curve: 0 },
        vca: { type: 'amplifier' },
      },
      connections: [['clock.beat', 'env.gate'], ['env', 'vca.gain'], ['osc', 'vca.in'], ['vca', 'out']], // prettier-ignore
    })
    synth.noteOn(72)
    const [left] = (await synth.advance(2)).channels as [Float32Array]
    const peaks = Array.from({ length: 200 }, (_, i) =>
      Math.max(...left.subarray(i * 480, (i + 1) * 480).map(Math.abs)),
    )
    const onsets = peaks.flatMap((peak, i) => (peak > 0.05 && (peaks[i - 1] ?? 0) < 0.01 ? [i] : []))
    expect(onsets).toEqual([0, 25, 50, 75, 100, 125, 150, 175])
  })

  it('refuses a tempo and a beat that are none', async () => {
    const { synth } = await play(silent())
    for (const wrong of [0, 1000, NaN, '120'])
      expect(() => synth.setTempo(wrong as number)).toThrow('[out-of-range]')
    for (const wrong of [-1, Infinity]) expect(() => synth.setBeat(wrong)).toThrow('[out-of-range]')
  })
})

it('stands still with its phase held and its pulses low, and goes on from there', async () => {
  const one = await play(heard('clock.beat'))
  const { synth } = one
  await listen(one, 200)
  synth.setRunning(false)
  await listen(one, 3)
  const { beat } = synth
  const standing = await listen(one, 300)
  expect(synth.beat).toBe(beat)
  for (const { phase, pulse } of standing) {
    expect(phase).toBeCloseTo(beat % 1, 4)
    expect(pulse).toBe(false)
  }
  // another place, and another tempo, while it stands
  synth.setBeat(8.75)
  synth.setTempo(240)
  await listen(one, 3)
  for (const { phase, pulse } of await listen(one, 100)) {
    expect(phase).toBeCloseTo(0.75, 4)
    expect(pulse).toBe(false)
  }
  synth.setRunning(true)
  await listen(one, 3)
  const before = synth.beat
  const going = await listen(one, 200)
  going.forEach(({ phase, pulse }, i) => {
    const wanted = (before + ((i - 1) * 4) / blockRate) % 1
    const off = phase - wanted
    expect(Math.abs(off - Math.round(off))).toBeLessThan(0.03)
    if (Math.abs(wanted - 0.5) > 0.05 && wanted > 0.05 && wanted < 0.95) expect(pulse).toBe(wanted < 0.5)
  })
  expect(synth.beat).toBeCloseTo(8.75 + (203 * 4) / blockRate, 6)
})

it('has a snapshot that was to come on a beat wait until it goes on', async () => {
  const { synth } = await play(heard('clock.beat'))
  synth.store('later', { ...heard('clock.beat'), name: 'later' })
  await synth.advance(0.3)
  synth.setRunning(false)
  await synth.advance(0.1)
  const coming = synth.recall('later', { at: 'beat' })
  await synth.advance(2)
  expect(synth.patch.name).toBeUndefined()
  synth.setRunning(true)
  await synth.advance(0.5)
  await coming
  expect(synth.patch.name).toBe('later')
})
