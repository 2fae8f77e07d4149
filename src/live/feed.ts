import type { NoteEvent, NoteId } from '../plan/index.ts'
import type { Score } from '../plan/score.ts'
import { playEvent } from './perform.ts'
import type { Synth } from './synth.ts'

/** A score that is being played on a live synth. */
export interface Feed {
  /** Resolves when the last event has been handed over and its time has come, or when it is stopped. */
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
 * @param options `loop`: again and again
 * @example
 * const synth = await createSynth({ patch })
 * const { done } = feed(synth, scoreFromNotes(parseNotes('C4 E4')))
 * await done
 */
export function feed(synth: Synth, score: Score, options: { readonly loop?: boolean } = {}): Feed {
  const loop = options.loop === true && score.duration > 0
  const { events, duration } = score
  let [next, from] = [0, synth.time + start]
  /** Notes that were handed over without their end, and when they begin. */
  const sounding = new Map<
    string,
    { readonly event: Extract<NoteEvent, { kind: 'off' }>; readonly at: number }
  >()
  let finish: () => void = () => undefined
  const done = new Promise<void>((resolve) => (finish = resolve))
  const round = (): void => {
    try {
      const horizon = synth.time + ahead
      for (;;) {
        if (next >= events.length && loop) {
          next = 0
          from += duration
        }
        const event = events[next]
        if (event === undefined || from + event.time > horizon) break
        playEvent(synth, event, from)
        if (event.kind === 'on') {
          const { note, id, channel } = event
          const off = { kind: 'off', note, ...(id !== undefined && { id }), ...(channel !== undefined && { channel }) } as const // prettier-ignore
          sounding.set(nameOf(event), { event: off, at: from + event.time })
        } else if (event.kind === 'off') sounding.delete(nameOf(event))
        next++
      }
      if (!loop && next >= events.length && synth.time >= from + duration) stop()
    } catch {
      // the synth was closed
      stop()
    }
  }
  const stop = (): void => {
    clearInterval(timer)
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

const nameOf = ({ note, id = note, channel }: { note: number; id?: NoteId; channel?: number }): string =>
  JSON.stringify([channel, id])
