import type { Worker } from 'node:worker_threads'
import { afterEach, describe, expect, it } from 'vitest'
import { createLiveEnsemble, type LiveEnsemble, type LiveEnsembleOptions } from 'megasynth/live'
import { createLiveEngine } from '../../src/engine/live.ts'
import { shareLive } from '../../src/engine/live-share.ts'
import { MegasynthError, type Patch, type SynthEvents } from '../../src/index.ts'
import { levelAt, peak } from '../audio/ear.ts'
import { errorOf } from '../engine/helpers.ts'
import { until } from '../until.ts'

/** A sine on its key; `level` turns it up. */
const tone = (change: Partial<Patch> = {}): Patch => ({
  voices: 4,
  knobs: { level: 0.5 },
  devices: { osc: { type: 'oscillator', waveform: 'sine', amplitude: 0.3 }, gain: { type: 'amplifier' } },
  connections: [['osc', 'gain.in'], ['level', 'gain.gain'], ['gain', 'out']], // prettier-ignore
  ...change,
})
const filtered = tone({
  devices: { ...tone().devices, dark: { type: 'filter', cutoff: 300 } },
  connections: [['osc', 'gain.in'], ['level', 'gain.gain'], ['gain', 'dark.in'], ['dark', 'out']], // prettier-ignore
})

/** A sine that is heard on one side only, behind a filter or not. */
const at = (side: 'left' | 'right', cutoff?: number): Patch => ({
  voices: 4,
  devices: {
    osc: { type: 'oscillator', waveform: 'sine', amplitude: 0.3 },
    ...(cutoff !== undefined && { dark: { type: 'filter', cutoff } as const }),
    side: { type: 'pan', position: side === 'left' ? -1 : 1 },
  },
  connections: [...(cutoff === undefined ? [['osc', 'side.in']] : [['osc', 'dark.in'], ['dark', 'side.in']]), ['side', 'out']] as [string, string][], // prettier-ignore
})

let workers: Worker[] = []
const seen = (worker: Worker): unknown => workers.push(worker)
process.on('worker', seen)

let ensemble: LiveEnsemble | undefined
async function start(parts: LiveEnsembleOptions['parts']): Promise<LiveEnsemble> {
  ensemble = await createLiveEnsemble({ parts, device: 'silent', bufferFrames: 256 })
  return ensemble
}
afterEach(async () => {
  await ensemble?.close()
  ensemble = undefined
  workers = []
})

/** Both sides of what is heard from now on, for some seconds. */
async function sides({ listen }: LiveEnsemble, seconds: number): Promise<[Float32Array, Float32Array]> {
  const samples: [number[], number[]] = [[], []]
  const stop = listen(({ channels }) => samples.forEach((side, i) => void side.push(...(channels[i] ?? []))))
  await until(() => samples[0].length >= seconds * 48000)
  stop()
  return [Float32Array.from(samples[0]), Float32Array.from(samples[1])]
}
const heard = async (one: LiveEnsemble, seconds: number): Promise<Float32Array> =>
  (await sides(one, seconds))[0]
/** Where a sound begins after 5 ms of silence. */
function onsets(samples: Float32Array): number[] {
  const found: number[] = []
  let quiet = 240
  for (const [i, x] of samples.entries()) {
    if (Math.abs(x) < 1e-4) quiet++
    else {
      if (quiet >= 240) found.push(i)
      quiet = 0
    }
  }
  return found
}
const level = async (one: LiveEnsemble, frequency: number): Promise<number> =>
  levelAt((await heard(one, 0.3)).slice(-12000), 48000, frequency)

