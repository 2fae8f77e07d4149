import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { parseMidi } from 'midi-file'
import { describe, expect, it } from 'vitest'
import { MegasynthError, type Problem } from '../../src/errors/index.ts'
import { maxMidiBytes } from '../../src/midi/chunks.ts'
import { readMidiFile } from '../../src/midi/file.ts'
import { shortestNote } from '../../src/midi/file-order.ts'
import { mutated, numbers } from '../mutations.ts'
import { brief, chunk, midiBytes, tempo } from './midi-bytes.ts'

const bach = new Uint8Array(readFileSync('examples/midi/bach-prelude-bwv846.mid'))

function problemOf(run: () => unknown): Problem | undefined {
  try {
    run()
  } catch (error) {
    if (error instanceof MegasynthError && error.problems.length === 1) return error.problems[0]
    throw error
  }
  return undefined
}

const refusal = (bytes: Uint8Array): string => {
  const problem = problemOf(() => readMidiFile(bytes))
  return `${problem?.code}: ${problem?.message}`
}

describe('readMidiFile', () => {
  it('reads the prelude as another reader does', () => {
    const { header, tracks } = parseMidi(bach)
    let seconds = 0
    let perTick = 0.5 / (header.ticksPerBeat ?? 0)
    // of format 0: one track has it all
    expect(tracks).toHaveLength(1)
    const ons = (tracks[0] ?? []).flatMap((event) => {
      seconds += event.deltaTime * perTick
      if (event.type === 'setTempo') perTick = event.microsecondsPerBeat / 1e6 / (header.ticksPerBeat ?? 0)
      return event.type === 'noteOn' ? [[seconds.toFixed(4), event.noteNumber, event.velocity]] : []
    })
    const read = readMidiFile(bach).messages
    expect(ons).toHaveLength(549)
    expect(
      read.flatMap(({ time, message: m }) =>
        m.kind === 'noteOn' ? [[time.toFixed(4), m.note, m.velocity]] : [],
      ),
    ).toEqual(ons)
    expect(read.filter(({ message }) => message.kind === 'noteOff')).toHaveLength(549)
    read.slice(1).forEach(({ time }, i) => expect(time).toBeGreaterThanOrEqual(read[i]?.time ?? 0))
  })

  it('keeps bend, pressure of channels and keys, controllers and programs', () => {
    const track = [
      ...[0, 0xe0, 0, 96, 10, 0xd0, 50, 10, 0xa0, 60, 70],
      ...[10, 0xb0, 64, 127, 10, 0xb0, 74, 3, 10, 0xc0, 5],
    ]
    expect(brief(readMidiFile(midiBytes([track], 0)))).toEqual([
      '0.000 pitchBend 4096',
      '0.050 channelPressure 50',
      '0.100 polyPressure 60 70',
      '0.150 controller 64 127',
      '0.200 controller 74 3',
      '0.250 program 5',
    ])
  })

  it('follows running status, velocity 0 as off, and tempo changes of another track', () => {
    const conductor = [100, ...tempo(60), 50, ...tempo(240)]
    const notes = [0, 0x90, 60, 127, 100, 60, 0, 0, 62, 64, 100, 62, 0]
    const midi = readMidiFile(midiBytes([conductor, notes]))
    // 120 beats per minute until the first tempo, at beat 1; half a beat later 240
    expect(brief(midi)).toEqual([
      '0.000 noteOn 60',
      '0.500 noteOff 60',
      '0.500 noteOn 62',
      '1.125 noteOff 62',
    ])
    expect(midi.duration).toBe(1.125)
    expect(midi.tempos).toEqual([
      { time: 0, tempo: 120 },
      { time: 0.5, tempo: 60 },
      { time: 1, tempo: 240 },
    ])
  })

  it('tells notes that overlap apart, and gives short ones a length', () => {
    const overlap = [0, 0x90, 60, 100, 10, 60, 101, 10, 60, 0, 10, 60, 0]
    const { messages } = readMidiFile(midiBytes([overlap]))
    expect(messages.map(({ time, id }) => [time, id])).toEqual([
      [0, 128],
      [0.05, 129],
      [0.1, 128],
      [0.15, 129],
    ])
    const short = readMidiFile(midiBytes([[0, 0x90, 60, 100, 0, 60, 0]]))
    expect(short.messages.map(({ time }) => time)).toEqual([0, shortestNote])
  })

  it('drops note-offs of nothing, and puts note-offs before note-ons at the same time', () => {
    const [stray, one, two] = [
      [0, 0x80, 60, 0],
      [0, 0x90, 60, 100, 20, 0x80, 60, 0],
      [20, 0x91, 60, 9, 20, 0x81, 60, 0],
    ]
    expect(brief(readMidiFile(midiBytes([stray, two, one])))).toEqual([
      '0.000 noteOn 60',
      '0.100 noteOff 60',
      '0.100 noteOn 60',
      '0.200 noteOff 60',
    ])
  })

  it('passes over what a longer header says', () => {
    const [id, track] = [bach.subarray(0, 4), bach.subarray(14)]
    const longer = Uint8Array.from([...id, 0, 0, 0, 9, ...bach.subarray(8, 14), 1, 2, 3, ...track])
    expect(readMidiFile(longer)).toEqual(readMidiFile(bach))
  })

  it('passes over texts, system exclusive messages, and chunks that are no tracks', () => {
    const [header, track] = [bach.subarray(0, 14), bach.subarray(14)]
    const more = Uint8Array.from([...header, ...chunk('XFIH', [1, 2]), ...track])
    expect(readMidiFile(more)).toEqual(readMidiFile(bach))
    const passed = [0, 0xff, 1, 3, 97, 98, 99, 0, 0xf0, 3, 1, 2, 0xf7, 0, 0xf7, 1, 0xf3]
    expect(brief(readMidiFile(midiBytes([[...passed, 0, 0xc1, 7]])))).toEqual(['0.000 program 7'])
  })

  it('does not look at what stands after the end of a track', () => {
    expect(brief(readMidiFile(midiBytes([[0, 0xc0, 1, 0, 0xff, 0x2f, 0, 0, 0xc0, 200]])))).toEqual([
      '0.000 program 1',
    ])
  })

  it('reads a file without notes as nothing', () => {
    expect(readMidiFile(midiBytes([[0, ...tempo(90)]]))).toMatchObject({ messages: [], duration: 0 })
    expect(readMidiFile(Uint8Array.from([...bach.subarray(0, 14), ...chunk('MTrk', [])]))).toMatchObject({
      tempos: [{ time: 0, tempo: 120 }],
      messages: [],
      duration: 0,
    })
  })
})

