import type { Worker } from 'node:worker_threads'
import { afterEach, describe, expect, it } from 'vitest'
import { createSynth, type LiveSynth, type LiveSynthOptions } from 'megasynth/live'
import { MegasynthError, type Patch, type SynthEvents } from '../../src/index.ts'
import { fundamental, peak } from '../audio/ear.ts'
import { errorOf } from '../engine/helpers.ts'
import { until } from '../until.ts'

const organ: Patch = {
  voices: 4,
  knobs: { level: 0.5 },
  devices: {
    tone: { type: 'oscillator', waveform: 'sine', amplitude: 0.3 },
    gain: { type: 'amplifier' },
  },
  connections: [['tone', 'gain.in'], ['level', 'gain.gain'], ['gain', 'out']], // prettier-ignore
}
const brighter: Patch = {
  ...organ,
  devices: { ...organ.devices, dark: { type: 'filter', cutoff: 2000 } },
  connections: [['tone', 'dark.in'], ['dark', 'gain.in'], ['level', 'gain.gain'], ['gain', 'out']], // prettier-ignore
}

const open: LiveSynth[] = []
let workers: Worker[] = []
const seen = (worker: Worker): unknown => workers.push(worker)
process.on('worker', seen)

const start = async (options: Partial<LiveSynthOptions> = {}): Promise<LiveSynth> => {
  const synth = await createSynth({ patch: organ, device: 'silent', bufferFrames: 256, ...options })
  open.push(synth)
  return synth
}
afterEach(async () => {
  for (const synth of open.splice(0)) await synth.close()
  workers = []
})

/** All that is heard from now on. */
function tape(synth: LiveSynth): { readonly samples: () => Float32Array; readonly stop: () => void } {
  const chunks: Float32Array[] = []
  const stop = synth.listen(({ channels }) => chunks.push(channels[0] as Float32Array))
  return { samples: () => Float32Array.from(chunks.flatMap((chunk) => [...chunk])), stop }
}
const heard = async (synth: LiveSynth, length = 0.3): Promise<Float32Array> => {
  const { samples, stop } = tape(synth)
  await until(() => samples().length > length * synth.sampleRate)
  stop()
  return samples()
}
const next = <E extends keyof SynthEvents>(synth: LiveSynth, event: E): Promise<SynthEvents[E]> =>
  new Promise((resolve) => {
    const stop = synth.on(event, (what) => {
      stop()
      resolve(what)
    })
  })

describe('a live synth', () => {
  it('plays notes and lets its voices sleep', async () => {
    const synth = await start()
    synth.noteOn(69)
    const sound = await heard(synth)
    expect(fundamental(sound.subarray(4096), synth.sampleRate)).toBeCloseTo(440, 0)
    expect(synth.stats().voices).toEqual({ held: 1, awake: 1, total: 4 })
    synth.noteOff(69)
    await until(() => synth.stats().voices.awake === 0)
    expect(peak((await heard(synth)).subarray(-2048))).toBe(0)
    // and wakes again
    synth.noteOn(57)
    expect(fundamental((await heard(synth)).subarray(4096), synth.sampleRate)).toBeCloseTo(220, 0)
  })

  it('is exact to the block where it is told a time ahead, also while its thread is busy', async () => {
    const synth = await start()
    // what was asked for too late, or what the engine says was late, proves nothing of what is in time: until it was all in time
    for (;;) {
      const before = synth.stats().late
      const { samples } = tape(synth)
      const from = synth.time + 0.05
      for (const i of [0, 1, 2, 3]) {
        synth.noteOn(81, 0.8, { at: from + i * 0.06 })
        synth.noteOff(81, { at: from + i * 0.06 + 0.01 })
      }
      const isAhead = synth.time < from
      // a patch file that takes long to load
      const end = performance.now() + 150
      while (performance.now() < end);
      await until(() => samples().length > 0.6 * synth.sampleRate)
      if (!isAhead || synth.stats().late > before) continue
      const sound = samples()
      const onsets: number[] = []
      for (let i = 1; i < sound.length; i++)
        if (Math.abs(sound[i] ?? 0) >= 1e-5 && sound.subarray(Math.max(0, i - 200), i).every((x) => Math.abs(x) < 1e-5)) onsets.push(i) // prettier-ignore
      expect(onsets).toHaveLength(4)
      for (const i of [1, 2, 3])
        expect(
          Math.abs((onsets[i] ?? 0) - (onsets[0] ?? 0) - i * 0.06 * synth.sampleRate),
        ).toBeLessThanOrEqual(128)
      return
    }
  })

  it('changes the patch while it sounds, without a gap, and plays on', async () => {
    const synth = await start()
    synth.noteOn(69)
    await heard(synth)
    const { samples } = tape(synth)
    const report = await synth.apply(brighter)
    expect(report.added).toEqual(['dark'])
    await until(() => samples().length > 0.4 * synth.sampleRate)
    const sound = samples()
    for (let at = 0; at + 480 <= sound.length; at += 480)
      expect(peak(sound.subarray(at, at + 480))).toBeGreaterThan(0.09)
    expect(fundamental(sound.subarray(-9600), synth.sampleRate)).toBeCloseTo(440, 0)
    await synth.undo()
    expect(synth.patch).toEqual(organ)
  })

  it('takes what is played while a change is on its way', async () => {
    const synth = await start()
    const change = synth.apply(brighter)
    synth.noteOn(69)
    await change
    expect(fundamental((await heard(synth)).subarray(4096), synth.sampleRate)).toBeCloseTo(440, 0)
  })

  it('turns knobs', async () => {
    const synth = await start()
    synth.noteOn(69)
    await heard(synth)
    synth.setKnob('level', 0)
    await heard(synth, 0.8)
    expect(peak((await heard(synth)).subarray(-4096))).toBeLessThan(1e-3)
    expect(synth.knob('level')).toBe(0)
  })

  it('lets one look at what runs, and listen to a device', async () => {
    const synth = await start()
    synth.noteOn(69)
    await heard(synth)
    const tree = await synth.tree()
    // four voices, and as many spare ones
    const names = Array.from({ length: 8 }, (_, i) => `voice ${i + 1}`)
    expect(tree.map(({ name }) => name)).toEqual(['before', ...names, 'after'])
    expect(tree.filter(({ paused }) => paused)).toHaveLength(7)
    const voice = tree.find(({ name, paused }) => name.startsWith('voice') && !paused)
    expect(voice?.synths.map(({ device }) => device)).toEqual(['tone', 'gain'])
    expect(voice?.synths[0]?.peak).toBeCloseTo(0.3, 2)
    // what only leaves the voices has no bus of its own, and says so
    expect(voice?.synths[1]).toMatchObject({ device: 'gain', goes: 'into the sum' })
    expect(voice?.synths[1]).not.toHaveProperty('peak')
    expect(tree.at(-1)?.synths.at(-1)).toMatchObject({
      device: 'out',
      peak: expect.closeTo(0.15, 1) as number,
    })
    const { channels, sampleRate } = await synth.probe('tone', { seconds: 0.2 })
    expect(fundamental(channels[0] as Float32Array, sampleRate)).toBeCloseTo(440, 0)
    // a sleeping voice is silent, whatever is left on its bus
    const asleep = Number(tree.find(({ name, paused }) => paused && name.startsWith('voice'))?.name.slice(6))
    expect(peak((await synth.probe('tone', { voice: asleep })).channels[0] as Float32Array)).toBe(0)
    const error = await errorOf(() => synth.probe('tome'))
    expect(error.problems[0]).toMatchObject({ code: 'unknown-source', suggestion: expect.stringContaining('tone') as unknown }) // prettier-ignore
  })

  it('refuses a device that is not there, and a patch that is wrong', async () => {
    const wrong = { ...organ, connections: [['tome', 'out']] } as Patch
    expect((await errorOf(() => start({ patch: wrong }))).code).toBe('unknown-source')
    expect((await errorOf(() => start({ bufferFrames: 100 }))).code).toBe('invalid-option')
  })

  it.each([
    ['', 0],
    [', also if this thread stands still meanwhile', 800],
  ])('ends without a click%s', async (_, standstill) => {
    const synth = await start()
    synth.noteOn(69)
    await heard(synth)
    const { samples } = tape(synth)
    await until(() => samples().length > 4096)
    const closing = synth.close()
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, standstill)
    await closing
    const sound = samples()
    const tail = sound.subarray(-256)
    expect(peak(sound)).toBeGreaterThan(0.1)
    expect(Math.abs(tail.at(-1) ?? 1)).toBeLessThan(1e-3)
    expect(() => synth.noteOn(60)).toThrow(MegasynthError)
  })
})

