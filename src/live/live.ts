import { MegasynthError } from '../errors/index.ts'
import type { ParsedPatch, Patch } from '../patch/index.ts'
import type { LiveEngine } from '../engine/live.ts'
import type { Report } from '../plan/index.ts'
import type { LiveSynth, Stats } from './live-synth.ts'
import { probe, treeOf } from './inspect.ts'
import type { Change } from './jobs.ts'
import type { Happening, PlayState } from './player.ts'
import { Session } from './session.ts'
import type { Audio } from './synth.ts'
import { statsOf } from './stats.ts'

/** What was handed to the engine for a block that may be to come. */
interface Committed {
  readonly block: number
  readonly happenings: readonly Happening[]
  /** Voices whose keys it sets. */
  readonly voices: readonly number[]
  /** What was played before it. */
  readonly before: PlayState
}

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
  #timer: ReturnType<typeof setInterval> | undefined
  #taps = new Map<(audio: Audio) => void, () => void>()

  get time(): number {
    return (this.now * this.engine.blockSize) / this.engine.sampleRate
  }

  override async start(patch: Patch, parsed: ParsedPatch): Promise<void> {
    await super.start(patch, parsed)
    this.#timer = setInterval(() => this.#tick(), tickMs)
  }

  protected startClock(seconds: number): void {
    const { engine } = this
    this.origin = engine.nextBlock - Math.round((seconds * engine.sampleRate) / engine.blockSize)
    this.#committed = []
    engine.onDeath((cause) => void this.#resurrect(cause))
    for (const tap of this.#taps.keys()) this.#taps.set(tap, this.#attach(tap))
  }

  protected schedule(happening: Happening, block: number | undefined): void {
    const soon = block === undefined || block <= this.now
    if (!soon && (block > this.#horizon || this.#changes > 0)) {
      this.player.add(block, happening)
      if (block <= this.#until && this.#changes === 0) this.#guarded(() => this.#commitAhead())
    } else if (!soon) {
      this.#insert(block, [happening])
    } else {
      if (this.#waiting.length === 0) queueMicrotask(() => this.#playWaiting())
      this.#waiting.push(happening)
    }
  }

  /** What was played in one go is played in one block. */
  #playWaiting(): void {
    if (this.#changes > 0 || this.#waiting.length === 0 || !this.#isUp) return
    const happenings = this.#waiting.splice(0)
    this.#guarded(() => this.#insert(this.now, happenings))
  }

  get #isUp(): boolean {
    return !this.closed && this.graph.running !== undefined && this.graph.isAlive
  }

  /** Does something in a block, for which something may have been handed over already. */
  #insert(block: number, happenings: readonly Happening[]): void {
    this.#takeBack(block)
    this.#commit(block, happenings)
    this.#commitAhead()
  }

  /** Takes back all that is to be done after a block. */
  #takeBack(after: number): void {
    if (this.#horizon <= after) return
    this.#horizon = after
    const first = this.#committed.findIndex(({ block }) => block > after)
    if (first < 0) return
    const taken = this.#committed.splice(first)
    this.player.state = (taken[0] as Committed).before
    this.engine.cancel(after + this.origin)
    this.graph.unwake(after + this.origin)
    for (const { block, happenings } of taken)
      for (const happening of happenings) this.player.add(block, happening)
    // if some of it was already under way, the voices are as they were before it
    const voices = new Set(taken.flatMap((one) => one.voices))
    this.strike(
      [...voices].map((voice) => {
        const { pitch, velocity, gate } = this.player.keysOf(voice)
        return { voice, keys: { pitch, velocity, gate } }
      }),
      after,
    )
    this.graph.flush({ block: after + this.origin })
  }

  /** The last block for which things are handed over now. */
  get #until(): number {
    return this.now + Math.ceil((aheadSeconds * this.engine.sampleRate) / this.engine.blockSize)
  }

  /** Hands over what is due until soon. */
  #commitAhead(): void {
    const { now, player } = this
    const until = this.#until
    for (
      let block = Math.max(now, player.nextBlock);
      block <= until;
      block = Math.max(block + 1, player.nextBlock)
    )
      this.#commit(block, player.take(block))
    this.#horizon = Math.max(this.#horizon, until)
    // one that is past is kept: what is played now may be in its block
    const past = this.#committed.findLastIndex(({ block }) => block < now)
    if (past > 0) this.#committed.splice(0, past)
  }

  #commit(block: number, happenings: readonly Happening[]): void {
    const { graph, player } = this
    const before = player.state
    const sets = player.perform(block, happenings)
    this.#committed.push({ block, happenings, voices: sets.map(({ voice }) => voice), before })
    this.wake(sets)
    graph.flush()
    this.strike(sets, block)
    if (block >= this.now + blocksToTell) this.tellClock(block)
    graph.setKnobs(player.knobs.takeTurned(), player.knobs.position)
    graph.flush({ block: block + this.origin })
  }

  #tick(): void {
    if (!this.#isUp || this.#changes > 0) return
    this.#guarded(() => {
      this.#playWaiting()
      this.#commitAhead()
    })
    if (this.nextChange <= this.now) void this.inTurn(() => this.changeDue())
    if (++this.#ticks % ticksPerLook === 0) void this.inTurn(() => this.#lookAround())
  }

  async #lookAround(): Promise<void> {
    if (!this.#isUp) return
    try {
      await this.look()
      this.graph.flush()
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
    return await this.#holding(() => super.change(change))
  }

  protected override async revive(): Promise<void> {
    if (!this.closed && !this.graph.isAlive) await this.#holding(() => super.revive())
  }

  /** What is played meanwhile waits. */
  async #holding<T>(work: () => Promise<T>): Promise<T> {
    this.#changes++
    try {
      return await work()
    } finally {
      this.#changes--
      // voices have other numbers now: what was handed over stays
      this.#committed = []
      if (this.#changes === 0 && this.#isUp)
        this.#guarded(() => {
          this.graph.flush()
          this.#playWaiting()
        })
    }
  }

  async #resurrect(cause: MegasynthError): Promise<void> {
    for (let attempt = 1; !this.closed && !this.graph.isAlive; attempt++)
      try {
        await this.inTurn(() => this.revive())
        if (!this.closed) this.listeners.tell('restarted', { cause })
      } catch (error) {
        if (attempt >= attempts && error instanceof MegasynthError)
          return error.problems.forEach((problem) => this.listeners.tell('problem', problem))
        await new Promise((resolve) => setTimeout(resolve, 200 * attempt))
      }
  }

  get notice(): string | undefined {
    return this.engine.notice
  }

  stats(): Stats {
    const { allocation } = this.sounding
    return statsOf(this.time, this.engine.live, allocation, this.player.state.voices)
  }

  listen(listener: (audio: Audio) => void): () => void {
    void this.sounding
    this.#taps.set(listener, this.#attach(listener))
    return () => {
      this.#taps.get(listener)?.()
      this.#taps.delete(listener)
    }
  }

  #attach(listener: (audio: Audio) => void): () => void {
    const { sampleRate } = this.engine
    return this.engine.tap((channels) => listener({ sampleRate, channels }))
  }

  async probe(
    device: string,
    { voice, seconds = 0.1 }: { readonly voice?: number; readonly seconds?: number } = {},
  ): Promise<Audio> {
    const at = voice === undefined ? this.#lastStruck : voice - 1
    return await probe(this.engine, this.sounding, device, at, seconds)
  }

  /** The voice whose note is the newest; a held one, if there is any. */
  get #lastStruck(): number {
    const { voices } = this.player.state.voices
    // those beyond finish their note, and nobody can name them
    const named = voices.slice(0, this.sounding.network.voiceCount)
    const ranks = named.map(({ held, age }) => (held ? 1e12 : 0) + age)
    return Math.max(0, ranks.indexOf(Math.max(...ranks)))
  }

  async tree(): ReturnType<LiveSynth['tree']> {
    return await treeOf(this.engine, this.sounding)
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
/** Blocks ahead for which a clock is told where it is: it must be told in time. */
const blocksToTell = 16
/** Seconds for which things are handed over ahead of their time. */
const aheadSeconds = 0.2
/** Times that a dead engine is started again before it is given up until the next edit. */
const attempts = 5
