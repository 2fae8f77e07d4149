import type { RelativeEncoding } from '../../patch/index.ts'
import { fail, show } from '../../errors/index.ts'
import { connectMidi, type MidiNews } from '../../midi/connect.ts'
import { portsNamed } from '../../midi/choose-port.ts'
import type { MidiPortInfo } from '../../midi/ports.ts'
import type { MidiOptions } from '../../midi/state.ts'
import { programLine, recallPrograms } from '../../midi/programs.ts'
import { sendMidi } from '../../midi/send.ts'
import { table } from '../../picture/table.ts'
import type { Command } from '../command.ts'
import type { Desk } from '../desk.ts'
import { mistakeText } from '../mistake.ts'
import { said } from '../shown.ts'

/** The ports, which are opened when they are first asked for. */
async function opened(desk: Desk): Promise<NonNullable<Desk['midi']>> {
  const ports = desk.midi?.ports ?? (await desk.outside.openMidi())
  // another line may have opened them meanwhile
  if (desk.midi !== undefined && desk.midi.ports !== ports) ports.close()
  desk.midi ??= { ports, connection: undefined, sending: undefined }
  return desk.midi
}

/** Ports in a list, with what is done with those in use. */
function listed(
  all: readonly MidiPortInfo[],
  used: readonly MidiPortInfo[],
  how: string,
  none: string,
): object {
  const ids = new Set(used.map(({ id }) => id))
  if (all.length === 0) return said(none)
  return said(
    table(
      all.map(({ id, name }) => [name, ids.has(id) ? how : '']),
      { indent: 0 },
    ).join('\n'),
  )
}

/** Says what happens to ports by itself. */
const newsOf =
  ({ say, paint }: Desk, isThere: string) =>
  (news: MidiNews): void =>
    say(
      news.kind === 'failed'
        ? mistakeText(news.error, paint)
        : `MIDI: ${news.port.name} ${news.kind === 'gone' ? 'is gone' : isThere}`,
    )

/** Ports are named by texts. @throws MegasynthError `invalid-value` */
function checkPort(port: unknown, expected: string): void {
  if (typeof port !== 'string')
    fail({
      code: 'invalid-value',
      path: 'port',
      message: 'this names no MIDI port',
      found: show(port),
      expected,
    })
}

/** One MPE zone of all channels, as most instruments have it. */
const allOfThem = { lower: 15 }

/** How what is played on MIDI ports is understood. `mpe: true` is one zone of all channels. */
interface Hearing extends Omit<MidiOptions, 'mpe'> {
  readonly mpe?: MidiOptions['mpe'] | boolean
  readonly transpose?: number
}

async function midi(
  desk: Desk,
  port?: string | false,
  { mpe = false, ...hearing }: Hearing = {},
): Promise<object> {
  if (port === false) {
    desk.midi?.connection?.close()
    if (desk.midi) desk.midi.connection = undefined
    return said('no MIDI is heard')
  }
  if (port !== undefined) checkPort(port, "part of its name, '' for all of them, or false for none")
  const open = await opened(desk)
  const { ports } = open
  if (port === undefined)
    return listed(ports.inputs, open.connection?.inputs ?? [], 'is heard', 'there are no MIDI inputs')
  const connection = connectMidi(desk.synth, {
    ports,
    port,
    ...hearing,
    ...(mpe !== false && { mpe: mpe === true ? allOfThem : mpe }),
    clock: desk.synth,
    onProgram: recallPrograms(desk.synth, (news) => desk.say(`MIDI: ${programLine(news)}`)),
    onNews: newsOf(desk, 'is heard'),
  })
  open.connection?.close()
  open.connection = connection
  return said(
    `${connection.inputs.length === 1 ? 'it plays' : `${connection.inputs.length} ports play`} the synth`,
  )
}

async function midiOut(desk: Desk, port?: string | false): Promise<object> {
  if (port === false) {
    desk.midi?.sending?.close()
    if (desk.midi) desk.midi.sending = undefined
    return said('nothing is sent')
  }
  if (port !== undefined) checkPort(port === '' ? undefined : port, 'part of its name, or false for none')
  const open = await opened(desk)
  const { ports } = open
  const { output } = open.sending ?? {}
  if (port === undefined)
    return listed(ports.outputs, output ? [output] : [], 'is sent to', 'there are no MIDI outputs')
  const [wanted] = portsNamed(ports.outputs, port)
  // some systems let a port be opened only once
  if (output !== undefined && wanted?.id === output.id) return said(`${output.name} is sent to already`)
  let isNews = false
  const tell = newsOf(desk, 'is there again, and is sent to')
  const sending = sendMidi(desk.synth, {
    ports,
    port,
    clock: true,
    onNews: (news) => isNews && tell(news),
  })
  isNews = true
  open.sending?.close()
  open.sending = sending
  return said(`what is played is sent to ${sending.output?.name ?? port}, and the clock with it`)
}

async function learn({ midi, say }: Desk, knob: string, relative?: RelativeEncoding): Promise<object> {
  const connection =
    midi?.connection ??
    fail({
      code: 'midi-unavailable',
      path: 'learn',
      message: 'no MIDI is heard',
      suggestion: "midi('part of its name') connects a port",
    })
  const lesson = connection.learn(knob, relative)
  say(`move a control: it becomes that of ${knob}`)
  const learnt = await lesson
  return said(learnt === undefined ? 'nothing was learnt' : `${knob} is turned by ${JSON.stringify(learnt)}`)
}

/** MIDI ports. */
export const midiCommands: readonly Command[] = [
  {
    name: 'midi',
    chapter: 'midi',
    call: 'midi(port?, { channel, bendRange, mpe, transpose }?)',
    doc: "Lists the MIDI inputs, or lets all those play whose name has this in it; '' is all of them, false none. Program changes recall the snapshots, 0 the first; the clock of a cable sets the tempo, starts and stops. Options: one channel 1 to 16 alone, semitones that the pitch bend reaches (2), true for an MPE instrument, semitones by which notes are moved.",
    completes: ['midi input'],
    examples: ['midi()', "midi('')", "midi('', { mpe: true })", 'midi(false)'],
    run: midi,
  },
  {
    name: 'midiOut',
    chapter: 'midi',
    call: 'midiOut(port?)',
    doc: 'Lists the MIDI outputs, or sends on what is played to the first whose name has this in it: notes, the knobs that have a MIDI control, and the clock. false ends it.',
    completes: ['midi output'],
    examples: ['midiOut()', "midiOut('Minilogue')", 'midiOut(false)'],
    run: midiOut,
  },
  {
    name: 'learn',
    chapter: 'midi',
    call: 'learn(knob, relative?)',
    doc: 'Gives a knob the MIDI control that is moved next. The patch remembers it. An encoder without end is known by what it sends; relative says how it counts: twosComplement, signMagnitude or offset64.',
    completes: ['knob'],
    examples: ["learn('cutoff')"],
    run: learn,
  },
]
