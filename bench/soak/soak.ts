import os from 'node:os'
import { isDeepStrictEqual } from 'node:util'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { Worker } from 'node:worker_threads'
import { createLiveEngine, type LiveEngine } from '../../src/engine/live.ts'
import type { ServerCounts } from '../../src/engine/index.ts'
import type { Patch } from '../../src/index.ts'
import { LiveSession } from '../../src/live/live.ts'
import type { LiveSynth, Stats } from '../../src/live/live-synth.ts'
import { startSession } from '../../src/live/start.ts'
import * as bases from '../../test/audio/edit-bases.ts'
import { median } from '../measure.ts'
import { polyMono } from '../patches.ts'
import { randomNumbers } from '../random-edits.ts'
import { memory, type Memory } from './memory.ts'
import { Performer, type Tally } from './performer.ts'

const { echo, echoFiltered, filtered, hiss, loop, mixed, panned, rich, room, tone, tremolo } = bases
const pool: readonly Patch[] = [
  ...[rich, echo, tremolo, filtered, hiss, mixed, room, panned, loop, echoFiltered].map(({ patch }) => patch),
  polyMono(4),
]
/** What is played when everything shall be as at the beginning. */
const first: Patch = { ...tone.patch, voices: 4 }

export interface SoakOptions {
  /** Seconds of playing; the pauses in which everything is looked at come on top. */
  readonly seconds: number
  readonly seed: number
  readonly signal: AbortSignal
  /** Seconds from one pause to the next. Default: 10. */
  readonly burst?: number
  /** Whether it is only a warning that something came late, whatever the machine had to do. Default: false. */
  readonly lenient?: boolean
  /** Takes a line from time to time. */
  readonly tell?: (line: string) => void
}

export interface SoakResult {
  /** What must not happen, and did; empty if all is well. */
  readonly failures: readonly string[]
  /** What happened since the machine had no time for this process. */
  readonly warnings: readonly string[]
  readonly tally: Tally
  readonly bursts: number
}

/** What there is when the first patch is silent. */
interface Standing extends ServerCounts {
  readonly audioBuses: number
  readonly controlBuses: number
  readonly awake: number
  readonly held: number
  /** Names of the groups and devices, in the order in which they run. */
  readonly tree: readonly string[]
}

/** Below −100 dB nothing is heard. */
const silent = 1e-5
/** Seconds for which a tail may ring (`tails.ts`), and a few more. */
const longestRest = 45
/** Seconds of standing still from which on lateness is not the synth's: what is played ahead is played 0.15 s ahead at least. */
const starved = 0.1
/** Blocks by which something may be late: beside a gate that falls and rises as soon as possible, which must be seen to do so. */
const edge = 1
/** Share of what is played ahead that may come so, right after what nobody knew of before. */
const mayWait = 0.001
/** More wants to run than there are cores: the average of the last minute. */
const isBusy = (): boolean => (os.loadavg()[0] ?? 0) > os.cpus().length
const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** All that is heard, looked at sample by sample. */
class Ear {
  /** Samples that are no numbers, and those beyond full scale. */
  wrong = 0
  frames = 0
  /** Frames since the last that was heard. */
  quiet = 0

  hear(channels: readonly Float32Array[]): void {
    const length = channels[0]?.length ?? 0
    this.frames += length
    let last = -1
    for (const channel of channels)
      for (let i = 0; i < length; i++) {
        const x = channel[i] as number
        if (!(Math.abs(x) <= 1)) this.wrong++
        if (!(Math.abs(x) < silent)) last = Math.max(last, i)
      }
    this.quiet = last < 0 ? this.quiet + length : length - 1 - last
  }
}

