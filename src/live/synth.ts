import type { DeviceType } from '../devices/index.ts'
import type { Edit, Patch, VoicePolicy, DeviceSpec } from '../patch/index.ts'
import type { Command } from '../scsynth/index.ts'
import type { NoteEvent, Report } from '../plan/index.ts'
import type { Problem } from '../errors/index.ts'
import type { Restart } from './live-synth.ts'
import type { Happening } from './player.ts'
import type { Trouble } from './trouble.ts'

/** Sound: one array of samples per channel, nominally −1..1. */
export interface Audio {
  /** Hz. */
  readonly sampleRate: number
  readonly channels: readonly Float32Array[]
}

/** When something happens. */
export interface At {
  /** Seconds of the synth's clock, counted from its start; the past is now. Default: now. Exact to the block. */
  readonly at?: number
}

/** When a knob is turned, and how long that takes. */
export interface Turn extends At {
  /** Seconds in which it goes there, in a straight line, 0..3600. Turning it again takes it over. Default: it is there at once. */
  readonly over?: number
}

/** How a snapshot comes back. */
export interface Recall {
  /** Seconds in which the knobs go to where it has them, in straight lines, 0..3600. Default: 0. */
  readonly over?: number
  /** At once, or when the next beat or bar begins; one that begins right now is the next. Default: `now`. */
  readonly at?: 'now' | 'beat' | 'bar'
}

/** What a change would do, without doing it. */
export interface DryRun {
  readonly report: Report
  /** Names of the SynthDefs that would be loaded first. */
  readonly load: readonly string[]
  /** What would take effect within one block. */
  readonly transaction: readonly Command[]
  /** What would be sent in the block after: the fades go off. */
  readonly start: readonly Command[]
}

/**
 * A note, a knob, a tempo, a place in time, a stop or a panic that a synth was asked for, with the second of its clock at which it begins. A
 * knob is at `position` at once, or `over` seconds later: in between it is on its way there in a straight line.
 */
export type Played = Required<At> &
  (
    | Extract<Happening, { kind: 'note' | 'beat' | 'running' | 'panic' }>
    | { readonly kind: 'knob'; readonly name: string; readonly position: number; readonly over?: number }
    | { readonly kind: 'tempo'; readonly tempo: number }
  )

/** What a synth tells of. */
export interface SynthEvents {
  /**
   * Something is played, now or at a time to come: told when it is asked for, in the order of the calls. What a recalled
   * snapshot does with the knobs is told as it begins.
   */
  readonly played: Played
  /** A device puts out what is no sound. It is kept from the output; another patch mends it. */
  readonly trouble: Trouble
  /** A trouble is over. */
  readonly recovered: Trouble
  /** The engine of a live synth had died; patch, knobs and held notes have been rebuilt. */
  readonly restarted: Restart
  /** Something that nobody waits for went wrong in a live synth. */
  readonly problem: Problem
}

