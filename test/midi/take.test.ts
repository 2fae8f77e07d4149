import fc from 'fast-check'
import { parseMidi } from 'midi-file'
import { describe, expect, it } from 'vitest'
import { createEnsemble, createOffline, type Patch } from '../../src/index.ts'
import { readMidiFile } from '../../src/midi/file.ts'
import type { ChannelMessage } from '../../src/midi/message.ts'
import { recordTake, recordTogether } from '../../src/midi/recorder.ts'
import { scoreFromMidi } from '../../src/midi/score.ts'
import { midiFile, type Take } from '../../src/midi/take.ts'
import { runs } from '../laws/patches.ts'
import { anyMessage } from './messages.ts'
import { readFile, secondsOf } from './read-file.ts'

/** What is in a file, in the order of time. */
function read(bytes: Uint8Array) {
  const { tracks } = readFile(bytes)
  const seconds = secondsOf(tracks, 960)
  const events = tracks.flat().toSorted((a, b) => a.tick - b.tick)
  return {
    messages: events.flatMap(({ tick, message }) => (message ? [{ time: seconds(tick), message }] : [])),
    tempos: events.flatMap(({ tick, meta, data: [a = 0, b = 0, c = 0] = [] }) =>
      meta === 0x51 ? [[seconds(tick), 60e6 / (a * 65536 + b * 256 + c)] as const] : [],
    ),
    duration: seconds(events.at(-1)?.tick ?? 0),
  }
}

const anyChannelMessage = anyMessage.filter((message): message is ChannelMessage => 'channel' in message)
const anyTake: fc.Arbitrary<Take> = fc.record({
  messages: fc.array(
    fc.record({ seconds: fc.double({ min: 0, max: 600, noNaN: true }), message: anyChannelMessage }),
    { maxLength: 60, size: 'max' },
  ),
  tempos: fc.array(
    fc.record({
      seconds: fc.double({ min: 0, max: 600, noNaN: true }),
      tempo: fc.double({ min: 5, max: 999, noNaN: true }),
    }),
    { maxLength: 5 },
  ),
  seconds: fc.constant(600),
})
const format = fc.constantFrom<0 | 1>(0, 1)
const note = (kind: 'noteOn' | 'noteOff', channel = 0): ChannelMessage => ({
  kind,
  channel,
  note: 60,
  velocity: 64,
})

