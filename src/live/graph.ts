import { MegasynthError, problemsOf, type Problem } from '../errors/index.ts'
import type { ParsedPatch, Patch } from '../patch/index.ts'
import type { Engine, EngineEvent, Moment } from '../engine/index.ts'
import {
  compile,
  emptyAllocation,
  fadeSeconds,
  networkAfter,
  plan,
  type Allocation,
  type Keys,
  type KeySet,
  type Network,
  type Plan,
} from '../plan/index.ts'
import { Chokes } from './chokes.ts'
import { rehearsed, runSteps } from './confirmed.ts'
import { EarlyDefs } from './early-defs.ts'
import { checkFit } from './fit.ts'
import { closed, guarded } from './guarded.ts'
import { turnedKnobs } from './knobs.ts'
import { lookedAfter } from './look.ts'
import { describer } from './names.ts'
import { Outgoing } from './outgoing.ts'
import { bornIn, pieces } from './pieces.ts'
import type { ChangeInput, Looked, Running } from './running.ts'
import { Sleepers } from './sleepers.ts'
import { Told } from './told.ts'
import { Troubles } from './trouble.ts'
import { verify } from './verify.ts'
import { voiceKeys } from './voice-keys.ts'
import { woken } from './woken.ts'

/** Seconds after which of what fades no more is left than may be cut off: −57 dB. */
const inaudible = 0.2

/**
 * The synths of one patch on one engine: executes plans, and looks after what goes on between them: what leaves, which
 * voices sleep, what is in trouble. If a change fails half way, the patch before is rebuilt.
 */
export class Graph<E extends Engine> {
  #engine: E
  readonly #create: () => Promise<E>
  readonly #timeout: number
  #running: Running | undefined
  #unlisten: () => void = () => undefined
  readonly #outgoing = new Outgoing()
  /** What synths found in themselves since the last look. */
  #findings: Extract<EngineEvent, { type: 'trouble' }>[] = []
  readonly #told = new Told()
  readonly #sleepers = new Sleepers()
  readonly #chokes = new Chokes()
  readonly #troubles = new Troubles()
  readonly #keepers = { sleepers: this.#sleepers, chokes: this.#chokes, troubles: this.#troubles }
  /** What the engine complained about since it was last asked. */
  #problems: Problem[] = []
  readonly #early = new EarlyDefs()
  #closed = false

  constructor(
    engine: E,
    options: {
      readonly create: () => Promise<E>
      readonly timeout: number
    },
  ) {
    this.#engine = engine
    this.#create = options.create
    this.#timeout = options.timeout
    this.#listen()
  }

  get engine(): E {
    return this.#engine
  }

  get running(): Running | undefined {
    return this.#running
  }