describe('a note that never ends', () => {
  it('lasts until the last event of the file, in whatever track that is', () => {
    const held = [0, 0x90, 60, 64, 20, 0x91, 60, 127, 20, 0x81, 60, 0]
    const midi = readMidiFile(midiBytes([held, [100, ...tempo(60)]]))
    expect(brief(midi)).toEqual([
      '0.000 noteOn 60',
      '0.100 noteOn 60',
      '0.200 noteOff 60',
      '0.500 noteOff 60',
    ])
    expect(midi.duration).toBe(0.5)
  })

  it('has a length where it is the last event itself', () => {
    const { messages } = readMidiFile(midiBytes([[20, 0x90, 60, 100]]))
    expect(messages.map(({ time }) => time)).toEqual([0.1, 0.1 + shortestNote])
  })

  it('law: every note-on has one note-off, later and of its own, whatever offs there are', () => {
    const event = fc.tuple(fc.nat(3), fc.constantFrom(0x80, 0x90, 0x91), fc.constantFrom(60, 62), fc.nat(2))
    fc.assert(
      fc.property(
        fc.array(fc.array(event, { maxLength: 40, size: 'max' }), { minLength: 1, maxLength: 3 }),
        (tracks) => {
          const { messages } = readMidiFile(midiBytes(tracks.map((events) => events.flat())))
          const written = tracks.flat().filter(([, status, , velocity]) => status !== 0x80 && velocity > 0)
          const ons = messages.filter(({ message }) => message.kind === 'noteOn')
          expect(ons).toHaveLength(written.length)
          expect(new Set(ons.map(({ id }) => id)).size).toBe(written.length)
          for (const on of ons) {
            const offs = messages.filter(({ message, id }) => message.kind === 'noteOff' && id === on.id)
            expect(offs).toHaveLength(1)
            expect((offs[0]?.time ?? 0) - on.time).toBeGreaterThanOrEqual(shortestNote - 1e-9)
            expect(offs[0]?.message).toMatchObject({ channel: on.message.channel })
          }
        },
      ),
      { numRuns: 300 },
    )
  })
})