/** A patch that sounds: the session that holds patch, knobs, voices and engine. */
export interface Synth {
  /** Hz. */
  readonly sampleRate: number
  /** Seconds of the synth's clock. */
  readonly time: number
  /** The patch that sounds: always the truth. It is a value, frozen all through: {@link apply} and edits give another. */
  readonly patch: Patch
  /**
   * Plays whatever can be played: notes, and what bends, presses and holds them.
   *
   * @throws MegasynthError `invalid-note`
   * @example
   * const synth = await createOffline({ patch })
   * synth.play({ kind: 'on', note: 60, velocity: 0.8 })
   * synth.play({ kind: 'off', note: 60 }, { at: 0.5 })
   */
  play(event: NoteEvent, when?: At): void
  /**
   * Plays a note.
   *
   * @param note MIDI note 0..127; fractions are microtones
   * @param velocity 0..1. Default: 0.8
   * @throws MegasynthError `invalid-note`
   */
  noteOn(note: number, velocity?: number, when?: At): void
  /** Releases a note; one that does not sound is ignored. */
  noteOff(note: number, when?: At): void
  /** Releases every note. */
  allNotesOff(when?: At): void
  /**
   * Has every note fade at once, whatever its release, lifts keys and pedals, and forgets the notes and turns of knobs that were asked for
   * with a time to come. Echoes ring out; the tempo, the beat and what a knob is on its way to go on.
   *
   * @example
   * const synth = await createOffline({ patch })
   * synth.noteOn(60)
   * synth.noteOn(64, 0.8, { at: 0.5 })
   * synth.panic() // neither is heard
   */
  panic(): void
  /**
   * Turns a knob. What it moves is smoothed. Changes within one block are coalesced, the last one arrives.
   *
   * @param position 0..1
   * @throws MegasynthError `unknown-knob`, `out-of-range`
   */
  setKnob(name: string, position: number, when?: Turn): void
  /** Position 0..1 of a knob, as last set. @throws MegasynthError `unknown-knob` */
  knob(name: string): number
  /** Beats per minute, now: as last set, or as the patch says. */
  readonly tempo: number
  /** Beats since the synth's start; bars begin at beats 0, 4, 8, … */
  readonly beat: number
  /**
   * Plays at another tempo, until a patch declares one that was not declared before. The beat goes on from where it is.
   *
   * @param tempo beats per minute, 1..999
   * @throws MegasynthError `out-of-range`
   */
  setTempo(tempo: number, when?: At): void
  /**
   * Jumps to a beat, to play along with others.
   *
   * @param beat 0 or above; it is where it is in this very block
   * @throws MegasynthError `out-of-range`
   */
  setBeat(beat: number, when?: At): void
  /** Whether the beat goes on: false while it stands still. */
  readonly running: boolean
  /**
   * Has the beat stand still where it is, or go on from there. While it stands `clock.beat` and `clock.bar` are low, `clock.phase`
   * is held, and what was to come on a beat waits for it; everything else goes on.
   *
   * @throws MegasynthError `invalid-value`
   * @example
   * const synth = await createOffline({ patch })
   * synth.setRunning(false)
   * synth.setBeat(0)
   * synth.setRunning(true, { at: 1 }) // beat 0 is at second 1
   */
  setRunning(running: boolean, when?: At): void
  /**
   * Goes over to another patch while it sounds: what did not change is not touched, the rest goes over without a click,
   * tails ring out, held notes stay held. Changes that are asked for at once are one plan. A patch with problems, and
   * one that the engine refuses, changes nothing.
   *
   * @param catalogue the device types that patches may use from then on: devices of a type that is another now are replaced as any
   *   others are. Default: those that they may use already
   * @throws MegasynthError with all problems
   * @example
   * const synth = await createOffline({ patch })
   * console.log(formatReport(await synth.apply({ ...patch, tempo: 90 })))
   */
  apply(patch: Patch, catalogue?: Readonly<Record<string, DeviceType>>): Promise<Report>
  /** What {@link apply} would do. @throws MegasynthError with all problems */
  plan(patch: Patch): DryRun
  /** Applies a small edit, as plain data. @throws MegasynthError */
  edit(edit: Edit): Promise<Report>
  /** Plugs in a cable, or gives one that is there another amount: `connect('lfo0', 'filter0.cutoff', 0.2)`. */
  connect(from: string, to: string, amount?: number): Promise<Report>
  /** Pulls a cable out. */
  disconnect(from: string, to: string): Promise<Report>
  /** Sets a constant, an option or a declared position: `set('filter0.cutoff', 800)`. Without a value: its default. */
  set(place: string, value?: string | number | boolean): Promise<Report>
  addDevice(name: string, device: DeviceSpec): Promise<Report>
  /** Takes a device out, with its cables. */
  removeDevice(name: string): Promise<Report>
  /** Its cables stay on it, and so does its sound. */
  renameDevice(name: string, to: string): Promise<Report>
  setVoices(voices: number | VoicePolicy): Promise<Report>
  /**
   * Takes the last edit back; undefined if there is none. Knobs stay where they are, but if it was a recalled snapshot they go back to
   * where they were before it, and so does the tempo if that had another. Up to 200 steps.
   */
  undo(): Promise<Report | undefined>
  /** Does again what was undone last; undefined if nothing was. */
  redo(): Promise<Report | undefined>
  /** The patches that were stored, by name, in the order in which they first were. */
  readonly snapshots: ReadonlyMap<string, Patch>
  /**
   * Stores a patch under a name, in the place of what was stored under it.
   *
   * @param name a text of 1..64 characters
   * @param patch default: the patch that sounds, with its knobs and its tempo as they are now
   * @throws MegasynthError `invalid-name`; `too-large` beyond 1024 of them; all problems of the patch
   */
  store(name: string, patch?: Patch): void
  /** Forgets a snapshot. @throws MegasynthError `unknown-snapshot` */
  forget(name: string): void
  /**
   * Goes over to a snapshot: to its graph as {@link apply} does, and to the positions of its knobs in some time. It can be
   * undone as any edit can. The result comes when it begins to sound, which on the next beat or bar takes until then; `played`
   * tells of the knobs that are on their way.
   *
   * @throws MegasynthError `unknown-snapshot`, `out-of-range`, `invalid-value`, and as {@link apply} does
   * @example
   * const synth = await createOffline({ patch })
   * synth.store('verse')
   * await synth.set('filter0.cutoff', 800)
   * const coming = synth.recall('verse', { over: 4, at: 'bar' })
   * await synth.advance(8)
   * await coming
   */
  recall(name: string, how?: Recall): Promise<Report>
  /**
   * Calls a listener whenever something happens; the result ends it. What a listener throws is dropped: the sound goes on.
   *
   * @example
   * const synth = await createOffline({ patch })
   * const stop = synth.on('trouble', ({ device, voice, kind }) => console.error(device, voice, kind))
   */
  on<E extends keyof SynthEvents>(event: E, listener: (what: SynthEvents[E]) => void): () => void
  /** Ends the engine. The synth cannot be used any more. */
  close(): Promise<void>
}

/** A synth on a virtual clock: it sounds when it is told to. */
export interface OfflineSynth extends Synth {
  /** Plays on for some seconds (rounded up to whole blocks) and returns the sound. @throws MegasynthError `engine-failed` */
  advance(seconds: number): Promise<Audio>
}
