import { createSynth } from '../live/create.ts'
import { feed, soon } from '../live/feed.ts'
import { durationOf, opened, type PlayedPart } from '../live/index.ts'
import { createLiveEnsemble, type LiveEnsemble, type LivePlayer } from '../live/live-ensemble.ts'
import type { LiveSynth } from '../live/live-synth.ts'
import { longestPause } from '../live/silence.ts'
import type { Patch } from '../patch/index.ts'
import type { Score } from '../plan/score.ts'
import { attach, type AttachFlags } from './attach.ts'
import { withEnds } from './ends.ts'
import { reportFailure } from './failure.ts'
import type { Place } from './files.ts'
import type { KnobSetting } from './flags.ts'
import type { Shell } from './io.ts'
import { recordLive, type LiveRecording } from './live-recording.ts'
import { loadApart } from './load-apart.ts'
import { ensemblePart, inFiles } from './map.ts'
import { blueprint } from './needs.ts'
import type { OpenPatch } from './open.ts'
import { over } from './over.ts'
import { deviceLine, tellOfTrouble } from './reload.ts'
import { sayWhatWasRecorded, wavPlace } from './render.ts'
import { watchStage } from './stage-watch.ts'
import { count } from './text.ts'
import type { TuningFlags } from './tuning.ts'

/** How what is on a stage is played. */
export interface StageFlags extends AttachFlags, TuningFlags {
  readonly loop?: true
  readonly device?: string
  readonly buffer?: number
  readonly record?: string
  readonly devices?: string
  readonly set: readonly KnobSetting[]
}

/** A patch that is played, alone or with others. */
export interface StagePart {
  readonly open: OpenPatch
  /** What its patch is made of. */
  readonly files: ReadonlySet<string>
  readonly snapshots: ReadonlyMap<string, Patch>
  /** In a map: the channel 1..16 that it plays. */
  readonly channel?: number
  readonly gain?: number
  readonly transpose?: number
}

/** What is played: a patch, or all those of a map. */
export interface Stage {
  /** As it was written: the patch file, or the map. */
  readonly title: string
  readonly parts: readonly StagePart[]
  /** The map, if it is one. */
  readonly map?: Place
  /** What the device types of one's own are made of, if there are any. */
  readonly devices: ReadonlySet<string>
  /** What each of the parts plays; undefined if nothing is written down. */
  readonly scores?: readonly Score[]
}

/** A part whose engine has started. */
interface Player {
  readonly part: StagePart
  readonly synth: LivePlayer
  /** What it is called, where there are several. */
  readonly name: string | undefined
}

/**
 * Plays what is on a stage until what is written has been played, or somebody ends it; whatever is saved meanwhile is gone over
 * to.
 *
 * @throws MegasynthError if it cannot be started, or if what was recorded cannot be written
 */
export async function playOn(stage: Stage, flags: StageFlags, shell: Shell): Promise<void> {
  await withEnds(async (ends) => {
    const { io, note, print, paint, errorPaint } = shell
    const record = flags.record === undefined ? undefined : wavPlace(io.cwd, '--record', flags.record)
    const interrupts = io.catchInterrupts()
    ends.add(interrupts.release)
    io.takeStray = (error, own) => {
      if (!own) reportFailure(error, shell)
      return !own
    }
    ends.add(() => (io.takeStray = undefined))
    let recording: LiveRecording | undefined
    ends.add(async () => {
      if (recording && record)
        sayWhatWasRecorded(record.shown, { ...(await recording.finish()), speed: 1 }, shell)
    })
    const openings = openingsOf(stage)
    const starting = started(stage, openings, flags)
    ends.add(async () => await (await starting.catch(() => undefined))?.close())
    const loader = loadApart()
    // a file that is saved while the engine starts is not missed
    const watch = watchStage(stage, starting, loader, flags, shell)
    ends.add(() => watch.close())
    ends.add(() => loader.close())

    const heard = await starting
    const players = playersOf(stage, heard)
    for (const [i, { synth, name }] of players.entries())
      tellOfTrouble(synth, shell, { isFirst: i === 0, ...(name !== undefined && { name }) })
    const attached = players.map(({ synth, name, part: { channel, transpose } }) => ({
      synth,
      ...(channel !== undefined && name !== undefined && { part: { name, channel } }),
      ...(transpose !== undefined && { transpose }),
    }))
    const isAttached = await attach(attached, flags, shell, ends)
    if (record) recording = await recordLive(heard, record, flags.force === true)
    const many = stage.map === undefined ? '' : `: ${count(players.length, 'patch')}`
    print(`${paint.green('▶')} ${paint.bold(stage.title)}${many} on ${deviceLine(heard)}`)
    if (heard.notice !== undefined) note(`${errorPaint.yellow('note')}: ${heard.notice}`)
    if (!isAttached && !stage.scores && !stage.parts.every(({ open }) => soundsByItself(open)))
      note(waiting(stage))
    note(errorPaint.dim(`save ${stage.map ? 'a patch' : stage.title} and it is heard; Ctrl-C ends`))

    const playing = feeds(stage, openings, heard, flags, shell)
    const pause = (): number =>
      Math.max(
        ...players.map(({ synth: { patch, snapshots } }, i) => {
          const score = stage.scores?.[i] ?? noScore
          return longestPause({ patch, snapshots, score, catalogue: watch.catalogueOf(i) })
        }),
      )
    const ended = await over(heard, playing?.done, interrupts.signal, pause)
    if (ended === 'interrupted') playing?.stop()
  })
}

