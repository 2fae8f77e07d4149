import { parsePatch } from '../../patch/index.ts'
import { out } from '../../devices/index.ts'
import type { Command } from '../command.ts'
import type { Desk } from '../desk.ts'
import { knobTable } from '../knob-table.ts'
import { said, shown } from '../shown.ts'

const positions = ({ synth }: Desk): Record<string, number> =>
  Object.fromEntries(Object.keys(synth.patch.knobs ?? {}).map((name) => [name, synth.knob(name)]))

function lines({ synth, catalogue, width }: Desk, at: Record<string, number>, only?: string): string {
  const parsed = parsePatch(synth.patch, catalogue, out)
  return knobTable(parsed, catalogue, (name) => at[name] ?? 0, {
    width: width(),
    ...(only !== undefined && { only }),
  }).join('\n')
}

/** Knobs and tempo. */
export const knobCommands: readonly Command[] = [
  {
    name: 'setKnob',
    chapter: 'knobs',
    call: 'setKnob(name, position, { over }?)',
    doc: 'Turns a knob to a position 0..1, at once or over so many seconds. What it moves is smoothed, and shown.',
    completes: ['knob'],
    examples: ["setKnob('cutoff', 0.8)", "setKnob('cutoff', 0.2, { over: 4 })"],
    run: (desk, name: string, position: number, { over }: { readonly over?: number } = {}) => {
      desk.synth.setKnob(name, position, over === undefined ? {} : { over })
      // it takes effect with the next block: here is where it is going
      return said(lines(desk, { ...positions(desk), [name]: position }, name))
    },
  },
  {
    name: 'knob',
    chapter: 'knobs',
    call: 'knob(name)',
    doc: 'The position 0..1 of a knob.',
    completes: ['knob'],
    examples: ["knob('cutoff')", "setKnob('cutoff', knob('cutoff') / 2)"],
    run: ({ synth }, name: string) => synth.knob(name),
  },
  {
    name: 'knobs',
    chapter: 'knobs',
    call: 'knobs()',
    doc: 'All knobs: where they are, and what that makes of each port they move.',
    examples: ['knobs()', 'knobs().cutoff'],
    run: (desk) => {
      const at = positions(desk)
      return Object.keys(at).length === 0 ? said('the patch has no knobs') : shown(at, lines(desk, at))
    },
  },
  {
    name: 'tempo',
    chapter: 'knobs',
    call: 'tempo(bpm?)',
    doc: 'Plays at another tempo, in beats per minute, 1..999; the beat goes on from where it is. Without a number it tells the tempo.',
    examples: ['tempo(90)', 'tempo()'],
    run: ({ synth }, bpm?: number) => (bpm === undefined ? synth.tempo : synth.setTempo(bpm)),
  },
]
