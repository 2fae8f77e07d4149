import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { MegasynthError, type Patch, type OfflineSynth } from '../src/index.ts'
import { createOfflineEngine, type OfflineEngine, type ServerCounts } from '../src/engine/index.ts'
import { startSynth } from '../src/live/index.ts'
import type { Command } from '../src/scsynth/index.ts'
import * as bases from '../test/audio/edit-bases.ts'
import { median } from './measure.ts'
import { polyMono } from './patches.ts'
import { randomEdit, randomNumbers } from './random-edits.ts'
import type { Row, Thoroughness } from './row.ts'

const { echo, echoFiltered, filtered, hiss, loop, mixed, panned, rich, room, tone, tremolo } = bases
const pool: readonly Patch[] = [
  ...[tone, rich, echo, tremolo, filtered, hiss, mixed, room, panned, loop, echoFiltered].map(
    ({ patch }) => patch,
  ),
  polyMono(4),
]

/** Edits from one patch of the pool to the next, notes from one edit to the next. */
const [editsPerPatch, notesPerEdit] = [20, 10]
const block = 128 / 48000

/** The highest bus of each kind that was ever sent to an engine: if buses leak, higher ones are taken. */
class HighestBuses {
  audio = 0
  control = 0

  /** Looks at all that an engine is sent. */
  watch(engine: OfflineEngine): OfflineEngine {
    const { transact, send } = engine
    engine.transact = async (commands, describe) => {
      for (const command of commands) this.#see(command)
      return await transact(commands, describe)
    }
    engine.send = (commands) => {
      for (const command of commands) this.#see(command)
      send(commands)
    }
    return engine
  }

  #see(command: Command): void {
    if (command.call === '/c_set')
      for (const [bus] of command.values) this.control = Math.max(this.control, bus)
    else if (command.call === '/n_map') this.control = Math.max(this.control, ...Object.values(command.buses))
    else if (command.call === '/s_new')
      for (const [name, value] of Object.entries(command.controls)) {
        if (typeof value === 'object' && 'controlBus' in value)
          this.control = Math.max(this.control, value.controlBus)
        else if (typeof value === 'number' && name.endsWith('.bus')) this.audio = Math.max(this.audio, value)
      }
  }
}

/** Percent by which the heap of the second half of the rounds may exceed that of the first: some 100 bytes an edit. */
const flat = 2

/** What there is when the first patch is silent again. */
interface Standing {
  readonly counts: ServerCounts
  readonly buses: number
  /** Bytes after a garbage collection: JS heap and buffers. */
  readonly heap: number
}

/** The garbage collector, which Node shows only if asked. */
function garbageCollector(): () => void {
  setFlagsFromString('--expose-gc')
  return runInNewContext('gc') as () => void
}

interface Tally {
  edits: number
  refused: number
  notes: number
}

/** One round: random edits, notes and turns of knobs, the same for the same seed. Patches come from the pool in turn. */
async function playRound(synth: OfflineSynth, seed: number, edits: number, tally: Tally): Promise<void> {
  const random = randomNumbers(seed)
  const down: number[] = []
  for (let done = 0; done < edits;) {
    try {
      if (done % editsPerPatch === 0) await synth.apply(pool[(done / editsPerPatch) % pool.length] as Patch)
      else if (random() < 0.08) await synth.undo()
      else await synth.edit(randomEdit(random, synth.patch))
      done++
      tally.edits++
    } catch (error) {
      // the synth plays on as before
      if (!(error instanceof MegasynthError)) throw error
      tally.refused++
    }
    for (const knob of Object.keys(synth.patch.knobs ?? {})) synth.setKnob(knob, random())
    for (let note = 0; note < notesPerEdit; note++) {
      down.push(30 + Math.floor(random() * 70))
      synth.noteOn(down.at(-1) as number, random())
      tally.notes++
      if (down.length > 3) synth.noteOff(down.shift() as number)
      await synth.advance(block)
    }
    if (random() < 0.02) {
      // time enough for fades, silence and sleep
      synth.allNotesOff()
      await synth.advance(1)
    }
  }
  synth.allNotesOff()
}

/** Row 12: what a long life leaves behind. All rounds are equal, so that what is more after one than after another leaks. */
export async function endurance({ quick }: Thoroughness): Promise<Row[]> {
  const [rounds, editsPerRound] = quick ? [6, 100] : [10, 1000]
  const collect = garbageCollector()
  const highest = new HighestBuses()
  let engine: OfflineEngine | undefined
  const [first] = pool as [Patch]
  const synth = await startSynth(async () => (engine = highest.watch(await createOfflineEngine())), {
    patch: first,
  })
  const same = (a: ServerCounts, b: ServerCounts): boolean => JSON.stringify(a) === JSON.stringify(b)
  /** Back to the first patch, until nothing but it is there; at most as long as a tail may last. */
  const settled = async (wanted?: ServerCounts): Promise<Standing> => {
    await synth.apply(first)
    let counts: ServerCounts | undefined
    for (let second = 0; second < 35; second++) {
      await synth.advance(1)
      counts = await (engine as OfflineEngine).counts()
      if (second > 1 && wanted !== undefined && same(counts, wanted)) break
    }
    collect()
    const { heapUsed, arrayBuffers } = process.memoryUsage()
    return {
      counts: counts as ServerCounts,
      buses: highest.audio + highest.control,
      heap: heapUsed + arrayBuffers,
    }
  }
  const fresh = await settled()
  const tally: Tally = { edits: 0, refused: 0, notes: 0 }
  const after: Standing[] = []
  for (let round = 0; round < rounds; round++) {
    await playRound(synth, 20261122, editsPerRound, tally)
    after.push(await settled(fresh.counts))
  }
  await synth.close()

  const last = after.at(-1) as Standing
  const middle = after[rounds / 2 - 1] as Standing
  const nodes = last.counts.synths + last.counts.groups - fresh.counts.synths - fresh.counts.groups
  const defs = last.counts.synthDefs - fresh.counts.synthDefs
  const buses = last.buses - middle.buses
  // the first round fills what has a bound: the history, the SynthDefs that are known
  const heaps = after.map(({ heap }) => heap)
  const [early, late] = [median(heaps.slice(1, rounds / 2)), median(heaps.slice(rounds / 2))]
  const growth = (100 * (late - early)) / early
  return [
    {
      number: '12',
      figure: `${tally.edits} random edits, ${tally.notes} notes: growth of nodes, buses, SynthDefs, JS heap`,
      measured: `${nodes}, ${buses}, ${defs}, ${growth.toFixed(1)}% of ${(early / 1e6).toFixed(0)} MB`,
      budget: '0, 0, 0, flat',
      kept: nodes === 0 && buses === 0 && defs === 0 && growth < flat,
    },
  ]
}
