import { afterEach, describe, expect, it } from 'vitest'
import { createOffline, type OfflineSynth, type Patch } from '../../src/index.ts'
import { connectMidi } from '../../src/midi/connect.ts'
import { recallPrograms, type ProgramNews } from '../../src/midi/programs.ts'
import { readMidiFile } from '../../src/midi/file.ts'
import { render } from '../../src/midi/render.ts'
import { scoreFromMidi, type MidiScoreOptions } from '../../src/midi/score.ts'
import { perform, performTogether } from '../../src/live/index.ts'
import { fundamental } from '../audio/ear.ts'
import { errorOf } from '../engine/helpers.ts'
import { FakePorts } from './fake-ports.ts'
import { midiBytes } from './midi-bytes.ts'

/** A sine that sounds by itself; the knob `level` has another control in each. */
const hum = (frequency: number, cc = 7, level = 0.5): Patch => ({
  voices: { mode: 'drone' },
  knobs: { level: { value: level, midi: { cc } } },
  devices: { osc: { type: 'oscillator', waveform: 'sine', frequency } },
  connections: [['level', 'osc.amplitude'], ['osc', 'out']], // prettier-ignore
})
const snapshots = new Map([['low', hum(110)], ['high', hum(880, 8)]]) // prettier-ignore

let synth: OfflineSynth
afterEach(() => synth?.close())

async function heard(channel?: number) {
  synth = await createOffline({ patch: hum(220), snapshots })
  const ports = new FakePorts('keys')
  const news: ProgramNews[] = []
  const onProgram = recallPrograms(synth, (one) => void news.push(one))
  connectMidi(synth, { ports, onProgram, ...(channel !== undefined && { channel }) })
  const pitch = async (): Promise<number> => {
    await synth.advance(0.2)
    return fundamental((await synth.advance(0.2)).channels[0] as Float32Array, 48000)
  }
  return { news, pitch, play: (...bytes: number[]) => ports.play('keys', bytes) }
}

describe('program changes on a port', () => {
  it('recall snapshots in their order, the first by program 0', async () => {
    const { news, pitch, play } = await heard()
    expect(await pitch()).toBeCloseTo(220, 0)
    play(0xc0, 1)
    expect(await pitch()).toBeCloseTo(880, 0)
    play(0xc0, 0)
    expect(await pitch()).toBeCloseTo(110, 0)
    expect(news).toEqual([
      { kind: 'recalled', number: 1, name: 'high' },
      { kind: 'recalled', number: 0, name: 'low' },
    ])
  })

  it('change nothing where there is no such snapshot, in this bank or in all', async () => {
    const { news, pitch, play } = await heard()
    play(0xc0, 2, 0xb0, 32, 1, 0xc0, 0)
    expect(await pitch()).toBeCloseTo(220, 0)
    expect(news).toEqual([
      { kind: 'missing', number: 2, count: 2 },
      { kind: 'missing', number: 128, count: 2 },
    ])
    for (let i = 2; i < 129; i++) synth.store(`s${i}`, hum(440))
    play(0xc0, 0)
    expect(await pitch()).toBeCloseTo(440, 0)
    expect(news.at(-1)).toEqual({ kind: 'recalled', number: 128, name: 's128' })
  })

  it('are heard on the channel that is wanted', async () => {
    const { news, pitch, play } = await heard(3)
    play(0xc0, 1, 0xc3, 1)
    expect(await pitch()).toBeCloseTo(220, 0)
    play(0xc2, 1)
    expect(await pitch()).toBeCloseTo(880, 0)
    expect(news).toHaveLength(1)
  })

  it('tell of a snapshot that does not come', async () => {
    const { news, pitch, play } = await heard()
    await synth.close()
    play(0xc0, 1)
    await expect(pitch()).rejects.toThrow('engine-closed')
    expect(news).toMatchObject([{ kind: 'failed', number: 1, name: 'high' }])
  })
})

/** Ticks of 5 ms. */
const score = (track: readonly number[], options: MidiScoreOptions = {}) =>
  scoreFromMidi(readMidiFile(midiBytes([track])), options)