/** Plays a live synth on the silent sink at random for a while, pauses now and then, and looks whether all is as it was. */
export async function soak({
  seconds,
  seed,
  signal,
  burst = 10,
  lenient = false,
  tell = () => {},
}: SoakOptions): Promise<SoakResult> {
  const failures = new Set<string>()
  const warnings: string[] = []
  const workers: Worker[] = []
  const seen = (worker: Worker): unknown => workers.push(worker)
  process.on('worker', seen)
  let engine: LiveEngine | undefined
  const create = async (): Promise<LiveEngine> => (engine = await createLiveEngine({ device: 'silent' }))
  const synth: LiveSynth = await startSession(
    create,
    { patch: first },
    (...parts) => new LiveSession(...parts),
  )
  const ear = new Ear()
  synth.listen(({ channels }) => ear.hear(channels))
  synth.on('problem', (problem) => failures.add(`a problem was told: ${JSON.stringify(problem)}`))
  synth.on('restarted', ({ cause }) => failures.add(`the engine was started again: ${cause.message}`))
  const loop = monitorEventLoopDelay({ resolution: 10 })
  loop.enable()
  const performer = new Performer(synth, randomNumbers(seed), pool, (what) => failures.add(what))

  const standing = async (): Promise<Standing> => {
    const { audioBuses, controlBuses, voices } = synth.stats()
    const { ugens, synths, groups, synthDefs } = await (engine as LiveEngine).counts()
    const tree = (await synth.tree()).flatMap(({ name, paused, synths }) => [
      `${name}${paused ? ' (asleep)' : ''}`,
      ...synths.map(({ device, leaving }) => `${device}${leaving ? ' (leaving)' : ''}`),
    ])
    const { awake, held } = voices
    return { ugens, synths, groups, synthDefs, audioBuses, controlBuses, awake, held, tree }
  }
  /** Waits until it is as wanted, and silent, as long as a tail may last; gives what it is then. */
  const rest = async (wanted?: Standing): Promise<Standing> => {
    for (const end = synth.time + longestRest; ; await wait(250)) {
      const now = await standing()
      const isQuiet = ear.quiet > 0.3 * synth.sampleRate
      if (isQuiet && (wanted === undefined ? now.awake === 0 : isDeepStrictEqual(now, wanted))) return now
      if (synth.time < end) continue
      if (!isQuiet) failures.add('it is not silent although every key is up')
      return now
    }
  }

  const longestEdge = (edge * (engine as LiveEngine).blockSize * 1.001) / synth.sampleRate
  const remembered: Memory[] = []
  let bursts = 0
  let waited = 0
  try {
    const fresh = await rest()
    // without what a machine that stands still makes of them: as many bursts as were asked for
    let played = 0
    while (!signal.aborted && failures.size === 0 && played < seconds) {
      loop.reset()
      const before: Stats = synth.stats()
      const length = Math.min(burst, seconds - played)
      await performer.play(length, signal)
      played += length
      await performer.letGo()
      const after: Stats = synth.stats()
      const stood = loop.max / 1e9
      const [lost, late] = [after.lostFrames - before.lostFrames, after.late - before.late]
      const longest = after.longestLate > before.longestLate ? after.longestLate : 0
      const what = `${late} messages came late, by ${(after.longestLate * 1000).toFixed(0)} ms at most: the main thread stood still for up to ${(stood * 1000).toFixed(0)} ms, ${lost} frames were lost, the load is ${os.loadavg()[0]?.toFixed(1)} on ${os.cpus().length} cores`
      const isExcused = lenient || stood > starved || isBusy()
      if (late > 0 && !isExcused) waited += late
      if (late > 0 && (isExcused || longest <= longestEdge)) warnings.push(what)
      else if (late > 0) failures.add(what)
      if (ear.wrong > 0) failures.add(`${ear.wrong} samples were no numbers, or beyond full scale`)
      bursts++
      await synth.apply(first)
      const now = await rest(fresh)
      for (const name of Object.keys(fresh) as (keyof Standing)[])
        if (!isDeepStrictEqual(now[name], fresh[name]))
          failures.add(`${name}: ${JSON.stringify(now[name])} instead of ${JSON.stringify(fresh[name])}`)
      // the audio thread is asked when it is warm, and at the end
      const isLast = signal.aborted || played >= seconds
      remembered.push(await memory(bursts === 1 || isLast ? workers.at(-1) : undefined))
      const { main, rss } = remembered.at(-1) as Memory
      const { notes, edits, refused } = performer.tally
      tell(`${played.toFixed(0).padStart(5)} s: ${notes} notes, ${edits} edits (${refused} refused), ${mega(main)} MB heap, ${mega(rss)} MB in all, load ${after.load.toFixed(2)}, ${after.late} late`) // prettier-ignore
    }
    const { scheduled } = performer.tally
    if (waited > Math.max(1, scheduled * mayWait))
      failures.add(`${waited} of ${scheduled} messages came late`)
    if (failures.size === 0) for (const what of growth(remembered)) failures.add(what)
  } catch (error) {
    failures.add(`it ended early: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
  } finally {
    loop.disable()
    process.off('worker', seen)
    await synth.close()
  }
  return { failures: [...failures], warnings, tally: performer.tally, bursts }
}

const mega = (bytes: number): string => (bytes / 1e6).toFixed(0)

/** Bytes by which what is used may grow in any case: code that is compiled, caches that fill. */
const slack = { main: 6e6, worker: 6e6, rss: 60e6 }

/** What grew from the first third of the bursts to the last by more than 10% and the slack. */
function growth(all: readonly Memory[]): string[] {
  const third = Math.max(1, Math.floor(all.length / 3))
  return (['main', 'worker', 'rss'] as const).flatMap((kind) => {
    const known = (some: readonly Memory[]): number[] => some.flatMap((one) => one[kind] ?? [])
    const [early, later] = [known(all.slice(0, third)), known(all.slice(-third))]
    // pages that are free are not given back at once
    if (all.length < (kind === 'rss' ? 6 : 2) || early.length === 0 || later.length === 0) return []
    const [from, to] = [median(early), median(later)]
    if (to - from <= Math.max(slack[kind], from / 10)) return []
    return [`the memory (${kind}) grew from ${mega(from)} to ${mega(to)} MB`]
  })
}
