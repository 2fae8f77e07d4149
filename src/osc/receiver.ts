import { fail, MegasynthError, type Problem } from '../errors/index.ts'
import type { Synth } from '../live/index.ts'
import { decodePacket, immediate, type OscMessage, type OscPacket } from '../scsynth/index.ts'
import { longestTime, readAction, type OscAction } from './actions.ts'
import { secondsOf } from './time.ts'

/** What OSC messages play on: a synth, or what stands in for one. */
export interface OscTarget extends Pick<Synth, 'play' | 'panic' | 'setKnob' | 'time'> {
  /** Goes over to a snapshot; without it, `/recall` is refused. */
  recall?(name: string, options: { readonly over: number }): unknown
  /**
   * Who plays a channel 0..15, where several play together: what is asked for on a channel is asked of it. Without it, one plays
   * all channels.
   *
   * @throws MegasynthError if nobody plays it
   */
  part?(channel: number): OscTarget
}

/** How a receiver knows the time, and whom it tells. */
export interface ReceiverOptions {
  /** Seconds since 1970. */
  readonly now: () => number
  /** Hears of everything that was dropped, and why. */
  readonly onRefused?: ((problem: Problem) => void) | undefined
}

/** What came in so far. */
export interface OscCounts {
  /** Datagrams. */
  readonly packets: number
  /** Messages that were understood: done, or waiting for their time. */
  readonly accepted: number
  /** Packets that were no OSC, and messages that were not understood or could not be done. */
  readonly refused: number
}

/** Seconds before its time at which an event is handed over to the synth, which knows the exact moment. */
const lookAhead = 0.2
/** Events that may wait for their time: what is far ahead must not fill the memory. */
const most = 10_000
/** Seconds by which the clocks may seem to differ from one look to the next; more is a jump. */
const jump = 0.1

interface Waiting {
  /** Seconds since 1970. */
  readonly due: number
  readonly action: OscAction
}

/**
 * Does what OSC packets ask for, and drops what it does not understand: whatever the bytes are, nothing is thrown.
 * It has no timer: {@link handOver} is to be called when it says.
 */
export class Receiver {
  readonly #target: OscTarget
  readonly #options: ReceiverOptions
  /** In the order of time. */
  #waiting: Waiting[] = []
  #counts = { packets: 0, accepted: 0, refused: 0 }
  #notes = 0
  /** Seconds of the synth's clock at the second 0 of the other: the mean of many looks, since either goes in steps. */
  #offset: number | undefined

  constructor(target: OscTarget, options: ReceiverOptions) {
    this.#target = target
    this.#options = options
  }

  get counts(): OscCounts {
    return { ...this.#counts }
  }

  /** Takes the bytes of one datagram. @returns as {@link handOver} */
  receive(bytes: Uint8Array): number | undefined {
    this.#counts.packets++
    this.#try(() => this.#take(decodePacket(bytes), immediate))
    return this.handOver()
  }

  /** Hands over what is due soon. @returns seconds until it should be called again, if anything waits */
  handOver(): number | undefined {
    const now = this.#options.now()
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      const wait = next.due - leadOf(next.action) - now
      if (wait > 0) return wait
      this.#waiting.shift()
      this.#try(() => this.#do(next.action, next.due))
    }
    return undefined
  }

