import { Movements, type Synth } from '../live/index.ts'
import type { Patch } from '../patch/index.ts'
import {
  eventToMidi,
  knobToMidi,
  midiOutAtStart,
  type MidiOutOptions,
  type MidiOutState,
  type MidiOutStep,
} from './out.ts'
import type { Take, TimedMidi, TimedTempo } from './take.ts'

/** What a recorder needs of a synth. */
export type RecordedSynth = Pick<Synth, 'on' | 'patch' | 'time' | 'tempo' | 'knob'>

/** A recorder that runs. */
export interface Recorder {
  /** Second of the synth's clock at which it begins. */
  readonly begin: number
  /** Ends it: what was played from its beginning until now. Notes that are held end here. */
  stop(): Take
}

/**
 * Writes down what a synth plays: notes and expression, the knobs that name a MIDI control, tempos.
 *
 * @throws MegasynthError `out-of-range` for options that mean nothing
 * @example
 * const synth = await createOffline({ patch })
 * const recorder = recordTake(synth)
 * synth.noteOn(60)
 * const file = midiFile(recorder.stop())
 */
export function recordTake(synth: RecordedSynth, options: MidiOutOptions = {}): Recorder {
  return recorderOf([recording(synth, options)])
}

/** How far bends reach, in semitones, on channels where that is more than they did at first. */
type Reach = MidiOutState['bendRanges']

/** What is written down. */
interface Recording {
  /** Second of the synth's clock. */
  readonly begin: number
  /** Ends it. How far its bends reach is known now, but is said at the beginning of each channel. */
  end(): { readonly reach: Reach; take(reach: Reach): Take }
}

function recording(synth: RecordedSynth, options: MidiOutOptions): Recording {
  const start = midiOutAtStart(options)
  const begin = synth.time
  // the synth may be closed before the recorder is stopped
  const { name } = synth.patch
  let played: { readonly at: number; readonly step: (from: MidiOutStep) => MidiOutStep }[] = []
  const tempos: TimedTempo[] = [{ seconds: 0, tempo: synth.tempo }]
  const movements = new Movements((knob) => synth.knob(knob))
  /** The control that a knob had when it was turned, not at the end. */
  const patches = new Map<string, Patch>()
  const move = (until: number): void => {
    for (const { name: knob, position, at } of movements.take(until)) {
      const patch = patches.get(knob)
      if (patch) played.push({ at, step: ({ state }) => knobToMidi(state, patch, knob, position) })
    }
  }
  const unhear = synth.on('played', (what) => {
    if (what.kind === 'tempo') tempos.push({ seconds: what.at - begin, tempo: what.tempo })
    else if (what.kind === 'note') {
      const { at, event } = what
      played.push({ at, step: ({ state }) => eventToMidi(state, event) })
    } else if (what.kind === 'panic') {
      const { at } = what
      movements.forget(at)
      played = played.filter((one) => one.at <= at)
      played.push({ at, step: ({ state }) => eventToMidi(state, { kind: 'silence' }) })
    } else if (what.kind === 'knob') {
      move(synth.time)
      movements.turn(what)
      patches.set(what.name, synth.patch)
    }
  })
  return {
    begin,
    end() {
      unhear()
      const last = synth.time
      move(last)
      // what is asked for ahead of its time comes in the order of time, and not at all after the end
      const steps = played.filter(({ at }) => at <= last).toSorted((a, b) => a.at - b.at)
      steps.push({ at: last, step: ({ state }) => eventToMidi(state, { kind: 'allOff' }) })
      const written = (reach: Reach): { readonly messages: TimedMidi[]; readonly reach: Reach } => {
        let now: MidiOutStep = { state: { ...start, bendRanges: reach }, messages: [] }
        const messages = steps.flatMap(({ at, step }) => {
          now = step(now)
          return now.messages.map((message) => ({ seconds: at - begin, message }))
        })
        return { messages, reach: now.state.bendRanges }
      }
      return {
        reach: written(start.bendRanges).reach,
        take: (reach) => ({
          messages: written(reach).messages,
          tempos: tempos.filter(({ seconds }) => seconds <= last - begin),
          seconds: last - begin,
          ...(name === undefined ? {} : { name }),
        }),
      }
    },
  }
}

/** One of several synths that are recorded together, and how: `channel` is that of what it plays without one. */
export interface RecordedPart extends MidiOutOptions {
  readonly synth: RecordedSynth
}

/**
 * Writes down what several synths with one clock play, as one take. Its tempos are those of the first.
 *
 * @throws MegasynthError `out-of-range` for options that mean nothing
 * @example
 * const ensemble = await createEnsemble({ parts: [{ patch }, { patch }] })
 * const recorder = recordTogether(ensemble.parts.map((synth, i) => ({ synth, channel: i + 1 })))
 * ensemble.parts[1]?.noteOn(60)
 * const file = midiFile(recorder.stop())
 */
export function recordTogether(parts: readonly RecordedPart[]): Recorder {
  return recorderOf(parts.map(({ synth, ...options }) => recording(synth, options)))
}

function recorderOf(recordings: readonly Recording[]): Recorder {
  // one after the other, as a clock goes on that may just have come to its next block
  const begin = Math.min(...recordings.map((one) => one.begin))
  return {
    begin,
    stop() {
      const ended = recordings.map((one) => ({ late: one.begin - begin, ...one.end() }))
      // a channel that several play has one range
      const reach = new Map<number, number>()
      for (const [channel, semitones] of ended.flatMap((one) => [...one.reach]))
        reach.set(channel, Math.max(semitones, reach.get(channel) ?? 0))
      const takes = ended.map(({ late, take }) => ({ late, ...take(reach) }))
      const [first] = takes
      return {
        messages: takes.flatMap(({ late, messages }) =>
          messages.map(({ seconds, message }) => ({ seconds: seconds + late, message })),
        ),
        tempos: first?.tempos ?? [],
        seconds: Math.max(0, ...takes.map(({ late, seconds = 0 }) => seconds + late)),
        ...(takes.length === 1 && first?.name !== undefined && { name: first.name }),
      }
    },
  }
}
