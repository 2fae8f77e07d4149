import { expect, it } from 'vitest'
import { MegasynthError, type Problem } from '../../src/errors/index.ts'
import { connectMidi } from '../../src/midi/connect.ts'
import { encodeMidi, type MidiMessage } from '../../src/midi/message.ts'
import { recordTake, type RecordedSynth } from '../../src/midi/recorder.ts'
import { scoreFromMidi } from '../../src/midi/score.ts'
import { sendMidi, type SendingSynth } from '../../src/midi/send.ts'
import { midiAtStart } from '../../src/midi/state.ts'
import { FakePorts } from './fake-ports.ts'
import { FakeSynth } from './fake-synth.ts'

type Options = Readonly<Record<string, unknown>>
const file = { tempos: [], messages: [], duration: 0 }
const player = { on: () => () => undefined, patch: { devices: {} }, time: 0, tempo: 120, beat: 0 }

/** All that takes options, by whether it plays or sends. */
const hearing: Readonly<Record<string, (options: Options) => unknown>> = {
  midiAtStart: (options) => midiAtStart(options),
  scoreFromMidi: (options) => scoreFromMidi(file, options),
  // no port is there that would be opened
  connectMidi: (options) => connectMidi(new FakeSynth(), { ports: new FakePorts(), ...options }),
}
const { midiAtStart: _, ...transposing } = hearing
const sending: Readonly<Record<string, (options: Options) => unknown>> = {
  sendMidi: (options) =>
    sendMidi(player as unknown as SendingSynth, { ports: new FakePorts('box'), port: 'box', ...options }),
  recordTake: (options) => recordTake(player as unknown as RecordedSynth, options),
}
const encoding = { encodeMidi: (message: Options) => encodeMidi(message as unknown as MidiMessage) }

function problemOf(work: () => unknown): Problem | undefined {
  try {
    work()
  } catch (error) {
    if (error instanceof MegasynthError && error.problems.length === 1) return error.problems[0]
    throw error
  }
  return undefined
}

const channels = [0, 17, -1, 1.5, NaN, '1', null, Infinity].map(
  (channel) => [{ channel }, 'channel', 'a whole number, 1..16'] as const,
)
const wrongHearing = [
  ...channels,
  ...[-3, NaN, 128, '2'].map((bendRange) => [{ bendRange }, 'bendRange', 'a number, 0..127.99'] as const),
  ...[40, 16, -1, 1.5, NaN].map(
    (lower) => [{ mpe: { lower } }, 'mpe.lower', 'a whole number, 0..15'] as const,
  ),
  [{ mpe: { upper: 16 } }, 'mpe.upper', 'a whole number, 0..15'],
  [{ mpe: { lower: 10, upper: 5 } }, 'mpe.upper', 'a whole number, 0..4'],
  [{ mpe: { lower: 15, upper: 1 } }, 'mpe.upper', 'a whole number, 0..0'],
] as const
const wrongTransposing = [NaN, 1e9, -128, Infinity, '12', null].map(
  (transpose) => [{ transpose }, 'transpose', 'a number, -127..127'] as const,
)
const wrongSending = [
  ...channels,
  ...[0, -3, NaN, 128].map((bendRange) => [{ bendRange }, 'bendRange', 'a number, 0.01..127.99'] as const),
] as const
const note = { kind: 'noteOn', channel: 0, note: 60, velocity: 100 }
const wrongMessages = [
  [{ ...note, note: 200 }, 'note', 'a whole number, 0..127'],
  [{ ...note, velocity: 300 }, 'velocity', 'a whole number, 0..127'],
  [{ ...note, note: 60.5 }, 'note', 'a whole number, 0..127'],
  [{ ...note, channel: 16 }, 'channel', 'a whole number, 0..15'],
  [{ kind: 'noteOff', channel: 0, note: 60 }, 'velocity', 'a whole number, 0..127'],
  [{ kind: 'controller', channel: 0, controller: 128, value: 0 }, 'controller', 'a whole number, 0..127'],
  [{ kind: 'program', channel: 0, program: -1 }, 'program', 'a whole number, 0..127'],
  [{ kind: 'channelPressure', channel: 0, value: NaN }, 'value', 'a whole number, 0..127'],
  [{ kind: 'pitchBend', channel: 0, value: 8192 }, 'value', 'a whole number, -8192..8191'],
  [{ kind: 'songPosition', sixteenths: 16384 }, 'sixteenths', 'a whole number, 0..16383'],
  [{ kind: 'songSelect', song: 128 }, 'song', 'a whole number, 0..127'],
] as const

type Row = readonly [
  where: string,
  work: (options: Options) => unknown,
  Options,
  path: string,
  expected: string,
]
const rows = (
  by: Readonly<Record<string, (options: Options) => unknown>>,
  wrong: readonly (readonly [Options, string, string])[],
): Row[] => Object.entries(by).flatMap(([where, work]) => wrong.map((row): Row => [where, work, ...row]))
const table: readonly Row[] = [
  ...rows(hearing, wrongHearing),
  ...rows(transposing, wrongTransposing),
  ...rows(sending, wrongSending),
  ...rows(encoding, wrongMessages),
]

it.each(table)('%s refuses what means nothing: %#', (_, work, options, path, expected) => {
  const problem = problemOf(() => work(options))
  expect(problem).toMatchObject({ code: 'out-of-range', path, expected })
  expect(problem?.found).toBeTypeOf('string')
})

it('says from where channels are counted', () => {
  expect(problemOf(() => midiAtStart({ channel: 0 }))).toMatchObject({
    found: '0',
    suggestion: 'channels of options are counted from 1, as on devices; those of events and messages from 0',
  })
  expect(problemOf(() => encodeMidi({ kind: 'program', channel: 16, program: 0 }))?.message).toContain(
    'counted from 0',
  )
})

it.each([true, 15, 'lower', null, [15]])('refuses an MPE zone that is none: %j', (mpe) => {
  for (const work of Object.values(hearing))
    expect(problemOf(() => work({ mpe }))).toMatchObject({
      code: 'invalid-value',
      path: 'mpe',
      suggestion: 'of most instruments it is { lower: 15 }',
    })
})

it('refuses a message of another kind, and takes what is right', () => {
  expect(problemOf(() => encodeMidi({ ...note, kind: 'noteon' } as unknown as MidiMessage))).toMatchObject({
    code: 'invalid-value',
    path: 'kind',
    found: '"noteon"',
  })
  for (const right of [
    {},
    { channel: 16, bendRange: 0, mpe: { lower: 7, upper: 7 } },
    { mpe: { lower: 15 } },
  ])
    for (const work of Object.values(hearing)) expect(problemOf(() => work(right))).toBeUndefined()
  for (const work of Object.values(sending))
    expect(problemOf(() => work({ channel: 1, bendRange: 48 }))).toBeUndefined()
})