describe('when the engine dies', () => {
  it('another takes over, with knobs and held notes', async () => {
    const synth = await start()
    synth.setKnob('level', 0.8)
    synth.noteOn(69)
    const before = (await heard(synth)).subarray(-4096)
    const restarted = next(synth, 'restarted')
    await workers.at(-1)?.terminate()
    expect((await restarted).cause).toBeInstanceOf(MegasynthError)
    const sound = await heard(synth, 0.5)
    expect(fundamental(sound.subarray(-9600), synth.sampleRate)).toBeCloseTo(440, 0)
    expect(peak(sound.subarray(-4096))).toBeCloseTo(peak(before), 2)
    synth.noteOff(69)
    await until(() => synth.stats().voices.awake === 0)
    expect(peak((await heard(synth)).subarray(-1024))).toBe(0)
  })

  it('who looks or listens then sees and hears the one that takes over', async () => {
    const synth = await start()
    synth.noteOn(69)
    const [before] = await Promise.all([synth.tree(), heard(synth)])
    await workers.at(-1)?.terminate()
    const [tree, { channels }, sound] = await Promise.all([
      synth.tree(),
      synth.probe('tone', { seconds: 0.2 }),
      heard(synth, 0.5),
    ])
    expect(tree.map(({ name }) => name)).toEqual(before.map(({ name }) => name))
    expect(peak(channels[0] as Float32Array)).toBeCloseTo(0.3, 1)
    expect(fundamental(sound.subarray(-9600), synth.sampleRate)).toBeCloseTo(440, 0)
    // one and the same listener may listen twice
    let count = 0
    const listener = (): void => void count++
    const stop = synth.listen(listener)
    synth.listen(listener)()
    await until(() => count > 3)
    stop()
  })

  it('in the middle of an edit, the patch before sounds, or the one after', async () => {
    const synth = await start()
    synth.noteOn(69)
    await heard(synth)
    const restarted = next(synth, 'restarted')
    const change = synth.apply(brighter).catch((error: unknown) => error)
    await Promise.resolve()
    const gone = workers.at(-1)?.terminate()
    const result = await change
    await gone
    await restarted
    expect(synth.patch).toEqual(result instanceof MegasynthError ? organ : brighter)
    const sound = await heard(synth, 0.5)
    expect(fundamental(sound.subarray(-9600), synth.sampleRate)).toBeCloseTo(440, 0)
    await synth.apply(brighter)
    expect(synth.patch).toEqual(brighter)
  })
})
