import { fail } from '../errors/index.ts'
import { Movements, type Synth } from '../live/index.ts'
import type { NoteEvent } from '../plan/index.ts'
import { noSuchPort, noVirtualPorts, portsNamed } from './choose-port.ts'
import { beatsToNextTick, clockOut, clockOutAtStart } from './clock-sender.ts'
import type { MidiNews } from './connect.ts'
import { encodeMidi, type MidiMessage } from './message.ts'
import { eventToMidi, knobToMidi, midiOutAtStart, type MidiOutOptions, type MidiOutStep } from './out.ts'
import type { MidiOutput, MidiPortInfo, MidiPorts } from './ports.ts'

/** What sending needs of a synth. */
export type SendingSynth = Pick<Synth, 'on' | 'patch' | 'time' | 'tempo' | 'beat' | 'running' | 'knob'>

/** Where what is played is sent. One of `port` and `virtual`. */
export interface SendMidiOptions extends MidiOutOptions {
  readonly ports: MidiPorts
  /** Id or name of a port, or part of its name: the first that fits. */
  readonly port?: string
  /** Opens a port of this name, that other programs can listen to. */
  readonly virtual?: string
  /** Sends the clock too: 24 ticks a beat, start, stop and song position. Default: false. */
  readonly clock?: boolean
  /** Is told when the port comes and goes. */
  readonly onNews?: (news: MidiNews) => void
}

/** A synth that sends what it plays. */
export interface MidiSending {
  /** The port; undefined while it is unplugged. */
  readonly output: MidiPortInfo | undefined
  /** Ends what still sounds at the receiver, stops its clock, and closes the port. */
  close(): void
}

/** Seconds between two moves of a knob that are sent: a cable takes a thousand messages a second, for all of them. */
const knobRest = 0.01
/** Seconds by which a message may be early: less than a block. */
const early = 0.001

/**
 * Sends on what a synth plays: notes, expression and pedals, the knobs that name a MIDI control, and if asked the clock. A
 * port that is unplugged is used again when it is back.
 *
 * @throws MegasynthError `unknown-midi-port` if the port is not there, `midi-unavailable` if there are no virtual ports,
 * `midi-port-failed` if it cannot be opened, `invalid-option` if neither or both are named,
 * `out-of-range` for options that mean nothing
 * @example
 * const synth = await createOffline({ patch })
 * const sending = sendMidi(synth, { ports: await openMidiPorts(), virtual: 'Megasynth', clock: true })
 */