describe('the bytes of a caller', () => {
  it('may be a Buffer in the pool of Node: they are read where they are, and stay as they were', () => {
    const small = midiBytes([[0, 0x90, 60, 100, 20, 0xff, 1, 1, 65, 0, 0x80, 60, 0, 0, 0xc0, 5]])
    const pooled = Buffer.from('before it').subarray(9, 9)
    const buffer = Buffer.from(small)
    expect(buffer.buffer).toBe(pooled.buffer)
    expect(buffer.byteOffset).toBeGreaterThan(0)
    const pool = new Uint8Array(buffer.buffer).slice()
    expect(readMidiFile(buffer)).toEqual(readMidiFile(small))
    expect(new Uint8Array(buffer.buffer)).toEqual(pool)
  })

  it.each([
    ['a path', 'prelude.mid', '"prelude.mid"'],
    ['an ArrayBuffer', bach.buffer, 'an object'],
    ['numbers', [...bach], `an array of ${bach.length}`],
    ['nothing', null, 'null'],
  ])('are a problem when they are %s', (_, what, found) => {
    expect(problemOf(() => readMidiFile(what as unknown as Uint8Array))).toMatchObject({
      code: 'invalid-midi',
      message: 'is not the bytes of a file',
      found,
      expected: 'a Uint8Array',
    })
  })
})

/** A delta time and an event: notes of few keys, pedals, bends, pressure, modes, tempos, texts. */
function anyEvent(next: (below: number) => number): number[] {
  const channel = next(3)
  const [delta, key, value] = [next(4) === 0 ? next(128) : 0, 60 + next(3), next(128)]
  const kinds = [
    [0x90 | channel, key, value],
    [0x90 | channel, key, 0],
    [0x80 | channel, key, value],
    [0xa0 | channel, key, value],
    [0xb0 | channel, [64, 66, 1, 101, 100, 6, 120, 121, 123][next(9)] ?? 0, value],
    [0xc0 | channel, value],
    [0xd0 | channel, value],
    [0xe0 | channel, value, next(128)],
    tempo(20 + next(500)),
    [0xff, 1, 1, value],
  ]
  return [delta, ...(kinds[next(kinds.length)] ?? [])]
}

