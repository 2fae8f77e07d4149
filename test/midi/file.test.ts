import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import tonejs from '@tonejs/midi'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MegasynthError, type Problem } from '../../src/errors/index.ts'
import { maxMidiBytes } from '../../src/midi/chunks.ts'
import { readMidiFile, shortestNote } from '../../src/midi/file.ts'
import type { Score, ScoreEvent } from '../../src/patch/score.ts'

const bach = new Uint8Array(readFileSync('examples/midi/bach-prelude-bwv846.mid'))

const text = (s: string): number[] => Array.from(s, (c) => c.charCodeAt(0))
const u16 = (n: number): number[] => [n >> 8, n & 255]
const u32 = (n: number): number[] => [...u16(n >>> 16), ...u16(n & 0xffff)]
const chunk = (name: string, data: readonly number[]): number[] => [
  ...text(name),
  ...u32(data.length),
  ...data,
]
const endOfTrack = [0, 0xff, 0x2f, 0]
const tempo = (bpm: number): number[] => [0xff, 0x51, 3, ...u32(Math.round(6e7 / bpm)).slice(1)]

/** A MIDI file of 100 ticks per quarter note; without a tempo, a tick is 5 ms. */
function file(tracks: readonly (readonly number[])[], format = 1, division = 100): Uint8Array {
  const header = chunk('MThd', [...u16(format), ...u16(tracks.length), ...u16(division)])
  return Uint8Array.from([...header, ...tracks.flatMap((t) => chunk('MTrk', [...t, ...endOfTrack]))])
}

function problemOf(run: () => unknown): Problem | undefined {
  try {
    run()
  } catch (error) {
    if (error instanceof MegasynthError && error.problems.length === 1) return error.problems[0]
    throw error
  }
  return undefined
}

const brief = (score: Score): string[] =>
  score.events.map((e) => `${e.time.toFixed(3)} ${e.kind} ${'note' in e ? e.note : e.name}`)
const refusal = (bytes: Uint8Array): string =>
  `${problemOf(() => readMidiFile(bytes))?.code}: ${problemOf(() => readMidiFile(bytes))?.message}`

describe('readMidiFile', () => {
  it('reads the prelude as the library does, in order', () => {
    const score = readMidiFile(bach)
    const notes = new tonejs.Midi(bach).tracks.flatMap((t) => t.notes)
    const ons = score.events.filter((e): e is ScoreEvent & { kind: 'on' } => e.kind === 'on')
    expect(notes).toHaveLength(549)
    expect(ons.map((e) => e.note)).toEqual(notes.map((n) => n.midi))
    expect(ons.map((e) => e.time)).toEqual(notes.map((n) => n.time))
    expect(ons.map((e) => e.velocity)).toEqual(notes.map((n) => n.velocity))
    expect(score.events).toHaveLength(2 * notes.length)
    expect(score.duration).toBeCloseTo(Math.max(...notes.map((n) => n.time + n.duration)), 9)
    score.events.slice(1).forEach((e, i) => expect(e.time).toBeGreaterThanOrEqual(score.events[i]!.time))
  })

  it('follows running status, velocity 0 as off, and tempo changes of another track', () => {
    const conductor = [100, ...tempo(60)]
    const notes = [0, 0x90, 60, 127, 100, 60, 0, 0, 62, 64, 100, 62, 0]
    const score = readMidiFile(file([conductor, notes]))
    // 120 beats per minute until the first tempo, at beat 1.
    expect(brief(score)).toEqual(['0.000 on 60', '0.500 off 60', '0.500 on 62', '1.500 off 62'])
    expect(score.events.map((e) => (e.kind === 'on' ? e.velocity : 0))).toEqual([1, 0, 64 / 127, 0])
    expect(score.duration).toBe(1.5)
  })

  it('keeps notes that overlap, and gives short ones a length', () => {
    const overlap = [0, 0x90, 60, 100, 10, 60, 100, 10, 60, 0, 10, 60, 0]
    expect(brief(readMidiFile(file([overlap])))).toEqual([
      '0.000 on 60',
      '0.050 on 60',
      '0.100 off 60',
      '0.150 off 60',
    ])
    const score = readMidiFile(file([[0, 0x90, 60, 100, 0, 60, 0]]))
    expect(score.events.map((e) => e.time)).toEqual([0, shortestNote])
  })

  it('holds notes over program changes and past texts', () => {
    const track = [0, 0x90, 60, 100, 0, 0xff, 1, 3, ...text('abc'), 20, 0xc0, 5, 20, 0x80, 60, 0]
    expect(brief(readMidiFile(file([track], 0)))).toEqual(['0.000 on 60', '0.200 off 60'])
  })

  it('keeps notes of all channels, drums too', () => {
    const track = [0, 0x99, 36, 100, 0, 0x91, 60, 100, 20, 0x89, 36, 0, 0, 0x81, 60, 0]
    expect(brief(readMidiFile(file([track], 0)))).toEqual([
      '0.000 on 36',
      '0.000 on 60',
      '0.100 off 36',
      '0.100 off 60',
    ])
  })

  it('passes over chunks that are no tracks', () => {
    const [header, track] = [bach.subarray(0, 14), bach.subarray(14)]
    expect(readMidiFile(Uint8Array.from([...header, ...chunk('XFIH', [1, 2]), ...track]))).toEqual(
      readMidiFile(bach),
    )
  })

  it('reads a file without notes as silence', () => {
    expect(readMidiFile(file([tempo(90).toSpliced(0, 0, 0)]))).toEqual({ events: [], duration: 0 })
  })
})

