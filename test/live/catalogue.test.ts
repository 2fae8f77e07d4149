import { afterEach, expect, it } from 'vitest'
import { fail } from '../../src/errors/index.ts'
import { defineDevice, signal, standard, ugen, value, type Patch } from '../../src/index.ts'
import { clickFigure, fundamental, levelAt, peak } from '../audio/ear.ts'
import { errorOf } from '../engine/helpers.ts'
import { watched, type Watched } from './wrapped.ts'

const open: Watched[] = []
afterEach(async () => {
  for (const { synth, tamper } of open.splice(0)) {
    tamper()
    await synth.close()
  }
})

/** A device type that multiplies by a gain, and by a level whose default can be another. */
const types = (gain: number, level = 1) => ({
  ...standard,
  times: defineDevice({
    title: 'Times',
    doc: 'Multiplies.',
    ports: {
      in: signal('What is multiplied.'),
      level: value('Level.', { min: 0, max: 1, scale: 'linear', unit: '', default: level }),
    },
    output: { rate: 'audio', polarity: 'bipolar', channels: 'inputs' },
    build: ({ in: input, level: by }) => input.map((x) => ugen.mul(ugen.mul(x, gain), by)),
  }),
})
const patch: Patch = {
  voices: 2,
  devices: { osc: { type: 'oscillator', waveform: 'sine' }, louder: { type: 'times' } },
  connections: [
    ['osc', 'louder.in', 0.2],
    ['louder', 'out'],
  ],
}
const start = async (): Promise<Watched> => {
  const one = await watched({ patch, catalogue: types(1), timeout: 0.2 })
  open.push(one)
  return one
}
const left = async ({ synth }: Watched, seconds: number): Promise<Float32Array> =>
  (await synth.advance(seconds)).channels[0] as Float32Array

it('a device whose type is another now is replaced while a note is held: without a click, and nothing else', async () => {
  const one = await start()
  const { synth } = one
  synth.noteOn(69)
  const before = await left(one, 1)
  const { replaced, kept } = await synth.apply(patch, types(0.25))
  expect([replaced, kept]).toEqual([['louder'], ['osc', 'out']])
  const after = await left(one, 2)
  expect(levelAt(before.subarray(24000), 48000, 440)).toBeCloseTo(0.2, 3)
  expect(levelAt(after.subarray(48000), 48000, 440)).toBeCloseTo(0.05, 3)
  const sound = Float32Array.from([...before, ...after])
  for (let at = 1; at < 1.5; at += 0.05) expect(clickFigure(sound, 48000, at)).toBeLessThan(1.25)
  // the level goes from the one to the other, and the note did not start again
  for (let i = 48000; i < 96000; i += 4800) {
    const level = levelAt(sound.subarray(i, i + 4800), 48000, 440)
    expect(level).toBeLessThan(0.201)
    expect(level).toBeGreaterThan(0.049)
  }
  synth.noteOff(69)
  expect(peak((await left(one, 1)).subarray(24000))).toBe(0)
  // from now on these are the types
  synth.noteOn(57)
  await synth.apply({ ...patch, tempo: 90 })
  const later = (await left(one, 1)).subarray(24000)
  expect([levelAt(later, 48000, 220).toFixed(3), fundamental(later, 48000).toFixed(1)]).toEqual(['0.050', '220.0']) // prettier-ignore
})

it('the same types again change nothing; a default that is another is set', async () => {
  const one = await start()
  const { synth } = one
  synth.noteOn(69)
  await left(one, 0.5)
  const again = await synth.apply(patch, types(1))
  expect(again.kept).toEqual(['osc', 'louder', 'out'])
  const { set, replaced } = await synth.apply(patch, types(1, 0.5))
  expect([set, replaced]).toEqual([['louder'], []])
  await left(one, 1)
  expect(levelAt(await left(one, 0.5), 48000, 440)).toBeCloseTo(0.1, 3)
})

it('types that the patch is wrong with, or that the engine refuses, change nothing', async () => {
  const one = await start()
  const { synth } = one
  synth.noteOn(69)
  const error = await errorOf(() => synth.apply(patch, standard))
  expect(error.code).toBe('unknown-device-type')
  one.tamper(() => ({ load: () => fail({ code: 'engine-failed', path: 'engine', message: 'refused' }) }))
  expect((await errorOf(() => synth.apply(patch, types(0.5)))).code).toBe('engine-failed')
  one.tamper()
  expect((await synth.apply({ ...patch, tempo: 90 })).replaced).toEqual([])
  await left(one, 0.5)
  expect(levelAt(await left(one, 0.5), 48000, 440)).toBeCloseTo(0.2, 3)
  // asked for at once: what follows is of the types that come with it
  const [first, second] = await Promise.all([synth.apply(patch, types(0.5)), synth.set('louder.level', 0.5)])
  expect(first).toBe(second)
  await left(one, 1)
  expect(levelAt(await left(one, 0.5), 48000, 440)).toBeCloseTo(0.05, 3)
})
