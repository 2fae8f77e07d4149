import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Command } from 'commander'
import { engineSize } from '../engine/index.ts'
import { perform } from '../live/index.ts'
import { devices } from '../engine/sound-devices.ts'
import { MegasynthError } from '../errors/index.ts'
import { readMidiFile } from '../midi/file.ts'
import { scoreFromMidi } from '../midi/score.ts'
import { placeOf, readBytes } from './files.ts'
import type { Shell } from './io.ts'
import { openPatch } from './open.ts'
import { play } from './play.ts'
import { record } from './record.ts'
import { sayWhatWasRecorded } from './render.ts'

/** The folder of the examples: beside `src/` in the repository, beside `dist/` in the package. */
const examples = new URL('../../examples/', import.meta.url)
const output = 'megasynth-demo.wav'

/** Adds `megasynth demo`. */
export function addDemo(program: Command, shell: Shell): void {
  program
    .command('demo')
    .summary("play Bach's first prelude with an example patch")
    .description(
      `Plays Bach's prelude in C major (BWV 846) with the patch examples/pad.ts. Where there is no sound card, it is rendered to ${output} in this folder.`,
    )
    .action(async () => await demo(shell))
}

/** Whether there is a sound card; a system on which that cannot be known has none. */
async function canBeHeard(): Promise<boolean> {
  try {
    return (await devices()).length > 0
  } catch (error) {
    if (error instanceof MegasynthError) return false
    throw error
  }
}

async function demo(shell: Shell): Promise<void> {
  const { cwd } = shell.io
  const example = (name: string): string => relative(cwd, fileURLToPath(new URL(name, examples)))
  const file = example('pad.ts')
  const prelude = example('midi/bach-prelude-bwv846.mid')
  if (await canBeHeard()) {
    await play(shell, file, { midi: prelude, set: [] })
    return
  }
  const midi = placeOf(cwd, prelude)
  const { patch, catalogue } = await openPatch(cwd, file, { set: [] })
  const { knobs = {} } = patch
  const score = scoreFromMidi(readMidiFile(readBytes(midi, 'a MIDI file', 2 ** 20), midi.shown), { knobs })
  shell.note(`There is no sound card here: Bach's prelude in C major, played by ${file}, goes to ${output}`)
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
