import { fail, show } from '../../errors/index.ts'
import { noteNumber, parseNotes } from '../../patch/notes.ts'
import { feed } from '../../live/feed.ts'
import { scoreFromNotes, writtenVelocity } from '../../plan/score.ts'
import type { Command } from '../command.ts'
import type { Desk } from '../desk.ts'

/** `'C4'`, `'60'` or 60. */
const numberOf = (note: number | string): number => (typeof note === 'string' ? noteNumber(note) : note)

/** Seconds that a note may last. */
const longest = 86_400

/** Strikes a note that ends by itself. Overlapping equal notes are two notes. */
function strike(desk: Desk, note: number, seconds: number, velocity?: number): void {
  const { synth } = desk
  const id = `repl:${desk.notes++}`
  if (!(typeof seconds === 'number' && seconds > 0 && seconds <= longest))
    fail({
      code: 'out-of-range',
      path: 'seconds',
      message: 'a note cannot last so long',
      found: show(seconds),
      expected: `seconds, above 0, up to ${longest} (a day)`,
      suggestion: 'noteOn(note) holds a note until noteOff(note)',
    })
  synth.play({ kind: 'on', note, velocity: velocity ?? writtenVelocity, id })
  synth.play({ kind: 'off', note, id }, { at: synth.time + seconds })
}

/** Plays no more of the lines that are being played. */
function endLines({ lines }: Desk): void {
  for (const line of lines) line.stop()
}

/** Playing. */
export const playCommands: readonly Command[] = [
  {
    name: 'note',
    chapter: 'play',
    call: 'note(note, seconds = 0.5, velocity = 0.8)',
    doc: "Plays a note. It is a name such as 'C4', 'Eb3' or 'F#5', or a MIDI number 0..127, of which fractions are microtones; velocity is 0..1.",
    examples: ['note(60)', "note('C4', 2)", "note('Eb3', 0.2, 1)"],
    run: (desk, note: number | string, seconds: number = 0.5, velocity?: number) =>
      strike(desk, numberOf(note), seconds, velocity),
  },
  {
    name: 'chord',
    chapter: 'play',
    call: 'chord(notes, seconds = 1, velocity = 0.8)',
    doc: "Plays notes together: 'C4+E4+G4'.",
    examples: ["chord('C4+E4+G4')", "chord('A2+E3+C4', 3)"],
    run: (desk, text: string, seconds: number = 1, velocity?: number) => {
      const [step, next] = parseNotes(text)
      if (next !== undefined)
        fail({
          code: 'invalid-notes',
          path: 'notes',
          message: 'this is more than one chord',
          expected: 'notes that are joined by +, as in C4+E4+G4',
          suggestion: 'play(…) plays one after the other',
        })
      for (const note of step?.notes ?? []) strike(desk, note, seconds, velocity)
    },
  },
  {
    name: 'play',
    chapter: 'play',
    call: 'play(notes)',
    doc: "Plays a line of notes, one beat each at the tempo of now, while you go on typing. '+' joins a chord, '-' is a rest, '_' holds on.",
    examples: ["play('C4 E4 G4 C5')", "play('C3+G3 _ - Eb3+Bb3 _')"],
    run: ({ synth, lines }, text: string) => {
      // a score that is fed ends by itself, and without a word, where the synth is closed
      void synth.patch
      const line = feed(synth, scoreFromNotes(parseNotes(text), synth.tempo))
      lines.add(line)
      void line.done.then(() => lines.delete(line))
    },
  },
  {
    name: 'noteOn',
    chapter: 'play',
    call: 'noteOn(note, velocity = 0.8)',
    doc: 'Presses a key and holds it, until noteOff.',
    examples: ["noteOn('C4')"],
    run: ({ synth }, note: number | string, velocity?: number) => synth.noteOn(numberOf(note), velocity),
  },
  {
    name: 'noteOff',
    chapter: 'play',
    call: 'noteOff(note)',
    doc: 'Releases a key.',
    examples: ["noteOff('C4')"],
    run: ({ synth }, note: number | string) => synth.noteOff(numberOf(note)),
  },
  {
    name: 'allOff',
    chapter: 'play',
    call: 'allOff()',
    doc: 'Releases every key and pedal, and plays no more of the lines of play(). Releases and tails ring.',
    examples: ['allOff()'],
    run: (desk) => {
      endLines(desk)
      desk.synth.allNotesOff()
    },
  },
  {
    name: 'panic',
    chapter: 'play',
    call: 'panic()',
    doc: 'Ends every note at once, whatever its release, and the lines of play(); forgets what was still to come.',
    examples: ['panic()'],
    run: (desk) => {
      endLines(desk)
      desk.synth.panic()
    },
  },
]
