import { maxMidiBytes } from '../midi/chunks.ts'
import { scoreFromMidi, type MidiScoreOptions } from '../midi/score.ts'
import { parseNotes } from '../patch/notes.ts'
import { scoreFromNotes, type Score } from '../plan/score.ts'
import { placeOf, readBytes } from './files.ts'
import type { OpenPatch } from './open.ts'

/** What the program changes of a MIDI file recall. */
export type Programs = Pick<MidiScoreOptions, 'snapshots' | 'onMissing'>

/**
 * What `--notes` or `--midi` say; undefined if nothing is to be played.
 *
 * @param programs what the program changes of a MIDI file recall, and who hears of those that nothing stands for
 */
export async function scoreOf(
  cwd: string,
  { notes, midi }: { readonly notes?: string; readonly midi?: string },
  { patch, parsed }: OpenPatch,
  programs: Programs,
): Promise<Score | undefined> {
  if (notes !== undefined) return scoreFromNotes(parseNotes(notes), parsed.tempo)
  if (midi === undefined) return undefined
  const place = placeOf(cwd, midi)
  const bytes = readBytes(place, 'a MIDI file', maxMidiBytes)
  const { readMidiFile } = await import('../midi/file.ts')
  const { knobs = {} } = patch
  return scoreFromMidi(readMidiFile(bytes, place.shown), { knobs, ...programs })
}
