import { transposed, type NoteEvent } from '../plan/index.ts'
import type { Edit, KnobMidi, Patch, RelativeEncoding } from '../patch/index.ts'
import { Cable } from './cable.ts'
import { ClockLead, type ClockTarget } from './clock-lead.ts'
import { noSuchPort, noVirtualPorts, portsNamed } from './choose-port.ts'
import { checkMidiOptions } from './options.ts'
import { isTakenBy, mappedKnobs, turned, turns, type Grip, type MappedKnob } from './knob-controls.ts'
import { learning, learningEdits, learnt, takenOverAsBefore, type Learning } from './learn.ts'
import { Merge } from './merge.ts'
import type { HearMidi, MidiInput, MidiPortInfo, MidiPorts } from './ports.ts'
import type { MidiAction, MidiControl, MidiOptions } from './state.ts'

/** What MIDI needs of a synth: every `Synth` has it, and so has a fake of a few lines. */
export interface MidiTarget {
  readonly patch: Patch
  play(event: NoteEvent): void
  setKnob(name: string, position: number): void
  knob(name: string): number
  edit(edit: Edit): Promise<unknown>
}

/** What happens to ports while a synth is connected to them. */
export type MidiNews =
  | { readonly kind: 'opened' | 'gone'; readonly port: MidiPortInfo }
  /** A port cannot be opened, or what was played on it failed. It is tried again. */
  | { readonly kind: 'failed'; readonly port: MidiPortInfo; readonly error: unknown }

/** What a synth is connected to, and how it is played. */
export interface ConnectMidiOptions extends MidiOptions {
  readonly ports: MidiPorts
  /**
   * Id or name of a port, or part of its name: all that fit are played; `''`: all ports, those that are to come too. Default: all,
   * unless there is a virtual one.
   */
  readonly port?: string
  /** Opens a port of this name, that other programs can send to; others then only if `port` says so. */
  readonly virtual?: string
  /** Is called at a program change: to recall a snapshot. Default: programs are not heard. */
  readonly onProgram?: (program: Extract<MidiAction, { kind: 'program' }>) => void
  /** Semitones up or down, −127..127; notes that leave 0..127 by it are not played. Default: 0. */
  readonly transpose?: number
  /** Follows the clock of the first cable that ticks; after a second without a tick, that of another. Default: clocks are not heard. */
  readonly clock?: ClockTarget
  /** Is told of ports that come and go. */
  readonly onNews?: (news: MidiNews) => void
}

/** A synth on MIDI ports. */
export interface MidiConnection {
  /** The ports that are played now. */
  readonly inputs: readonly MidiPortInfo[]
  /**
   * The next control that is moved by a few steps becomes that of a knob: an edit of the patch. A knob that had it
   * loses it. Learning again, or closing, ends the learning before.
   *
   * @param relative the control is an encoder that writes its steps so. Default: found out by what it sends
   * @returns what the knob has learnt; undefined if the learning was ended
   * @throws MegasynthError `unknown-knob`
   */
  learn(knob: string, relative?: RelativeEncoding): Promise<KnobMidi | undefined>
  /** Ends learning. */
  stopLearning(): void
  /** Lets go of every note that is held on the ports, and closes them. */
  close(): void
}

/** A port that is played. */
interface Open {
  readonly port: MidiPortInfo
  readonly cable: Cable
  input: MidiInput | undefined
}

/** A knob that learns, and who waits for it. */
interface Lesson {
  state: Learning
  readonly resolve: (midi: KnobMidi | undefined) => void
  readonly reject: (error: unknown) => void
}

/**
 * Lets MIDI ports play a synth: notes, expression, pedals, the knobs whose controls the patch names, the clock. A device that
 * goes away ends its notes; when it comes back it plays again.
 *
 * @throws MegasynthError `unknown-midi-port` if `port` is not there, `midi-unavailable` if there are no virtual ports,
 * `midi-port-failed` if the virtual one cannot be opened, `out-of-range` for options that mean nothing
 * @example
 * const synth = await createOffline({ patch })
 * const connection = connectMidi(synth, { ports: await openMidiPorts(), port: 'Keystation', channel: 1 })
 */
