import type { Score, ScoreEvent } from '../plan/score.ts'
import { within } from './within.ts'
import { createOffline, type SynthOptions } from './start.ts'
import { createEnsemble, type EnsembleOptions } from './ensemble.ts'
import type { PlayedPart } from './part.ts'
import { opened } from './opening.ts'
import { longestPause, longestTail, silence } from './silence.ts'
import type { Audio, OfflineSynth, Synth } from './synth.ts'

/** How long a performance is. */
export interface Length {
  /** Length of the whole in seconds. Default: the score and its tail. */
  readonly seconds?: number
  /** Seconds after the score's end. Default: until it is silent, at most {@link longestTail}. */
  readonly tail?: number
}

/** Part of a performance. */
export interface Chunk extends Audio {
  /** Seconds done, this chunk included. */
  readonly done: number
  /** Seconds that it will last at the most. */
  readonly total: number
}

const chunkSeconds = 0.25

/**
 * Plays a score on a patch, chunk by chunk: constant memory, however long it is.
 *
 * @param score its knob events must name knobs of the patch, or of the snapshot that was recalled last; one that is recalled before
 *   anything sounds is what is begun with
 * @throws MegasynthError with all problems of the patch; `out-of-range` for a length that is none; `unknown-knob`
 * @example
 * const score = scoreFromNotes(parseNotes('C4 E4'))
 * for await (const { done, total } of perform({ patch }, score)) console.log(`${done} of ${total} s`)
 */
export async function* perform(
  options: SynthOptions,
  score: Score,
  length: Length = {},
): AsyncGenerator<Chunk, void> {
  checkLength(length)
  const opening = opened({ ...options, score })
  const synth = await createOffline({ ...options, patch: opening.patch })
  try {
    yield* chunksOf(synth, [{ player: synth, score: opening.score }], length, longestPause(opening))
  } finally {
    await synth.close()
  }
}

/**
 * Plays several patches together, each its own score, chunk by chunk; see {@link createEnsemble} and {@link perform}.
 *
 * @throws MegasynthError as they do
 * @example
 * const score = scoreFromNotes(parseNotes('C4 E4'))
 * const parts = [{ patch, score }, { patch, score, gain: 0.5 }]
 * for await (const { done, total } of performTogether({ parts })) console.log(`${done} of ${total} s`)
 */
export async function* performTogether(
  options: Omit<EnsembleOptions, 'parts'> & { readonly parts: readonly PlayedPart[] },
  length: Length = {},
): AsyncGenerator<Chunk, void> {
  checkLength(length)
  const parts = options.parts.map((part) => opened(part))
  const ensemble = await createEnsemble({ ...options, parts })
  try {
    const tracks = ensemble.parts.map((player, i) => ({ player, score: parts[i]?.score ?? noScore }))
    yield* chunksOf(ensemble, tracks, length, Math.max(...parts.map(longestPause)))
  } finally {
    await ensemble.close()
  }
}

const noScore: Score = { events: [], duration: 0 }

/** Who plays, and what. */
interface Track {
  readonly player: Pick<Synth, 'play' | 'setKnob' | 'setTempo' | 'recall'>
  readonly score: Score
}

/**
 * The sound of some tracks.
 *
 * @param pause seconds after which something silent may still be heard
 */
async function* chunksOf(
  sounding: Pick<OfflineSynth, 'sampleRate' | 'time' | 'advance'>,
  tracks: readonly Track[],
  { seconds, tail }: Length,
  pause: number,
): AsyncGenerator<Chunk, void> {
  const { sampleRate } = sounding
  const duration = durationOf(tracks)
  const total = seconds ?? duration + (tail ?? longestTail)
  const untilSilent = seconds === undefined && tail === undefined
  const patience = silence.seconds + pause
  const frames = Math.round(total * sampleRate)
  const next = tracks.map(() => 0)
  let [done, quiet] = [0, 0]
  // what is silent is kept back until it is known whether anything follows
  let silent: Chunk[] = []
  while (done < frames && quiet < patience * sampleRate) {
    const piece = await handOver(tracks, next, sounding.time)
    const { channels: whole } = await sounding.advance(Math.min(piece, (frames - done) / sampleRate))
    const channels = whole.map((channel) => channel.subarray(0, frames - done))
    done += channels[0]?.length ?? 0
    const chunk = { sampleRate, channels, done: done / sampleRate, total }
    const over = untilSilent && chunk.done > duration && peakOf(channels) < silence.level
    if (over) {
      quiet += channels[0]?.length ?? 0
      silent.push(chunk)
    } else {
      yield* silent
      yield chunk
      silent = []
      quiet = 0
    }
  }
  yield* silent.slice(0, Math.ceil(silence.seconds / chunkSeconds))
}

/**
 * Hands over what is to be played soon. A snapshot comes at its time, and what is written after it waits for it.
 *
 * @param next index of the next event of each track; is moved on
 * @returns seconds for which everything has been handed over
 */
async function handOver(tracks: readonly Track[], next: number[], now: number): Promise<number> {
  let seconds = chunkSeconds
  for (const [i, { player, score }] of tracks.entries()) {
    let at = next[i] ?? 0
    for (; (score.events[at]?.time ?? Infinity) < now + chunkSeconds; at++) {
      const event = score.events[at] as ScoreEvent
      if (event.kind !== 'recall') playEvent(player, event)
      else if (event.time <= now + aMoment) await player.recall(event.name)
      else {
        seconds = Math.min(seconds, event.time - now)
        break
      }
    }
    next[i] = at
  }
  return seconds
}

/** Seconds that are no time: less than a block. */
const aMoment = 1e-6

/** Seconds until everything that is written has been played. */
export function durationOf(tracks: readonly { readonly score: Score }[]): number {
  return Math.max(0, ...tracks.map(({ score }) => score.duration))
}

function checkLength({ seconds, tail }: Length): void {
  const problem = { code: 'out-of-range', message: 'this is no length of time' } as const
  for (const [path, given] of Object.entries({ seconds, tail }))
    if (given !== undefined) within(0, Number.MAX_SAFE_INTEGER, given, { ...problem, path })
}

/** @param from second at which the score begins */
export function playEvent(
  player: Pick<Synth, 'play' | 'setKnob' | 'setTempo'>,
  { time, ...event }: Exclude<ScoreEvent, { kind: 'recall' }>,
  from = 0,
): void {
  const at = from + time
  if (event.kind === 'knob') player.setKnob(event.name, event.value, { at })
  else if (event.kind === 'tempo') player.setTempo(event.tempo, { at })
  else player.play(event, { at })
}

function peakOf(channels: readonly Float32Array[]): number {
  let peak = 0
  for (const channel of channels) for (const sample of channel) peak = Math.max(peak, Math.abs(sample))
  return peak
}

/** Joins chunks to one piece of sound. */
export function join(chunks: readonly Audio[], sampleRate: number): Audio {
  const width = chunks[0]?.channels.length ?? 2
  const frames = chunks.reduce((sum, chunk) => sum + (chunk.channels[0]?.length ?? 0), 0)
  const channels = Array.from({ length: width }, () => new Float32Array(frames))
  let offset = 0
  for (const chunk of chunks) {
    for (const [i, channel] of chunk.channels.entries()) channels[i]?.set(channel, offset)
    offset += chunk.channels[0]?.length ?? 0
  }
  return { sampleRate, channels }
}
