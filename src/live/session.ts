import { fail, MegasynthError } from '../errors/index.ts'
import {
  createHistory,
  parsePatch,
  withPositions,
  type Edit,
  type History,
  type ParsedPatch,
  type Patch,
} from '../patch/index.ts'
import { out } from '../devices/index.ts'
import type { Engine } from '../engine/index.ts'
import { createVoices, keysOf, type KeySet, type NoteEvent, type Report } from '../plan/index.ts'
import { blockOf, blocksOf } from './blocks.ts'
import { copied, immutable } from './copied.ts'
import { checkEvent } from './events.ts'
import type { Graph } from './graph.ts'
import { closed } from './guarded.ts'
import type { Catalogue, ChangeInput, Running } from './running.ts'
import { taken, type Change, type Job, type Step } from './jobs.ts'
import { checkKnob } from './knobs.ts'
import { Later } from './later.ts'
import { Listeners } from './listeners.ts'
import { asPlayed, Player, type Happening } from './player.ts'
import { checkTime, Snapshots } from './snapshots.ts'
import { applying, editing, Steps } from './steps.ts'
import { telling } from './telling.ts'
import { TimeKeeper } from './time-keeper.ts'
import type { At, DryRun, Recall, Synth, SynthEvents, Turn } from './synth.ts'
import { Turns } from './turns.ts'
import { within } from './within.ts'

/** What all synths do in the same way, whatever drives their engine: edits in turn, undo, checks of what is played. */
export abstract class Session<E extends Engine> extends TimeKeeper implements Synth {
  protected readonly graph: Graph<E>
  protected readonly player: Player
  protected readonly listeners = new Listeners<SynthEvents>()
  protected closed = false
  protected readonly turns = new Turns()
  /** Block of the engine that is second 0. Blocks of the synth count from it. */
  protected origin = 0
  /** The engine whose blocks tell the time: another one does when it can sound. */
  protected teller: E
  readonly #later = new Later()
  readonly #snapshots = new Snapshots()
  readonly #steps = new Steps()
  #catalogue: Catalogue
  #history: History

  constructor(graph: Graph<E>, catalogue: Catalogue, patch: Patch) {
    super()
    this.graph = graph
    this.teller = graph.engine
    this.#catalogue = catalogue
    this.#history = createHistory(patch)
    this.player = new Player(this.blockRate)
  }

  /** Does something in a block of the synth, counted from its start; undefined: as soon as possible. */
  protected abstract schedule(happening: Happening, block: number | undefined): void
  /** It is some second as soon as the engine can sound. */
  protected abstract startClock(seconds: number): void

  protected get engine(): E {
    return this.graph.engine
  }

  get sampleRate(): number {
    return this.engine.sampleRate
  }

  get patch(): Patch {
    return this.sounding.patch
  }

  protected override get sounding(): Running {
    const running = this.closed ? undefined : this.graph.running
    const message = this.closed ? 'it has been closed' : 'no patch is loaded'
    return running ?? fail({ code: 'engine-closed', path: 'synth', message })
  }

  /** The block of the synth in which what is sent now takes effect. */
  protected get now(): number {
    return this.teller.nextBlock - this.origin
  }

  /** Blocks before its beat in which a change is handed over. */
  protected get lead(): number {
    return 0
  }

  /** Position 0..1 of a knob as it is now, or was last set to be. */
  protected position(name: string): number {
    return this.player.knobs.position(name)
  }

  /** The first block of the synth in which keys can be set anew. */
  protected get next(): number {
    return this.now
  }

  /** Puts values on keys, in a block of the synth; voices that begin to sound are awake by then. */
  protected strike(sets: readonly KeySet[], block: number): void {
    this.wake(sets)
    for (const set of sets) this.graph.setKeys(set, block + this.origin)
  }

  /** Voices that are to sound run. */
  protected wake(sets: readonly KeySet[]): void {
    for (const set of sets) {
      if (set.keys.gate !== 1 && !set.anew) continue
      const { gate: _, trigger: __, ...keys } = this.player.keysOf(set.voice)
      this.graph.wake(set, keys)
    }
  }

  /** What puts the keys of voices where they are to be, whatever was done to them. */
  protected setsAgain(voices: Iterable<number>): KeySet[] {
    return Array.from(voices, (voice) => {
      const { trigger: _, ...keys } = this.player.keysSet(voice)
      return { voice, keys }
    })
  }

  /** Takes back what was handed over for later than a block; gives the voices that it would have played. */
  protected takeBack(_after: number): ReadonlySet<number> {
    return new Set()
  }

  /** Drops what is to be played and turned in blocks to come; what is asked for as soon as possible stays. */
  protected abstract forgetAhead(): void

  /** Synths are gone, or voices asleep: what was handed over for later must not count on them. */
  protected redoAhead(): void {}

