import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { MegasynthError } from '../../src/errors/index.ts'
import { readMidiFile } from '../../src/midi/file.ts'
import { scoreFromMidi, type MidiScoreOptions } from '../../src/midi/score.ts'
import type { Score } from '../../src/plan/score.ts'
import { mutated, numbers } from '../mutations.ts'
import { midiBytes, tempo } from './midi-bytes.ts'

/** The score of one track: delta times and events, a tick is 5 ms. */
const scoreOf = (track: readonly number[], options?: MidiScoreOptions): Score =>
  scoreFromMidi(readMidiFile(midiBytes([track])), options)

/** `0.500 off 60`: time, kind and what it is about. */
const brief = ({ events }: Score): string[] =>
  events.flatMap(({ time, kind, ...rest }) => {
    // every file has one
    if (kind === 'tempo' && time === 0) return []
    const { channel: _, id: __, velocity: ___, ...about } = rest as Record<string, unknown>
    return [time.toFixed(3), kind, ...Object.values(about).map(String)].join(' ')
  })
const note = (channel: number, key: number): number[] => [
  ...[0, 0x90 | channel, key, 127],
  ...[20, 0x80 | channel, key, 0],
]

describe('scoreFromMidi', () => {
  it('plays the prelude: every note with its velocity, on its channel, with an id of its own', () => {
    const midi = readMidiFile(new Uint8Array(readFileSync('examples/midi/bach-prelude-bwv846.mid')))
    const { events, duration } = scoreFromMidi(midi)
    const ons = events.filter((event) => event.kind === 'on')
    expect(ons).toHaveLength(549)
    expect(new Set(ons.map(({ id }) => id)).size).toBe(549)
    const written = midi.messages.flatMap(({ time, message: m }) =>
      m.kind === 'noteOn' ? [{ time, note: m.note, velocity: m.velocity / 127, channel: m.channel }] : [],
    )
    expect(ons).toMatchObject(written)
    expect(duration).toBe(events.at(-1)?.time)
  })

  it('has pedals, bend in its range, pressure and timbre', () => {
    const range = [0, 0xb0, 101, 0, 0, 100, 0, 0, 6, 12]
    const track = [
      ...[0, 0xb0, 64, 127, ...range, 10, 0xe0, 0, 96, 10, 0xd0, 127, 10, 0xa0, 60, 127],
      ...[10, 0xb0, 74, 0, 10, 0xb0, 66, 64, 10, 66, 63, 10, 64, 0],
    ]
    expect(brief(scoreOf(track))).toEqual([
      '0.000 sustain true',
      '0.000 bend 0',
      `0.050 bend ${(4096 / 8191) * 12}`,
      '0.100 pressure 1',
      '0.150 pressure 1 60',
      '0.200 timbre 0',
      '0.250 sostenuto true',
      '0.300 sostenuto false',
      '0.350 sustain false',
    ])
  })

  it('ends overlapping equal notes each where it ends', () => {
    const { events } = scoreOf([0, 0x90, 60, 127, 10, 60, 100, 10, 60, 0, 10, 60, 0])
    expect(events.slice(1).map((event) => [event.kind, 'id' in event && event.id])).toEqual([
      ['on', 128],
      ['on', 129],
      ['off', 128],
      ['off', 129],
    ])
  })

  it('turns the knobs that name a control, and nothing else by it', () => {
    const knobs: MidiScoreOptions['knobs'] = {
      cutoff: { value: 0.5, midi: { cc: 74 } },
      other: { value: 0.5, midi: { cc: 74, channel: 2 } },
      fine: { value: 0.5, midi: { cc14: 20 } },
      far: { value: 0.5, midi: { nrpn: 257 } },
      wheel: { value: 0.5, midi: { cc: 21, relative: 'offset64' } },
      patient: { value: 0.5, midi: { cc: 22, takeover: 'pickup' } },
      plain: 0.5,
    }
    const track = [
      ...[0, 0xb0, 74, 127, 0, 0xb1, 74, 0, 0, 0xb0, 21, 66, 0, 22, 0],
      ...[10, 0xb0, 20, 64, 0, 52, 1],
      ...[10, 99, 2, 0, 98, 1, 0, 6, 127],
    ]
    expect(brief(scoreOf(track, { knobs }))).toEqual([
      '0.000 knob cutoff 1',
      '0.000 knob cutoff 0',
      '0.000 knob other 0',
      `0.000 knob wheel ${0.5 + 2 / 127}`,
      '0.000 knob patient 0',
      `0.050 knob fine ${64 / 127}`,
      `0.050 knob fine ${(64 * 128 + 1) / 16383}`,
      '0.100 knob far 1',
    ])
  })

  it('follows the tempo, as far as a clock can', () => {
    const track = [20, ...tempo(90), 20, 0xff, 0x51, 3, 0, 0, 0, 0, 0x90, 60, 1]
    const { events } = scoreOf(track)
    expect(events.flatMap((event) => (event.kind === 'tempo' ? [event.tempo] : []))).toEqual([
      120,
      expect.closeTo(90, 3),
      999,
    ])
  })

  it('plays one channel, transposed, without notes that leave the keyboard', () => {
    const track = [...note(0, 60), ...note(1, 60), ...note(1, 120), 0, 0xa1, 60, 127, 0, 0xa1, 125, 127]
    expect(brief(scoreOf(track, { channel: 2, transpose: 12 }))).toEqual([
      '0.100 on 72',
      '0.200 off 72',
      '0.300 pressure 1 72',
    ])
  })

  it('lifts pedals that never go up at the end of the file', () => {
    const held = [0, 0xb0, 64, 64, ...note(0, 60), 80, 0xff, 1, 0]
    const score = scoreOf(held)
    expect(brief(score)).toEqual(['0.000 sustain true', '0.000 on 60', '0.100 off 60', '0.500 allOff'])
    expect(score.duration).toBe(0.5)
  })

  it('ends what a file ends by all notes off, once', () => {
    const track = [0, 0x90, 60, 127, 0, 62, 127, 10, 0xb0, 123, 0, 10, 0x80, 60, 0, 0, 62, 0]
    expect(brief(scoreOf(track))).toEqual(['0.000 on 60', '0.000 on 62', '0.050 off 60', '0.050 off 62'])
    const silence = [0, 0x90, 60, 127, 10, 0xb0, 120, 0, 10, 0x80, 60, 0]
    expect(brief(scoreOf(silence))).toEqual(['0.000 on 60', '0.050 silence'])
  })

  it('ends every one of equal notes that overlap by all notes off', () => {
    const overlap = [0, 0x90, 60, 127, 10, 60, 100, 10, 0x80, 60, 0]
    const later = [100, 0x80, 60, 0]
    expect(brief(scoreOf([...overlap, 10, 0xb0, 123, 0, ...later]))).toEqual([
      '0.000 on 60',
      '0.050 on 60',
      '0.100 off 60',
      '0.150 off 60',
    ])
    // a zone that is made where it sounds ends it too
    const zone = [10, 0xb0, 101, 0, 0, 100, 6, 0, 6, 3]
    expect(brief(scoreOf([...overlap, ...zone, ...later])).at(-1)).toBe('0.150 off 60')
  })

  it('is held by a pedal that goes down in the tick in which its keys go up', () => {
    const pedal = [0, 0x90, 60, 127, 20, 0xb0, 64, 127, 0, 0x80, 60, 0, 20, 0xb0, 64, 0]
    expect(brief(scoreOf(pedal))).toEqual([
      '0.000 on 60',
      '0.100 sustain true',
      '0.100 off 60',
      '0.200 sustain false',
    ])
  })

  it('law: no note is stuck, whatever the events', () => {
    const next = numbers(3)
    const favourites = Uint8Array.of(0, 1, 60, 62, 64, 66, 101, 100, 6, 120, 121, 123, 127, 0x90, 0x80, 0xb0)
    const seed = Uint8Array.from([...note(0, 60), ...note(1, 62), 5, 0xb0, 64, 127, 5, 123, 0, 5, 0xe0, 1, 2])
    let played = 0
    for (let i = 0; i < 20_000; i++) {
      const track = mutated(Uint8Array.from([...seed, ...mutated(seed, next, favourites)]), next, favourites)
      try {
        const { events, duration } = scoreOf([...track], { transpose: (i % 3) * 40 })
        const open = new Map<unknown, string>()
        const pedals = new Set<string>()
        let before = 0
        for (const event of events) {
          if (!(event.time >= before)) throw new Error('not in the order of time')
          before = event.time
          if (event.kind === 'on') open.set(event.id, `${event.channel} ${event.note}`)
          if (event.kind === 'off' && open.get(event.id) !== `${event.channel} ${event.note}`)
            throw new Error('the end of another note')
          if (event.kind === 'off') open.delete(event.id)
          if (event.kind === 'sustain' || event.kind === 'sostenuto') {
            const pedal = `${event.kind} ${event.channel}`
            if (event.down) pedals.add(pedal)
            else pedals.delete(pedal)
          }
          if (event.kind === 'allOff' || event.kind === 'silence') pedals.clear()
          if (event.kind === 'silence') open.clear()
        }
        if (open.size > 0 || pedals.size > 0) throw new Error('a note is stuck')
        if (duration !== before) throw new Error('the end is another one')
        if (events.length > 0) played++
      } catch (error) {
        if (!(error instanceof MegasynthError)) throw error
      }
    }
    expect(played).toBeGreaterThan(1000)
  })
})
