import { MegasynthError, fail, show, type Problem } from '../errors/index.ts'

/** One step of a sequence: the notes that start together, or none for a rest. Times are in beats. */
export interface NoteStep {
  /** When it starts, counted from 0. */
  readonly beat: number
  /** How long it is, at least 1. */
  readonly beats: number
  /** MIDI notes 0..127, in the order in which they were written; empty for a rest. */
  readonly notes: readonly number[]
}

/** The longest text that {@link parseNotes} reads, in characters. */
export const maxNoteText = 100_000

const names = ['C', 'C#', 'D', 'D#', 'E', 'F', 'F#', 'G', 'G#', 'A', 'A#', 'B']
const spelling = /^([A-Ga-g])([#♯b♭]?)(-?\d{1,3})$/
const expected = 'a note such as C4, Eb3, F#5 (C4 is MIDI 60) or a number 0..127'

/** The MIDI number that the spelling means, in range or not; undefined when it is no note at all. */
function read(token: string): number | undefined {
  if (/^-?\d{1,6}$/.test(token)) return Number(token)
  const [, letter, accidental, octave] = spelling.exec(token) ?? []
  if (letter === undefined || octave === undefined) return undefined
  const shift = accidental === '' ? 0 : accidental === '#' || accidental === '♯' ? 1 : -1
  return names.indexOf(letter.toUpperCase()) + shift + (Number(octave) + 1) * 12
}

/** The note that was probably meant by something that is none. */
function meant(token: string): { readonly suggestion?: string } {
  const say = (note: string): { readonly suggestion: string } => ({ suggestion: `did you mean "${note}"?` })
  if (/^h[#b♯♭]?-?\d+$/i.test(token)) return say(token.replace(/^h/i, 'B'))
  if (/^-?\d+[A-G][#b♯♭]?$/i.test(token)) return say(token.replace(/^(-?\d+)(.*)$/, '$2$1'))
  return /^[A-G][#b♯♭]?$/i.test(token) ? say(`${token}4`) : {}
}

/** What was probably meant by a part of a step that is no note. */
function hint(token: string): string {
  if (token === '') return 'a + stands between two notes: C4+E4'
  if (token === '-') return 'a rest is a step of its own, not part of a chord'
  if (token === '_') return 'a hold is a step of its own, not part of a chord'
  const { suggestion } = meant(token)
  if (suggestion !== undefined) return suggestion
  if (/[,;|]/.test(token)) return 'put a space between steps and + between the notes of a chord'
  return 'steps are separated by spaces, the notes of a chord by +, - is a rest, _ holds the step before'
}

/** What is wrong with one note, or nothing. */
function problemOf(token: string, path: string): Problem | undefined {
  const note = read(token)
  const found = show(token)
  if (note === undefined)
    return {
      code: 'invalid-notes',
      path,
      message: 'is not a note',
      found,
      expected,
      suggestion: hint(token),
    }
  if (note >= 0 && note <= 127) return undefined
  return {
    code: 'invalid-notes',
    path,
    message: `is MIDI note ${note}`,
    found,
    expected: 'a note from C-1 to G9 (MIDI 0..127)',
    suggestion: note < 0 ? 'the lowest note is C-1' : 'the highest note is G9',
  }
}

/**
 * Reads notes as text: spaces separate steps of one beat each, `+` joins the notes of a chord, `-` is a rest of one
 * beat, `_` holds the step before for another beat. A note is a letter, an accidental (`#`, `♯`, `b`, `♭`) if any, and
 * an octave −1..9, or a MIDI number. C4 is 60; upper and lower case are equal.
 *
 * @param text at most {@link maxNoteText} characters
 * @throws MegasynthError `invalid-notes`, with one problem per note that cannot be read
 * @example
 * parseNotes('C4+E4+G4 F4 _') // [{ beat: 0, beats: 1, notes: [60, 64, 67] }, { beat: 1, beats: 2, notes: [65] }]
 */
export function parseNotes(text: string): readonly NoteStep[] {
  if (typeof text !== 'string')
    fail({
      code: 'invalid-notes',
      path: 'notes',
      message: 'is no text',
      found: show(text),
      expected: '"C4+E4 F4"',
    })
  if (text.length > maxNoteText)
    fail({
      code: 'invalid-notes',
      path: 'notes',
      message: 'the text is too long',
      found: `${text.length} characters`,
      expected: `at most ${maxNoteText} characters`,
      suggestion: 'put a long piece in a MIDI file',
    })
  const problems: Problem[] = []
  const steps: NoteStep[] = []
  let beat = 0
  for (const match of text.matchAll(/\S+/g)) {
    const token = match[0]
    const index = beat++
    const place = (start: number): string => `notes[${index}], character ${match.index + start + 1}`
    if (token === '-') {
      steps.push({ beat: index, beats: 1, notes: [] })
      continue
    }
    if (token === '_') {
      const held = steps.pop()
      if (held !== undefined) steps.push({ ...held, beats: held.beats + 1 })
      else if (index === 0)
        problems.push({
          code: 'invalid-notes',
          path: place(0),
          message: 'holds the step before, and there is none',
          found: '"_"',
          expected: 'a note or a rest first',
          suggestion: 'begin with a rest: -',
        })
      continue
    }
    const notes: number[] = []
    let start = 0
    for (const part of token.split('+')) {
      const note = read(part) ?? -1
      const problem = problemOf(part, place(start))
      if (problem !== undefined) problems.push(problem)
      else if (notes.includes(note))
        problems.push({
          code: 'invalid-notes',
          path: place(start),
          message: 'is in the chord twice',
          found: show(part),
          expected: 'every note of a chord once',
          suggestion: `remove "+${part}"`,
        })
      notes.push(note)
      start += part.length + 1
    }
    steps.push({ beat: index, beats: 1, notes })
  }
  if (beat === 0)
    fail({
      code: 'invalid-notes',
      path: 'notes',
      message: 'there are no notes',
      found: show(text),
      expected: 'steps such as "C4+E4+G4 F4 G4"',
    })
  if (problems.length > 0) throw new MegasynthError(problems)
  return steps
}

/**
 * The MIDI number 0..127 of one note.
 *
 * @throws MegasynthError `invalid-notes`
 * @example
 * noteNumber('C4') // 60
 */
export function noteNumber(text: string): number {
  const problem = problemOf(text, 'note')
  const note = read(text)
  if (problem === undefined) return note ?? 0
  if (note !== undefined) return fail(problem)
  // here there are no steps and chords to be told of
  const { suggestion: _, ...rest } = problem
  return fail({ ...rest, ...meant(text) })
}

/**
 * The name of a MIDI note, written with sharps.
 *
 * @param note a whole number 0..127
 * @throws MegasynthError `invalid-note`
 * @example
 * noteName(60) // 'C4'
 */
export function noteName(note: number): string {
  if (!Number.isInteger(note) || note < 0 || note > 127)
    fail({
      code: 'invalid-note',
      path: 'note',
      message: 'is not a MIDI note',
      found: show(note),
      expected: 'a whole number 0..127',
    })
  return `${names[note % 12]}${Math.floor(note / 12) - 1}`
}
