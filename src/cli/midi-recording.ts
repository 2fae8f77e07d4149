import { recordTogether, type RecordedPart } from '../midi/recorder.ts'
import { midiFile } from '../midi/take.ts'
import type { Place } from './files.ts'
import type { Shell } from './io.ts'
import { openWhole } from './whole-file.ts'

/** A MIDI file that is being made. */
export interface MidiRecording {
  /** Ends it; the file is there then. */
  readonly finish: () => Promise<void>
  /** Nothing is written, and what was there stays. */
  readonly abort: () => void
}

/**
 * Records what live synths play from now on, together, in a MIDI file.
 *
 * @throws MegasynthError `file-exists`, `unwritable-file`
 */
export function recordMidi(
  parts: readonly RecordedPart[],
  place: Place,
  force: boolean,
  { print, paint }: Shell,
): MidiRecording {
  // whether it may be written is known before it is played
  const file = openWhole(place.path, { force })
  const recorder = recordTogether(parts)
  return {
    async finish() {
      const bytes = midiFile(recorder.stop())
      file.run(() => file.put(bytes))
      file.finish()
      print(`${paint.green('✓')} ${paint.bold(place.shown)}`)
    },
    abort() {
      recorder.stop()
      file.abort()
    },
  }
}
