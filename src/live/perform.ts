import { standard, type DeviceType } from '../devices/index.ts'
import type { Score, ScoreEvent } from '../patch/score.ts'
import { within } from './within.ts'
import { createOffline, type SynthOptions } from './start.ts'
import type { Audio, Synth } from './synth.ts'

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

/** Seconds for which a tail is waited for when nobody says how long it is. */
export const longestTail = 10
/** What counts as silent: −80 dBFS, for as long as this. */
const silence = { level: 1e-4, seconds: 0.5 }
const chunkSeconds = 0.25

/**
 * Plays a score on a patch, chunk by chunk: constant memory, however long it is.
 *
 * @param score its knob events must name knobs of the patch
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
  checkLength('seconds', length.seconds)
  checkLength('tail', length.tail)
  const synth = await createOffline(options)
  try {
    const { seconds, tail } = length
    const total = seconds ?? score.duration + (tail ?? longestTail)
    const untilSilent = seconds === undefined && tail === undefined
    const patience = silence.seconds + longestPause(options)
    const frames = Math.round(total * synth.sampleRate)
    let [next, done, quiet] = [0, 0, 0]
    // what is silent is kept back until it is known whether anything follows
    let silent: Chunk[] = []
    while (done < frames && quiet < patience * synth.sampleRate) {
      const horizon = synth.time + chunkSeconds
      for (; (score.events[next]?.time ?? Infinity) < horizon; next++)
        play(synth, score.events[next] as ScoreEvent)
      const { sampleRate, channels: whole } = await synth.advance(
        Math.min(chunkSeconds, (frames - done) / synth.sampleRate),
      )
      const channels = whole.map((channel) => channel.subarray(0, frames - done))
      done += channels[0]?.length ?? 0
      const chunk = { sampleRate, channels, done: done / sampleRate, total }
      const over = untilSilent && chunk.done > score.duration && peakOf(channels) < silence.level
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
  } finally {
    await synth.close()
  }
}

/** The longest silence after which a device of the patch may still be heard: between two echoes. */
function longestPause({ patch, catalogue = standard }: SynthOptions): number {
  const types: Readonly<Record<string, DeviceType>> = catalogue
  return Math.max(0, ...Object.values(patch.devices).map(({ type }) => types[type]?.rings ?? 0))
}

function checkLength(path: string, seconds: number | undefined): void {
  if (seconds === undefined) return
  within(0, Number.MAX_SAFE_INTEGER, seconds, {
    code: 'out-of-range',
    path,
    message: 'this is no length of time',
  })
}

function play(synth: Synth, event: ScoreEvent): void {
  const when = { at: event.time }
  if (event.kind === 'on') synth.noteOn(event.note, event.velocity, when)
  else if (event.kind === 'off') synth.noteOff(event.note, when)
  else synth.setKnob(event.name, event.value, when)
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
