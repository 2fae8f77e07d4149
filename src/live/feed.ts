import type { NoteEvent, NoteId } from '../plan/index.ts'
import type { Score, ScoreEvent } from '../plan/score.ts'
import { playEvent } from './perform.ts'
import type { Synth } from './synth.ts'

/** A score that is being played on a live synth. */
export interface Feed {
  /** Resolves when the last event has been handed over and its time has come, when it is stopped, or its synth closed. */
  readonly done: Promise<void>
  /** Plays no more of it; notes that it holds are released. */
  stop(): void
}

/** Seconds ahead for which events are handed over, and from one round to the next. */
const ahead = 0.5
const roundMs = 100
/** Seconds until the first event: long enough to be in time. */
const start = 0.1

/**
 * Plays a score on a synth that goes on by itself, exact to the block.
 *
 * Snapshots are recalled by a timer at their time; knobs that are turned after one wait for it, and those that the patch does
 * not have, since it was edited meanwhile, are left alone.
 *
 * @param options `loop`: again and again; `from`: the second of the synth's clock at which it begins, default {@link soon}; `first`: what is played
 *   of the score the first time, where the synth has begun as it does, see {@link opened}; `onProblem` is told of a snapshot that does not come
 * @example
 * const synth = await createSynth({ patch })
 * const { done } = feed(synth, scoreFromNotes(parseNotes('C4 E4')))
 * await done
 */
export function feed(
  synth: Pick<Synth, 'play' | 'setKnob' | 'setTempo' | 'recall' | 'patch' | 'time'>,
  score: Score,
  options: {
    readonly loop?: boolean
    readonly from?: number
    readonly first?: Score
    readonly onProblem?: (error: unknown) => void
  } = {},
): Feed {
  const loop = options.loop === true && score.duration > 0
  const { duration } = score
  let { events } = options.first ?? score
  let [next, from] = [0, options.from ?? soon(synth)]
  /** Notes that were handed over without their end, and when they begin. */
  const sounding = new Map<
    string,
    { readonly event: Extract<NoteEvent, { kind: 'off' }>; readonly at: number }
  >()
  /** The last snapshot that is to come, for which knobs wait. */
  let coming: Promise<void> | undefined
  const timers = new Set<ReturnType<typeof setTimeout>>()
  let finish: () => void = () => undefined
  const done = new Promise<void>((resolve) => (finish = resolve))
  const later = async (ms: number): Promise<void> =>
    await new Promise((resolve) => {
      const timer = setTimeout(() => {
        timers.delete(timer)
        resolve()
      }, ms)
      timers.add(timer)
    })
  const recall = async (name: string, at: number): Promise<void> => {
    const before = coming
    // the synth's own time: a machine that is busy lets it stand still, and a card's goes at another pace
    for (let left = at - synth.time; left > 0; left = at - synth.time) await later(left * 1000)
    await before
    await synth.recall(name).catch((error: unknown) => options.onProblem?.(error))
  }
  const turn = (event: Extract<ScoreEvent, { kind: 'knob' }>, origin: number): void => {
    if (Object.hasOwn(synth.patch.knobs ?? {}, event.name)) playEvent(synth, event, origin)
  }
  const play = (event: ScoreEvent, origin: number): void => {
    if (event.kind === 'recall') {
      const own = recall(event.name, origin + event.time).finally(() => {
        if (coming === own) coming = undefined
      })
      coming = own
    } else if (event.kind !== 'knob') playEvent(synth, event, origin)
    // a synth that is closed meanwhile has no knobs
    else if (coming) void coming.then(() => turn(event, origin)).catch(() => undefined)
    else turn(event, origin)
  }
  const round = (): void => {
    try {
      // throws if it was closed: its time stands still
      void synth.patch
      const horizon = synth.time + ahead
      for (;;) {
        if (next >= events.length && loop) {
          next = 0
          ;({ events } = score)
          from += duration
        }
        const event = events[next]
        if (event === undefined || from + event.time > horizon) break
        play(event, from)
        if (event.kind === 'on') {
          const { note, id, channel } = event
          const off = { kind: 'off', note, ...(id !== undefined && { id }), ...(channel !== undefined && { channel }) } as const // prettier-ignore
          sounding.set(nameOf(event), { event: off, at: from + event.time })
        } else if (event.kind === 'off') sounding.delete(nameOf(event))
        next++
      }
      const isOver = !loop && next >= events.length && coming === undefined
      if (isOver && synth.time >= from + duration) stop()
    } catch {
      // the synth was closed
      stop()
    }
  }
  const stop = (): void => {
    clearInterval(timer)
    for (const one of timers) clearTimeout(one)
    finish()
  }
  const timer = setInterval(round, roundMs)
  round()
  return {
    done,
    stop: () => {
      stop()
      for (const { event, at } of sounding.values()) synth.play(event, { at: at + 0.01 })
      sounding.clear()
    },
  }
}

/** The next second of a synth's clock for which what is handed over now is in time. */
export const soon = ({ time }: Pick<Synth, 'time'>): number => time + start

const nameOf = ({ note, id = note, channel }: { note: number; id?: NoteId; channel?: number }): string =>
  JSON.stringify([channel, id])
