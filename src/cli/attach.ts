import { Option, InvalidArgumentError, type Command } from 'commander'
import { MegasynthError } from '../errors/index.ts'
import type { LivePlayer } from '../live/live-ensemble.ts'
import { connectMidi, type MidiNews } from '../midi/connect.ts'
import { farthestBend } from '../midi/options.ts'
import type { MidiPorts } from '../midi/ports.ts'
import { programLine, recallPrograms } from '../midi/programs.ts'
import { sendMidi } from '../midi/send.ts'
import { sharedPorts } from '../midi/shared-ports.ts'
import type { Ends } from './ends.ts'
import type { Shell } from './io.ts'
import { midiLine, midiPlace, recordMidi } from './midi-recording.ts'
import { openSystemPorts } from './system-ports.ts'

/** What plays live synths from outside, and where they send what they play. */
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

/** A synth that is played from outside: alone, or one of several, each on a channel of its own. */
export interface Attached {
  readonly synth: LivePlayer
  /** Where there are several: what it is called, and the channel 1..16 that is its own. */
  readonly part?: { readonly name: string; readonly channel: number }
  /** Semitones by which its notes are moved. */
  readonly transpose?: number
}

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
    .option(
      '--midi-in [port]',
      'play from MIDI ports of this name; without one from all, also beside --midi-virtual (default: from all there are)',
    )
    .option('--no-midi-in', 'do not listen to MIDI')
    .addOption(
      new Option('--midi-channel <channel>', 'listen to this MIDI channel alone (default: to all)').argParser(
        (text) => number(text, 1, 16, 'a channel', true),
      ),
    )
    .addOption(
      new Option('--bend-range <semitones>', 'how far a pitch bend reaches (default: 2)').argParser((text) =>
        number(text, 0, farthestBend, 'semitones'),
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
        'play from OSC messages at this UDP port: /note, /knob/<name>, /panic, /recall; with --map /channel/2/note, …',
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
 * Connects live synths with the world: MIDI, OSC. Several have ports in common.
 *
 * @param ends where it ends; what is recorded is written then
 * @param openPorts opens the MIDI ports, if they are wanted. Default: those of this machine
 * @returns whether there is something now that can play: an OSC port, a MIDI port
 * @throws MegasynthError if something that was asked for is not there
 */
export async function attach(
  synths: readonly Attached[],
  flags: AttachFlags,
  shell: Shell,
  ends: Ends,
  openPorts: () => Promise<MidiPorts> = openSystemPorts,
): Promise<boolean> {
  const take = recording(synths, flags, shell)
  try {
    const opened = await midiPorts(flags, openPorts)
    let plays = flags.osc !== undefined
    if (opened) {
      ends.add(() => opened.close())
      const ports = sharedPorts(opened)
      if (flags.midiIn !== false) plays = midiIn(synths, ports, flags, shell, ends) || plays
      midiOut(synths, ports, flags, shell, ends)
    }
    await oscIn(synths, flags, shell, ends)
    await oscOut(synths, flags, ends)
    if (take) ends.add(take.finish)
    return plays
  } catch (error) {
    // nothing has been played: an earlier take stays
    take?.abort()
    throw error
  }
}

/** What is recorded of synths, if it is asked for. `finish` says in a line what it came to. */
function recording(
  synths: readonly Attached[],
  flags: AttachFlags,
  shell: Shell,
): { readonly finish: () => void; readonly abort: () => void } | undefined {
  const { recordMidi: written, force } = flags
  if (written === undefined) return undefined
  const place = midiPlace(shell.io.cwd, '--record-midi', written)
  const parts = synths.map(({ synth, part }) => ({ synth, ...channelOf(part) }))
  const { finish, abort } = recordMidi(parts, place, force === true)
  return { finish: () => shell.print(midiLine(place.shown, finish(), shell)), abort }
}

const channelOf = (part: Attached['part']): { readonly channel?: number } =>
  part === undefined ? {} : { channel: part.channel }

/** The ports, if they are asked for; where nobody asks, those that there are. */
async function midiPorts(
  { midiIn: wanted, midiOut: out, midiVirtual }: AttachFlags,
  open: () => Promise<MidiPorts>,
): Promise<MidiPorts | undefined> {
  const isSent = out !== undefined || midiVirtual !== undefined
  if (wanted === false && !isSent) return undefined
  try {
    return await open()
  } catch (error) {
    if (wanted === undefined && !isSent && error instanceof MegasynthError) return undefined
    throw error
  }
}

/** Lets MIDI ports play synths. @returns whether there are any now */
function midiIn(
  synths: readonly Attached[],
  ports: MidiPorts,
  { midiIn: wanted, midiVirtual: virtual, midiChannel, mpe, bendRange }: AttachFlags,
  shell: Shell,
  ends: Ends,
): boolean {
  const how = {
    ports,
    ...(typeof wanted === 'string' && { port: wanted }),
    // asked for beside a port of our own: all
    ...(wanted === true && { port: '' }),
    ...(virtual !== undefined && { virtual }),
    ...(midiChannel !== undefined && { channel: midiChannel }),
    ...(mpe === true && { mpe: { lower: 15 } }),
    ...(bendRange !== undefined && { bendRange }),
  }
  const connections = synths.map(({ synth, part, transpose }, i) => {
    const connection = connectMidi(synth, {
      ...how,
      ...channelOf(part),
      ...(transpose !== undefined && { transpose }),
      clock: synth,
      // what happens to a port happens to all
      ...(i === 0 && { onNews: newsOf(shell) }),
      onProgram: recallPrograms(synth, (news) =>
        shell.note(`${part === undefined ? '' : `${part.name}: `}${programLine(news)}`),
      ),
    })
    ends.add(() => connection.close())
    return connection
  })
  const names = connections[0]?.inputs.map(({ name }) => name) ?? []
  if (names.length > 0) shell.note(`played from MIDI: ${names.join(', ')}`)
  return names.length > 0
}

/** Sends on what synths play, each on its channel; the clock is that of the first. */
function midiOut(
  synths: readonly Attached[],
  ports: MidiPorts,
  flags: AttachFlags,
  shell: Shell,
  ends: Ends,
): void {
  const { midiVirtual: virtual, midiOut: port } = flags
  if (port === undefined && virtual === undefined) return
  const to = port === undefined ? { virtual: virtual as string } : { port }
  for (const [i, { synth, part }] of synths.entries()) {
    const first = i === 0 && { clock: true, onNews: newsOf(shell) }
    const sending = sendMidi(synth, { ports, ...to, ...channelOf(part), ...first })
    ends.add(() => sending.close())
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

/** Lets OSC messages play synths: one, or all of several, and each by its channel. */
async function oscIn(
  synths: readonly Attached[],
  { osc: port, oscAddress: address }: AttachFlags,
  shell: Shell,
  ends: Ends,
): Promise<void> {
  if (port === undefined) return
  const { listenOsc, oscParts } = await import('../osc/index.ts')
  const parts = synths.flatMap(({ synth, part, transpose }) =>
    part === undefined
      ? []
      : [{ synth, channel: part.channel, ...(transpose !== undefined && { transpose }) }],
  )
  const target = parts.length > 0 ? oscParts(parts) : (synths[0] as Attached).synth
  const listener = await listenOsc({ target, port, address })
  shell.note(`played from OSC: ${listener.address}:${listener.port}`)
  ends.add(async () => {
    const { refused } = listener.counts
    await listener.close()
    if (refused > 0) shell.note(`OSC: ${refused} messages were not understood and dropped`)
  })
}

/** Sends on what synths play as OSC messages; where there are several, they name the channel. */
async function oscOut(synths: readonly Attached[], { oscOut: to }: AttachFlags, ends: Ends): Promise<void> {
  if (to === undefined) return
  const { sendOsc, sendPlayed } = await import('../osc/index.ts')
  const [host, port] = to
  const sender = await sendOsc({ host, port, time: () => synths[0]?.synth.time ?? 0 })
  ends.add(() => sender.close())
  for (const { synth, part } of synths) {
    const stop = sendPlayed(synth, sender, channelOf(part))
    ends.add(stop)
  }
}