describe('a take as a MIDI file', () => {
  it('comes back when it is read: the same messages, each within a millisecond', () => {
    fc.assert(
      fc.property(anyTake, format, (take, how) => {
        const { messages, duration } = read(midiFile(take, { format: how }))
        const text = (message: ChannelMessage): string => JSON.stringify(message)
        const wanted = take.messages.toSorted((a, b) => a.seconds - b.seconds)
        // of what is at one time in several tracks, any may come first
        expect(messages.map(({ message }) => text(message)).toSorted()).toEqual(
          wanted.map(({ message }) => text(message)).toSorted(),
        )
        const times = wanted.map(({ seconds }) => seconds)
        messages.forEach(({ time }, i) => {
          // half a tick at 5 beats per minute is 6 ms
          expect(Math.abs(time - (times[i] ?? 0))).toBeLessThan(0.007)
        })
        expect(duration).toBeCloseTo(600, 1)
      }),
      runs(200),
    )
  })

  it('is one track, or one of tempos and one for each channel', () => {
    const take: Take = {
      name: 'Übung',
      messages: [
        { seconds: 0, message: note('noteOn', 3) },
        { seconds: 1, message: note('noteOff', 3) },
        { seconds: 0.5, message: note('noteOn', 1) },
        { seconds: 1, message: note('noteOff', 1) },
      ],
      tempos: [
        { seconds: 0, tempo: 60 },
        { seconds: 1, tempo: 120 },
      ],
      seconds: 2,
    }
    const { header, tracks } = readFile(midiFile(take))
    expect(header).toEqual([1, 3, 960])
    // a beat of the first tempo, and two of the second
    expect(
      tracks.map((track) => track.map(({ tick, meta, message }) => [tick, message?.kind ?? meta])),
    ).toEqual([
      [
        [0, 0x03],
        [0, 0x51],
        [960, 0x51],
        [2880, 0x2f],
      ],
      [
        [480, 'noteOn'],
        [960, 'noteOff'],
        [2880, 0x2f],
      ],
      [
        [0, 'noteOn'],
        [960, 'noteOff'],
        [2880, 0x2f],
      ],
    ])
    expect(String.fromCharCode(...(tracks[0]?.[0]?.data ?? []))).toBe('\u00c3\u009cbung')
    expect(readFile(midiFile(take, { format: 0 })).header).toEqual([0, 1, 960])
  })

  it('is read by the reader of files, and by that of others', () => {
    const take: Take = {
      messages: [
        { seconds: 0, message: note('noteOn', 3) },
        { seconds: 0.5, message: { kind: 'pitchBend', channel: 3, value: -8192 } },
        { seconds: 1, message: note('noteOff', 3) },
      ],
      tempos: [{ seconds: 0, tempo: 90 }],
      seconds: 2,
    }
    for (const how of [0, 1] as const) {
      const bytes = midiFile(take, { format: how })
      const { messages, duration } = readMidiFile(bytes)
      expect(messages.map(({ time, message }) => [Math.round(time * 1000), message.kind])).toEqual([
        [0, 'noteOn'],
        [500, 'pitchBend'],
        [1000, 'noteOff'],
      ])
      expect(duration).toBeCloseTo(2, 3)
      const { header, tracks } = parseMidi(bytes)
      expect(header).toMatchObject({ format: how, ticksPerBeat: 960 })
      expect(tracks.flat().map(({ type }) => type)).toEqual(
        expect.arrayContaining(['setTempo', 'noteOn', 'pitchBend', 'noteOff', 'endOfTrack']),
      )
    }
  })

  it('law: a pedal that goes down holds the same keys when it is read, whatever is at one time', () => {
    const event = fc.record({
      time: fc.nat(6),
      kind: fc.constantFrom<'noteOn' | 'noteOff' | 'controller'>('noteOn', 'noteOff', 'controller'),
      channel: fc.constantFrom(0, 3),
      key: fc.constantFrom(60, 62),
      down: fc.boolean(),
    })
    const messageOf = ({
      kind,
      channel,
      key,
      down,
    }: typeof event extends fc.Arbitrary<infer E> ? E : never) =>
      kind === 'controller'
        ? ({ kind, channel, controller: 64, value: down ? 127 : 0 } as const)
        : ({ kind, channel, note: key, velocity: 64 } as const)
    /** The keys that are down each time as the pedal of a channel goes down. */
    const seen = (messages: readonly ChannelMessage[], channel: number): string[] => {
      const keys: number[] = []
      return messages.flatMap((message) => {
        if (message.channel !== channel) return []
        if (message.kind === 'noteOn') keys.push(message.note)
        else if (message.kind === 'noteOff') {
          const at = keys.indexOf(message.note)
          if (at >= 0) keys.splice(at, 1)
        } else if (message.kind === 'controller' && message.value > 0)
          return [keys.toSorted((a, b) => a - b).join(' ')]
        return []
      })
    }
    fc.assert(
      fc.property(fc.array(event, { maxLength: 40, size: 'max' }), format, (events, how) => {
        const sorted = events.toSorted((a, b) => a.time - b.time)
        const take = sorted.map((one) => ({ seconds: one.time / 20, message: messageOf(one) }))
        const { messages } = readMidiFile(midiFile({ messages: take, seconds: 1 }, { format: how }))
        for (const channel of [0, 3])
          expect(
            seen(
              messages.map(({ message }) => message),
              channel,
            ),
          ).toEqual(
            seen(
              take.map(({ message }) => message),
              channel,
            ),
          )
      }),
      runs(300),
    )
  })

  it('may be empty', () => {
    expect(read(midiFile({ messages: [] }))).toMatchObject({ messages: [], duration: 0 })
  })
})

