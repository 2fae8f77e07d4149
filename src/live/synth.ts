import { MegasynthError, didYouMean, fail, listNames, type Problem } from '../errors/index.ts'
import { parsePatch, type ParsedPatch, type Patch } from '../patch/index.ts'
import { out, standard, type DeviceType } from '../devices/index.ts'
import { createOfflineEngine, type EngineOptions, type OfflineEngine } from '../engine/index.ts'
import {
  allocate,
  compile,
  createVoices,
  emptyAllocation,
  keySteps,
  keysOf,
  knobBusValue,
  plan,
  resizeVoices,
  setKeys,
  type Allocation,
  type Network,
  type Keys,
  type NoteEvent,
  type Report,
  type VoiceChange,
  type Voices,
} from '../plan/index.ts'
import { checkFit } from './fit.ts'
import { within } from './within.ts'
import { describer, labelOf } from './names.ts'
import { Timeline } from './timeline.ts'

/** Sound: one array of samples per channel, nominally −1..1. */
export interface Audio {
  /** Hz. */
  readonly sampleRate: number
  readonly channels: readonly Float32Array[]
}

/** When something happens. */
export interface At {
  /** Seconds of the synth's clock, counted from its start; the past is now. Default: now. Exact to the block. */
  readonly at?: number
}

/** What a synth is made from. */
export interface SynthOptions extends EngineOptions {
  /** What is played. */
  readonly patch: Patch
  /** The device types that the patch may use. Default: `standard`. */
  readonly catalogue?: Readonly<Record<string, DeviceType>>
}

/** A patch that sounds: the session that holds patch, knobs, voices and engine. */
export interface Synth {
  /** Hz. */
  readonly sampleRate: number
  /** Seconds of the synth's clock. */
  readonly time: number
  /** The patch that sounds. */
  readonly patch: Patch
  /**
   * Plays a note.
   *
   * @param note MIDI note 0..127; fractions are microtones
   * @param velocity 0..1. Default: 0.8
   * @throws MegasynthError `invalid-note`
   */
  noteOn(note: number, velocity?: number, when?: At): void
  /** Releases a note; one that does not sound is ignored. */
  noteOff(note: number, when?: At): void
  /** Releases every note. */
  allNotesOff(when?: At): void
  /**
   * Turns a knob. What it moves is smoothed. Changes within one block are coalesced, the last one arrives.
   *
   * @param position 0..1
   * @throws MegasynthError `unknown-knob`, `out-of-range`
   */
  setKnob(name: string, position: number, when?: At): void
  /** Position 0..1 of a knob, as last set. @throws MegasynthError `unknown-knob` */
  knob(name: string): number
  /** Goes over to another patch. A patch with problems changes nothing. @throws MegasynthError with all problems */
  apply(patch: Patch): Promise<Report>
  /** Plays on for some seconds (rounded up to whole blocks) and returns the sound. @throws MegasynthError `engine-failed` */
  advance(seconds: number): Promise<Audio>
  /** Ends the engine. The synth cannot be used any more. */
  close(): Promise<void>
}

type Happening =
  | { readonly kind: 'note'; readonly event: NoteEvent }
  | { readonly kind: 'knob'; readonly name: string; readonly position: number }
  | { readonly kind: 'keys'; readonly voice: number; readonly keys: Keys }

/** What a patch has become on the engine. */
interface Running {
  readonly patch: Patch
  readonly parsed: ParsedPatch
  readonly network: Network
  readonly allocation: Allocation
}

/**
 * Starts a synth on the offline engine: a virtual clock, no sound card, the same bytes for the same calls.
 *
 * @throws MegasynthError with all problems of the patch; `engine-limit` if it is too large for the engine
 * @example
 * const synth = await createOffline({ patch })
 * synth.noteOn(60)
 * synth.noteOff(60, { at: 0.5 })
 * const { sampleRate, channels } = await synth.advance(2)
 * await synth.close()
 */
export async function createOffline(
  { patch, catalogue = standard, ...engine }: SynthOptions = {} as SynthOptions,
): Promise<Synth> {
  // the engine starts while the patch is read
  const starting = createOfflineEngine(engine)
  starting.catch(() => undefined)
  let parsed: ParsedPatch
  try {
    parsed = parsePatch(patch, catalogue, out)
  } catch (error) {
    await starting.then((unused) => unused.close()).catch(() => undefined)
    throw error
  }
  const synth = new OfflineSynth(await starting, catalogue)
  try {
    await synth.start(patch, parsed)
    return synth
  } catch (error) {
    await synth.close()
    throw error
  }
}

