import {
  clockAtStart,
  followClock,
  isTicking,
  type ClockAction,
  type ClockMessage,
  type ClockState,
} from './clock-follower.ts'
import { lockedTo } from './clock-lock.ts'

/** Who follows the clock of a MIDI cable. */
export interface ClockTarget {
  /** Where it is, if it knows: then it is kept in step with the cable by its tempo. Else it is told every beat. */
  readonly beat?: number
  /** @param bpm beats per minute, 4.9..970 */
  setTempo(bpm: number): void
  /** The cable is at this beat. */
  setBeat?(beat: number): void
  /** Stands still where it is, or goes on from there. */
  setRunning?(running: boolean): void
}

/** Seconds without a tick after which the clock of another cable may lead. */
const leaderSilent = 1

/**
 * The clocks of several cables, of which one leads: only ticks take the lead, so that buttons without a clock can neither have it nor
 * keep it. What the others say is remembered: it counts when they lead.
 */
export class ClockLead<C> {
  readonly #target: ClockTarget
  readonly #clocks = new Map<C, ClockState>()
  #leader: C | undefined
  /** The clock has been stopped by the cable that led it. */
  #stands = false

  constructor(target: ClockTarget) {
    this.#target = target
  }

  /** @param seconds when it came, by one clock for all cables */
  hear(cable: C, message: ClockMessage, seconds: number): void {
    const before = this.#clocks.get(cable) ?? clockAtStart
    const takes = message.kind === 'clock' && cable !== this.#leader && !this.#isLed(seconds)
    const ticks = isTicking(before, seconds)
    const { state, actions } = followClock(takes ? untold(before) : before, message, seconds)
    this.#clocks.set(cable, state)
    if (takes) this.#leader = cable
    else if (cable !== this.#leader) return
    // a button without a clock behind it could stop ours, and nothing would have it go on
    if (message.kind !== 'clock' && !ticks && !this.#stands) return
    for (const action of actions) {
      if (action.kind === 'place') this.#stands &&= !action.runs
      else if (action.kind !== 'tempo' && action.kind !== 'beat') this.#stands = true
      keepTime(this.#target, action, state.bpm)
    }
    // it was stopped by another, who leads no more
    if (takes && state.transport !== 'stopped') this.#goOn()
  }

  /** A cable is gone: nobody may be there any more who would have the clock go on. */
  leave(cable: C): void {
    this.#clocks.delete(cable)
    if (cable !== this.#leader) return
    this.#leader = undefined
    this.#goOn()
  }

  #isLed(seconds: number): boolean {
    const last = this.#leader === undefined ? undefined : this.#clocks.get(this.#leader)?.times.at(-1)
    return last !== undefined && seconds - last < leaderSilent
  }

  #goOn(): void {
    if (!this.#stands) return
    this.#stands = false
    this.#target.setRunning?.(true)
  }
}

/** Of a cable that did not lead nobody has been told, neither its tempo nor where it is. */
const untold = (state: ClockState): ClockState => ({ ...state, placed: false, bpm: undefined })

/** Lets a clock follow one that is heard. */
function keepTime(clock: ClockTarget, action: ClockAction, tempo: number | undefined): void {
  if (action.kind === 'tempo') clock.setTempo(action.bpm)
  else if (action.kind === 'place') {
    clock.setBeat?.(action.beat)
    if (action.runs) clock.setRunning?.(true)
  } else if (action.kind !== 'beat') {
    // it goes on with the next tick
    clock.setRunning?.(false)
    if (action.kind === 'start') clock.setBeat?.(0)
    // while it was caught up with, it may have been another
    if (tempo !== undefined) clock.setTempo(tempo)
  } else if (clock.beat === undefined || tempo === undefined) clock.setBeat?.(action.beat)
  else {
    const { beat, late } = action
    const locked = lockedTo(tempo, beat + (late * tempo) / 60, clock.beat)
    if (locked.beat !== undefined) clock.setBeat?.(locked.beat)
    else clock.setTempo(locked.tempo)
  }
}
