import { MegasynthError, fail, type Problem } from '../errors/index.ts'
import {
  createHistory,
  edited,
  parsePatch,
  record,
  redone,
  undone,
  type DeviceSpec,
  type Edit,
  type History,
  type ParsedPatch,
  type Patch,
  type VoicePolicy,
} from '../patch/index.ts'
import { out, type DeviceType } from '../devices/index.ts'
import type { OfflineEngine } from '../engine/index.ts'
import {
  allocate,
  changesBetween,
  createVoices,
  keySteps,
  keysOf,
  resizeVoices,
  type Keys,
  type NoteEvent,
  type Report,
  type VoiceChange,
  type Voices,
} from '../plan/index.ts'
import type { ChangeInput, Graph, Running } from './graph.ts'
import { taken, type Job } from './jobs.ts'
import { checkKnob, Knobs } from './knobs.ts'
import { Listeners } from './listeners.ts'
import type { At, Audio, DryRun, Synth, SynthEvents } from './synth.ts'
import { Timeline } from './timeline.ts'
import { copied } from './copied.ts'
import { within } from './within.ts'

type Happening =
  | { readonly kind: 'note'; readonly event: NoteEvent }
  | { readonly kind: 'knob'; readonly name: string; readonly position: number }
  /** `gate`: that of a voice, whatever its number is by then. */
  | { readonly kind: 'keys'; readonly gate: Gate; readonly keys: Keys }

/** The last change of a voice's gate, and the block in which it is: an envelope must see every edge for a block. */
interface Gate {
  block: number
  high: boolean
}

/** The session on an engine that is driven block by block. */
export class OfflineSynth implements Synth {
  readonly #graph: Graph
  readonly #catalogue: Readonly<Record<string, DeviceType>>
  readonly #timeline = new Timeline<Happening>()
  readonly #listeners = new Listeners<SynthEvents>()
  readonly #knobs = new Knobs()
  /** What was asked for last, and must be done before anything else is. */
  #turn: Promise<unknown> = Promise.resolve()
  /** Changes that will be one plan: all that is asked for until something else is. */
  #batch: Job[] | undefined
  #history: History
  #voices: Voices = createVoices({ count: 0, mode: 'poly' })
  /** One a voice, which keeps it whatever its number is. */
  #gates: Gate[] = []
  /** Block of the engine that is second 0. Blocks of the synth count from it. */
  #origin = 0
  #closed = false

  constructor(graph: Graph, catalogue: Readonly<Record<string, DeviceType>>, patch: Patch) {
    this.#graph = graph
    this.#catalogue = catalogue
    this.#history = createHistory(patch)
  }

