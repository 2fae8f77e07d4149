import { MegasynthError, problemsOf } from '../errors/index.ts'
import { askedAfter, type Committed } from './committed.ts'
import type { ParsedPatch, Patch } from '../patch/index.ts'
import type { LiveEngine } from '../engine/live.ts'
import type { KeySet, Report } from '../plan/index.ts'
import { Lateness } from './lateness.ts'
import type { LiveSynth, Stats } from './live-synth.ts'
import { isWhere, lastStruck, listening, probe, treeOf, type Listening } from './inspect.ts'
import type { Change } from './jobs.ts'
import { isForgotten, type Happening } from './player.ts'
import type { ChangeInput, Running } from './running.ts'
import { Session } from './session.ts'
import { steady } from './steady.ts'
import { takesAway } from './takes-away.ts'
import { Taps } from './taps.ts'
import { hears } from './voice-keys.ts'
import type { Audio } from './synth.ts'
import { statsOf } from './stats.ts'

/**
 * The session on an engine that is heard. What is to be played soon is handed to the engine ahead of its time, with the
 * number of its block, so that it is exact even if this thread is busy. If something else is played meanwhile,
 * what was handed over and is still to come is taken back, and done again after it.
 */
export class LiveSession extends Session<LiveEngine> implements LiveSynth {
  /** In the order of their blocks. */
  #committed: Committed[] = []
  /** All that is to be done until this block has been handed over. */
  #horizon = -1
  /** To be done as soon as possible. */
  #waiting: Happening[] = []
  /** Changes of the graph that are on their way: what is played waits for them, a few milliseconds. */
  #changes = 0
  #ticks = 0
  /** The block for which something was handed over as soon as possible. */
  #flushed = -1
  readonly #lateness = new Lateness()
  #timer: ReturnType<typeof setInterval> | undefined
  readonly #taps = new Taps()

  get time(): number {
    return (this.now * this.teller.blockSize) / this.teller.sampleRate
  }

  /** What others play on the same engine has a clock already: it is the same for all. */
  protected override get now(): number {
    const { origin, nextBlock } = this.engine
    return origin === undefined ? super.now : nextBlock - origin
  }

  override async start(patch: Patch, parsed: ParsedPatch): Promise<void> {
    await super.start(patch, parsed)
    this.#timer = setInterval(() => this.#tick(), tickMs)
  }

  protected startClock(seconds: number): void {
    const { engine } = this
    const blocks = Math.round((seconds * engine.sampleRate) / engine.blockSize)
    this.origin = engine.originOf?.(blocks) ?? engine.nextBlock - blocks
    this.#committed = []
    this.#flushed = -1
    engine.onDeath((cause) => void this.#resurrect(cause))
    this.#taps.attach(engine)
  }

  protected schedule(happening: Happening, block: number | undefined): void {
    const soon = block === undefined || block <= this.now
    const waits = this.#changes > 0 || !this.graph.isAlive
    if (!soon && (block > this.#horizon || waits)) {
      this.player.add(block, happening)
      if (block <= this.#lookAhead && !waits) this.#guarded(() => this.#commitAhead())
    } else if (!soon) {
      this.#insert(block, [happening], false)
    } else {
      if (this.#waiting.length === 0) queueMicrotask(() => this.#playWaiting())
      this.#waiting.push(happening)
    }
  }

  /** What was played in one go is played in one block. */
  #playWaiting(): void {
    if (this.#changes > 0 || this.#waiting.length === 0 || !this.#isUp) return
    const happenings = this.#waiting.splice(0)
    this.#guarded(() => this.#insert(this.now, happenings, true))
  }

  get #isUp(): boolean {
    return !this.closed && this.graph.running !== undefined && this.graph.isAlive
  }

  /** Does something in a block, for which something may have been handed over already. */
  #insert(block: number, happenings: readonly Happening[], soon: boolean): void {
    const at = this.#afterImminent(block)
    this.#flush(at)
    this.#commit(at, happenings, soon, this.setsAgain(this.takeBack(at)))
    this.#commitAhead()
  }

  /** What is due within the next buffer may be under way, and is not taken back: what comes now comes after it. */
  #afterImminent(block: number): number {
    const imminent = this.now + this.engine.bufferBlocks
    const last = this.#committed.findLast((one) => one.block <= imminent && one.happenings.length > 0)
    return Math.max(block, last?.block ?? block)
  }

  /** The first block in which keys can be set anew. */
  protected override get next(): number {
    return this.#afterImminent(this.now)
  }

  protected override get lead(): number {
    return (
      2 * this.engine.bufferBlocks + Math.ceil((2 * tickMs * this.sampleRate) / 1000 / this.engine.blockSize)
    )
  }

  /** What is turned as soon as possible counts; what was handed over for later has not been turned yet. */
  protected override position(name: string): number {
    for (const one of this.#waiting.toReversed())
      if (one.kind === 'knob' && one.name === name && one.blocks === undefined) return one.position
    const soon = this.now + this.engine.bufferBlocks
    const past = this.#committed.find(({ block, before }) => block > soon && before.knobs !== undefined)
    return past === undefined ? super.position(name) : (past.before.knobs?.get(name) ?? 0)
  }

  protected override redoAhead(): void {
    if (this.#changes > 0) return
    this.#recall(this.next)
    this.#commitAhead()
  }

  /**
   * Hands over what is to be done as soon as possible: after what is under way.
   *
   * @param before a block for which something else comes next: time goes on meanwhile
   */
  #flush(before = Infinity): void {
    const block = Math.min(this.next, before)
    const cause = Math.min(this.now, block)
    this.graph.flush({ block: block + this.origin, cause: cause + this.origin, soon: true })
    this.#flushed = Math.max(this.#flushed, block)
  }

  /** Waits until something is so, if that is soon. */
  async #until(isSo: () => boolean): Promise<void> {
    for (let i = 0; i < 10 && this.#isUp && !isSo(); i++)
      await new Promise((resolve) => setTimeout(resolve, tickMs / 2))
  }

  /** Takes back, and if some of it was already under way, the voices are as they were before it. */
  #recall(after: number): void {
    this.#flush(after)
    this.strike(this.setsAgain(this.takeBack(after)), after)
    this.graph.flush({ block: after + this.origin, soon: true })
  }

  protected override takeBack(after: number): ReadonlySet<number> {
    if (this.#horizon <= after) return new Set()
    this.#horizon = after
    const first = this.#committed.findIndex(({ block }) => block > after)
    if (first < 0) return new Set()
    const taken = this.#committed.splice(first)
    this.player.restore(taken.map(({ before }) => before))
    this.engine.cancel(after + this.origin)
    this.graph.unwake(after + this.origin)
    for (const { block, happenings } of taken)
      for (const happening of happenings) this.player.add(block, happening)
    return new Set(taken.flatMap((one) => one.voices))
  }

  /** What was handed over is taken back, and not done again, when the panic itself is played. */
  protected forgetAhead(): void {
    const after = this.next
    // what has a block, and was not handed over, is to come, be it late
    this.player.forget(-1)
    this.#committed = this.#committed.map((one) =>
      one.block <= after ? one : { ...one, happenings: one.happenings.filter((what) => !isForgotten(what)) },
    )
  }

  /** The last block for which things are handed over now. */
  get #lookAhead(): number {
    return this.now + Math.ceil((aheadSeconds * this.engine.sampleRate) / this.engine.blockSize)
  }

