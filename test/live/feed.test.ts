import { afterEach, describe, expect, it } from 'vitest'
import { createSynth, type LiveSynth } from 'megasynth/live'
import type { Patch, Score } from '../../src/index.ts'
import { feed } from '../../src/live/feed.ts'

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
    const told: string[] = []
    synth.on('played', (what) => void (what.kind === 'note' && told.push(what.event.kind)))
    const recall = synth.recall.bind(synth)
    synth.recall = async (name) => {
      told.push(name)
      return await recall(name)
    }
    const playing = feed(synth, scoreOf(events, 0.3), { loop: true, first: scoreOf(events.slice(1), 0.3) })
    while (told.length < 6) await new Promise((resolve) => setTimeout(resolve, 10))
    playing.stop()
    expect(told.filter((one) => one === 'off').length).toBeGreaterThan(0)
    const [first, second] = [told.indexOf('other'), told.lastIndexOf('on')]
    expect(told.slice(0, 2)).toEqual(['on', 'off'])
    expect(first).toBeGreaterThan(1)
    expect(second).toBeGreaterThan(1)
  })

  it('recalls nothing more once it is stopped', async () => {
    await start(new Map([['other', patch('second')]]))
    const playing = feed(synth, scoreOf([{ kind: 'recall', name: 'other', time: 0.2 }], 5))
    playing.stop()
    await playing.done
    await new Promise((resolve) => setTimeout(resolve, 600))
    expect(Object.keys(synth.patch.knobs ?? {})).toEqual(['first'])
  })
})