describe('recording', () => {
  const patch: Patch = {
    name: 'take',
    tempo: 90,
    knobs: { level: { value: 0.5, midi: { cc: 7, channel: 2 } }, other: 0.5 },
    devices: { osc: { type: 'oscillator', waveform: 'sine' } },
    connections: [
      ['osc', 'out'],
      ['level', 'out.level'],
      ['other', 'osc.amplitude'],
    ],
  }

  it('writes down notes, expression, mapped knobs and tempos, in the order of time', async () => {
    const synth = await createOffline({ patch })
    await synth.advance(0.5)
    const recorder = recordTake(synth)
    const begin = synth.time
    // ahead of its time, and then what is before it
    synth.noteOff(60, { at: begin + 1 })
    synth.noteOn(60, 1)
    synth.setKnob('level', 1, { at: begin + 0.25 })
    synth.setKnob('other', 1)
    synth.play({ kind: 'bend', semitones: 1 }, { at: begin + 0.5 })
    synth.setTempo(180, { at: begin + 0.75 })
    synth.noteOn(62, 1, { at: begin + 1.25 })
    synth.noteOn(64, 1, { at: begin + 9 })
    await synth.advance(1.5)
    const seconds = synth.time - begin
    const take = recorder.stop()
    synth.noteOn(72)
    await synth.close()
    const { messages, duration, tempos } = read(midiFile(take))
    expect(tempos.map(([time, tempo]) => [Math.round(time * 1000), Math.round(tempo)])).toEqual([
      [0, 90],
      [750, 180],
    ])
    const told = messages.map(({ time, message }) => {
      const { kind, channel, ...data } = message
      return [Math.round(time * 1000), kind, channel, ...Object.values(data)]
    })
    const end = Math.round(seconds * 1000)
    expect(told).toEqual([
      [0, 'noteOn', 0, 60, 127],
      [250, 'controller', 1, 7, 127],
      [500, 'pitchBend', 0, 4096],
      [1000, 'noteOff', 0, 60, 64],
      [1250, 'noteOn', 0, 62, 127],
      // what is held ends with the recording
      [end, 'noteOff', 0, 62, 64],
      [end, 'controller', 0, 64, 0],
      [end, 'controller', 0, 66, 0],
    ])
    expect(duration).toBeCloseTo(seconds, 2)
  })

  it.each([1, 2])(
    'has bends as far as they went, and never another on the way, of %d synths',
    async (count) => {
      const ensemble = await createEnsemble({ parts: [{ patch }, { patch }] })
      const synths = ensemble.parts.slice(0, count)
      const recorder = recordTogether(synths.map((synth) => ({ synth })))
      const { begin } = recorder
      const played: readonly (readonly [channel: number, semitones: number])[] = [[1, 1.5], [2, 30], [1, -48], [2, 96], [1, 0.25], [3, 2]] // prettier-ignore
      for (const [i, [channel, semitones]] of played.entries())
        synths[i % count]?.play({ kind: 'bend', semitones, channel }, { at: begin + (i + 1) / 10 })
      await ensemble.advance(1)
      const take = recorder.stop()
      await ensemble.close()
      const { events } = scoreFromMidi(readMidiFile(midiFile(take)))
      const bends = events.flatMap((event) =>
        event.kind === 'bend' && event.semitones !== 0 ? [[event.channel, event.semitones] as const] : [],
      )
      expect(bends.map(([channel]) => channel)).toEqual(played.map(([channel]) => channel))
      for (const [i, [, semitones]] of bends.entries())
        expect(Math.abs(semitones - (played[i]?.[1] ?? NaN))).toBeLessThan(0.007)
    },
  )

  it('has nothing of what a panic made be forgotten', async () => {
    const synth = await createOffline({ patch })
    const recorder = recordTake(synth)
    synth.noteOn(60)
    synth.noteOn(62, 1, { at: 0.5 })
    await synth.advance(0.25)
    synth.panic()
    synth.noteOn(64, 1, { at: 0.75 })
    await synth.advance(1)
    const { messages } = recorder.stop()
    await synth.close()
    const notes = messages.flatMap(({ seconds, message: m }) =>
      m.kind === 'noteOn' || m.kind === 'noteOff' ? [[seconds.toFixed(2), m.kind, m.note]] : [],
    )
    expect(notes).toEqual([
      ['0.00', 'noteOn', 60],
      ['0.25', 'noteOff', 60],
      ['0.75', 'noteOn', 64],
      ['1.25', 'noteOff', 64],
    ])
  })

  it('can be stopped after the synth has been closed', async () => {
    const synth = await createOffline({ patch })
    const recorder = recordTake(synth)
    synth.noteOn(60)
    await synth.close()
    expect(recorder.stop().messages.map(({ message }) => message.kind)).toEqual([
      'noteOn',
      'noteOff',
      'controller',
      'controller',
    ])
  })
})