  /** Lets go of the notes that would have ended by themselves; what else waits is dropped. */
  close(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const { action } of waiting)
      if (action.kind === 'play' && action.event.kind === 'off') this.#try(() => this.#do(action, -Infinity))
  }

  #refuse(error: unknown): void {
    this.#counts.refused++
    const problems =
      error instanceof MegasynthError
        ? error.problems
        : [{ code: 'engine-failed', path: 'osc', message: 'it broke', found: String(error) } as const]
    try {
      for (const problem of problems) this.#options.onRefused?.(problem)
    } catch {
      // who listens may fail; the sound goes on
    }
  }

  #try(work: () => void): void {
    try {
      work()
    } catch (error) {
      this.#refuse(error)
    }
  }

  /** An immediate bundle within another has the other's time. */
  #take(packet: OscPacket, timeTag: bigint): void {
    if ('address' in packet) return this.#try(() => this.#accept(packet, timeTag))
    const own = packet.timeTag === immediate ? timeTag : packet.timeTag
    for (const element of packet.elements) this.#take(element, own)
  }

  #accept(message: OscMessage, timeTag: bigint): void {
    const action = readAction(message)
    const now = this.#options.now()
    const due = timeTag === immediate ? now : secondsOf(timeTag)
    if (due - now > longestTime)
      fail({
        code: 'invalid-osc',
        path: message.address,
        message: 'its time is too far away',
        found: `${Math.round(due - now)} seconds from now`,
        expected: `at most ${longestTime}`,
      })
    if (due - leadOf(action) > now) this.#wait(due, action)
    else this.#do(action, due)
    this.#counts.accepted++
  }

  #checkRoom(): void {
    if (this.#waiting.length < most) return
    const message = 'too much waits for its time already'
    fail({ code: 'invalid-osc', path: 'osc', message, expected: `at most ${most} events` })
  }

  #wait(due: number, action: OscAction): void {
    this.#checkRoom()
    const after = this.#waiting.findLastIndex((other) => other.due <= due)
    this.#waiting.splice(after + 1, 0, { due, action })
  }

  #do(action: OscAction, due: number): void {
    switch (action.kind) {
      case 'play':
        return this.#play(action, due)
      case 'knob':
        return this.#of(action.channel).setKnob(action.name, action.position, this.#at(due))
      case 'panic':
        return this.#panic(action.channel)
      case 'recall':
        return this.#recall(action.name, action.over, action.channel)
    }
  }

  /** Who is asked. */
  #of(channel: number | undefined): OscTarget {
    return (channel === undefined ? undefined : this.#target.part?.(channel)) ?? this.#target
  }

  #play(action: Extract<OscAction, { kind: 'play' }>, due: number): void {
    const { event, seconds } = action
    const target = this.#of(channelOf(action))
    if (seconds === undefined || event.kind !== 'on') return target.play(event, this.#at(due))
    this.#checkRoom()
    // two such notes may overlap, and each ends in its own time
    const id = `osc ${this.#notes++}`
    const { note, channel } = event
    const where = channel === undefined ? {} : { channel }
    target.play({ ...event, id }, this.#at(due))
    this.#wait(due + seconds, { kind: 'play', event: { kind: 'off', note, id, ...where } })
  }

  /** Nothing that came before it sounds after it: neither what waits, nor what the synth has got for a moment to come. */
  #panic(channel: number | undefined): void {
    const target = this.#of(channel)
    const isAll = target === this.#target
    this.#waiting = isAll ? [] : this.#waiting.filter(({ action }) => channelOf(action) !== channel)
    target.panic()
  }

  #recall(name: string, over: number, channel: number | undefined): void {
    const target = this.#of(channel)
    if (target.recall === undefined)
      fail({ code: 'invalid-osc', path: '/recall', message: 'there are no snapshots here' })
    const recalled = target.recall(name, { over })
    Promise.resolve(recalled).catch((error: unknown) => this.#refuse(error))
  }

  /** A moment in seconds of the synth's clock; nothing if it is over, which is now. */
  #at(due: number): { readonly at: number } | undefined {
    const now = this.#options.now()
    const offset = this.#target.time - now
    const known = this.#offset ?? offset
    this.#offset = Math.abs(offset - known) > jump ? offset : known + 0.1 * (offset - known)
    if (due <= now) return undefined
    return { at: due + this.#offset }
  }
}

const channelOf = (action: OscAction): number | undefined =>
  action.kind === 'play' && 'channel' in action.event ? action.event.channel : action.channel

/** Neither a snapshot nor a panic is an event of the synth's clock: they are done when it is their time. */
const leadOf = ({ kind }: OscAction): number => (kind === 'recall' || kind === 'panic' ? 0 : lookAhead)
