import type { SystemMessage } from './message.ts'

/** What is known of a clock that is sent: a value. */
export interface ClockOutState {
  /** Number of the tick that is sent next; undefined before the first. */
  readonly tick: number | undefined
  /** The receiver has been told to go on. */
  readonly running: boolean
}

const ticksPerBeat = 24
const ticksPerSixteenth = 6
/** The farthest place that MIDI can name, in sixteenths. */
const farthest = 16383
/** Ticks that may be late; after more of them the receiver is told where we are. */
const most = ticksPerBeat / 2

/** Nothing sent yet. */
export const clockOutAtStart: ClockOutState = { tick: undefined, running: false }

/**
 * What has to be sent now that it is this beat: the ticks that have become due. At first, and after a jump, the receiver
 * is told the next sixteenth, and goes on from there when it comes. Pure.
 *
 * @param state what the call before returned
 * @param beat beats since the beginning, 0 or above
 * @param runs false while the beat stands still: then the receiver is stopped. Default: true
 * @example
 * clockOut(clockOutAtStart, 0).messages // a start and the first tick
 */
export function clockOut(
  { tick, running }: ClockOutState,
  beat: number,
  runs = true,
): { readonly state: ClockOutState; readonly messages: readonly SystemMessage[] } {
  if (!runs) {
    const stop: readonly SystemMessage[] = running ? [{ kind: 'stop' }] : []
    return { state: { tick, running: false }, messages: stop }
  }
  // a hair more, so that a tick is not missed by its rounding
  const now = Math.floor(beat * ticksPerBeat + 1e-6)
  const isLate = tick !== undefined && now - tick > most
  const isEarly = tick !== undefined && tick - now > ticksPerSixteenth + 1
  if (tick === undefined || isLate || isEarly) {
    const sixteenth = Math.ceil((beat * ticksPerBeat - 1e-6) / ticksPerSixteenth)
    const next = { tick: sixteenth * ticksPerSixteenth, running: false }
    const place: readonly SystemMessage[] =
      sixteenth === 0 ? [] : [{ kind: 'songPosition', sixteenths: sixteenth % (farthest + 1) }]
    const stop: readonly SystemMessage[] = running ? [{ kind: 'stop' }] : []
    const { state, messages } = clockOut(next, beat)
    return { state, messages: [...stop, ...place, ...messages] }
  }
  if (now < tick) return { state: { tick, running }, messages: [] }
  const begin: readonly SystemMessage[] = running ? [] : [{ kind: tick === 0 ? 'start' : 'continue' }]
  const ticks = Array.from({ length: now - tick + 1 }, (): SystemMessage => ({ kind: 'clock' }))
  return { state: { tick: now + 1, running: true }, messages: [...begin, ...ticks] }
}

/** Beats until something has to be sent again. */
export function beatsToNextTick({ tick }: ClockOutState, beat: number): number {
  return tick === undefined ? 0 : Math.max(0, tick / ticksPerBeat - beat)
}
