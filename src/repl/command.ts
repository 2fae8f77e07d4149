import type { Desk } from './desk.ts'

/** What is completed inside the quotes of an argument. */
export type Completes =
  | 'knob'
  | 'device'
  /** A device of the patch, or `out`. */
  | 'listenable'
  /** Where a cable begins: a knob, a device, `keys.pitch`, `clock.beat`, … */
  | 'source'
  /** Where a cable ends: `filter0.cutoff`, `out`. */
  | 'destination'
  /** Where a cable begins, or ends, that is there. */
  | 'cable from'
  | 'cable to'
  /** What has a constant: `filter0.cutoff`, or a knob. */
  | 'place'
  /** A patch file. */
  | 'file'
  /** A file that is recorded. */
  | 'wav'
  | 'mid'
  /** MIDI ports, once they have been looked at. */
  | 'midi input'
  | 'midi output'
  | 'command'
  | 'snapshot'

/** The chapters of the help, in their order. */
export const chapters = {
  play: 'Play',
  knobs: 'Knobs and tempo',
  edit: 'Change the patch',
  snapshots: 'Snapshots',
  look: 'See and hear what goes on',
  files: 'Files',
  midi: 'MIDI',
  session: 'The session',
} as const

/**
 * One function of the REPL, with all that is said of it: help, completion and docs/repl.md come from here.
 */
export interface Command {
  readonly name: string
  readonly chapter: keyof typeof chapters
  /** How it is called: `note(note, seconds = 0.5)`. */
  readonly call: string
  /** What it does; the first sentence stands for all of it in a list. */
  readonly doc: string
  /** What is completed in each argument, in their order. */
  readonly completes?: readonly (Completes | undefined)[]
  /** Lines that can be typed as they stand. */
  readonly examples: readonly [string, ...string[]]
  /** What it returns is printed; a promise is waited for. */
  readonly run: (desk: Desk, ...args: never[]) => unknown
}