export function connectMidi(synth: MidiTarget, options: ConnectMidiOptions): MidiConnection {
  checkMidiOptions(options)
  const { ports, port: wanted, virtual, onNews = () => undefined, onProgram, clock, transpose = 0 } = options
  const plays = virtual === undefined || wanted !== undefined
  if (wanted !== undefined && wanted !== '' && portsNamed(ports.inputs, wanted).length === 0)
    noSuchPort(ports.inputs, wanted, 'MIDI input')

  const open = new Map<string, Open>()
  /** Ports that could not be opened: said once. */
  const failed = new Set<string>()
  const grips = new Map<string, Grip>()
  const merge = new Merge<Cable>()
  let mapped: { readonly patch: Patch; readonly knobs: readonly MappedKnob[] } | undefined
  let lesson: Lesson | undefined
  const lead = clock && new ClockLead<Cable>(clock)

  function knobs(): readonly MappedKnob[] {
    const { patch } = synth
    if (mapped?.patch !== patch) mapped = { patch, knobs: mappedKnobs(patch) }
    return mapped.knobs
  }
  const isTaken = (control: MidiControl): boolean => {
    try {
      return isTakenBy(knobs(), control)
    } catch {
      // the synth is closed, which whatever is played on it will say
      return false
    }
  }

  function turn(control: MidiControl): void {
    for (const { name, midi } of knobs()) {
      if (!turns(control, midi)) continue
      const { grip, position } = turned(grips.get(name), midi, control, synth.knob(name))
      grips.set(name, grip)
      if (position !== undefined) synth.setKnob(name, position)
    }
  }

  function teach(control: MidiControl): void {
    if (lesson === undefined) return
    const { state, midi: heard } = learnt(lesson.state, control)
    lesson.state = state
    if (heard === undefined) return
    const midi = takenOverAsBefore(synth.patch, state.knob, heard)
    const { resolve, reject } = lesson
    lesson = undefined
    grips.delete(state.knob)
    const edits = learningEdits(synth.patch, state.knob, midi)
    // asked for at once, they are one plan
    Promise.all(edits.map((edit) => synth.edit(edit))).then(() => resolve(midi), reject)
  }

  function playOn(port: MidiPortInfo, given: NoteEvent): void {
    const event = transposed(given, transpose)
    if (event) synth.play(named(event, port))
  }

  function act({ port, cable }: Open, action: MidiAction, seconds: number): void {
    switch (action.kind) {
      case 'play': {
        const event = merge.hear(cable, action.event)
        return event && playOn(port, event)
      }
      case 'control':
        turn(action.control)
        return teach(action.control)
      case 'program':
        return onProgram?.(action)
      default:
        return lead?.hear(cable, action, seconds)
    }
  }

  /** Nothing that fails may stop what follows, least of all the end of a note. */
  function attempt(port: MidiPortInfo, work: () => void): void {
    try {
      work()
    } catch (error) {
      onNews({ kind: 'failed', port, error })
    }
  }

  function perform(on: Open, actions: Iterable<MidiAction>, seconds: number): void {
    for (const action of actions) attempt(on.port, () => act(on, action, seconds))
  }

  function opened(port: MidiPortInfo, how: (hear: HearMidi) => MidiInput): void {
    const on: Open = { port, cable: new Cable(options), input: undefined }
    on.input = how((bytes, seconds) => {
      if (open.get(port.id) === on) perform(on, on.cable.hear(bytes, isTaken), seconds)
    })
    open.set(port.id, on)
    onNews({ kind: 'opened', port })
  }

  function shut(on: Open): void {
    open.delete(on.port.id)
    attempt(on.port, () => lead?.leave(on.cable))
    const events = on.cable.release().flatMap((action) => (action.kind === 'play' ? [action.event] : []))
    for (const event of merge.leave(on.cable, events)) attempt(on.port, () => playOn(on.port, event))
    on.input?.close()
    onNews({ kind: 'gone', port: on.port })
  }

  const virtualId = 'virtual'
  function look(): void {
    const there = plays ? portsNamed(ports.inputs, wanted) : []
    const ids = new Set(there.map(({ id }) => id))
    for (const on of open.values()) if (!ids.has(on.port.id) && on.port.id !== virtualId) shut(on)
    for (const id of failed) if (!ids.has(id)) failed.delete(id)
    for (const port of there) {
      if (open.has(port.id)) continue
      try {
        opened(port, (hear) => ports.openInput(port.id, hear))
        failed.delete(port.id)
      } catch (error) {
        if (!failed.has(port.id)) onNews({ kind: 'failed', port, error })
        failed.add(port.id)
      }
    }
  }

  if (virtual !== undefined) {
    const own = ports.virtual ?? noVirtualPorts(virtual)
    opened({ id: virtualId, name: virtual }, (hear) => own.openInput(virtual, hear))
  }
  look()
  const unwatch = ports.watch(look)

  function stopLearning(): void {
    lesson?.resolve(undefined)
    lesson = undefined
  }

  return {
    get inputs() {
      return Array.from(open.values(), ({ port }) => port)
    },
    learn(knob, relative) {
      // it says so at once if there is no such knob
      synth.knob(knob)
      stopLearning()
      return new Promise((resolve, reject) => {
        lesson = { state: learning(knob, relative), resolve, reject }
      })
    },
    stopLearning,
    close() {
      stopLearning()
      unwatch()
      for (const on of open.values()) shut(on)
    },
  }
}

/** Overlapping equal notes of two devices are two notes. */
function named(event: NoteEvent, { id }: MidiPortInfo): NoteEvent {
  return event.kind === 'on' || event.kind === 'off' ? { ...event, id: `${id}:${event.note}` } : event
}