const playersOf = ({ parts }: Stage, heard: LiveEnsemble): readonly Player[] =>
  parts.map((part, i) => ({
    part,
    synth: heard.parts[i] as LivePlayer,
    name: part.channel === undefined ? undefined : `${part.open.file} (channel ${part.channel})`,
  }))

/** The parts as they begin, and what they play from there. */
const openingsOf = ({ parts, scores }: Stage): readonly PlayedPart[] =>
  parts.map((part, i) => opened({ ...ensemblePart(part), score: scores?.[i] ?? noScore }))

const noScore: Score = { events: [], duration: 0 }

/** Starts the engine. @throws MegasynthError in which the parts of a map are called by their files */
async function started(
  { map, parts }: Stage,
  openings: readonly PlayedPart[],
  { device, buffer }: StageFlags,
): Promise<LiveEnsemble> {
  const engine = {
    ...(device !== undefined && { device }),
    ...(buffer !== undefined && { bufferFrames: buffer }),
  }
  const [first] = openings
  if (map === undefined && first) {
    const { score: _, ...begin } = first
    return alone(await createSynth({ ...begin, ...engine }))
  }
  try {
    return await createLiveEnsemble({ parts: openings, ...engine })
  } catch (error) {
    throw inFiles(error, parts)
  }
}

/** One synth as an ensemble of one. */
const alone = (synth: LiveSynth): LiveEnsemble => ({
  sampleRate: synth.sampleRate,
  get time() {
    return synth.time
  },
  notice: synth.notice,
  parts: [synth],
  stats: () => synth.stats(),
  listen: (listener) => synth.listen(listener),
  close: () => synth.close(),
})

/** Has all parts play what is written for them, so that they begin again together. */
function feeds(
  { scores }: Stage,
  openings: readonly PlayedPart[],
  heard: LiveEnsemble,
  flags: StageFlags,
  shell: Shell,
): { readonly done: Promise<void>; readonly stop: () => void } | undefined {
  if (scores === undefined) return undefined
  const from = soon(heard)
  const duration = durationOf(scores.map((score) => ({ score })))
  const playing = scores.map((score, i) =>
    feed(
      heard.parts[i] as LivePlayer,
      { ...score, duration },
      {
        loop: flags.loop === true,
        from,
        first: (openings[i] as PlayedPart).score,
        onProblem: (error) => reportFailure(error, shell),
      },
    ),
  )
  return {
    done: Promise.all(playing.map(({ done }) => done)).then(() => undefined),
    stop: () => playing.forEach((one) => one.stop()),
  }
}

/** Whether a patch is heard without a note. */
const soundsByItself = (patch: OpenPatch): boolean =>
  patch.parsed.voices.mode === 'drone' || !blueprint(patch).network.nodes.some(({ part }) => part === 'voice')

const waiting = ({ title, map }: Stage): string =>
  `${title} waits for notes: from MIDI, OSC (--osc)${map === undefined ? ', --notes' : ''} or --midi`
