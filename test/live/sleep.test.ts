import { afterEach, describe, expect, it } from 'vitest'
import type { Patch } from '../../src/patch/index.ts'
import { formatReport } from '../../src/plan/index.ts'
import { levelAt, peak, rms } from '../audio/ear.ts'
import { watched, type Watched } from './wrapped.ts'

const block = 128 / 48000
const open: Watched[] = []
const start = async (patch: Patch): Promise<Watched> => {
  const one = await watched({ patch })
  open.push(one)
  return one
}
afterEach(async () => {
  for (const { synth } of open.splice(0)) await synth.close()
})

const left = async ({ synth }: Watched, seconds: number): Promise<Float32Array> =>
  (await synth.advance(seconds)).channels[0] as Float32Array

/** Groups of voices, in their order: the second group of the patch holds them. */
async function voiceGroups(one: Watched): Promise<number[]> {
  const [root] = (await one.tree()).children
  const parts = root && 'children' in root ? root.children : []
  const voices = parts[1]
  return voices && 'children' in voices ? voices.children.map(({ id }) => id) : []
}
/** The voices that are not paused, as far as commands tell. */
async function awake(one: Watched): Promise<number[]> {
  const runs = one.commands('/n_run')
  return (await voiceGroups(one)).flatMap((group, voice) =>
    runs.findLast(({ id }) => id === group)?.run === false ? [] : [voice],
  )
}

const organ: Patch = {
  voices: 4,
  knobs: { level: 0.5, bright: 0.5 },
  devices: {
    tone: { type: 'oscillator' },
    low: { type: 'filter' },
    env: { type: 'envelope', attack: 0.005, release: 0.1 },
    amp: { type: 'amplifier' },
  },
  connections: [
    ['level', 'tone.amplitude'],
    ['bright', 'low.cutoff'],
    ['tone', 'low.in'],
    ['low', 'amp.in'],
    ['env', 'amp.gain'],
    ['amp', 'out'],
  ],
}

