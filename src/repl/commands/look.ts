import { fail, figure } from '../../errors/index.ts'
import { parsePatch, type Patch } from '../../patch/index.ts'
import { out } from '../../devices/index.ts'
import type { Stats } from '../../live/live-synth.ts'
import { pictureOf, terminalText } from '../../picture/index.ts'
import { table } from '../../picture/table.ts'
import type { Command } from '../command.ts'
import { heard, heardText } from '../probe-text.ts'
import { said, shown } from '../shown.ts'
import { percent, treeText } from '../tree-text.ts'

/** Seconds for which a control signal is looked at, if nothing else is said: it moves slowly. */
const controlSeconds = 2

/** Seeing and hearing what goes on. */
export const lookCommands: readonly Command[] = [
  {
    name: 'graph',
    chapter: 'look',
    call: 'graph()',
    doc: 'Draws the patch: devices, what their ports read, and the cables between them.',
    examples: ['graph()'],
    run: ({ synth, catalogue, paint, width }) =>
      said(
        terminalText(pictureOf(parsePatch(synth.patch, catalogue, out), catalogue), {
          width: width(),
          paint,
        }),
      ),
  },
  {
    name: 'tree',
    chapter: 'look',
    call: 'tree()',
    doc: 'The live server tree: what runs on the engine, in its order, with device names and levels. What only leaves the voices goes into a sum of all of them, and has no level of its own.',
    examples: ['tree()'],
    run: async ({ synth, paint, width }) => {
      const parts = await synth.tree()
      return shown(parts, treeText(parts, synth.stats(), { paint, width: width() }))
    },
  },
  {
    name: 'probe',
    chapter: 'look',
    call: 'probe(device, { voice, seconds }?)',
    doc: "Listens at what a device puts out: level, peak, pitch and a scope. 'out' is all that is heard. The voice, from 1, is the one that was struck last if nothing is said, and what is there once has none; seconds are 0.1 for sound and 2 for what moves things.",
    completes: ['listenable'],
    examples: [
      "probe('filter0')",
      "probe('lfo0', { seconds: 4 })",
      "Math.round((await probe('filter0')).pitch)",
    ],
    run: async (
      { synth, paint, width },
      device: string,
      where: { readonly voice?: number; readonly seconds?: number } = {},
    ) => {
      checkListenable(synth.patch, device)
      const first = await synth.probe(device, where)
      const isSlow = first.sampleRate < synth.sampleRate && where.seconds === undefined
      const audio = isSlow ? await synth.probe(device, { ...where, seconds: controlSeconds }) : first
      const result = heard(device, audio)
      const { awake, total } = synth.stats().voices
      // a straight line says nothing to whoever does not know that
      const sleeps = result.peak === 0 && total > 0 && awake === 0
      return shown(result, heardText(result, { paint, width: width(), sleeps }))
    },
  },
  {
    name: 'stats',
    chapter: 'look',
    call: 'stats()',
    doc: 'How the engine does: CPU, voices, synths, buses, latency, and what came too late.',
    examples: ['stats()', 'stats().load'],
    run: ({ synth }) => {
      const stats = synth.stats()
      return shown(stats, statsText(stats))
    },
  },
]

/** What is in the patch, and yet puts out nothing, is told apart from what is not there. @throws MegasynthError `unknown-source` */
function checkListenable({ devices, knobs = {} }: Patch, device: string): void {
  if (typeof (device as unknown) !== 'string') return
  if (Object.hasOwn(devices, device) && devices[device]?.bypass === true)
    fail({
      code: 'unknown-source',
      path: device,
      message: 'is bypassed: nothing comes out of it',
      expected: 'a device that is not',
      suggestion: `set('${device}.bypass', false)`,
    })
  if (Object.hasOwn(knobs, device))
    fail({
      code: 'unknown-source',
      path: device,
      message: 'is a knob: there is nothing to listen to',
      expected: "a device, or 'out'",
      suggestion: `knob('${device}') tells where it is`,
    })
}

function statsText(stats: Stats): string {
  const { voices, latency, load, lostFrames, overruns, late, longestLate, sampleRate, bufferFrames } = stats
  return table(
    [
      ['device', `${stats.device}, ${sampleRate} Hz, ${bufferFrames} frames at a time`],
      ['latency', `${figure(latency * 1000)} ms`],
      ['CPU', `${percent(load)} of the time`],
      ['voices', `${voices.held} held, ${voices.awake} awake, ${voices.total} in all`],
      ['synths', String(stats.synths)],
      ['buses', `${stats.audioBuses} audio, ${stats.controlBuses} control`],
      [
        'lost',
        `${lostFrames} frames (xruns), ${overruns} buffers overrun, ${late} messages late${late > 0 ? `, by ${figure(longestLate * 1000)} ms at most` : ''}`,
      ],
      ['time', `${stats.time.toFixed(1)} s`],
    ],
    { indent: 0 },
  ).join('\n')
}