  get #engine(): OfflineEngine {
    return this.#graph.engine
  }

  get sampleRate(): number {
    return this.#engine.sampleRate
  }

  get patch(): Patch {
    return this.#sounding.patch
  }

  get time(): number {
    return ((this.#engine.block - this.#origin) * this.#engine.blockSize) / this.#engine.sampleRate
  }

  get #sounding(): Running {
    const running = this.#closed ? undefined : this.#graph.running
    return running ?? fail({ code: 'engine-closed', path: 'synth', message: 'no patch is loaded' })
  }

  /** The first patch: the clock starts when it can sound. */
  async start(patch: Patch, parsed: ParsedPatch): Promise<void> {
    await this.#graph.open()
    await this.#change(patch, parsed)
    this.#startClock(0)
  }

  /** It is some second as soon as the engine can sound; the blocks that it has computed are not heard. */
  #startClock(seconds: number): void {
    const { block, nextBlock, blockSize, outputs, sampleRate } = this.#engine
    const unheard = Array.from({ length: outputs }, () => new Float32Array((nextBlock - block) * blockSize))
    this.#engine.advance(nextBlock - block, unheard, 0)
    this.#origin = nextBlock - Math.round((seconds * sampleRate) / blockSize)
  }

  /** The block of the synth in which what is sent now takes effect. */
  get #now(): number {
    return this.#engine.nextBlock - this.#origin
  }

  /** A new engine counts its blocks from 0, and the time goes on. */
  async #keepTime<T>(work: () => Promise<T>): Promise<T> {
    const { time } = this
    const engine = this.#engine
    try {
      return await work()
    } finally {
      if (this.#engine !== engine) this.#startClock(time)
    }
  }

  /** If the engine has died, another one takes over. */
  async #revive(): Promise<void> {
    if (!this.#closed && !this.#graph.isAlive) await this.#keepTime(() => this.#graph.restart(this.#held))
  }

  /** Knobs and keys as they are. */
  get #held(): ChangeInput {
    return {
      position: this.#knobs.position,
      keys: (voice) => keysOf(this.#voices, voice),
    }
  }

  noteOn(note: number, velocity = 0.8, when?: At): void {
    within(0, 127, note, { code: 'invalid-note', path: 'note', message: 'there is no such note' })
    within(0, 1, velocity, { code: 'invalid-note', path: 'velocity', message: 'there is no such velocity' })
    this.#schedule({ kind: 'note', event: { kind: 'on', note, velocity } }, when)
  }

  noteOff(note: number, when?: At): void {
    within(0, 127, note, { code: 'invalid-note', path: 'note', message: 'there is no such note' })
    this.#schedule({ kind: 'note', event: { kind: 'off', note } }, when)
  }

  allNotesOff(when?: At): void {
    this.#schedule({ kind: 'note', event: { kind: 'allOff' } }, when)
  }

  setKnob(name: string, position: number, when?: At): void {
    checkKnob(name, this.#sounding.parsed)
    within(0, 1, position, { code: 'out-of-range', path: name, message: 'a knob has no such position' })
    if (when?.at === undefined) this.#knobs.turn(name, position)
    else this.#schedule({ kind: 'knob', name, position }, when)
  }

  knob(name: string): number {
    checkKnob(name, this.#sounding.parsed)
    return this.#knobs.position(name)
  }

  async apply(given: Patch): Promise<Report> {
    const patch = copied(given)
    return await this.#step((_, history) => ({ patch, history: record(history, patch) }))
  }

  plan(patch: Patch): DryRun {
    void this.#sounding
    const parsed = parsePatch(patch, this.#catalogue, out)
    const { load, transaction, start, report } = this.#graph.plan(parsed, this.#input(parsed)).planned
    return { report, load: load.map(({ name }) => name), transaction, start }
  }

  async edit(given: Edit): Promise<Report> {
    const edit = copied(given)
    return await this.#step((before, history) => {
      const patch = edited(before, edit)
      return { patch, history: record(history, patch) }
    })
  }

  connect(from: string, to: string, amount?: number): Promise<Report> {
    return this.edit({ type: 'connect', from, to, amount })
  }

  disconnect(from: string, to: string): Promise<Report> {
    return this.edit({ type: 'disconnect', from, to })
  }

  set(place: string, value?: string | number | boolean): Promise<Report> {
    return this.edit({ type: 'set', place, value })
  }

  addDevice(name: string, device: DeviceSpec): Promise<Report> {
    return this.edit({ type: 'addDevice', name, device })
  }

  removeDevice(name: string): Promise<Report> {
    return this.edit({ type: 'removeDevice', name })
  }

  renameDevice(name: string, to: string): Promise<Report> {
    return this.edit({ type: 'renameDevice', name, to })
  }

  setVoices(voices: number | VoicePolicy): Promise<Report> {
    return this.edit({ type: 'setVoices', voices })
  }

  undo(): Promise<Report | undefined> {
    return this.#enqueue((_, history) => {
      const back = undone(history)
      return back && { patch: back.present, history: back }
    })
  }

  redo(): Promise<Report | undefined> {
    return this.#enqueue((_, history) => {
      const on = redone(history)
      return on && { patch: on.present, history: on }
    })
  }

  on<E extends keyof SynthEvents>(event: E, listener: (what: SynthEvents[E]) => void): () => void {
    return this.#listeners.add(event, listener)
  }

  async #step(step: (patch: Patch, history: History) => { patch: Patch; history: History }): Promise<Report> {
    return (await this.#enqueue(step)) as Report
  }

  #enqueue(step: Job['step']): Promise<Report | undefined> {
    return new Promise((resolve, reject) => {
      const job = { step, resolve, reject }
      if (this.#batch) this.#batch.push(job)
      else {
        const batch = [job]
        this.#batch = batch
        void this.#inTurn(() => this.#work(batch))
      }
    })
  }

  /** All changes that wait, as one plan. Those that are wrong fail alone. */
  async #work(jobs: readonly Job[]): Promise<void> {
    if (this.#batch === jobs) this.#batch = undefined
    let waiting = jobs
    try {
      await this.#revive()
      const parse = (patch: Patch): ParsedPatch => parsePatch(patch, this.#catalogue, out)
      const change = taken(jobs, this.#sounding.patch, this.#history, parse)
      if (change === undefined) return
      waiting = change.jobs
      const report = await this.#change(change.patch, change.parsed)
      this.#history = change.history
      for (const { resolve } of waiting) resolve(report)
    } catch (error) {
      for (const { reject } of waiting) reject(error)
    }
  }

  /** One change or stretch of time after the other, in the order of the calls. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(work)
    this.#turn = turn.catch(() => undefined)
    return turn
  }

  async advance(seconds: number): Promise<Audio> {
    const message = 'this is no length of one piece of sound'
    within(0, longestAdvance, seconds, { code: 'out-of-range', path: 'seconds', message })
    this.#batch = undefined
    return await this.#inTurn(() => this.#sound(seconds))
  }

  async #sound(seconds: number): Promise<Audio> {
    await this.#revive()
    const { blockSize, sampleRate, outputs } = this.#engine
    // a hair less, so that 128 / 48000 s is one block in spite of its rounding
    const blocks = Math.ceil((seconds * sampleRate) / blockSize - 1e-6)
    const channels = Array.from({ length: outputs }, () => new Float32Array(blocks * blockSize))
    for (let done = 0; done < blocks;) {
      await this.#look()
      this.#happen()
      const { block, nextBlock } = this.#engine
      // looks are at fixed times, so that it is all one how a stretch of time is cut into pieces
      const glance = (Math.floor(nextBlock / blocksPerLook) + 1) * blocksPerLook
      const next = Math.min(this.#timeline.nextBlock + this.#origin, glance)
      const count = Math.min(Math.max(next, nextBlock + 1) - block, blocks - done)
      this.#engine.advance(count, channels, done * blockSize)
      done += count
    }
    const problems: Problem[] = this.#graph.takeProblems()
    if (problems.length > 0) throw new MegasynthError(problems)
    return { sampleRate, channels }
  }

  /** Looks after what goes on by itself, every now and then. */
  async #look(): Promise<void> {
    if (this.#engine.nextBlock % blocksPerLook !== 0) return
    const { again, found, over } = this.#graph.look((voice) => this.#voices.voices[voice]?.held === true)
    for (const trouble of found) this.#listeners.tell('trouble', trouble)
    for (const trouble of over) this.#listeners.tell('recovered', trouble)
    if (!again) return
    const { patch, parsed } = this.#sounding
    await this.#change(patch, parsed)
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#timeline.clear()
    await this.#graph.close()
  }

  async #change(patch: Patch, parsed: ParsedPatch): Promise<Report> {
    const begin = performance.now()
    const isFirst = this.#graph.running === undefined
    const positions = this.#knobs.inPatch(parsed)
    const input = this.#input(parsed)
    const planned = await this.#keepTime(() => this.#graph.change(patch, parsed, input, this.#held))
    this.#knobs.adopt(parsed, positions, isFirst)
    const before = this.#voices
    const { voices: kept } = planned
    this.#voices = resizeVoices(before, parsed.voices, kept)
    this.#gates = kept.map((old) => this.#gates[old ?? -1] ?? { block: -1, high: false })
    for (const change of changesBetween(before, this.#voices, kept)) this.#strike(change, this.#now)
    return { ...planned.report, milliseconds: performance.now() - begin }
  }

  #input(parsed: ParsedPatch): ChangeInput {
    const positions = this.#knobs.inPatch(parsed)
    const fresh = createVoices(parsed.voices)
    return { position: (name) => positions.get(name) ?? 0, keys: (voice) => keysOf(fresh, voice) }
  }

  #schedule(happening: Happening, when: At | undefined): void {
    void this.#sounding
    const { sampleRate, blockSize } = this.#engine
    const at = when?.at
    if (at !== undefined)
      within(-Infinity, longestSession, at, { code: 'out-of-range', path: 'at', message: 'this is no time' })
    const now = this.#now
    const block = at === undefined ? now : Math.floor((at * sampleRate) / blockSize + 1e-6)
    this.#timeline.add(Math.max(block, now), happening)
  }

  /** Hands over what is due in the next block. */
  #happen(): void {
    const now = this.#now
    for (const happening of this.#timeline.takeUntil(now)) {
      if (happening.kind === 'keys') this.#graph.setKeys(this.#gates.indexOf(happening.gate), happening.keys)
      else if (happening.kind === 'knob') this.#knobs.turn(happening.name, happening.position)
      else this.#play(happening.event, now)
    }
    this.#graph.setKnobs(this.#knobs.takeTurned(), this.#knobs.position)
    this.#graph.flush()
  }

  #play(event: NoteEvent, block: number): void {
    const { voices, changes } = allocate(this.#voices, event)
    this.#voices = voices
    for (const change of changes) this.#strike(change, block)
  }

  /** Commands of a voice, delayed where an envelope would not see an edge of its gate. */
  #strike(change: VoiceChange, block: number): void {
    const gate = this.#gates[change.voice]
    if (gate === undefined) return
    const { keys } = change
    const rises = keys.gate === 1
    const restart = change.restart || (rises && !gate.high && gate.block >= block)
    // a note that ends in the block in which it began still sounds for one
    const from = keys.gate === 0 && gate.high && gate.block >= block ? gate.block + 1 : block
    if (keys.gate !== undefined) Object.assign(gate, { high: rises, block: restart ? from + 1 : from })
    for (const [i, step] of keySteps({ keys, restart }).entries())
      if (from + i === block) this.#graph.setKeys(change.voice, step)
      else this.#timeline.add(from + i, { kind: 'keys', gate, keys: step })
  }
}

/** Seconds of sound in one piece: more would not fit into memory. */
const longestAdvance = 3600
/** Seconds after which the clock is no longer exact to the block: a thousand years. */
const longestSession = 3e10
/** Blocks from one look after voices, tails and troubles to the next: 43 ms at 48 kHz. */
const blocksPerLook = 16