  /** If the clock must be told where it is, it is told for a block of the synth. */
  protected tellClock(block: number): void {
    const { beats } = this.player
    if (beats.state.untold && this.graph.tellClock(beats.inBar(block), block + this.origin))
      beats.untold = false
  }

  /** The first patch: the clock starts when it can sound. */
  async start(patch: Patch, parsed: ParsedPatch): Promise<void> {
    if (this.player.beats.declares(parsed.tempo)) this.player.beats.setTempo(parsed.tempo, 0)
    await this.graph.open()
    await this.change({ patch, parsed })
    this.startClock(0)
  }

  /** A new engine counts its blocks from 0, and the time goes on from where it stood since the old one's end. */
  async #keepTime<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } finally {
      if (this.engine !== this.teller && this.graph.isAlive) {
        const { time } = this
        this.teller = this.engine
        this.startClock(time)
        this.#renewed()
      }
    }
  }

  /** If the engine has died, another one takes over. */
  protected async revive(): Promise<void> {
    if (!this.closed && !this.graph.isAlive) await this.#keepTime(() => this.graph.restart(this.#held))
  }

  /** Knobs and keys as they are. */
  get #held(): ChangeInput {
    return {
      position: this.player.knobs.position,
      keys: (voice) => this.player.keysOf(voice),
      catalogue: this.#catalogue,
    }
  }

  play(event: NoteEvent, when?: At): void {
    checkEvent(event)
    void this.sounding
    this.perform({ kind: 'note', event: { ...event } }, when)
  }

  panic(): void {
    void this.sounding
    this.forgetAhead()
    this.perform({ kind: 'panic' })
  }

  setKnob(name: string, position: number, when?: Turn): void {
    checkKnob(name, this.sounding.parsed)
    within(0, 1, position, { code: 'out-of-range', path: name, message: 'a knob has no such position' })
    const { over } = when ?? {}
    const blocks = over === undefined ? {} : { blocks: blocksOf(over, this.blockRate) }
    this.perform({ kind: 'knob', name, position, ...blocks }, when)
  }

  knob(name: string): number {
    checkKnob(name, this.sounding.parsed)
    return this.position(name)
  }

  async apply(patch: Patch, catalogue?: Catalogue): Promise<Report> {
    return await this.#step(applying(copied(patch), catalogue))
  }

  plan(patch: Patch): DryRun {
    const { sounding } = this
    const parsed = parsePatch(patch, this.#catalogue, out)
    const { load, transaction, start, report } = this.graph.plan(parsed, this.input(parsed)).planned
    const told = telling(sounding, { patch, parsed }, this.player)
    return { report: told(report), load: load.map(({ name }) => name), transaction, start }
  }

  async edit(edit: Edit): Promise<Report> {
    return await this.#step(editing(copied(edit)))
  }

  undo(): Promise<Report | undefined> {
    return this.#enqueue(this.#steps.undo)
  }

  redo(): Promise<Report | undefined> {
    return this.#enqueue(this.#steps.redo)
  }

  get snapshots(): ReadonlyMap<string, Patch> {
    return this.#snapshots.all
  }

  store(name: string, given?: Patch): void {
    const position = (knob: string): number => this.position(knob)
    const patch = given === undefined ? withPositions(this.patch, position, this.tempo) : copied(given)
    parsePatch(patch, this.#catalogue, out)
    this.#snapshots.store(name, immutable(patch))
  }

  forget(name: string): void {
    this.#snapshots.forget(name)
  }

  async recall(name: string, { over = 0, at = 'now' }: Recall = {}): Promise<Report> {
    void this.sounding
    const patch = this.#snapshots.get(name)
    checkTime(at)
    blocksOf(over, this.blockRate)
    const step = this.#steps.recall(patch, over, {
      position: (knob) => this.position(knob),
      tempo: () => this.tempo,
    })
    const { beats } = this.player
    const waits = at === 'now' ? undefined : this.#later.add(beats.await(at, this.now), step)
    return (await (waits ?? this.#enqueue(step))) as Report
  }

  /** The block in which something is to be done about a change to come, or Infinity. */
  protected get nextChange(): number {
    const { beats } = this.player
    this.#later.look(beats, this.now)
    return this.#later.nextTurn(beats, this.#ahead, this.lead)
  }

  /** Blocks before its beat in which a change is prepared. */
  get #ahead(): number {
    return this.lead + Math.ceil(aheadSeconds * this.blockRate)
  }

  /** Prepares the changes that come soon, and makes those that are due. To be called in turn. */
  protected async changeDue(): Promise<void> {
    const { beats } = this.player
    this.#later.look(beats, this.now)
    await this.#later.prepare(beats, this.now + this.#ahead, async (step) => {
      const next = step(this.patch, this.#history)
      const parsed = next && parsePatch(next.patch, this.#catalogue, out)
      if (parsed) await this.graph.prepare(parsed, this.input(parsed))
    })
    this.#later.look(beats, this.now)
    const since = this.#later.nextBlock(beats)
    if (since > this.now + this.lead) return
    await this.#work(this.#later.take(beats, Math.max(since, this.now)), since)
    if (this.#later.isEmpty) this.graph.forgetPrepared()
  }

  on<N extends keyof SynthEvents>(event: N, listener: (what: SynthEvents[N]) => void): () => void {
    return this.listeners.add(event, listener)
  }

  async close(): Promise<void> {
    this.closed = true
    this.player.clear()
    this.#later.reject(new MegasynthError([closed]))
    await this.graph.close()
  }

  async #step(step: (patch: Patch, history: History) => Step): Promise<Report> {
    return (await this.#enqueue(step)) as Report
  }

  #enqueue(step: Job['step']): Promise<Report | undefined> {
    return this.turns.change(step, (jobs) => this.#work(jobs))
  }

  /** All changes that wait, as one plan. Those that are wrong fail alone. */
  async #work(jobs: readonly Job[], since?: number): Promise<void> {
    let waiting = jobs
    try {
      await this.revive()
      const parse = (patch: Patch, types = this.#catalogue): ParsedPatch => parsePatch(patch, types, out)
      const change = taken(jobs, this.sounding.patch, this.#history, parse)
      if (change === undefined) return
      waiting = change.jobs
      const report = await this.change({ ...change, since })
      this.#history = change.history
      for (const { resolve } of waiting) resolve(report)
    } catch (error) {
      for (const { reject } of waiting) reject(error)
    }
  }

  /** Looks after what goes on by itself, every now and then. */
  protected async look(): Promise<void> {
    const { again, changed, found, over } = this.graph.look((voice) => this.player.isHeld(voice))
    if (changed) this.redoAhead()
    this.player.rest((voice) => this.graph.isAsleep(voice))
    for (const trouble of found) this.listeners.tell('trouble', trouble)
    for (const trouble of over) this.listeners.tell('recovered', trouble)
    if (!again) return
    const { patch, parsed } = this.sounding
    await this.change({ patch, parsed })
  }

  protected async change(change: Change): Promise<Report> {
    const { patch, parsed, travel, since = this.now, catalogue = this.#catalogue } = change
    const begin = performance.now()
    const { running } = this.graph
    const { knobs, beats } = this.player
    const told = telling(running, { patch, parsed }, this.player, travel)
    const staying = travel && new Set(Object.keys(running?.parsed.knobs ?? {}))
    const positions = knobs.inPatch(parsed, staying)
    const input = this.input(parsed, catalogue, positions)
    const at = since > this.now ? since + this.origin : undefined
    const planned = await this.#keepTime(() => this.graph.change(patch, parsed, input, this.#held, at))
    this.#catalogue = catalogue
    const block = this.next
    const stale = this.takeBack(block)
    this.#renewed(knobs.adopt(parsed, positions, running === undefined, staying))
    if (beats.declares(parsed.tempo))
      this.perform({ kind: 'tempo', tempo: travel?.tempo ?? parsed.tempo, since })
    if (travel)
      for (const knob of this.player.towards(parsed, blocksOf(travel.over, this.blockRate), since, travel.to))
        this.perform(knob)
    this.strike(this.player.regroup(parsed, planned.voices, block), block)
    const again = planned.voices.flatMap((old, voice) => (old !== undefined && stale.has(old) ? [voice] : []))
    this.strike(this.setsAgain(again), block)
    return told({ ...planned.report, milliseconds: performance.now() - begin })
  }

  /** The graph is another, or the engine. */
  #renewed(put?: readonly string[]): void {
    this.player.renewed(this.now, put)
    if (this.graph.clockWaits) this.player.beats.untold = true
  }

  protected input(
    parsed: ParsedPatch,
    catalogue = this.#catalogue,
    positions = this.player.knobs.inPatch(parsed),
  ): ChangeInput {
    const fresh = createVoices(parsed.voices, parsed.tuning)
    const { position } = this.player.knobs
    return {
      position: (name) => positions.get(name) ?? position(name),
      keys: (voice) => keysOf(fresh, voice),
      catalogue,
    }
  }

  /** Does something when it is its time, and tells who listens. */
  protected perform(happening: Happening, when?: At): void {
    this.schedule(happening, blockOf(when, this.blockRate))
    const { time } = this
    this.listeners.tell('played', asPlayed(happening, Math.max(time, when?.at ?? time), this.blockRate))
  }

  protected get blockRate(): number {
    return this.engine.sampleRate / this.engine.blockSize
  }
}

/** Seconds before its beat, and before it is handed over, in which a change is prepared. */
const aheadSeconds = 0.2
