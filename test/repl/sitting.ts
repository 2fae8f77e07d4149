import { inspect } from 'node:util'
import { createSynth, type LiveSynth } from 'megasynth/live'
import { placeOf } from '../../src/cli/files.ts'
import { midiLine, recordMidi } from '../../src/cli/midi-recording.ts'
import { plain } from '../../src/errors/index.ts'
import { standard, type Patch } from '../../src/index.ts'
import { callCommand } from '../../src/repl/call.ts'
import { commands } from '../../src/repl/commands/index.ts'
import { nothingDone, type Desk } from '../../src/repl/desk.ts'
import { FakePorts } from '../midi/fake-ports.ts'

/** What is played at the desk. */
export const lead: Patch = {
  voices: 4,
  knobs: { cutoff: { value: 0.5, label: 'Cutoff' } },
  devices: {
    lfo0: { type: 'lfo' },
    oscillator0: { type: 'oscillator' },
    filter0: { type: 'filter' },
  },
  connections: [
    ['oscillator0', 'filter0.in'],
    ['cutoff', 'filter0.cutoff'],
    ['lfo0', 'filter0.resonance', 0.1],
    ['filter0', 'out'],
  ],
}

/** Somebody at the prompt, without a terminal: files are kept in mind, but for MIDI, which is written to a folder. */
export interface Sitting {
  readonly synth: LiveSynth
  desk: Desk
  /** What was said by itself. */
  said: string[]
  exits: number
  /** Files that were written, by name. */
  readonly files: Map<string, string>
  /** Snapshots beside files. */
  readonly shelves: Map<string, ReadonlyMap<string, Patch>>
  readonly ports: FakePorts
  /** Runs a line as the prompt does: what it gives, and what is printed. */
  readonly typed: (line: string) => Promise<{ readonly value: unknown; readonly text: string }>
}

/** Sits down at a desk on a silent synth, which is to be closed. */
export async function sitDown(folder: string): Promise<Sitting> {
  const synth = await createSynth({ patch: lead, device: 'silent' })
  const take = { stop: async () => await Promise.resolve('the take is there') }
  const [files, shelves] = [new Map<string, string>(), new Map<string, ReadonlyMap<string, Patch>>()]
  const ports = new FakePorts('Keystation', 'Minilogue')
  const desk: Desk = {
    synth,
    catalogue: standard,
    paint: plain,
    width: () => 100,
    say: (text) => sitting.said.push(text),
    exit: () => sitting.exits++,
    file: undefined,
    ...nothingDone(),
    outside: {
      openPatch: async () => await Promise.resolve(lead),
      play: async (patch) => await synth.apply(patch),
      write: (file, text) => files.set(file, text),
      watch: async () => await Promise.resolve({ patch: lead, end: async () => await Promise.resolve() }),
      record: async () => await Promise.resolve(take),
      async recordMidi(file, how) {
        const recording = recordMidi([{ synth }], placeOf(folder, file), how.force)
        const stop = async () => await Promise.resolve(midiLine(file, recording.finish(), { paint: plain }))
        return await Promise.resolve({ stop })
      },
      readSnapshots: (file) => shelves.get(file) ?? new Map<string, Patch>(),
      keepSnapshots(file, all) {
        shelves.set(file, all)
        return `${file}'s shelf`
      },
      openMidi: async () => await Promise.resolve(ports),
      endLoading: () => undefined,
      filesLike: () => [],
    },
  }
  const sitting: Sitting = {
    synth,
    desk,
    said: [],
    exits: 0,
    files,
    shelves,
    ports,
    async typed(line) {
      const functions = commands.map(
        (command) =>
          (...values: unknown[]) =>
            callCommand(command, sitting.desk, values),
      )
      const names = commands.map(({ name }) => name)
      // oxlint-disable-next-line typescript/no-implied-eval -- as the prompt does
      const evaluate = new Function(...names, 'patch', `return (async () => (${line}))()`) as (
        ...values: unknown[]
      ) => unknown
      // a synth that has been closed has none
      const value = await evaluate(...functions, line.includes('patch') ? synth.patch : undefined)
      return { value, text: value === undefined ? '' : inspect(value) }
    },
  }
  return sitting
}
