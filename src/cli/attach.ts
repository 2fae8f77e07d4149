import { Option, InvalidArgumentError, type Command } from 'commander'
import { MegasynthError } from '../errors/index.ts'
import type { LivePlayer } from '../live/live-ensemble.ts'
import type { LiveSynth } from '../live/live-synth.ts'
import { connectMidi, type ConnectMidiOptions, type MidiNews } from '../midi/connect.ts'
import type { MidiOutOptions } from '../midi/out.ts'
import type { MidiPorts } from '../midi/ports.ts'
import { recallPrograms } from '../midi/programs.ts'
import { recordTake } from '../midi/recorder.ts'
import { sendMidi } from '../midi/send.ts'
import { sharedPorts } from '../midi/shared-ports.ts'
import { midiFile } from '../midi/take.ts'
import { placeOf, type Place } from './files.ts'
import type { Shell } from './io.ts'
import { checkSequencer } from './sequencer.ts'
import { programLine } from './shelf.ts'
import { openWhole } from './whole-file.ts'

/** What plays a live synth from outside, and where it sends what it plays. */
export interface AttachFlags {
  /** Part of a port's name; true for all ports; false for none; absent: all, if there are any. */
  readonly midiIn?: string | boolean
  /** 1..16. Default: all. */
  readonly midiChannel?: number
  /** Semitones. Default: 2, of a note in an MPE zone 48. */
  readonly bendRange?: number
  /** The whole cable is one MPE zone. */
  readonly mpe?: true
  /** Name of ports of our own: one that plays, and one that is sent to if `midiOut` is none. */
  readonly midiVirtual?: string
  readonly midiOut?: string
  readonly recordMidi?: string
  readonly osc?: number
  readonly oscAddress?: string
  readonly oscOut?: readonly [host: string, port: number]
  readonly force?: true
}

/** Ends what was attached; what was recorded is written then. */
export type Detach = () => Promise<void>

const port = (text: string, least: number): number => {
  const value = Number(text)
  if (!Number.isInteger(value) || value < least || value > 65535 || text.trim() === '')
    throw new InvalidArgumentError(`expected a port, ${least}..65535.`)
  return value
}

const number = (text: string, low: number, high: number, what: string, whole = false): number => {
  const value = Number(text)
  if (!(value >= low && value <= high) || (whole && !Number.isInteger(value)) || text.trim() === '')
    throw new InvalidArgumentError(`expected ${what}, ${low}..${high}.`)
  return value
}

/** Adds the flags of {@link AttachFlags}. */
export function addAttachFlags(command: Command): Command {
  return command
    .option('--midi-in [port]', 'play from MIDI ports of this name (default: from all there are)')
    .option('--no-midi-in', 'do not listen to MIDI')
    .addOption(
      new Option('--midi-channel <channel>', 'listen to this MIDI channel alone (default: to all)').argParser(
        (text) => number(text, 1, 16, 'a channel', true),
      ),
    )
    .addOption(
      new Option('--bend-range <semitones>', 'how far a pitch bend reaches (default: 2)').argParser((text) =>
        number(text, 0, 127.99, 'semitones'),
      ),
    )
    .option('--mpe', 'the MIDI input is an MPE instrument: every note bends by itself')
    .option(
      '--midi-virtual <name>',
      'open MIDI ports of this name, from which it is played and to which what is played is sent',
    )
    .option('--midi-out <port>', 'send what is played on to a MIDI port, clock included')
    .option('--record-midi <file>', 'record what is played to a MIDI file')
    .addOption(
      new Option(
        '--osc <port>',
        'play from OSC messages at this UDP port: /note, /knob/<name>, /panic, /recall',
      ).argParser((text) => port(text, 0)),
    )
    .option(
      '--osc-address <address>',
      'address at which OSC is listened to (default: 127.0.0.1, this machine alone)',
    )
    .addOption(
      new Option('--osc-out <host:port>', 'send what is played on as OSC messages').argParser(
        (text): readonly [string, number] => {
          const at = text.lastIndexOf(':')
          return [at > 0 ? text.slice(0, at) : '127.0.0.1', port(text.slice(at + 1), 1)]
        },
      ),
    )
}

/**
 * Connects a live synth with the world: MIDI, OSC.
 *
 * @param openPorts opens the MIDI ports, if they are wanted. Default: those of this machine
 * @throws MegasynthError if something that was asked for is not there; nothing is attached then
 */
export async function attach(
  synth: LiveSynth,
  flags: AttachFlags,
  shell: Shell,
  openPorts: () => Promise<MidiPorts> = openSystemPorts,
): Promise<Detach> {
  const ends: Detach[] = []
  const detach = async (): Promise<void> => {
    for (const end of ends.splice(0).toReversed()) await end()
  }
  let take: MidiRecording | undefined
  try {
    const place = flags.recordMidi === undefined ? undefined : placeOf(shell.io.cwd, flags.recordMidi)
    const reach = reachOf(flags)
    take = place && recorded(synth, place, { force: flags.force === true, reach }, shell)
    const ports = await midiPorts(flags, openPorts)
    if (ports) {
      ends.push(async () => ports.close())
      const { midiVirtual: virtual, midiOut, midiChannel: channel, mpe } = flags
      const how = {
        ...(channel !== undefined && { channel }),
        ...(mpe === true && { mpe: { lower: 15 } }),
        ...(virtual !== undefined && { virtual }),
        ...bendOf(flags),
      }
      if (flags.midiIn !== false) ends.push(midiIn([{ synth, ...how }], ports, flags.midiIn, shell))
      const to = midiOut === undefined ? { virtual: virtual as string } : { port: midiOut }
      if (midiOut !== undefined || virtual !== undefined) {
        const sending = sendMidi(synth, { ports, ...to, ...reach, clock: true, onNews: newsOf(shell) })
        ends.push(async () => sending.close())
      }
    }
    await osc(synth, flags, shell, ends)
    if (take) ends.push(take.finish)
    return detach
  } catch (error) {
    take?.abort()
    await detach()
    throw error
  }
}

