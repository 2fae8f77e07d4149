import { recordTogether, type RecordedPart } from '../midi/recorder.ts'
import { midiFile } from '../midi/take.ts'
import { named, type Place } from './files.ts'
import type { Shell } from './io.ts'
import { recordingPlace } from './recording-place.ts'
import { count } from './text.ts'
import { openWhole } from './whole-file.ts'

/** What is in a MIDI file that was recorded. */
interface MidiReport {
  readonly seconds: number
  readonly notes: number
}

/** A MIDI file that is being made. */
export interface MidiRecording {
  /** Ends it; the file is there then. @throws MegasynthError `file-exists`, `unwritable-file` */
  readonly finish: () => MidiReport
  /** Gives it up: nothing is written, and what was there stays. */
  readonly abort: () => void
}

/**
 * The place of a MIDI file that a flag names, or a function of the prompt.
 *
 * @throws MegasynthError `invalid-option` for a name that no MIDI file should have
 */
export const midiPlace = (cwd: string, asked: string, written: string): Place =>
  recordingPlace(cwd, asked, written, { kind: 'MIDI', types: ['.mid', '.midi'], name: 'take.mid' })

/**
 * Records what live synths play from now on, together, in a MIDI file. If the program ends before it is finished, it is
 * finished then: what was played is lost with no mistake of anybody's.
 *
 * @param force whether a file that is there already is replaced
 * @throws MegasynthError `file-exists`, `unwritable-file`: whether it may be written is known before it is played
 */
export function recordMidi(parts: readonly RecordedPart[], place: Place, force: boolean): MidiRecording {
  const file = ofPlace(place, () => openWhole(place.path, { force }))
  const recorder = recordTogether(parts)
  function finish(): MidiReport {
    process.off('exit', finishLate)
    const take = recorder.stop()
    ofPlace(place, () => {
      file.run(() => file.put(midiFile(take)))
      file.finish()
    })
    const notes = take.messages.filter(({ message }) => message.kind === 'noteOn').length
    return { seconds: take.seconds ?? 0, notes }
  }
  function finishLate(): void {
    try {
      finish()
    } catch {
      // nobody is left who could be told; what was written of it is taken away
    }
  }
  process.once('exit', finishLate)
  return {
    finish,
    abort() {
      process.off('exit', finishLate)
      recorder.stop()
      file.abort()
    },
  }
}

/** What goes wrong with a file is said of it as the user calls it. */
function ofPlace<T>(place: Place, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw named(error, place)
  }
}

/** Says in a line what was recorded. */
export const midiLine = (
  file: string,
  { seconds, notes }: MidiReport,
  { paint }: Pick<Shell, 'paint'>,
): string => `${paint.green('✓')} ${paint.bold(file)}: ${seconds.toFixed(2)} s, ${count(notes, 'note')}`