  /** Hands over what is due until soon. */
  #commitAhead(): void {
    const { now, player } = this
    const until = this.#lookAhead
    if (player.isLate(now)) {
      const since = player.nextBlock
      const late = player.take(now - 1)
      this.#lateness.add(late.length, (now - since) / this.blockRate)
      this.#commit(now, late, true)
    }
    for (
      let block = Math.max(now, player.nextBlock);
      block <= until;
      block = Math.max(block + 1, player.nextBlock)
    ) {
      const happenings = player.take(block)
      this.#commit(block, happenings, happenings.length === 0)
    }
    this.#horizon = Math.max(this.#horizon, until)
    // one that is past is kept: what is played now may be in its block
    const past = this.#committed.findLastIndex(({ block }) => block < now)
    if (past > 0) this.#committed.splice(0, past)
  }

  /**
   * @param soon nobody asked for this very block: in a later one it is not late
   * @param again where voices are to be before
   */
  #commit(
    block: number,
    happenings: readonly Happening[],
    soon: boolean,
    again: readonly KeySet[] = [],
  ): void {
    const { graph, player } = this
    const before = player.before(happenings)
    const sets = [...again, ...player.perform(block, happenings)]
    // a synth is not born anew of which something that is on its way still asks something
    const asked = askedAfter(this.#committed, this.now)
    this.wake(sets.map(({ anew, ...set }) => (anew && !asked.has(set.voice) ? { ...set, anew } : set)))
    const { allocation } = this.sounding
    const voices = sets.filter((set) => hears(allocation, set)).map(({ voice }) => voice)
    this.#committed.push({ block, happenings, voices, before })
    this.#flush(block)
    for (const set of sets) graph.setKeys(set, block + this.origin)
    // where it stands is the same in every block, however late it hears of it
    if (block >= this.now + blocksToTell || !player.beats.isRunning) this.tellClock(block)
    graph.setKnobs(player.knobs.takeTurned(), player.knobs.position)
    graph.flush({ block: block + this.origin, soon })
  }

  #tick(): void {
    if (!this.#isUp || this.#changes > 0) return
    this.#guarded(() => {
      this.#playWaiting()
      this.#commitAhead()
    })
    if (this.nextChange <= this.now) void this.turns.take(() => this.changeDue())
    if (++this.#ticks % ticksPerLook === 0) void this.turns.take(() => this.#lookAround())
  }

  async #lookAround(): Promise<void> {
    // synths may be freed, of which something is still asked
    await this.#until(() => this.next === this.now && this.#flushed <= this.now)
    if (!this.#isUp) return
    try {
      await this.look()
      this.#flush()
    } catch (error) {
      this.#report(error)
    }
    for (const problem of this.graph.takeProblems()) this.listeners.tell('problem', problem)
  }

  /** What goes wrong while nobody waits for it is told. */
  #guarded(work: () => void): void {
    try {
      work()
    } catch (error) {
      this.#report(error)
    }
  }

  #report(error: unknown): void {
    // an engine that is gone is another matter
    if (this.closed || !this.graph.isAlive) return
    if (!(error instanceof MegasynthError)) throw error
    for (const problem of error.problems) this.listeners.tell('problem', problem)
  }

  protected override async change(change: Change): Promise<Report> {
    const { parsed, since = this.now, catalogue } = change
    const isAhead = since > this.now
    return await this.#holding(async () => {
      const last = isAhead ? Math.max(this.next, since - 1) : this.next
      if (this.#takesAway(parsed, this.input(parsed, catalogue), isAhead ? last : this.now)) {
        this.#recall(last)
        if (!isAhead) await this.#until(() => this.next === this.now)
      }
      // what was sent before is done before
      if (!isAhead) await this.#until(() => this.#flushed <= this.now)
      return await super.change(change)
    })
  }

  /** Whether a change takes away at once what was handed over for later asks something of. */
  #takesAway(parsed: ParsedPatch, input: ChangeInput, after: number): boolean {
    const running = this.graph.running
    const voices = askedAfter(this.#committed, after)
    if (running === undefined || voices.size === 0) return false
    return takesAway(running, this.graph.plan(parsed, input).planned, voices)
  }

  protected override async revive(): Promise<void> {
    if (!this.closed && !this.graph.isAlive) await this.#holding(() => super.revive())
  }

  /** What is played meanwhile waits. */
  async #holding<T>(work: () => Promise<T>): Promise<T> {
    this.#changes++
    try {
      return await work()
    } catch (error) {
      // the patch before may have been built anew
      if (this.#isUp) this.#recall(this.next)
      throw error
    } finally {
      this.#changes--
      if (this.#changes === 0 && this.#isUp)
        this.#guarded(() => {
          this.#flush()
          this.#playWaiting()
          // second 0 may be still to come
          if (this.#timer !== undefined) this.#commitAhead()
        })
    }
  }

  async #resurrect(cause: MegasynthError): Promise<void> {
    for (let attempt = 1; !this.closed && !this.graph.isAlive; attempt++)
      try {
        await this.turns.take(() => this.revive())
        if (!this.closed) this.listeners.tell('restarted', { cause })
      } catch (error) {
        if (attempt >= attempts)
          return problemsOf(error).forEach((problem) => this.listeners.tell('problem', problem))
        await new Promise((resolve) => setTimeout(resolve, 200 * attempt))
      }
  }

  get notice(): string | undefined {
    return this.engine.notice
  }

  stats(): Stats {
    const { allocation } = this.sounding
    return statsOf(this.time, this.#lateness.with(this.engine.live), allocation, this.player.state.voices)
  }

  listen(listener: (audio: Audio) => void): () => void {
    void this.sounding
    // a new engine is listened to when it can sound
    const isThere = this.graph.isAlive && this.teller === this.engine
    return this.#taps.add(listener, isThere ? this.engine : undefined)
  }

  async probe(device: string, where: Parameters<LiveSynth['probe']>[1] = {}): Promise<Audio> {
    let what: Listening | undefined
    return await this.#steadily(
      async (engine, running) => {
        what = listening(engine, running, device, where, lastStruck(this.player.state.voices, running))
        return await probe(engine, running, what)
      },
      (running) => what === undefined || isWhere(what, this.engine, running, this.sounding),
    )
  }

  async tree(): ReturnType<LiveSynth['tree']> {
    return await this.#steadily(treeOf, ({ network }) => network === this.sounding.network)
  }

  /** Looks at what runs on the engine, and again if that is another meanwhile. */
  async #steadily<T>(
    look: (engine: LiveEngine, running: Running) => Promise<T>,
    isStill: (running: Running) => boolean,
  ): Promise<T> {
    const now = async (): Promise<{ engine: LiveEngine; running: Running }> => {
      // what is on its way is there first
      if (this.#changes > 0 || !this.graph.isAlive) await this.turns.take(() => this.revive())
      return { engine: this.engine, running: this.sounding }
    }
    return await steady(
      now,
      ({ engine, running }) => look(engine, running),
      async ({ engine, running }) => (await now()).engine === engine && isStill(running),
    )
  }

  override async close(): Promise<void> {
    clearInterval(this.#timer)
    await super.close()
  }
}

/** Milliseconds from one round of handing over to the next. */
const tickMs = 10
/** Rounds from one look after voices, tails and troubles to the next. */
const ticksPerLook = 4
/** Blocks ahead for which a clock is told where it is, certainly in time: more than the longest buffer has. */
const blocksToTell = 20
/** Seconds for which things are handed over ahead of their time. */
const aheadSeconds = 0.2
/** Times that a dead engine is started again before it is given up until the next edit. */
const attempts = 5
