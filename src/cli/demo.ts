import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Command } from 'commander'
import { engineSize } from '../engine/index.ts'
import { perform } from '../live/index.ts'
import { readMidiFile } from '../midi/file.ts'
import { scoreFromMidi } from '../midi/score.ts'
import { placeOf, readBytes } from './files.ts'
import type { Shell } from './io.ts'
import { openPatch } from './open.ts'
import { record } from './record.ts'
import { sayWhatWasRecorded } from './render.ts'

/** The folder of the examples: beside `src/` in the repository, beside `dist/` in the package. */
const examples = new URL('../../examples/', import.meta.url)
const output = 'megasynth-demo.wav'

/** Adds `megasynth demo`. */
export function addDemo(program: Command, shell: Shell): void {
  program
    .command('demo')
    .summary("render Bach's first prelude with an example patch")
    .description(
      `Renders Bach's prelude in C major (BWV 846) with the patch examples/pad.ts to ${output} in this folder.`,
    )
    .action(async () => await demo(shell))
}

async function demo(shell: Shell): Promise<void> {
  const { cwd } = shell.io
  const example = (name: string): string => relative(cwd, fileURLToPath(new URL(name, examples)))
  const file = example('pad.ts')
  const midi = placeOf(cwd, example('midi/bach-prelude-bwv846.mid'))
  const { patch, catalogue } = await openPatch(cwd, file, { set: [] })
  const { knobs = {} } = patch
  const score = scoreFromMidi(readMidiFile(readBytes(midi, 'a MIDI file', 2 ** 20), midi.shown), { knobs })
  shell.note(`Bach's prelude in C major, played by ${file}`)
  const recorded = await record(
    {
      output: placeOf(cwd, output),
      sampleRate: engineSize().sampleRate,
      play: () => perform({ patch, catalogue }, score),
      duration: score.duration,
      length: {},
      format: '16',
      // its own file of an earlier time
      force: true,
    },
    shell,
  )
  sayWhatWasRecorded(output, recorded, shell)
  shell.print(`Next: listen to it, then try  npx megasynth render ${example('tremolo.ts')} --set rate=0.6`)
}
