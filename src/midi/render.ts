import { fail } from '../errors/index.ts'
import { out, standard } from '../devices/index.ts'
import { readMidiFile } from './file.ts'
import { scoreFromMidi } from './score.ts'
import { parsePatch } from '../patch/parse.ts'
import { parseNotes } from '../patch/notes.ts'
import { scoreFromNotes, type Score } from '../plan/score.ts'
import type { Patch } from '../patch/types.ts'
import { join, perform, type Audio, type Chunk, type Length, type SynthOptions } from '../live/index.ts'

/** What is rendered, and how long. */
export interface RenderOptions extends Length, Omit<SynthOptions, 'patch'> {
  /** Notes as text: `"C4+E4+G4 F4 G4"`, a beat each at the patch's tempo. */
  readonly notes?: string
  /** The bytes of a standard MIDI file. Not together with `notes`. */
  readonly midi?: Uint8Array
  /** Called after every chunk of a quarter of a second: for a progress bar. */
  readonly onProgress?: (progress: Pick<Chunk, 'done' | 'total'>) => void
}

/** The score that the options ask for; without notes and MIDI an empty one. @throws MegasynthError `invalid-notes`, `invalid-midi`, `invalid-option` */
function scoreOf(
  { notes, midi }: Pick<RenderOptions, 'notes' | 'midi'>,
  tempo: number,
  { knobs = {} }: Patch,
  snapshots?: SynthOptions['snapshots'],
): Score {
  if (notes !== undefined && midi !== undefined)
    fail({
      code: 'invalid-option',
      path: 'midi',
      message: 'there are notes already',
      expected: 'either notes or a MIDI file',
    })
  if (midi !== undefined) return scoreFromMidi(readMidiFile(midi), { knobs, ...(snapshots && { snapshots }) })
  return notes === undefined ? { events: [], duration: 0 } : scoreFromNotes(parseNotes(notes), tempo)
}

/**
 * Renders a patch to sound, faster than real time. The same patch and score give the same bytes every time.
 *
 * @param patch what is played; a drone needs no notes
 * @param options `notes` or `midi`; `seconds` (else the score and its tail); `tail` in seconds; `sampleRate` (48000 Hz)
 * @throws MegasynthError with all problems of patch, notes or MIDI file; `engine-limit` if the patch is too large
 * @example
 * const { sampleRate, channels } = await render(patch, { notes: 'C4+E4+G4 F4 G4' })
 */
export async function render(patch: Patch, options: RenderOptions = {}): Promise<Audio> {
  const { notes, midi, seconds, tail, onProgress, ...synth } = options
  const { tempo } = parsePatch(patch, synth.catalogue ?? standard, out)
  const score = scoreOf(
    { ...(notes !== undefined && { notes }), ...(midi !== undefined && { midi }) },
    tempo,
    patch,
    synth.snapshots,
  )
  const length = { ...(seconds !== undefined && { seconds }), ...(tail !== undefined && { tail }) }
  const chunks: Chunk[] = []
  for await (const chunk of perform({ ...synth, patch }, score, length)) {
    chunks.push(chunk)
    onProgress?.(chunk)
  }
  return join(chunks, chunks[0]?.sampleRate ?? synth.sampleRate ?? 48000)
}