describe('an idle voice', () => {
  it('is paused from the start, runs while it sounds, and is paused when it is silent', async () => {
    const one = await start(organ)
    const { synth } = one
    expect(await awake(one)).toEqual([])
    synth.noteOn(60)
    await synth.advance(0.5)
    expect(await awake(one)).toEqual([0])
    synth.noteOff(60)
    await synth.advance(0.05)
    expect(await awake(one)).toEqual([0])
    await synth.advance(1.5)
    expect(await awake(one)).toEqual([])
    expect(peak(await left(one, 0.1))).toBe(0)
  })

  it('sounds in the same block as one that never slept, woken by what brings the note', async () => {
    const [slept, fresh] = [await start(organ), await start(organ)]
    slept.synth.noteOn(60)
    slept.synth.noteOff(60, { at: 0.2 })
    await slept.synth.advance(3)
    await fresh.synth.advance(3)
    for (const note of [31, 32, 33]) slept.synth.noteOn(note)
    await slept.synth.advance(0.1)
    slept.synth.allNotesOff()
    await slept.synth.advance(3)
    await fresh.synth.advance(3.1)
    slept.calls.length = 0
    for (const { synth } of [slept, fresh]) synth.noteOn(72)
    const [a, b] = [await left(slept, 0.1), await left(fresh, 0.1)]
    const first = (sound: Float32Array): number => Math.floor(sound.findIndex((x) => x !== 0) / 128)
    expect(first(a)).toBe(first(b))
    const { commands } = slept.calls[0] ?? { commands: [] }
    expect(commands.map(({ call }) => call)).toEqual(expect.arrayContaining(['/n_run', '/c_set']))
  })

  it('waits for an echo inside of it', async () => {
    const one = await start({
      ...organ,
      devices: { ...organ.devices, echo: { type: 'delay', time: 1.5, mix: 1, feedback: 0, shared: false } },
      connections: [...(organ.connections ?? []).slice(0, -1), ['amp', 'echo.in'], ['echo', 'out']],
    })
    one.synth.noteOn(69)
    one.synth.noteOff(69, { at: 0.1 })
    await one.synth.advance(1.4)
    expect(await awake(one)).toEqual([0])
    expect(peak(await left(one, 0.2))).toBeGreaterThan(0.1)
    await one.synth.advance(5)
    expect(await awake(one)).toEqual([])
  })

  it('adds nothing to the sums of control signals that shared devices read', async () => {
    const one = await start({
      voices: 4,
      devices: {
        hum: { type: 'oscillator', waveform: 'sine', frequency: 300, shared: true },
        env: { type: 'envelope', attack: 0.005, release: 0.05 },
        amp: { type: 'amplifier', shared: true },
      },
      connections: [['hum', 'amp.in'], ['env', 'amp.gain', 0.25], ['amp', 'out']], // prettier-ignore
    })
    const { synth } = one
    for (const note of [60, 64, 67]) synth.noteOn(note)
    await synth.advance(1)
    const three = peak(await left(one, 0.2))
    synth.noteOff(60)
    await synth.advance(2)
    expect(await awake(one)).toHaveLength(2)
    expect(peak(await left(one, 0.2)) / three).toBeCloseTo(2 / 3, 2)
    synth.allNotesOff()
    await synth.advance(2)
    expect(await awake(one)).toEqual([])
    expect(peak(await left(one, 0.2))).toBe(0)
  })

  it.each([
    ['a knob', async ({ synth }: Watched) => { await synth.advance(block); synth.setKnob('level', 0.9); synth.setKnob('bright', 0.8) }], // prettier-ignore
    ['a constant', async ({ synth }: Watched) => { await Promise.all([synth.disconnect('level', 'tone.amplitude'), synth.disconnect('bright', 'low.cutoff'), synth.set('tone.amplitude', 0.9), synth.set('low.cutoff', 3000)]) }], // prettier-ignore
    ['an option', async ({ synth }: Watched) => { await Promise.all([synth.set('low.slope', 24), synth.set('tone.waveform', 'pulse')]) }], // prettier-ignore
    ['a device', async ({ synth }: Watched) => { await Promise.all([synth.disconnect('tone', 'low.in'), synth.addDevice('more', { type: 'mixer' }), synth.connect('tone', 'more.in1'), synth.connect('more', 'low.in')]) }], // prettier-ignore
  ] as const)('that hears of %s begins its next note with it, without a glide', async (_, change) => {
    const [slept, fresh] = [await start({ ...organ, voices: 1 }), await start({ ...organ, voices: 1 })]
    slept.synth.noteOn(60)
    slept.synth.noteOff(60, { at: 0.3 })
    await slept.synth.advance(3)
    expect(await awake(slept)).toEqual([])
    slept.calls.length = 0
    await change(slept)
    const edits = slept.calls.flatMap(({ commands }) => commands)
    expect(JSON.stringify(edits)).not.toMatch(/ade"/)
    await slept.synth.advance(0.1)
    // the other one has had it from the start, and all glides are over
    await change(fresh)
    await fresh.synth.advance(2)
    for (const { synth } of [slept, fresh]) synth.noteOn(48)
    const [a, b] = [await left(slept, 0.5), await left(fresh, 0.5)]
    // phases differ, the level of eight periods does not
    const level = (sound: Float32Array, from: number): number => rms(sound.subarray(from * 48000, (from + 8 / 130.81) * 48000)) // prettier-ignore
    for (const from of [0.01, 0.06, 0.2, 0.4]) expect(level(a, from) / level(b, from)).toBeCloseTo(1, 1)
  })

  it('that is struck in any block about that in which it falls asleep is heard', async () => {
    const probe = await start(organ)
    probe.synth.noteOn(60)
    probe.synth.noteOff(60, { at: 0.1 })
    probe.calls.length = 0
    await probe.synth.advance(3)
    const asleep = probe.calls.find(({ commands }) => commands.some((one) => one.call === '/n_run' && !one.run)) // prettier-ignore
    const origin = probe.engine().block - Math.round(3 / block)
    const at = (asleep?.block ?? 0) - origin
    expect(at).toBeGreaterThan(40)
    for (let offset = -20; offset <= 3; offset++) {
      const one = await start({ ...organ, voices: 1 })
      one.synth.noteOn(60)
      one.synth.noteOff(60, { at: 0.1 })
      one.synth.noteOn(69, 0.8, { at: (at + offset) * block })
      const sound = await left(one, (at + offset + 60) * block)
      expect([offset, peak(sound.subarray((at + offset + 5) * 128))]).toEqual([offset, expect.closeTo(peak(sound.subarray(1280, 4800)), 0)]) // prettier-ignore
      expect(peak(sound.subarray((at + offset + 5) * 128))).toBeGreaterThan(0.1)
      await one.synth.close()
    }
  })

  it('is never one of a drone', async () => {
    const one = await start({ ...organ, voices: { mode: 'drone' } })
    await one.synth.advance(2)
    one.synth.noteOn(60)
    one.synth.noteOff(60)
    one.synth.allNotesOff()
    await one.synth.advance(2)
    expect(await awake(one)).toEqual([0])
    expect(peak(await left(one, 0.1))).toBeGreaterThan(0.1)
  })
})

/** Beside them there are as many spare ones. */
describe('voices from 8 to 2 to 8', () => {
  it('cut no note; those that are too many finish and are freed', async () => {
    const one = await start({ ...organ, voices: 8 })
    const { synth } = one
    const notes = [48, 52, 55, 59, 62, 66, 69]
    for (const note of notes) synth.noteOn(note)
    await synth.advance(0.5)
    const levels = async (): Promise<number[]> => {
      const sound = await left(one, 1)
      return notes.map((note) => levelAt(sound, 48000, 440 * 2 ** ((note - 69) / 12)))
    }
    const held = await levels()
    const report = await synth.setVoices(2)
    expect(formatReport(report)).toMatch(/^voices +8 → 2, poly; 5 finish their note\nkept /)
    expect(await voiceGroups(one)).toHaveLength(7)
    const [after, full] = [await levels(), held]
    for (const [i, level] of after.entries()) expect(level / full[i]!).toBeCloseTo(1, 1)
    for (const note of notes.slice(0, 3)) synth.noteOff(note)
    await synth.advance(3)
    expect(await voiceGroups(one)).toHaveLength(4)
    const rest = await levels()
    for (const [i, level] of rest.entries())
      if (i < 3) expect(level).toBeLessThan(0.1 * full[i]!)
      else expect(level / full[i]!).toBeCloseTo(1, 0)
    await synth.setVoices(8)
    expect(await voiceGroups(one)).toHaveLength(16)
    const again = await levels()
    for (const [i, level] of again.entries()) if (i >= 3) expect(level / rest[i]!).toBeCloseTo(1, 1)
    synth.allNotesOff()
    await synth.advance(3)
    expect(await awake(one)).toEqual([])
    expect(peak(await left(one, 0.1))).toBe(0)
  })
})

it('a note that a voice still finishes, struck again on another one, ends with its key', async () => {
  const one = await start({
    voices: 4,
    devices: { osc: { type: 'oscillator', amplitude: 0.2 } },
    connections: [['osc', 'out']],
  })
  const { synth } = one
  for (const note of [40, 45, 50, 62]) synth.noteOn(note)
  await synth.advance(0.2)
  await synth.setVoices(2)
  synth.noteOn(62)
  await synth.advance(0.2)
  for (const note of [40, 45, 50, 62]) synth.noteOff(note)
  await synth.advance(1)
  expect(peak(await left(one, 0.2))).toBe(0)
})