  get #fadeBlocks(): number {
    return this.#blocksIn(fadeSeconds)
  }

  #blocksIn(seconds: number): number {
    return Math.ceil((seconds * this.#engine.sampleRate) / this.#engine.blockSize)
  }

  #listen(): void {
    this.#unlisten = this.#engine.listen((event) => {
      if (event.type === 'problem') this.#problems.push(event.problem)
      else if (event.type === 'trouble') this.#findings.push(event)
      else if (event.reply.kind === 'node') {
        // at once: a note may come before the next look, and must wake what has just paused itself
        const { event: what, id } = event.reply
        if (what === 'off' || what === 'on' || what === 'end') this.#sleepers.hear(id, what, event.block)
      }
    })
  }

  /** Has the engine tell of its nodes. */
  async open(): Promise<void> {
    await this.#ask(() => this.#engine.transact([{ call: '/notify', on: true }]), 'tell of its synths')
  }

  /** Hands over what is to happen in the next block, or in a later one. */
  flush(at?: Moment): void {
    this.#outgoing.flush(this.#engine, at)
  }

  takeProblems(): Problem[] {
    return this.#problems.splice(0)
  }

  /** The way to a patch, as a value; the engine does not hear of it. */
  plan(
    parsed: ParsedPatch,
    input: ChangeInput,
    block = this.#engine.nextBlock,
  ): { readonly network: Network; readonly planned: Plan } {
    const { sampleRate, blockSize, firstBus, first, limits } = this.#engine
    const before = this.#running
    const from = before?.allocation ?? emptyAllocation(firstBus, first)
    const horizon = block + this.#fadeBlocks
    const network = networkAfter(from, before?.network, parsed, input.catalogue, horizon)
    const planned = plan(from, network, {
      ...input,
      block,
      blockRate: sampleRate / blockSize,
      poisoned: this.#troubles.poisoned,
    })
    checkFit(network, planned.allocation, limits, sampleRate, first)
    return { network, planned }
  }

  /**
   * Goes over to a patch. If it fails before the transaction, nothing has changed; if in it, the patch before is rebuilt.
   *
   * @param held keys that a rebuilt voice starts with
   * @param at block of the engine in which its transaction takes effect, which is handed over now. Default: as soon as possible
   */
  async change(
    patch: Patch,
    parsed: ParsedPatch,
    input: ChangeInput,
    held: ChangeInput = input,
    at?: number,
  ): Promise<Plan> {
    const { network, planned } = this.plan(parsed, input, at)
    const { transaction, start, allocation } = planned
    const describe = describer(network, allocation)
    const before = this.#running
    let begun = false
    const ask = <T>(work: () => Promise<T>, what: string): Promise<T> => this.#ask(work, what)
    let { nextBlock } = this.#engine
    const steps = rehearsed(before?.allocation ?? emptyAllocation(), planned, before === undefined)
    try {
      this.flush()
      await this.#early.load(this.#engine, planned, network, ask)
      ;({ nextBlock } = this.#engine)
      begun = steps.length > 0
      await runSteps(this.#engine, steps, { describe, sent: () => this.#outgoing.sent, at, ask })
      if (transaction.length > 0) await this.#verify(allocation)
      // the first patch starts with its first notes
      if (before === undefined) this.#engine.send(start)
    } catch (error) {
      if (before && begun) await this.#restore(before, held, planned, error)
      else if (before) this.#unload(planned, before.network)
      throw error
    }
    this.#running = { patch, parsed, network, allocation }
    this.#early.take(planned)
    const born = bornIn(transaction)
    this.#troubles.born(born)
    this.#told.born(born)
    this.#findings = this.#findings.filter(({ node, block }) => !born.has(node) || block >= nextBlock)
    this.#sleepers.mark(transaction, allocation, this.#engine.nextBlock + this.#fadeBlocks)
    return planned
  }

  /** Loads what a change to come will need, so that it can begin on time. */
  async prepare(parsed: ParsedPatch, input: ChangeInput): Promise<void> {
    const { network, planned } = this.plan(parsed, input)
    try {
      await this.#early.load(this.#engine, planned, network, (work, what) => this.#ask(work, what))
    } catch (error) {
      if (this.#running) this.#unload(planned, this.#running.network)
      throw error
    }
    this.#early.add(planned)
  }

  /** No change is to come. */
  forgetPrepared(): void {
    if (this.isAlive) this.#outgoing.push(...this.#early.free())
  }

  #ask<T>(ask: () => Promise<T>, what: string): Promise<T> {
    return guarded(ask, what, this.#timeout)
  }

  async #verify(allocation: Allocation): Promise<void> {
    verify(await this.#ask(() => this.#engine.counts(), 'count its synths'), allocation)
  }

  /** SynthDefs that a change would have needed are of no use without it. */
  #unload({ load }: Plan, { synthDefs }: Network): void {
    this.#early.take({ load })
    const names = load.flatMap(({ name }) => (synthDefs.has(name) ? [] : [name]))
    if (names.length > 0 && this.isAlive) this.#outgoing.push({ call: '/d_free', names })
  }

  /** The engine is there, as far as it knows. */
  get isAlive(): boolean {
    return this.#engine.status().state === 'running'
  }

  /** The patch before, when a transaction has failed; on a new engine if the old one can no more. */
  async #restore(before: Running, held: ChangeInput, failed: Plan, cause: unknown): Promise<void> {
    try {
      if (this.isAlive) {
        try {
          this.#clear(before, failed)
          await this.#build(before, held, failed.allocation.nodeIds.next)
          await this.#verify((this.#running ?? before).allocation)
          this.#problems = []
          return
        } catch {
          // an engine that cannot even do this is given up
        }
      }
      await this.restart(held)
    } catch (error) {
      throw new MegasynthError([...problemsOf(cause), ...problemsOf(error)], { cause })
    }
  }

  /** Takes away what a transaction has left, however much of it was done. */
  #clear({ allocation: { groups }, network }: Running, failed: Plan): void {
    this.#forget()
    this.#unload(failed, network)
    const { controlBus: first = 0 } = this.#engine.first ?? {}
    const buses = failed.allocation.controlBuses.next - first
    const zeros = Array.from({ length: buses }, (_, i) => [first + i, 0] as const)
    if (groups) this.#outgoing.push({ call: '/n_free', ids: [groups.root] })
    if (buses > 0) this.#outgoing.push({ call: '/c_set', values: zeros })
    this.flush()
  }

  /** A new engine, with the patch as it was. */
  async restart(held: ChangeInput): Promise<void> {
    const before = this.#running
    if (before === undefined || this.#closed) return
    await this.#discard()
    this.#engine = await this.#create()
    this.#early.free()
    this.#forget()
    this.#listen()
    try {
      if (this.#closed) throw new MegasynthError([closed])
      await this.open()
      await this.#build(before, held)
    } catch (error) {
      // so that the next call tries again
      await this.#discard()
      throw error
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.#engine.close()
  }

  /** Nothing is expected of the engine any more. */
  async #discard(): Promise<void> {
    this.#unlisten()
    await this.#ask(() => this.#engine.close(), 'end').catch(() => undefined)
  }

  /** Nothing is left of what was on the engine. */
  #forget(): void {
    this.#sleepers.forget()
    this.#chokes.clear()
    this.#troubles.forget()
    this.#told.forget()
    this.#findings = []
    this.#problems = []
    this.#outgoing.clear()
  }

  /** From nothing to a patch that ran before, with all of its voices: also those that were too many and still sound. */
  async #build(
    { patch, parsed, allocation: { voices } }: Running,
    held: ChangeInput,
    node?: number,
  ): Promise<void> {
    const network = compile(parsed, held)
    const voiceCount = Math.max(voices.length, network.voiceCount)
    const { load, transaction, start, allocation } = plan(
      emptyAllocation(this.#engine.firstBus, { ...this.#engine.first, ...(node !== undefined && { node }) }),
      { ...network, voiceCount },
      held,
    )
    await this.#ask(() => this.#engine.load(load), 'load SynthDefs again')
    this.#early.take({ load })
    for (const piece of pieces(transaction))
      await this.#ask(() => this.#engine.transact(piece), 'rebuild the patch')
    this.#engine.send(start)
    this.#running = { patch, parsed, network, allocation }
  }

  /**
   * Does what is due: frees what has left, lets silent voices sleep.
   *
   * @param isHeld whether a voice's key is down
   */
  look(isHeld: (voice: number) => boolean): Looked {
    const running = this.#running
    if (running === undefined || !this.isAlive) return { again: false, changed: false, found: [], over: [] }
    const done = lookedAfter(running, {
      keepers: this.#keepers,
      findings: this.#findings.splice(0),
      block: this.#engine.nextBlock,
      fade: this.#fadeBlocks,
      isHeld,
    })
    this.#outgoing.push(...done.commands)
    this.#running = done.running
    return done.looked
  }

  /**
   * Has a voice run, for a note that comes now or soon; what has faded in it is cut off.
   *
   * @param keys what it has not heard in its sleep
   */
  wake(set: Pick<KeySet, 'voice' | 'anew'>, keys: Keys): void {
    const running = this.#running
    if (running === undefined) return
    const since = this.#engine.nextBlock - this.#blocksIn(inaudible)
    const { commands, allocation } = woken(running.allocation, { ...set, keys }, this.#keepers, since)
    this.#running = { ...running, allocation }
    this.#outgoing.push(...commands)
  }

  /** What is later than a block of the engine is not played after all. */
  unwake(after: number): void {
    this.#sleepers.unwake(after)
    const running = this.#running
    if (running) this.#outgoing.push(...this.#chokes.takeBack(running.allocation, after))
  }

  /**
   * Tells a voice what it is to play.
   *
   * @param block of the engine in which it is told
   */
  setKeys(set: KeySet, block: number): void {
    if (this.#running) this.#outgoing.push(...voiceKeys(this.#running, set, this.#keepers, block))
  }

  /** Whether a voice is silent, and paused. */
  isAsleep(voice: number): boolean {
    return this.#running?.allocation.voices[voice]?.paused !== false
  }

  /** Whether there is a clock that has never been told where it is. */
  get clockWaits(): boolean {
    return this.#running !== undefined && this.#told.isNew(this.#running.allocation)
  }

  /** Tells the clock, if there is one, at which beat of its bar a block of the engine begins; false: not in this block. */
  tellClock(beat: number, block: number): boolean {
    if (this.#running === undefined) return true
    const commands = this.#told.tell(this.#running.allocation, block, beat)
    this.#outgoing.push(...(commands ?? []))
    return commands !== undefined
  }

  /** Writes the buses of knobs that were turned. */
  setKnobs(turned: ReadonlySet<string>, position: (knob: string) => number): void {
    const running = this.#running
    if (running === undefined || turned.size === 0) return
    const { values, names } = turnedKnobs(running, turned, position)
    if (values.length === 0) return
    this.#outgoing.push({ call: '/c_set', values })
    this.#sleepers.move(names, this.#engine.nextBlock + this.#fadeBlocks, running.allocation.voices)
  }
}
