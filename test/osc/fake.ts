import type { Problem } from '../../src/errors/index.ts'
import { checkEvent } from '../../src/live/events.ts'
import type { At } from '../../src/live/index.ts'
import { Receiver, type OscTarget } from '../../src/osc/index.ts'
import type { NoteEvent } from '../../src/plan/index.ts'
import { MegasynthError, fail } from '../../src/errors/index.ts'

/** One thing that the target was asked for, and for when (seconds of its clock; nothing is now). */
export type Asked =
  | { readonly event: NoteEvent; readonly at?: number }
  | { readonly knob: string; readonly position: number; readonly at?: number }
  | { readonly recall: string; readonly over: number }
  | { readonly panic: true }

/** A synth's stand-in: notes what it is asked for, refuses what a synth refuses, and knows what sounds. */
export class FakeTarget implements OscTarget {
  time = 0
  readonly asked: Asked[] = []
  readonly #ahead: { readonly at: number; readonly event: NoteEvent }[] = []
  readonly sounding = new Set<string>()
  /** Whether what it is asked for is kept. */
  keeps = true

  play(event: NoteEvent, when?: At): void {
    checkEvent(event)
    if (this.keeps) this.asked.push({ event, ...when })
    if (when?.at === undefined) this.#sound(event)
    else this.#ahead.push({ at: when.at, event })
  }

  setKnob(knob: string, position: number, when?: At): void {
    if (knob !== 'cutoff' && knob !== 'volume')
      fail({ code: 'unknown-knob', path: knob, message: 'the patch has no such knob' })
    if (this.keeps) this.asked.push({ knob, position, ...when })
  }

  panic(): void {
    if (this.keeps) this.asked.push({ panic: true })
    this.#ahead.length = 0
    this.sounding.clear()
  }

  recall(name: string, { over }: { readonly over: number }): Promise<void> {
    if (this.keeps) this.asked.push({ recall: name, over })
    if (name === 'verse') return Promise.resolve()
    return Promise.reject(
      new MegasynthError([{ code: 'invalid-name', path: name, message: 'no such snapshot' }]),
    )
  }

  /** What was asked for ahead of time happens when its time has come. */
  settle(): void {
    const due = this.#ahead.filter(({ at }) => at <= this.time).toSorted((a, b) => a.at - b.at)
    const rest = this.#ahead.filter(({ at }) => at > this.time)
    this.#ahead.splice(0, this.#ahead.length, ...rest)
    for (const { event } of due) this.#sound(event)
  }

  #sound(event: NoteEvent): void {
    if (event.kind === 'on') this.sounding.add(keyOf(event))
    else if (event.kind === 'off') this.sounding.delete(keyOf(event))
    else if (event.kind === 'silence' || (event.kind === 'allOff' && event.channel === undefined))
      this.sounding.clear()
  }
}

const keyOf = ({ note, id, channel }: Extract<NoteEvent, { kind: 'on' | 'off' }>): string =>
  JSON.stringify([id ?? note, channel])

/** A receiver on a fake, on a clock that is moved by hand. The synth's clock is 1000 s behind it. */
export class Desk {
  readonly target = new FakeTarget()
  readonly refused: Problem[] = []
  readonly receiver: Receiver
  #now = 1_900_000_000

  constructor() {
    this.receiver = new Receiver(this.target, {
      now: () => this.#now,
      onRefused: (problem) => this.refused.push(problem),
    })
    this.pass(0)
  }

  get now(): number {
    return this.#now
  }

  /** Time goes by; what is due is handed over on the way. */
  pass(seconds: number, step = 0.05): void {
    const end = this.#now + seconds
    do {
      this.#now = Math.min(end, this.#now + step)
      this.target.time = this.#now - 1_900_000_000
      this.receiver.handOver()
      this.target.settle()
    } while (this.#now < end)
  }
}