describe('a note that never ends', () => {
  it('lasts until the last event of the file, in whatever track that is', () => {
    const held = [0, 0x90, 60, 64, 20, 0x91, 60, 127, 20, 0x81, 60, 0]
    const conductor = [100, ...tempo(60)]
    const score = readMidiFile(file([held, conductor]))
    expect(brief(score)).toEqual(['0.000 on 60', '0.100 on 60', '0.200 off 60', '0.500 off 60'])
    expect(score.events[0]).toMatchObject({ velocity: 64 / 127 })
    expect(score.duration).toBe(0.5)
  })

  it('has a length where it is the last event itself', () => {
    const score = readMidiFile(file([[20, 0x90, 60, 100]]))
    expect(score.events.map((e) => e.time)).toEqual([0.1, 0.1 + shortestNote])
  })

  it('law: every note-on is heard once, whatever offs there are', () => {
    const event = fc.tuple(fc.nat(3), fc.constantFrom(0x80, 0x90, 0x91), fc.constantFrom(60, 62), fc.nat(2))
    fc.assert(
      fc.property(fc.array(fc.array(event, { maxLength: 20 }), { minLength: 1, maxLength: 3 }), (tracks) => {
        const score = readMidiFile(
          file(
            tracks.map((events) => events.flat()),
            1,
          ),
        )
        const played = score.events.flatMap((e) => (e.kind === 'on' ? [`${e.note} ${e.velocity}`] : []))
        const written = tracks
          .flat()
          .flatMap(([, status, note, velocity]) =>
            status !== 0x80 && velocity > 0 ? [`${note} ${velocity / 127}`] : [],
          )
        expect(played.toSorted()).toEqual(written.toSorted())
      }),
      { numRuns: 300 },
    )
  })
})