async function openSystemPorts(): Promise<MidiPorts> {
  checkSequencer(process.platform)
  const { openMidiPorts } = await import('../midi/node.ts')
  return await openMidiPorts()
}

/** The ports, if they are asked for; where nobody asks, those that there are. */
export async function midiPorts(
  { midiIn: wanted, midiOut, midiVirtual }: AttachFlags,
  open: () => Promise<MidiPorts> = openSystemPorts,
): Promise<MidiPorts | undefined> {
  const isSent = midiOut !== undefined || midiVirtual !== undefined
  if (wanted === false && !isSent) return undefined
  try {
    return await open()
  } catch (error) {
    if (wanted === undefined && !isSent && error instanceof MegasynthError) return undefined
    throw error
  }
}

/** How far bends reach that come in. */
export const bendOf = ({ bendRange }: AttachFlags): { readonly bendRange?: number } =>
  bendRange === undefined ? {} : { bendRange }

/** How far bends must reach that are sent on or written down, so that none of those that come in is cut off. */
function reachOf({ bendRange = 2, mpe }: AttachFlags): { readonly bendRange?: number } {
  // the bend of a note, and that of its zone
  const most = Math.min(127.99, mpe === true ? 48 + bendRange : bendRange)
  return most > 2 ? { bendRange: most } : {}
}

/** Who is played from MIDI ports. */
export interface MidiPlayer extends Pick<
  ConnectMidiOptions,
  'channel' | 'transpose' | 'bendRange' | 'mpe' | 'virtual'
> {
  readonly synth: LivePlayer
  /** What it is called, where there are several. */
  readonly name?: string
}

/** Lets MIDI ports play one or several synths. */
export function midiIn(
  players: readonly MidiPlayer[],
  given: MidiPorts,
  wanted: string | true | undefined,
  shell: Pick<Shell, 'note' | 'errorPaint'>,
): Detach {
  const ports = sharedPorts(given)
  const connections = players.map(({ synth, name, ...how }, i) =>
    connectMidi(synth, {
      ...how,
      ports,
      ...(typeof wanted === 'string' && { port: wanted }),
      clock: synth,
      // what happens to a port happens to all
      ...(i === 0 && { onNews: newsOf(shell) }),
      onProgram: recallPrograms(synth, (news) =>
        shell.note(`${name === undefined ? '' : `${name}: `}${programLine(news)}`),
      ),
    }),
  )
  const names = connections[0]?.inputs.map(({ name }) => name) ?? []
  if (names.length > 0) shell.note(`played from MIDI: ${names.join(', ')}`)
  return async () => {
    for (const connection of connections) connection.close()
    await Promise.resolve()
  }
}

const newsOf =
  ({ note, errorPaint }: Pick<Shell, 'note' | 'errorPaint'>) =>
  (news: MidiNews): void => {
    const { name } = news.port
    if (news.kind === 'failed') note(`${errorPaint.yellow('warning')}: MIDI: ${name}: ${String(news.error)}`)
    else
      note(
        news.kind === 'opened' ? `MIDI: ${name} is there` : `MIDI: ${name} is gone: its notes are released`,
      )
  }

/** A MIDI file that is being made. */
interface MidiRecording {
  readonly finish: Detach
  /** Nothing is written, and what was there stays. */
  readonly abort: () => void
}

function recorded(
  synth: LiveSynth,
  place: Place,
  { force, reach }: { readonly force: boolean; readonly reach: MidiOutOptions },
  { print, paint }: Shell,
): MidiRecording {
  // whether it may be written is known before it is played
  const file = openWhole(place.path, { force })
  const recorder = recordTake(synth, reach)
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

async function osc(synth: LiveSynth, flags: AttachFlags, shell: Shell, ends: Detach[]): Promise<void> {
  if (flags.osc !== undefined) {
    const { listenOsc } = await import('../osc/index.ts')
    const listener = await listenOsc({ target: synth, port: flags.osc, address: flags.oscAddress })
    shell.note(`played from OSC: ${listener.address}:${listener.port}`)
    ends.push(async () => {
      const { refused } = listener.counts
      await listener.close()
      if (refused > 0) shell.note(`OSC: ${refused} messages were not understood and dropped`)
    })
  }
  if (flags.oscOut !== undefined) {
    const { sendOsc, sendPlayed } = await import('../osc/index.ts')
    const [host, to] = flags.oscOut
    const sender = await sendOsc({ host, port: to, time: () => synth.time })
    const stop = sendPlayed(synth, sender)
    ends.push(async () => {
      stop()
      await sender.close()
    })
  }
}
