import { afterEach, describe, expect, it, vi } from 'vitest'
import { createSynth, type LiveSynth } from 'megasynth/live'
import type { Patch, Score } from '../../src/index.ts'
import { feed } from '../../src/live/feed.ts'
import { until } from '../until.ts'

const patch = (knob: string): Patch => ({
  voices: 2,
  knobs: { [knob]: 0.5 },
  devices: { tone: { type: 'oscillator', waveform: 'sine' } },
  connections: [[knob, 'tone.amplitude'], ['tone', 'out']], // prettier-ignore
})
const scoreOf = (events: Score['events'], duration = events.at(-1)?.time ?? 0): Score => ({ events, duration }) // prettier-ignore

let synth: LiveSynth
const start = async (snapshots: ReadonlyMap<string, Patch> = new Map()): Promise<void> => {
  synth = await createSynth({ patch: patch('first'), snapshots, device: 'silent' })
}
afterEach(() => synth.close())

describe('a score that is fed to a live synth', () => {
  it('recalls snapshots at their time, and turns the knobs that only they have', async () => {
    await start(new Map([['other', patch('second')]]))
    const { done } = feed(
      synth,
      scoreOf([
        { kind: 'knob', name: 'first', value: 0.2, time: 0 },
        { kind: 'recall', name: 'other', time: 0.1 },
        { kind: 'knob', name: 'second', value: 0.9, time: 0.12 },
        { kind: 'on', note: 60, velocity: 1, time: 0.3 },
        { kind: 'off', note: 60, time: 0.4 },
      ]),
    )
    expect(Object.keys(synth.patch.knobs ?? {})).toEqual(['first'])
    await done
    expect(Object.keys(synth.patch.knobs ?? {})).toEqual(['second'])
    expect(synth.knob('second')).toBe(0.9)
  })

  it('goes on without a knob that the patch has no more, and tells of a snapshot that is gone', async () => {
    await start()
    const played: string[] = []
    synth.on('played', (what) => void (what.kind === 'note' && played.push(what.event.kind)))
    const problems: unknown[] = []
    const { done } = feed(
      synth,
      scoreOf([
        { kind: 'knob', name: 'gone', value: 0.2, time: 0 },
        { kind: 'recall', name: 'gone', time: 0.05 },
        { kind: 'knob', name: 'gone', value: 0.3, time: 0.06 },
        { kind: 'on', note: 60, velocity: 1, time: 0.7 },
        { kind: 'off', note: 60, time: 0.8 },
      ]),
      { onProblem: (error) => problems.push(String(error)) },
    )
    await done
    expect(played).toEqual(['on', 'off'])
    expect(problems).toMatchObject([expect.stringContaining('unknown-snapshot')])
  })

  it('plays the first time what is left of a score where the synth has begun as it does', async () => {
    await start(new Map([['other', patch('second')]]))
    const events = [
      { kind: 'recall', name: 'other', time: 0 },
      { kind: 'on', note: 60, velocity: 1, time: 0 },
      { kind: 'off', note: 60, time: 0.2 },
    ] as const
    const asked: { readonly what: string; readonly at: number }[] = []
    const [play, recall] = [synth.play.bind(synth), synth.recall.bind(synth)]
    synth.play = (event, when) => {
      asked.push({ what: event.kind, at: when?.at ?? NaN })
      play(event, when)
    }
    synth.recall = async (name) => {
      asked.push({ what: name, at: synth.time })
      return await recall(name)
    }
    const playing = feed(synth, scoreOf(events, 0.3), { loop: true, first: scoreOf(events.slice(1), 0.3) })
    const all = (what: string): number[] => asked.flatMap((one) => (one.what === what ? [one.at] : []))
    await until(
      () => all('other').length > 1 && all('on').length > 2,
      () => asked,
    )
    playing.stop()
    expect(asked.slice(0, 2).map(({ what }) => what)).toEqual(['on', 'off'])
    const [begin = NaN, ...again] = all('on')
    // each round is as long as the score, to the block, and its snapshot is recalled when it begins, and not before
    for (const [round, at] of again.entries()) expect(at).toBeCloseTo(begin + 0.3 * (round + 1), 9)
    for (const [round, at] of all('other').entries())
      expect(at).toBeGreaterThanOrEqual(begin + 0.3 * (round + 1) - 1e-9)
    for (const [round, at] of all('off').slice(0, 2).entries())
      expect(at).toBeCloseTo(begin + 0.3 * round + 0.2, 9)
  })

  it('ends with its synth, also if all of it was handed over, or a snapshot is still to come', async () => {
    await start()
    const scores = [scoreOf([{ kind: 'on', note: 60, velocity: 1, time: 0 }], 60), scoreOf([{ kind: 'recall', name: 'other', time: 0.4 }], 60)] // prettier-ignore
    const feeds = scores.map((score) => feed(synth, score))
    await synth.close()
    expect(await Promise.all(feeds.map(({ done }) => done))).toHaveLength(2)
  })

  it('recalls nothing more once it is stopped', async () => {
    await start(new Map([['other', patch('second')]]))
    const playing = feed(synth, scoreOf([{ kind: 'recall', name: 'other', time: 0.2 }], 5))
    playing.stop()
    await playing.done
    const stopped = synth.time
    await until(() => synth.time > stopped + 0.6)
    expect(Object.keys(synth.patch.knobs ?? {})).toEqual(['first'])
  })
})

it('a score that is fed has its snapshots recalled by the clock of the synth, however far that is behind the clock', async () => {
  vi.useFakeTimers()
  try {
    const asked: number[] = []
    const slow = {
      time: 0,
      patch: patch('first'),
      play: () => undefined,
      setKnob: () => undefined,
      setTempo: () => undefined,
      recall: async (): Promise<never> => {
        asked.push(slow.time)
        return await Promise.reject(new Error('there is none'))
      },
    }
    const score = scoreOf([{ kind: 'recall', name: 'other', time: 0.2 }], 0.5)
    const { done } = feed(slow, score, { from: 1, onProblem: () => undefined })
    for (slow.time = 0.8; slow.time < 1.6; slow.time += 0.0625) await vi.advanceTimersByTimeAsync(1000)
    await done
    expect(asked).toEqual([1.2375])
  } finally {
    vi.useRealTimers()
  }
})