describe('a file that is not right', () => {
  const track = [0, 0x90, 60, 100, 20, 0x80, 60, 0]
  const ascii = (text: string): Uint8Array => new TextEncoder().encode(text)
  const patched = (at: number, ...bytes: number[]): Uint8Array => {
    const copy = bach.slice()
    copy.set(bytes, at)
    return copy
  }

  it.each([
    ['empty', new Uint8Array(0), 'invalid-midi: is not a MIDI file'],
    ['another file', ascii('RIFF, and so on'), 'invalid-midi: is not a MIDI file'],
    ['a short header', patched(7, 5), 'invalid-midi: has a header of the wrong length'],
    ['a header without end', patched(4, 255), 'invalid-midi: has a header of the wrong length'],
    ['format 2', patched(9, 2), 'invalid-midi: has a format that is not played'],
    ['no track', patched(10, 0, 0), 'invalid-midi: has no track'],
    ['SMPTE', patched(12, 0xe7, 40), 'invalid-midi: counts time in SMPTE frames'],
    ['no division', patched(12, 0, 0), 'invalid-midi: has no ticks per quarter note'],
    ['a missing track', patched(11, 2), 'invalid-midi: is cut short'],
    ['a track that is too long', patched(20, 0xff), 'invalid-midi: is cut short'],
    [
      'an event cut short',
      Uint8Array.from([...bach.subarray(0, 11), 1, 0, 100, ...chunk('MTrk', [0, 0x90, 60])]),
      'invalid-midi: track 1 ends within an event',
    ],
    [
      'a text past the end',
      midiBytes([[...track, 0, 0xff, 1, 100]]),
      'invalid-midi: track 1 ends within an event',
    ],
    ['a note of 200', midiBytes([[0, 0x90, 200, 100]]), 'invalid-midi: has a wrong byte'],
    ['a note without status', midiBytes([[0, 60, 100]]), 'invalid-midi: has a wrong byte'],
    ['a real-time byte', midiBytes([[0, 0xf8]]), 'invalid-midi: has a wrong byte'],
    ['an endless delta', midiBytes([[128, 128, 128, 128, 128]]), 'invalid-midi: has a wrong length'],
    ['a tempo of 2 bytes', midiBytes([[0, 0xff, 0x51, 2, 1, 1]]), 'invalid-midi: has a wrong tempo'],
    [
      'a pause of a week',
      midiBytes([[...[0xff, 0xff, 0xff, 0x7f], ...[0x90, 60, 1]]]),
      'too-large: lasts too long',
    ],
  ])('%s', (_, bytes, expected) => expect(refusal(bytes)).toBe(expected))

  it('is named in the error', () => {
    const problem = problemOf(() => readMidiFile(bach.subarray(0, 100), 'song.mid'))
    expect(problem?.path).toBe('song.mid')
    expect(problem?.found).toContain('4426 bytes')
  })

  it('is refused when it is too large', () => {
    expect(refusal(new Uint8Array(maxMidiBytes + 1))).toBe('too-large: the MIDI file is too large')
    const events = 2_000_001
    const large = new Uint8Array(26 + 3 * events)
    large.set(midiBytes([[0, 0x90, 60, 1]]).subarray(0, 26))
    new DataView(large.buffer).setUint32(18, large.length - 22)
    for (let i = 26; i < large.length; i += 3) large.set([0, 60, 1], i)
    expect(refusal(large)).toBe('too-large: has too many events')
  })

  it('is refused wherever it is cut', () => {
    for (let length = 0; length < bach.length; length++)
      expect(problemOf(() => readMidiFile(bach.subarray(0, length)))?.code).toBe('invalid-midi')
  })

  it('law: 100,000 broken files are read in order, or are a problem', () => {
    const next = numbers(2)
    const favourites = Uint8Array.of(0, 1, 60, 64, 120, 127, 128, 0x90, 0x80, 0xb0, 0xe0, 0xff, 0x2f, 0x51)
    const tracks = [
      [0, ...tempo(90), 50, ...tempo(150)],
      [
        ...[0, 0x90, 60, 100, 5, 62, 90, 5, 0xb0, 64, 127, 5, 0x80, 60, 0, 5, 0xe0, 0, 80],
        ...[5, 0xd0, 33, 5, 0x90, 62, 0, 5, 63, 1],
      ],
      [0, 0xc1, 7, 9, 0x91, 60, 1, 99, 60, 0, 0, 0xff, 1, 2, 65, 66, 0, 0xf0, 1, 0xf7, 0, 0xa1, 60, 9],
    ]
    const whole = midiBytes(tracks)
    const broken = (i: number): Uint8Array => {
      if (i % 50 === 0) return mutated(bach, next, favourites)
      if (i % 3 === 0) return mutated(whole, next, favourites)
      // events that are right in any order, and in every other file accidents inside of a chunk that is right
      const events = Array.from({ length: 1 + next(20) }, () => anyEvent(next))
      const bytes = events.flat()
      const track = i % 2 === 0 ? bytes : [...mutated(Uint8Array.from(bytes), next, favourites)]
      return midiBytes([...tracks.slice(0, 1), track])
    }
    const counts = { read: 0, refused: 0 }
    for (let i = 0; i < 100_000; i++) {
      const bytes = broken(i)
      try {
        const { messages, duration } = readMidiFile(bytes)
        counts.read++
        const open = new Set<unknown>()
        let before = 0
        for (const { time, message, id } of messages) {
          if (!(time >= before && time <= duration + shortestNote)) throw new Error(`time ${time}`)
          before = time
          if (message.kind === 'noteOn') open.add(id)
          else if (message.kind === 'noteOff' && !open.delete(id)) throw new Error(`off of nothing: ${id}`)
        }
        if (open.size > 0) throw new Error('a note is stuck')
      } catch (error) {
        if (!(error instanceof MegasynthError)) throw error
        counts.refused++
        if (error.code !== 'invalid-midi' && error.code !== 'too-large') throw error
      }
    }
    expect(counts.read).toBeGreaterThan(10_000)
    expect(counts.refused).toBeGreaterThan(10_000)
  })
})