describe('a live ensemble', () => {
  it('is the sum of its patches, each with its own notes, knobs and gain', async () => {
    const both = await start([{ patch: tone() }, { patch: tone(), gain: 0.5 }])
    const [a, b] = both.parts
    a?.noteOn(57)
    b?.noteOn(81)
    a?.setKnob('level', 1)
    b?.setKnob('level', 1)
    await heard(both, 0.3)
    const sound = (await heard(both, 0.3)).slice(-12000)
    const [low, high] = [levelAt(sound, 48000, 220), levelAt(sound, 48000, 880)]
    expect(high / low).toBeCloseTo(0.5, 2)
    a?.noteOff(57)
    await until(async () => (await level(both, 220)) < 1e-3)
    expect(await level(both, 880)).toBeCloseTo(high, 3)
    expect([a?.knob('level'), b?.knob('level')]).toEqual([1, 1])
    expect(a?.stats().voices).toMatchObject({ held: 0 })
    expect(b?.stats().voices).toMatchObject({ held: 1 })
  })

  it('tells of each patch what it puts out itself', async () => {
    const drone = (amplitude: number): Patch => ({
      voices: { mode: 'drone' },
      devices: { osc: { type: 'oscillator', waveform: 'sine', frequency: 500, amplitude } },
      connections: [['osc', 'out']],
    })
    const both = await start([{ patch: drone(0.4) }, { patch: drone(0.1) }])
    await until(async () => peak((await sides(both, 0.1))[0]) > 0.01)
    const put: number[][] = []
    for (const part of both.parts) {
      const probed = await part.probe('out')
      const line = (await part.tree()).flatMap(({ synths }) => synths).find(({ device }) => device === 'out')
      put.push([...probed.channels.map(peak), line?.peak ?? 0])
    }
    const [loud, soft] = put
    expect(loud).toHaveLength(3)
    for (const [i, level] of (loud ?? []).entries()) expect((soft?.[i] ?? 0) / level).toBeCloseTo(0.25, 1)
  })

  it('has one clock: what is played at the same second sounds in the same block', async () => {
    const both = await start([{ patch: at('left') }, { patch: at('right') }])
    const late = (): number => both.parts.reduce((sum, part) => sum + part.stats().late, 0)
    // what was asked for too late, or what the engine says was late, proves nothing of what is in time: until three were
    let judged = 0
    for (let i = 0; judged < 3; i = (i + 1) % 12) {
      const before = late()
      const second = both.time + 0.3
      const sound = sides(both, 0.6)
      for (const part of both.parts) part.noteOn(69 + i, 0.8, { at: second })
      const isAhead = both.time < second
      const [left, right] = await sound
      if (isAhead && late() === before) {
        expect(onsets(left)).toHaveLength(1)
        // where in its block a sine is heard first depends on where it is just then
        const [first = NaN] = onsets(left)
        expect(onsets(right).map((onset) => Math.abs(onset - first) < 64)).toEqual([true])
        judged++
      }
      for (const part of both.parts) part.noteOff(69 + i)
      await until(async () => peak((await sides(both, 0.1))[0]) < 1e-5)
    }
  })

  it('takes edits and notes of one patch while the other plays on, to the block', async () => {
    const both = await start([{ patch: at('left') }, { patch: at('right') }])
    const [a, b] = both.parts
    // the same, until there were several edits meanwhile
    for (;;) {
      const before = b?.stats().late
      const sound = sides(both, 1.6)
      // some of it is handed over already when the edits come, and must be neither lost nor late by them
      const from = both.time + 0.1
      for (let i = 0; i < 24; i++) {
        b?.noteOn(93, 1, { at: from + i * 0.05 })
        b?.noteOff(93, { at: from + i * 0.05 + 0.01 })
      }
      const isAhead = both.time < from
      let edits = 0
      for (; both.time < from + 1; edits++) {
        await a?.apply(edits % 2 === 0 ? at('left', 300) : at('left'))
        a?.noteOn(60)
        a?.noteOff(60, { at: both.time + 0.02 })
      }
      const [left, right] = await sound
      expect(peak(left)).toBeGreaterThan(0.01)
      const begins = onsets(right)
      if (!isAhead || b?.stats().late !== before || edits < 4) continue
      expect(begins).toHaveLength(24)
      const first = begins[0] ?? 0
      // a block, and how long a sine takes until it is heard
      for (const [i, begin] of begins.entries()) expect(Math.abs(begin - first - i * 2400)).toBeLessThan(200)
      return
    }
  })

  it('is all there again after its engine died, with knobs, patches and held notes, and plays on', async () => {
    const both = await start([{ patch: tone() }, { patch: tone() }])
    const [a, b] = both.parts
    const restarted: SynthEvents['restarted'][] = []
    for (const part of both.parts) part.on('restarted', (what) => void restarted.push(what))
    await b?.apply(filtered)
    a?.noteOn(57)
    b?.noteOn(64)
    b?.setKnob('level', 1)
    await until(async () => (await level(both, 329.63)) > 0.01)
    const before = both.time
    const times = both.parts.map((): number[] => [])
    const timer = setInterval(() => both.parts.forEach(({ time }, i) => times[i]?.push(time)), 1)
    await workers[0]?.terminate()
    await until(() => restarted.length === 2)
    clearInterval(timer)
    for (const some of times) expect(some).toEqual(some.toSorted((x, y) => x - y))
    expect(both.time).toBeGreaterThanOrEqual(before)
    expect(b?.patch).toEqual(filtered)
    expect(b?.knob('level')).toBe(1)
    await until(async () => (await level(both, 220)) > 0.01)
    await until(async () => (await level(both, 329.63)) > 0.01)
    expect(workers).toHaveLength(2)
    // both on the new one, in one time
    const [first = NaN, second = NaN, third = NaN] = [a?.time, b?.time, a?.time]
    expect([first <= second, second <= third]).toEqual([true, true])
    await a?.edit({ type: 'set', place: 'osc.amplitude', value: 0.1 })
    b?.noteOff(64)
    await until(async () => (await level(both, 329.63)) < 1e-3)
    expect(await level(both, 220)).toBeGreaterThan(0.001)
  })

  it('tells each patch once of a death, also where an edit was on its way', async () => {
    const both = await start([{ patch: tone() }, { patch: tone() }])
    const told = both.parts.map((part) => {
      const causes: string[] = []
      part.on('restarted', ({ cause }) => causes.push(cause.message))
      return causes
    })
    const [a] = both.parts
    for (let death = 1; death <= 6; death++) {
      const edit = a?.apply(death % 2 === 0 ? tone() : filtered).catch(() => undefined)
      // some milliseconds into it
      await new Promise((resolve) => setTimeout(resolve, death - 1))
      await workers.at(-1)?.terminate()
      await edit
      await until(() => told.every((causes) => causes.length >= death))
      // whatever was still to be told has been: both play on
      for (const part of both.parts) await part.set('osc.amplitude', 0.2 + death / 100)
      expect(told.map((causes) => causes.length)).toEqual([death, death])
    }
    expect(workers).toHaveLength(7)
  })

  it('a part of an engine dies once, though it is given up when it is dead', async () => {
    const parts = shareLive(await createLiveEngine({ device: 'silent', outputs: 4 }), 2)
    const deaths = parts.map(() => 0)
    for (const [i, part] of parts.entries()) part.onDeath(() => (deaths[i] = (deaths[i] ?? 0) + 1))
    await workers.at(-1)?.terminate()
    await until(() => deaths.every((count) => count > 0))
    await parts[0]?.endAll(
      new MegasynthError([{ code: 'engine-failed', path: 'engine', message: 'given up' }]),
    )
    expect(deaths).toEqual([1, 1])
  })

  it('reports all problems of all patches, and what is wrong with the device, by their places', async () => {
    const wrong = { devices: { osc: { type: 'oscilator' } } } as Patch
    const parts = [{ patch: tone() }, { patch: wrong }]
    expect((await errorOf(() => start(parts))).problems).toMatchObject([
      { code: 'unknown-device-type', path: 'parts[1].patch.devices.osc.type' },
    ])
    const large = [{ patch: tone() }, { patch: tone({ voices: 128 }) }]
    const error = await errorOf(() => createLiveEnsemble({ parts: large, device: 'silent', maxNodes: 256 }))
    expect(error.problems).toMatchObject([{ code: 'engine-limit', path: 'parts[1].patch' }])
    const buffer = await errorOf(() => createLiveEnsemble({ parts: [{ patch: tone() }], device: 'silent', bufferFrames: 3 })) // prettier-ignore
    expect(buffer.problems).toMatchObject([{ code: 'invalid-option', path: 'bufferFrames' }])
  })
})
