import type { KnobMidi, KnobSpec, Patch } from '../patch/types.ts'
import type { NoteEvent } from '../plan/index.ts'
import type { Score, ScoreEvent } from '../plan/score.ts'
import type { MidiFile } from './file.ts'
import { interpretMidi } from './interpret.ts'
import { isTakenBy, mappedKnobs, turned, turns, type MappedKnob } from './knob-controls.ts'
import { checkMidiOptions } from './options.ts'
import { programName, type ProgramChange } from './programs.ts'
import {
  channelOf,
  midiAtStart,
  withChannel,
  type MidiControl,
  type MidiOptions,
  type MidiState,
} from './state.ts'

/** How a MIDI file is played on a patch. */
export interface MidiScoreOptions extends MidiOptions {
  /** Those of the patch: what names a control of the file is turned by it. Default: none. */
  readonly knobs?: Patch['knobs']
  /** Those of the patch: program changes recall them, see {@link recallPrograms}. Default: programs are passed over. */
  readonly snapshots?: ReadonlyMap<string, Patch>
  /** Hears of every program for which there is no snapshot; it is passed over. */
  readonly onMissing?: (program: ProgramChange) => void
  /** Semitones up or down, −127..127; notes that leave 0..127 by it are not played. Default: 0. */
  readonly transpose?: number
}

/** What the clock of a synth can follow, in beats per minute. */
const tempos = { slowest: 1, fastest: 999 }

/**
 * What a MIDI file plays on a patch: notes, pedals, bend, pressure, timbre, the knobs that its controllers turn, and the tempo of
 * the clock. Every note keeps an id of its own; pedals that never go up are lifted at the end of the file. A program change
 * recalls a snapshot, if there are any, and from then on its knobs are turned.
 *
 * @param midi what {@link readMidiFile} returned
 * @param options by default all channels are played as they are
 * @throws MegasynthError `out-of-range` for options that mean nothing
 * @example
 * const midi = readMidiFile(await readFile('song.mid'))
 * const bass = scoreFromMidi(midi, { channel: 2, transpose: -12 })
 */
export function scoreFromMidi(
  { messages, tempos: changes, duration }: MidiFile,
  { knobs = {}, transpose = 0, snapshots, onMissing, ...options }: MidiScoreOptions = {},
): Score {
  checkMidiOptions({ ...options, transpose })
  let [mapped, positions] = board(knobs)
  const isTaken = (control: MidiControl): boolean => isTakenBy(mapped, control)
  const events: ScoreEvent[] = []
  const open = new SoundingIds()

  const play = (time: number, event: NoteEvent, id: number | undefined): void => {
    if (event.kind === 'on' || event.kind === 'off') {
      const { note, channel = 0 } = event
      const moved = note + transpose
      if (event.kind === 'on') {
        if (moved < 0 || moved > 127 || id === undefined) return
        open.begin(channel, note, id)
        events.push({ ...event, note: moved, id, time })
      } else
        for (const ended of open.end(channel, note, id))
          events.push({ ...event, note: moved, id: ended, time })
    } else if (event.kind === 'pressure' && event.note !== undefined) {
      const moved = event.note + transpose
      if (moved >= 0 && moved <= 127) events.push({ ...event, note: moved, time })
    } else {
      if (event.kind === 'silence') open.clear()
      events.push({ ...event, time })
    }
  }

  let state = midiAtStart(options)
  let next = 0
  const setTempos = (until: number): void => {
    for (let change = changes[next]; change && change.time <= until; change = changes[++next]) {
      const { time, tempo } = change
      events.push({ kind: 'tempo', time, tempo: Math.min(tempos.fastest, Math.max(tempos.slowest, tempo)) })
    }
  }
  for (const { time, message, id } of messages) {
    setTempos(time)
    const step = interpretMidi(state, message, isTaken)
    ;({ state } = step)
    for (const action of step.actions)
      if (action.kind === 'play') play(time, action.event, id)
      else if (action.kind === 'control')
        for (const { name, midi } of mapped) {
          if (!turns(action.control, midi)) continue
          const value = turnedTo(midi, action.control, positions.get(name) ?? 0)
          positions.set(name, value)
          events.push({ kind: 'knob', time, name, value })
        }
      else if (action.kind === 'program' && snapshots !== undefined && snapshots.size > 0) {
        const name = programName(snapshots, action)
        if (name === undefined) onMissing?.(action)
        else {
          events.push({ kind: 'recall', time, name })
          ;[mapped, positions] = board(snapshots.get(name)?.knobs ?? {})
        }
      }
    // of equal notes that overlap one has ended: the key is down as long as another has not
    if (message.kind === 'noteOff' && open.isHeld(message.channel, message.note))
      state = withKeyDown(state, message.channel, message.note)
  }
  setTempos(Infinity)
  const last = events.at(-1)?.time ?? 0
  if (!state.channels.some(({ sustain, sostenuto }) => sustain || sostenuto))
    return { events, duration: last }
  const end = Math.max(last, duration)
  return { events: [...events, { kind: 'allOff', time: end }], duration: end }
}

/** The knobs of a patch that name a control, and where all of them stand. */
const board = (
  knobs: NonNullable<Patch['knobs']>,
): [mapped: readonly MappedKnob[], positions: Map<string, number>] => [
  mappedKnobs({ knobs, devices: {} }),
  new Map(Object.entries(knobs).map(([name, knob]) => [name, valueOf(knob)])),
]

const valueOf = (knob: KnobSpec): number => (typeof knob === 'number' ? knob : knob.value)

/** Where a control of a file puts a knob: what was recorded is no hand that must take it over first. */
function turnedTo(midi: KnobMidi, control: MidiControl, position: number): number {
  const free = 'relative' in midi ? midi : { ...midi, takeover: 'jump' as const }
  return turned(undefined, free, control, position).position ?? position
}

function withKeyDown(state: MidiState, channel: number, note: number): MidiState {
  const { keys } = channelOf(state, channel)
  return keys.includes(note) ? state : withChannel(state, channel, { keys: [...keys, note] })
}

/** Ids of the notes that have begun and not ended. */
class SoundingIds {
  readonly #ids = new Map<number, Set<number>>()

  begin(channel: number, note: number, id: number): void {
    const ids = this.#ids.get(channel * 128 + note)
    if (ids) ids.add(id)
    else this.#ids.set(channel * 128 + note, new Set([id]))
  }

  /** The notes that end: the one that is meant, or all of a key. */
  end(channel: number, note: number, id: number | undefined): readonly number[] {
    const ids = this.#ids.get(channel * 128 + note) ?? new Set()
    const ended = id === undefined ? [...ids] : ids.has(id) ? [id] : []
    for (const one of ended) ids.delete(one)
    return ended
  }

  isHeld(channel: number, note: number): boolean {
    return (this.#ids.get(channel * 128 + note)?.size ?? 0) > 0
  }

  clear(): void {
    this.#ids.clear()
  }
}
