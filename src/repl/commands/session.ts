import type { RelativeEncoding } from '../../patch/index.ts'
import { fail } from '../../errors/index.ts'
import { connectMidi } from '../../midi/connect.ts'
import { recallPrograms, type ProgramNews } from '../../midi/programs.ts'
import { table } from '../../picture/table.ts'
import { helpOf, helpText } from '../help.ts'
import type { Command } from '../command.ts'
import type { Desk } from '../desk.ts'
import { mistakeText } from '../mistake.ts'
import { said } from '../shown.ts'

async function midi(desk: Desk, port?: string | false): Promise<object> {
  if (port === false) {
    desk.midi?.connection?.close()
    if (desk.midi) desk.midi.connection = undefined
    return said('no MIDI is heard')
  }
  desk.midi ??= { ports: await desk.outside.openMidi(), connection: undefined }
  const { ports } = desk.midi
  if (port === undefined) {
    const heard = new Set(desk.midi.connection?.inputs.map(({ id }) => id))
    if (ports.inputs.length === 0) return said('there are no MIDI inputs')
    return said(
      table(
        ports.inputs.map(({ id, name }) => [name, heard.has(id) ? 'is heard' : '']),
        { indent: 0 },
      ).join('\n'),
    )
  }
  const connection = connectMidi(desk.synth, {
    ports,
    port,
    onProgram: recallPrograms(desk.synth, (news) => desk.say(programText(news, desk))),
    onNews: (news) =>
      desk.say(
        news.kind === 'failed'
          ? mistakeText(news.error, desk.paint)
          : `MIDI: ${news.port.name} ${news.kind === 'gone' ? 'is gone' : 'is heard'}`,
      ),
  })
  desk.midi.connection?.close()
  desk.midi.connection = connection
  return said(
    `${connection.inputs.length === 1 ? 'it plays' : `${connection.inputs.length} ports play`} the synth`,
  )
}

function programText(news: ProgramNews, { paint }: Desk): string {
  const program = `MIDI: program ${news.number}`
  if (news.kind === 'recalled') return `${program}: ${news.name}`
  if (news.kind === 'failed') return mistakeText(news.error, paint)
  return `${program}: there ${news.count === 1 ? 'is 1 snapshot' : `are ${news.count} snapshots`}, counted from 0`
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

/** The session itself. */
export const sessionCommands = (all: () => readonly Command[]): readonly Command[] => [
  {
    name: 'midi',
    chapter: 'session',
    call: 'midi(port?)',
    doc: "Lists the MIDI inputs, or lets all those play whose name has this in it; '' is all of them, false none. Program changes recall the snapshots, 0 the first.",
    examples: ['midi()', "midi('')", 'midi(false)'],
    run: midi,
  },
  {
    name: 'learn',
    chapter: 'session',
    call: 'learn(knob, relative?)',
    doc: 'Gives a knob the MIDI control that is moved next. The patch remembers it. An encoder without end is known by what it sends; relative says how it counts: twosComplement, signMagnitude or offset64.',
    completes: ['knob'],
    examples: ["learn('cutoff')"],
    run: learn,
  },
  {
    name: 'help',
    chapter: 'session',
    call: 'help(name?)',
    doc: 'Lists the functions, or tells all about one of them.',
    completes: ['command'],
    examples: ['help()', "help('setKnob')"],
    run: ({ width, paint }, name?: unknown) => {
      const options = { width: width(), paint }
      return said(name === undefined ? helpText(all(), options) : helpOf(name, all(), options))
    },
  },
  {
    name: 'exit',
    chapter: 'session',
    call: 'exit()',
    doc: 'Ends the session: the sound fades out. So does Ctrl-D.',
    examples: ['exit()'],
    run: ({ exit }) => exit(),
  },
]
