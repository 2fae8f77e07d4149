import type { Paint } from '../errors/index.ts'
import type { Patch } from '../patch/index.ts'
import type { DeviceType } from '../devices/index.ts'
import type { Feed } from '../live/feed.ts'
import type { LiveSynth } from '../live/live-synth.ts'
import type { MidiConnection } from '../midi/connect.ts'
import type { MidiPorts } from '../midi/ports.ts'
import type { MidiSending } from '../midi/send.ts'
import type { Report } from '../plan/index.ts'

/** A recording that goes on. */
export interface Take {
  /** Ends it: the file is there, whole. The result says what is in it, in a few words. */
  stop(): Promise<string>
}

/** What the REPL asks of the world around it: files and ports, which whoever starts it opens. */
export interface Outside {
  /** The patch of a file, checked. @throws MegasynthError with all problems */
  readonly openPatch: (file: string) => Promise<Patch>
  /**
   * Goes over to a patch of a file, and to the device types that files are opened with: those of what plays are others if it
   * does not go with them.
   *
   * @throws MegasynthError as `Synth.apply` does
   */
  readonly play: (patch: Patch) => Promise<Report>
  /** Writes a whole file or nothing. @throws MegasynthError `file-exists`, `unwritable-file` */
  readonly write: (file: string, text: string, options: { readonly force: boolean }) => void
  /** Opens a file, and goes over to what it says each time that it is saved from then on, until `end`. */
  readonly watch: (file: string) => Promise<{ readonly patch: Patch; readonly end: () => Promise<void> }>
  /** Begins to record what is heard. @throws MegasynthError `file-exists`, `unwritable-file`, `invalid-option` */
  readonly record: (file: string, options: { readonly force: boolean }) => Promise<Take>
  /** Begins to record what is played, as MIDI. @throws MegasynthError as `record` does */
  readonly recordMidi: (file: string, options: { readonly force: boolean }) => Promise<Take>
  /** The snapshots beside a patch file. What is wrong with them is told above what is being typed. */
  readonly readSnapshots: (file: string) => ReadonlyMap<string, Patch>
  /** Writes the snapshots beside a patch file; gives the name of their file. @throws MegasynthError `unwritable-file`, `too-large` */
  readonly keepSnapshots: (file: string, snapshots: ReadonlyMap<string, Patch>) => string
  readonly openMidi: () => Promise<MidiPorts>
  /** No file is loaded any more: what is being loaded is given up at once. */
  readonly endLoading: () => void
  /**
   * Names of folders, which end in `/`, and of files that begin with a text, for completion.
   *
   * @param types how the files end. Default: as patch files do
   */
  readonly filesLike: (text: string, types?: readonly string[]) => readonly string[]
}

/** All that the commands work on. */
export interface Desk {
  readonly synth: LiveSynth
  /** The device types of what plays: others, when their file is saved. */
  readonly catalogue: Readonly<Record<string, DeviceType>>
  readonly outside: Outside
  readonly paint: Paint
  /** Characters of a line, now. */
  readonly width: () => number
  /** Prints lines that nobody asked for, above what is being typed. */
  readonly say: (text: string) => void
  /** Ends the session. */
  readonly exit: () => void
  /** The file that is played, as it was written. */
  file: string | undefined
  /** Files that this session has written: it may write them again. */
  readonly written: Set<string>
  /** What is being recorded, by the function that began it: of each one at a time. */
  readonly takes: Map<'record' | 'recordMidi', Promise<Take>>
  /** Ends watching. */
  unwatch: (() => Promise<void>) | undefined
  midi:
    | {
        readonly ports: MidiPorts
        /** What plays the synth. */
        connection: MidiConnection | undefined
        /** Where what it plays is sent. */
        sending: MidiSending | undefined
      }
    | undefined
  /** Lines of notes that are being played. */
  readonly lines: Set<Feed>
  /** Notes struck by the REPL so far: each has a name of its own. */
  notes: number
}

/** What a session has done so far when it begins: nothing. */
export const nothingDone = (): Pick<Desk, 'written' | 'takes' | 'unwatch' | 'midi' | 'lines' | 'notes'> => ({
  written: new Set(),
  takes: new Map(),
  unwatch: undefined,
  midi: undefined,
  lines: new Set(),
  notes: 0,
})
