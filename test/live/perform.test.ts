import { describe, expect, it } from 'vitest'
import { perform, type Chunk, type Length } from '../../src/live/perform.ts'
import { longestTail } from '../../src/live/silence.ts'
import type { Patch } from '../../src/patch/index.ts'
import { parseNotes } from '../../src/patch/notes.ts'
import { scoreFromNotes, type Score } from '../../src/plan/score.ts'
import { render } from '../../src/midi/render.ts'
import { peak, rms } from '../audio/ear.ts'
import { errorOf } from '../engine/helpers.ts'
import { drone, organ, pluck } from './patches.ts'

const score = scoreFromNotes(parseNotes('C4 E4'))
const chunksOf = async (patch: Patch, music: Score, length?: Length): Promise<Chunk[]> => {
  const chunks: Chunk[] = []
  for await (const chunk of perform({ patch }, music, length)) chunks.push(chunk)
  return chunks
}
const frames = (chunks: readonly Chunk[]): number =>
  chunks.reduce((sum, { channels }) => sum + (channels[0]?.length ?? 0), 0)

describe('the length of a performance', () => {
  it.each([0, 0.001, 0.25, 0.7, 1.23456])('of %s seconds is exact to the sample', async (seconds) => {
    expect(frames(await chunksOf(organ, score, { seconds }))).toBe(Math.round(seconds * 48000))
  })
  it('with a tail is the score and the tail', async () => {
    expect(frames(await chunksOf(organ, score, { tail: 0.3 }))).toBe(Math.round(1.3 * 48000))
    expect(frames(await chunksOf(organ, score, { tail: 0 }))).toBe(48000)
  })
  it('else goes on until it is silent for half a second, and to the end of the score at least', async () => {
    const seconds = async (patch: Patch): Promise<number> => frames(await chunksOf(patch, score)) / 48000
    // its last note is held until 0.95
    expect(await seconds(organ)).toBeGreaterThanOrEqual(1.45)
    expect(await seconds(organ)).toBeLessThan(2)
    // silent before the end, but for the last half second
    expect(await seconds(pluck)).toBeGreaterThanOrEqual(1)
    expect(await seconds(pluck)).toBeLessThan(1.5)
  })
  it('waits for the echo of a snapshot that the score recalls', async () => {
    const echoing: Patch = {
      ...pluck,
      devices: { ...pluck.devices, echo: { type: 'delay', time: 1.6, feedback: 0, mix: 0.5 } },
      connections: [...(pluck.connections ?? []).slice(0, -1), ['amp', 'echo.in'], ['echo', 'out']],
    }
    const score: Score = {
      events: [
        { kind: 'recall', name: 'echoing', time: 0.1 },
        { kind: 'on', note: 69, velocity: 1, time: 0.8 },
        { kind: 'off', note: 69, time: 0.9 },
      ],
      duration: 0.9,
    }
    const snapshots = new Map([['echoing', echoing]])
    let heard = 0
    for await (const { channels, done } of perform({ patch: pluck, snapshots }, score))
      if (done > 2 && channels.some((one) => peak(one) > 0.01)) heard = done
    expect(heard).toBeGreaterThan(2.4)
  })

  it('and no longer than the longest tail, if it never is', async () => {
    const empty: Score = { events: [], duration: 0 }
    expect(frames(await chunksOf(drone, empty))).toBe(longestTail * 48000)
  })
  it.each([-1, NaN, Infinity])('of %s is refused', async (seconds) => {
    expect((await errorOf(async () => await chunksOf(organ, score, { seconds }))).problems).toMatchObject([
      { code: 'out-of-range', path: 'seconds' },
    ])
    expect(
      (await errorOf(async () => await chunksOf(organ, score, { tail: seconds }))).problems,
    ).toMatchObject([{ code: 'out-of-range', path: 'tail' }])
  })
})

describe('a performance', () => {
  it('plays the score: notes where they are, and nothing where none is', async () => {
    const { channels, sampleRate } = await render(organ, { notes: 'C4 - E4', seconds: 2 })
    const [left = new Float32Array()] = channels
    expect(sampleRate).toBe(48000)
    const part = (from: number, to: number): Float32Array => left.subarray(from * 48000, to * 48000)
    expect(rms(part(0.05, 0.4))).toBeGreaterThan(0.05)
    expect(peak(part(0.5, 1))).toBe(0)
    expect(rms(part(1.05, 1.4))).toBeGreaterThan(0.05)
    expect(peak(part(1.5, 2))).toBe(0)
  })

  it('turns knobs, also between two chunks', async () => {
    const events = [0.1, 0.25, 0.6].map((time, i) => ({
      kind: 'knob' as const,
      time,
      name: 'volume',
      value: i / 2,
    }))
    const { channels } = await render(drone, { seconds: 1, tail: 0 })
    const chunks = await chunksOf(drone, { events, duration: 1 }, { seconds: 1 })
    const turned = chunks.flatMap(({ channels: [left = new Float32Array()] }) => [...left])
    const at = (samples: readonly number[] | Float32Array, from: number): number =>
      peak(Float32Array.from(samples.slice(from * 48000, (from + 0.05) * 48000)))
    for (const time of [0, 0.2, 0.5, 0.9]) expect(at(channels[0] ?? [], time)).toBeCloseTo(0.5, 2)
    expect(at(turned, 0.2)).toBeLessThan(0.05)
    expect(at(turned, 0.5)).toBeCloseTo(0.5, 2)
    expect(at(turned, 0.9)).toBeCloseTo(1, 1)
  })

  it('tells how far it is', async () => {
    const chunks = await chunksOf(organ, score, { seconds: 1 })
    const done = chunks.map((chunk) => chunk.done)
    expect(done).toEqual(done.toSorted((a, b) => a - b))
    expect(done.at(-1)).toBe(1)
    expect(chunks.every(({ total }) => total === 1)).toBe(true)
    const seen: number[] = []
    await render(organ, { notes: 'C4 E4', seconds: 1, onProgress: (progress) => seen.push(progress.done) })
    expect(seen).toEqual(done)
  })

  it('is in chunks what it is as a whole', async () => {
    const chunks = await chunksOf(organ, score, { seconds: 1 })
    const { channels } = await render(organ, { notes: 'C4 E4', seconds: 1 })
    expect(chunks.flatMap((chunk) => [...(chunk.channels[0] ?? [])])).toEqual([...(channels[0] ?? [])])
  })

  it('ends its engine when it is left early, and refuses knobs that the patch does not have', async () => {
    for await (const chunk of perform({ patch: organ }, score)) {
      expect(chunk.channels).toHaveLength(2)
      break
    }
    const wrong: Score = { events: [{ kind: 'knob', time: 0, name: 'nothing', value: 1 }], duration: 1 }
    expect((await errorOf(async () => await chunksOf(organ, wrong))).code).toBe('unknown-knob')
  })
})
