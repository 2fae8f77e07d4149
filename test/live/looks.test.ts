import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Patch } from '../../src/patch/index.ts'
import { errorOf } from '../engine/helpers.ts'
import { buffer, during, pass, startLive } from './by-hand.ts'

const dark: Patch = {
  voices: 6,
  devices: {
    tone: { type: 'oscillator', waveform: 'saw' },
    low: { type: 'filter', cutoff: 900 },
    mix: { type: 'mixer', shared: true },
  },
  connections: [['tone', 'low.in'], ['low', 'mix.in1'], ['mix', 'out']], // prettier-ignore
}
const bright: Patch = {
  voices: 2,
  devices: { tone: { type: 'oscillator', waveform: 'saw' } },
  connections: [['tone', 'out']],
}

beforeEach(() => vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout'] }))
afterEach(() => vi.useRealTimers())
const seconds = (buffers: number): number => (buffers * buffer * 128) / 48000

describe('a device that is listened to while an edit', () => {
  it('takes it away, is told to be gone', async () => {
    const { synth, thread } = await startLive(dark)
    const heard = errorOf(() => synth.probe('low', { seconds: seconds(40) }))
    await pass(thread, 3)
    await during(synth.apply(bright), () => pass(thread))
    const { problems } = await during(heard, () => pass(thread))
    expect(problems).toMatchObject([{ code: 'unknown-source', path: 'low', expected: 'tone, out' }])
    await synth.close()
  })

  it('takes its voice away, is heard in another, unless that voice was asked for', async () => {
    const { synth, thread } = await startLive({ ...dark, voices: 3 })
    for (const note of [60, 64, 67]) synth.noteOn(note)
    await pass(thread, 2)
    for (const note of [60, 64, 67]) synth.noteOff(note)
    await pass(thread, 2)
    const heard = synth.probe('tone', { seconds: seconds(20) })
    const asked = errorOf(() => synth.probe('tone', { voice: 3, seconds: seconds(20) }))
    await pass(thread, 3)
    await during(synth.apply({ ...dark, voices: 1 }), () => pass(thread))
    expect((await during(heard, () => pass(thread))).channels[0]?.length).toBe(20 * buffer * 128)
    const { problems } = await during(asked, () => pass(thread))
    // with the spare one
    expect(problems).toMatchObject([{ code: 'out-of-range', path: 'voice', expected: '1..2' }])
    await synth.close()
  })

  it('moves it to another bus, is heard there', async () => {
    const lfo: Patch = {
      devices: {
        wave: { type: 'lfo', shared: true, frequency: 3 },
        sum: { type: 'mixer', shared: true },
        tone: { type: 'oscillator', shared: true, waveform: 'sine', frequency: 500 },
      },
      connections: [['wave', 'sum.in1'], ['sum', 'tone.amplitude'], ['tone', 'out']], // prettier-ignore
    }
    const { synth, thread } = await startLive(lfo)
    const heard = synth.probe('sum', { seconds: seconds(20) })
    await pass(thread, 3)
    // it is audio from now on
    await during(
      synth.apply({ ...lfo, connections: [['tone', 'sum.in1'], ['sum', 'out']] }), // prettier-ignore
      () => pass(thread),
    )
    const { sampleRate, channels } = await during(heard, () => pass(thread))
    expect(sampleRate).toBe(48000)
    expect(channels[0]?.length).toBe(20 * buffer * 128)
    expect(Math.max(...(channels[0]?.slice(-9600) ?? []))).toBeGreaterThan(0.1)
    await synth.close()
  })
})

it('the tree is one that is there before or after an edit, whenever it is looked at', async () => {
  const { synth, thread } = await startLive(dark)
  const names = async (): Promise<string[]> =>
    (await synth.tree()).map(({ name, synths }) => {
      // what leaves has no name any more
      const here = synths.filter(({ leaving }) => !leaving)
      return `${name}: ${here.map(({ device }) => device).join(' ')}`
    })
  const see = (): Promise<string[]> => during(names(), () => pass(thread))
  const trees = [await see()]
  await during(synth.apply(bright), () => pass(thread))
  await pass(thread, 400)
  trees.push(await see())
  expect(trees[0]).not.toEqual(trees[1])
  for (let wait = 0; wait < 12; wait++) {
    const edit = synth.apply(wait % 2 === 0 ? dark : bright)
    await pass(thread, wait / 2)
    const seen = names()
    await during(edit, () => pass(thread))
    expect(trees).toContainEqual(await during(seen, () => pass(thread)))
    await pass(thread, 400)
  }
  await synth.close()
}, 600_000)

it('the tree tells of more synths than there is room for with their controls', async () => {
  const names = Array.from({ length: 420 }, (_, i) => `tone${i}`)
  const { synth, thread } = await startLive({
    devices: Object.fromEntries(names.map((name) => [name, { type: 'envelope', shared: true }])),
    connections: names.map((name) => [name, 'out']),
  })
  const parts = await during(synth.tree(), () => pass(thread))
  expect(parts.flatMap(({ synths }) => synths.map(({ device }) => device)).toSorted()).toEqual(
    [...names, 'out'].toSorted(),
  )
  await synth.close()
})