class OfflineSynth implements Synth {
  readonly #engine: OfflineEngine
  readonly #catalogue: Readonly<Record<string, DeviceType>>
  readonly #timeline = new Timeline<Happening>()
  readonly #positions = new Map<string, number>()
  /** What was asked for last, and must be done before anything else is. */
  #turn: Promise<unknown> = Promise.resolve()
  /** Positions as patches declared them last. */
  readonly #declared = new Map<string, number>()
  /** Knobs that were turned since the last block. */
  readonly #turned = new Set<string>()
  #running: Running | undefined
  #voices: Voices = createVoices({ count: 0, mode: 'poly' })
  /** Block in which each voice's gate has its last change: an envelope must see every edge for a block. */
  #gates: { block: number; high: boolean }[] = []
  /** Block that is second 0. */
  #origin = 0
  /** What the engine complained about since it was last asked for sound. */
  readonly #problems: Problem[] = []

  constructor(engine: OfflineEngine, catalogue: Readonly<Record<string, DeviceType>>) {
    this.#engine = engine
    this.#catalogue = catalogue
    engine.listen((event) => event.type === 'problem' && this.#problems.push(event.problem))
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
    return this.#running ?? fail({ code: 'engine-closed', path: 'synth', message: 'no patch is loaded' })
  }

  /** The first patch: the clock starts when it can sound. */
  async start(patch: Patch, parsed: ParsedPatch): Promise<void> {
    await this.#change(patch, parsed)
    const { block, nextBlock, blockSize, outputs } = this.#engine
    const unheard = Array.from({ length: outputs }, () => new Float32Array((nextBlock - block) * blockSize))
    this.#engine.advance(nextBlock - block, unheard, 0)
    this.#origin = nextBlock
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
    this.#checkKnob(name)
    within(0, 1, position, { code: 'out-of-range', path: name, message: 'a knob has no such position' })
    if (when?.at === undefined) this.#turnKnob(name, position)
    else this.#schedule({ kind: 'knob', name, position }, when)
  }

  knob(name: string): number {
    this.#checkKnob(name)
    return this.#positions.get(name) ?? 0
  }

  async apply(patch: Patch): Promise<Report> {
    const parsed = parsePatch(patch, this.#catalogue, out)
    return await this.#inTurn(() => this.#change(patch, parsed))
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
    return await this.#inTurn(async () => this.#sound(seconds))
  }

  #sound(seconds: number): Audio {
    const { blockSize, sampleRate, outputs } = this.#engine
    // a hair less, so that 128 / 48000 s is one block in spite of its rounding
    const blocks = Math.ceil((seconds * sampleRate) / blockSize - 1e-6)
    const channels = Array.from({ length: outputs }, () => new Float32Array(blocks * blockSize))
    const start = this.#engine.block
    while (this.#engine.block < start + blocks) {
      this.#happen()
      const next = Math.min(Math.max(this.#timeline.nextBlock, this.#engine.nextBlock + 1), start + blocks)
      const count = next - this.#engine.block
      this.#engine.advance(count, channels, (this.#engine.block - start) * blockSize)
    }
    if (this.#problems.length > 0) throw new MegasynthError(this.#problems.splice(0))
    return { sampleRate, channels }
  }

  async close(): Promise<void> {
    this.#timeline.clear()
    this.#running = undefined
    await this.#engine.close()
  }

  async #change(patch: Patch, parsed: ParsedPatch): Promise<Report> {
    const network = compile(parsed, { catalogue: this.#catalogue })
    const before = this.#running
    const positions = this.#positionsFor(parsed)
    const voices = (): Voices => resizeVoices(this.#voices, parsed.voices)
    const planned = plan(before?.allocation ?? emptyAllocation(this.#engine.outputs), network, {
      position: (name) => positions.get(name) ?? 0,
      keys: (voice) => keysOf(voices(), voice),
    })
    checkFit(network, planned.allocation, this.#engine.limits, this.#engine.sampleRate)
    const { load, transaction, start, allocation } = planned
    const describe = describer(network, allocation)
    await this.#engine.load(load.map(({ name, bytes }) => ({ name, bytes, label: labelOf(network, name) })))
    // what is born paused may be born piece by piece
    const pieces = before === undefined ? slices(transaction, birthsPerPiece) : [transaction]
    for (const piece of pieces) await this.#engine.transact(piece, describe)
    this.#engine.send(start)
    for (const [name, position] of this.#positionsFor(parsed)) {
      // what is born reads what was planned, what stays reads what was before
      if (before && this.#positions.get(name) !== position) this.#turned.add(name)
      if (positions.get(name) !== position) this.#turned.add(name)
      this.#positions.set(name, position)
    }
    for (const [name, { value }] of Object.entries(parsed.knobs)) this.#declared.set(name, value)
    this.#running = { patch, parsed, network, allocation }
    if (parsed.voices.mode !== this.#voices.mode) this.#startOver(voices())
    this.#voices = voices()
    return planned.report
  }

  /** Declared positions that changed are taken; the others stay where they were turned to, also while a knob is away. */
  #positionsFor(parsed: ParsedPatch): Map<string, number> {
    return new Map(
      Object.entries(parsed.knobs).map(([name, { value }]) => {
        const live = this.#positions.get(name)
        return [name, live === undefined || this.#declared.get(name) !== value ? value : live]
      }),
    )
  }

  /** Voices that were played in another mode are set to what they are now. */
  #startOver(voices: Voices): void {
    this.#gates = []
    for (const [voice, running] of this.#sounding.allocation.voices.entries())
      this.#engine.send([setKeys(running, keysOf(voices, voice))])
  }

  #checkKnob(name: string): void {
    const names = Object.keys(this.#sounding.parsed.knobs)
    if (!names.includes(name))
      fail({
        code: 'unknown-knob',
        path: name,
        message: 'the patch has no such knob',
        expected: listNames(names),
        ...didYouMean(name, names),
      })
  }

  #schedule(happening: Happening, when: At | undefined): void {
    void this.#sounding
    const { sampleRate, blockSize, nextBlock } = this.#engine
    const at = when?.at
    if (at !== undefined)
      within(-Infinity, longestSession, at, { code: 'out-of-range', path: 'at', message: 'this is no time' })
    const block =
      at === undefined ? nextBlock : this.#origin + Math.floor((at * sampleRate) / blockSize + 1e-6)
    this.#timeline.add(Math.max(block, nextBlock), happening)
  }

  /** Hands over what is due in the next block. */
  #happen(): void {
    const { nextBlock } = this.#engine
    for (const happening of this.#timeline.takeUntil(nextBlock)) {
      if (happening.kind === 'keys') this.#setKeys(happening.voice, happening.keys)
      else if (happening.kind === 'knob') this.#turnKnob(happening.name, happening.position)
      else this.#play(happening.event, nextBlock)
    }
    if (this.#turned.size === 0) return
    const { network, allocation } = this.#sounding
    const values = [...network.knobs].flatMap(([key, mapping]): [number, number][] => {
      const bus = allocation.knobBuses.get(key)
      if (bus === undefined || !mapping.terms.some(({ name }) => this.#turned.has(name))) return []
      return [[bus, knobBusValue(mapping, (name) => this.#positions.get(name) ?? 0)]]
    })
    this.#turned.clear()
    if (values.length > 0) this.#engine.send([{ call: '/c_set', values }])
  }

  #turnKnob(name: string, position: number): void {
    this.#positions.set(name, position)
    this.#turned.add(name)
  }

  #play(event: NoteEvent, block: number): void {
    const { voices, changes } = allocate(this.#voices, event)
    this.#voices = voices
    for (const change of changes) this.#strike(change, block)
  }

  /** Commands of a voice, delayed where an envelope would not see an edge of its gate. */
  #strike(change: VoiceChange, block: number): void {
    const gate = this.#gates[change.voice]
    const { keys } = change
    const rises = keys.gate === 1
    const restart = change.restart || (rises && gate !== undefined && !gate.high && gate.block >= block)
    // a note that ends in the block in which it began still sounds for one
    const from = keys.gate === 0 && gate?.high && gate.block >= block ? gate.block + 1 : block
    if (keys.gate !== undefined) this.#gates[change.voice] = { high: rises, block: restart ? from + 1 : from }
    for (const [i, step] of keySteps({ keys, restart }).entries())
      if (from + i === block) this.#setKeys(change.voice, step)
      else this.#timeline.add(from + i, { kind: 'keys', voice: change.voice, keys: step })
  }

  #setKeys(voice: number, keys: Keys): void {
    const running = this.#sounding.allocation.voices[voice]
    if (running) this.#engine.send([setKeys(running, keys)])
  }
}

/** Seconds of sound in one piece: more would not fit into memory. */
const longestAdvance = 3600
/** Seconds after which the clock is no longer exact to the block: a thousand years. */
const longestSession = 3e10
/** Commands of a first start that fit into one block by far. */
const birthsPerPiece = 1000

function slices<T>(items: readonly T[], length: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / length) }, (_, i) =>
    items.slice(i * length, (i + 1) * length),
  )
}
