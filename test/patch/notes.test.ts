import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MegasynthError, type Problem } from '../../src/errors/index.ts'
import { maxNoteText, noteName, noteNumber, parseNotes } from '../../src/patch/notes.ts'

function problemsOf(run: () => unknown): readonly Problem[] {
  try {
    run()
  } catch (error) {
    if (error instanceof MegasynthError) return error.problems
    throw error
  }
  return []
}

describe('noteNumber', () => {
  it.each([
    ['C4', 60],
    ['c4', 60],
    ['C-1', 0],
    ['G9', 127],
    ['A4', 69],
    ['F#3', 54],
    ['F♯3', 54],
    ['Bb2', 46],
    ['bb2', 46],
    ['b2', 47],
    ['E♭5', 75],
    ['Cb4', 59],
    ['B#3', 60],
    ['60', 60],
    ['0', 0],
    ['127', 127],
  ])('%s is %i', (text, note) => expect(noteNumber(text)).toBe(note))

  it('reads back every name', () => {
    for (let note = 0; note < 128; note++) expect(noteNumber(noteName(note))).toBe(note)
  })

  it.each(['', 'H4', 'C', 'C##4', '128', '-1', 'G#9', 'Cb-1', 'C4 ', '4.5', '1e2', 'C4+E4'])(
    'refuses %j',
    (text) => expect(problemsOf(() => noteNumber(text)).map((p) => p.code)).toEqual(['invalid-notes']),
  )
})

describe('noteName', () => {
  it('uses sharps', () => expect([0, 61, 127].map(noteName)).toEqual(['C-1', 'C#4', 'G9']))

  it.each([-1, 128, 60.5, NaN])('refuses %d', (note) =>
    expect(problemsOf(() => noteName(note))[0]?.code).toBe('invalid-note'),
  )
})

describe('parseNotes', () => {
  it('reads chords and sequences', () => {
    expect(parseNotes('C4+E4+G4 F4 G4')).toEqual([
      { beat: 0, beats: 1, notes: [60, 64, 67] },
      { beat: 1, beats: 1, notes: [65] },
      { beat: 2, beats: 1, notes: [67] },
    ])
  })

  it('rests with - and holds with _', () => {
    expect(parseNotes('\n C4 _ _ - _\t60+C-1 ')).toEqual([
      { beat: 0, beats: 3, notes: [60] },
      { beat: 3, beats: 2, notes: [] },
      { beat: 5, beats: 1, notes: [60, 0] },
    ])
  })

  it('reports every bad note with its place and what was meant', () => {
    const problems = problemsOf(() => parseNotes('C4 H4 E4+G G10 C4+C4 4C C4,E4 +E4'))
    expect(problems.map((p) => [p.path, p.found])).toEqual([
      ['notes[1], character 4', '"H4"'],
      ['notes[2], character 10', '"G"'],
      ['notes[3], character 12', '"G10"'],
      ['notes[4], character 19', '"C4"'],
      ['notes[5], character 22', '"4C"'],
      ['notes[6], character 25', '"C4,E4"'],
      ['notes[7], character 31', '""'],
    ])
    expect(problems.map((p) => p.code)).toEqual(problems.map(() => 'invalid-notes'))
    expect(problems[0]?.suggestion).toBe('did you mean "B4"?')
    expect(problems[1]?.suggestion).toBe('did you mean "G4"?')
    expect(problems[2]?.message).toBe('is MIDI note 139')
    expect(problems[4]?.suggestion).toBe('did you mean "C4"?')
    for (const p of problems) expect(p.expected).toBeTruthy()
  })

  it('refuses a hold with nothing before it, once', () => {
    expect(problemsOf(() => parseNotes('_ _ C4')).map((p) => p.path)).toEqual(['notes[0], character 1'])
  })

  it('refuses no notes and too many characters', () => {
    expect(problemsOf(() => parseNotes('  '))[0]?.message).toBe('there are no notes')
    expect(parseNotes('C4 '.repeat(maxNoteText / 4))).toHaveLength(maxNoteText / 4)
    expect(problemsOf(() => parseNotes(' '.repeat(maxNoteText + 1)))[0]?.found).toBe('100001 characters')
  })

  it('law: what is written comes back, and the steps follow without gaps', () => {
    const chord = fc.uniqueArray(fc.nat(127), { maxLength: 5 })
    const step = fc.record({ notes: chord, beats: fc.integer({ min: 1, max: 4 }) })
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 20, size: 'max' }), (steps) => {
        const text = steps
          .map((s) => [s.notes.map(noteName).join('+') || '-', ...Array(s.beats - 1).fill('_')].join(' '))
          .join('  ')
        let beat = 0
        const expected = steps.map((s) => ({ beat: (beat += s.beats) - s.beats, ...s }))
        expect(parseNotes(text)).toEqual(expected)
      }),
    )
  })

  it('law: any text is read or refused with problems', () => {
    const unit = fc.constantFrom(...'CcbB#♯♭-_+ 0149H,\n')
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit })), (text) => {
        for (const p of problemsOf(() => parseNotes(text))) expect(p.code).toBe('invalid-notes')
      }),
      { numRuns: 500 },
    )
  })
})