describe('the bytes of a caller', () => {
  it('may be a Buffer in the pool of Node: they are read where they are, and stay as they were', () => {
    const small = file([[0, 0x90, 60, 100, 20, 0xff, 1, 1, 65, 0, 0x80, 60, 0, 0, 0xc0, 5]])
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

describe('the sustain pedal', () => {
  const note = (channel: number): number[] => [0, 0x90 + channel, 60, 100, 20, 0x80 + channel, 60, 0]

  it('prolongs notes of its channel until it goes up, from another track too', () => {
    const pedal = [10, 0xb2, 64, 127, 90, 0xb2, 64, 0]
    expect(brief(readMidiFile(file([pedal, note(2), note(3)])))).toEqual([
      '0.000 on 60',
      '0.000 on 60',
      '0.100 off 60',
      '0.500 off 60',
    ])
  })

  it('holds to the end of the file if it never goes up', () => {
    const held = [0, 0xb0, 64, 64, ...note(0), 80, 0xb0, 1, 0]
    expect(brief(readMidiFile(file([held])))).toEqual(['0.000 on 60', '0.500 off 60'])
  })

  it('lets the old chord go where it is changed with the chord', () => {
    const change = [0, 0xb0, 64, 127, ...note(0), 0, 0xb0, 64, 0, 0, 64, 127, 20, 64, 0]
    expect(brief(readMidiFile(file([change])))).toEqual(['0.000 on 60', '0.100 off 60'])
  })

  it('is up below 64, and pressed again it is still pressed', () => {
    const low = [0, 0xb0, 64, 63, ...note(0), 20, 0xb0, 64, 0]
    expect(brief(readMidiFile(file([low])))).toEqual(['0.000 on 60', '0.100 off 60'])
    const twice = [0, 0xb0, 64, 127, ...note(0), 20, 0xb0, 64, 127, 20, 64, 0]
    expect(brief(readMidiFile(file([twice])))).toEqual(['0.000 on 60', '0.300 off 60'])
  })
})

describe('a file that is not right', () => {
  const track = [0, 0x90, 60, 100, 20, 0x80, 60, 0]
  const patched = (at: number, ...bytes: number[]): Uint8Array => {
    const copy = bach.slice()
    copy.set(bytes, at)
    return copy
  }

  it.each([
    ['empty', new Uint8Array(0), 'invalid-midi: is not a MIDI file'],
    ['another file', Uint8Array.from(text('RIFF, and so on')), 'invalid-midi: is not a MIDI file'],
    ['a long header', patched(7, 8), 'invalid-midi: has a header of the wrong length'],
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
      file([[...track, 0, 0xff, 1, 100]]),
      'invalid-midi: track 1 ends within an event',
    ],
    ['a note of 200', file([[0, 0x90, 200, 100]]), 'invalid-midi: has a wrong byte'],
    ['a note without status', file([[0, 60, 100]]), 'invalid-midi: has a wrong byte'],
    ['a real-time byte', file([[0, 0xf8]]), 'invalid-midi: has a wrong byte'],
    ['an endless delta', file([[128, 128, 128, 128, 128]]), 'invalid-midi: has a wrong length'],
    [
      'a tempo of 2 bytes',
      file([[0, 0xff, 0x51, 2, 1, 1]]),
      'invalid-midi: is not a MIDI file that can be read',
    ],
    [
      'only empty tracks',
      file([[]]).slice(0, -4).fill(0, 21, 22),
      'invalid-midi: is not a MIDI file that can be read',
    ],
  ])('%s', (_, bytes, expected) => expect(refusal(bytes)).toBe(expected))

  it('is named in the error', () => {
    const problem = problemOf(() => readMidiFile(bach.subarray(0, 100), 'song.mid'))
    expect(problem?.path).toBe('song.mid')
    expect(problem?.found).toContain('4426 bytes')
  })

  it('is refused when it is too large', () => {
    expect(refusal(new Uint8Array(maxMidiBytes + 1))).toBe('too-large: the MIDI file is too large')
    const ons = Array.from({ length: 40_000 }, () => [0, 60, 1]).flat()
    const offs = Array.from({ length: 40_000 }, () => [0, 62, 0]).flat()
    expect(refusal(file([[0, 0x90, 60, 1, ...ons, ...offs]]))).toBe(
      'too-large: has too many notes in one channel of a track, or tempo changes',
    )
    const million = new Uint8Array(14 + 8 + 4 + 3_000_000)
    million.set(file([[0, 0x90, 60, 1]]).subarray(0, 26))
    million.set(u32(3_000_004), 18)
    for (let i = 26; i < million.length; i += 3) million.set([0, 60, 1], i)
    expect(refusal(million)).toBe('too-large: has too many notes')
  })

  it('is refused wherever it is cut', () => {
    for (let length = 0; length < bach.length; length++)
      expect(problemOf(() => readMidiFile(bach.subarray(0, length)))?.code).toBe('invalid-midi')
  })

  it('law: flipped bits and random bytes give a score or a problem', () => {
    let read = 0
    const survives = (bytes: Uint8Array): void => {
      let score: Score | undefined
      const problem = problemOf(() => (score = readMidiFile(bytes)))
      if (problem !== undefined) {
        expect(['invalid-midi', 'too-large']).toContain(problem.code)
        return
      }
      read++
      let before = 0
      const wrong = score?.events.find((event) => {
        const early = !(event.time >= before)
        before = event.time
        return (
          early || event.kind === 'knob' || event.note > 127 || (event.kind === 'on' && event.velocity <= 0)
        )
      })
      expect(wrong).toBeUndefined()
      expect(score?.duration).toBe(before)
    }
    const flips = fc.array(fc.tuple(fc.nat(bach.length - 1), fc.nat(7)), { minLength: 1, maxLength: 8 })
    fc.assert(
      fc.property(flips, (all) => {
        const bytes = bach.slice()
        for (const [at, bit] of all) bytes[at] = (bytes[at] ?? 0) ^ (1 << bit)
        survives(bytes)
      }),
      { numRuns: 500 },
    )
    const event = fc.constantFrom(
      [0, 0x90, 60, 1],
      [1, 0x80, 60, 0],
      [0, 0xff, 0x51, 3, 0, 0, 0],
      [9, 0xb0, 64, 99],
    )
    const body = fc.array(fc.oneof(event, fc.array(fc.nat(255), { maxLength: 5 })), { maxLength: 12 })
    fc.assert(
      fc.property(body, (events) => survives(file([events.flat()]))),
      { numRuns: 500 },
    )
    fc.assert(fc.property(fc.uint8Array(), survives))
    expect(read).toBeGreaterThan(100)
  })
})

it('the library is found by plain Node, as this package imports it', () => {
  const code = "import tonejs from '@tonejs/midi'; console.log(typeof tonejs.Midi)"
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8' })
  expect(stdout.trim()).toBe('function')
})