describe('program changes in a MIDI file', () => {
  const events = (track: readonly number[], options: MidiScoreOptions): unknown[] =>
    score(track, options).events.slice(1)

  it('recall snapshots, and controllers turn the knobs of the one that was recalled last', () => {
    const track = [
      10, 0xb0, 7, 127, 10, 0xc0, 1, 10, 0xb0, 7, 0, 10, 0xb0, 8, 127, 10, 0xc0, 0, 10, 0xb0, 8, 0,
    ]
    expect(events(track, { knobs: hum(220).knobs, snapshots })).toMatchObject([
      { time: 0.05, kind: 'knob', name: 'level', value: 1 },
      { time: 0.1, kind: 'recall', name: 'high' },
      { time: 0.2, kind: 'knob', name: 'level', value: 1 },
      { time: 0.25, kind: 'recall', name: 'low' },
    ])
  })

  it('are heard on the channel that is wanted, and those that nothing stands for are told', () => {
    const missing: number[] = []
    const options = { snapshots, channel: 2, onMissing: (one: { program: number }) => void missing.push(one.program) } // prettier-ignore
    const track = [10, 0xc0, 1, 10, 0xc1, 0, 10, 0xc1, 5]
    expect(events(track, options)).toMatchObject([{ time: 0.1, kind: 'recall', name: 'low' }])
    expect(missing).toEqual([5])
    expect(events(track, { ...options, snapshots: new Map() })).toEqual([])
    expect(missing).toEqual([5])
  })

  it('are rendered in their time, with knobs that only the snapshot has', async () => {
    const bright = { ...hum(880), knobs: { level: 0, shine: { value: 0, midi: { cc: 9 } } }, connections: [['shine', 'osc.amplitude'], ['osc', 'out']] } satisfies Patch // prettier-ignore
    const midi = midiBytes([[100, 0xc0, 0, 20, 0xb0, 9, 127, 80, 0xb0, 9, 127]])
    const options = { midi, seconds: 1.2, snapshots: new Map([['bright', bright]]) }
    const { channels } = await render(hum(220), options)
    const pitch = (from: number, to: number): number =>
      fundamental(channels[0]?.subarray(from * 48000, to * 48000) as Float32Array, 48000)
    expect(pitch(0.2, 0.5)).toBeCloseTo(220, 0)
    expect(pitch(0.8, 1.2)).toBeCloseTo(880, 0)
    // it is there when it is written: a few blocks and a fade of 20 ms later at the most
    expect(pitch(0.3, 0.498)).toBeCloseTo(220, 0)
    expect(await render(hum(220), options)).toEqual({ sampleRate: 48000, channels })
  })

  it('are what a part begins with, where they stand before anything sounds', async () => {
    const track = [0, 0xb0, 7, 0, 0, 0xc0, 0, 0, 0xc0, 1, 0, 0xb0, 8, 127, 100, 0xb0, 8, 127]
    const played = score(track, { knobs: hum(220).knobs, snapshots })
    const all = async (chunks: AsyncGenerator<{ channels: readonly Float32Array[] }>): Promise<number[]> => {
      const samples: number[] = []
      for await (const { channels } of chunks) samples.push(...(channels[0] ?? []))
      return samples
    }
    const alone = await all(perform({ patch: hum(880, 8, 1) }, { events: [], duration: 0 }, { seconds: 0.5 }))
    const parts = [{ patch: hum(220), snapshots, score: played }]
    expect(await all(performTogether({ parts }, { seconds: 0.5 }))).toEqual(alone)
    expect(await all(perform({ patch: hum(220), snapshots }, played, { seconds: 0.5 }))).toEqual(alone)
  })

  it('need snapshots that are patches', async () => {
    const wrong = new Map([['bad', { devices: { osc: { type: 'oscilator' } } } as Patch]])
    const { problems } = await errorOf(() => createOffline({ patch: hum(220), snapshots: wrong }))
    expect(problems).toMatchObject([
      { code: 'unknown-device-type', path: 'snapshots["bad"].devices.osc.type' },
    ])
  })
})