export function sendMidi(synth: SendingSynth, options: SendMidiOptions): MidiSending {
  const { ports, port: wanted, virtual, clock = false, onNews = () => undefined } = options
  let open: { readonly port: MidiPortInfo; readonly output: MidiOutput } | undefined
  let isFailing = false
  let sent: MidiOutStep = { state: midiOutAtStart(options), messages: [] }
  let ticking = clockOutAtStart

  function opened(port: MidiPortInfo, output: MidiOutput): void {
    open = { port, output }
    isFailing = false
    // whoever is there now has heard nothing
    sent = { state: { ...midiOutAtStart(options), notes: sent.state.notes }, messages: [] }
    ticking = clockOutAtStart
    onNews({ kind: 'opened', port })
  }

  function look(): void {
    if (virtual !== undefined) return
    const [port] = portsNamed(ports.outputs, wanted)
    if (open !== undefined && !ports.outputs.some(({ id }) => id === open?.port.id)) {
      const gone = open
      open = undefined
      gone.output.close()
      onNews({ kind: 'gone', port: gone.port })
    }
    if (open !== undefined || port === undefined) return
    try {
      opened(port, ports.openOutput(port.id))
    } catch (error) {
      if (!isFailing) onNews({ kind: 'failed', port, error })
      isFailing = true
    }
  }

  const send = (messages: readonly MidiMessage[]): void => {
    for (const message of messages) open?.output.send(encodeMidi(message))
  }

  /** Knobs that were turned, and where they are. */
  const moved = new Map<string, number>()
  let isResting = false
  const knobs = alarm(() => {
    isResting = moved.size > 0
    for (const [name, position] of moved) {
      sent = knobToMidi(sent.state, synth.patch, name, position)
      send(sent.messages)
    }
    moved.clear()
    return isResting ? knobRest : undefined
  })

  /** Notes to come, in the order of time. */
  const waiting: { readonly at: number; readonly event: NoteEvent }[] = []
  const movements = new Movements((name) => synth.knob(name), knobRest)
  const performing = alarm(() => {
    const now = synth.time + early
    for (let note = waiting[0]; note !== undefined && note.at <= now; note = waiting[0]) {
      turn(note.at)
      waiting.shift()
      sent = eventToMidi(sent.state, note.event)
      send(sent.messages)
    }
    turn(now)
    const next = Math.min(waiting[0]?.at ?? Infinity, movements.next)
    return next === Infinity ? undefined : next - synth.time
  })
  const turn = (until: number): void => {
    for (const { name, position } of movements.take(until)) {
      moved.set(name, position)
      if (!isResting) knobs.ring()
    }
  }
  const beats = alarm(() => {
    const { state, messages } = clockOut(ticking, synth.beat, synth.running)
    ticking = state
    send(messages)
    // the tempo may change meanwhile, or the beat go on: then it is looked at again
    if (!synth.running) return longestLook
    return Math.min(longestLook, (beatsToNextTick(ticking, synth.beat) * 60) / synth.tempo)
  })

  if ((virtual === undefined) === (wanted === undefined))
    fail({
      code: 'invalid-option',
      path: 'port',
      message: 'one MIDI output is needed',
      expected: 'either the name of a port, or that of a virtual one',
    })
  if (virtual !== undefined) {
    const own = ports.virtual ?? noVirtualPorts(virtual)
    opened({ id: virtual, name: virtual }, own.openOutput(virtual))
  } else {
    const [port] = portsNamed(ports.outputs, wanted)
    if (port === undefined) noSuchPort(ports.outputs, wanted, 'MIDI output')
    opened(port, ports.openOutput(port.id))
  }

  const unwatch = ports.watch(look)
  const unhear = synth.on('played', (what) => {
    if (what.kind === 'knob') movements.turn(what)
    else if (what.kind === 'note' || what.kind === 'panic') {
      const isPanic = what.kind === 'panic'
      const after = waiting.findIndex((other) => other.at > what.at)
      const at = after < 0 ? waiting.length : after
      // after a panic nothing comes that was asked for before it
      if (isPanic) movements.forget(what.at)
      waiting.splice(at, isPanic ? waiting.length : 0, {
        at: what.at,
        event: isPanic ? { kind: 'silence' } : what.event,
      })
    } else return
    performing.ring()
  })
  if (clock) beats.ring()

  return {
    get output() {
      return open?.port
    },
    close() {
      unhear()
      unwatch()
      performing.stop()
      beats.stop()
      knobs.stop()
      sent = eventToMidi(sent.state, { kind: 'allOff' })
      send(sent.messages)
      if (ticking.running) send([{ kind: 'stop' }])
      open?.output.close()
      open = undefined
    },
  }
}

/** Seconds after which the beat is looked at again at the latest. */
const longestLook = 0.02

/** Something that is done now, and again after the seconds that it says; undefined: when it is asked for. */
function alarm(work: () => number | undefined): { ring(): void; stop(): void } {
  let timer: ReturnType<typeof setTimeout> | undefined
  const stop = (): void => {
    clearTimeout(timer)
    timer = undefined
  }
  const ring = (): void => {
    stop()
    const seconds = attempt(work)
    if (seconds === undefined) return
    timer = setTimeout(ring, Math.max(1, seconds * 1000))
    // it keeps no program of Node alive
    ;(timer as { unref?: () => void }).unref?.()
  }
  return { ring, stop }
}

/** A synth that has been closed does not answer: then there is nothing more to do. */
function attempt<T>(work: () => T): T | undefined {
  try {
    return work()
  } catch {
    return undefined
  }
}
