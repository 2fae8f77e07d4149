import type { Worker } from 'node:worker_threads'
import { MegasynthError, fail, type Problem } from '../errors/index.ts'
import type { Command } from '../scsynth/index.ts'
import { afterAwake } from './awake.ts'
import { describeCommand } from './diagnose.ts'
import type { Engine, EngineEvent } from './engine.ts'
import { engineSize, type EngineOptions } from './limits.ts'
import {
  gaugeCount,
  gauges,
  type Calls,
  type FromWorker,
  type ToWorker,
  type WorkerSetup,
} from './live-protocol.ts'
import type { Moment } from './schedule.ts'
import { deviceCalled, devices, silentDevice } from './sound-devices.ts'
import { startWorker } from './start-worker.ts'

/** How a live engine is heard. */
export interface LiveOptions extends EngineOptions {
  /** Hz, 8000–192000. Default: what the sound device likes best; 48000 without one. */
  readonly sampleRate?: number
  /** Name or id of a sound device, or `silent` for none. Default: the system's default, or `silent` where there is no sound card. */
  readonly device?: string
  /**
   * Frames that the device asks for at a time: 256, 512, 1024 or 2048. Fewer is sooner heard, more is safer on a busy
   * machine. Default: 512 (10.7 ms at 48 kHz).
   */
  readonly bufferFrames?: number
}

/** How a live engine is doing. */
export interface LiveStatus {
  /** Name of the sound device; `silent` without one. */
  readonly device: string
  /** Hz. */
  readonly sampleRate: number
  readonly bufferFrames: number
  /** Seconds from what is computed to what is heard, as far as the device tells. */
  readonly latency: number
  /** Share of the time of the audio thread that was spent computing since the last question, 0..1 and above. */
  readonly load: number
  /** Frames that were not ready in time since the start (xruns). */
  readonly lostFrames: number
  /** Buffers that took longer to compute than to play since the start. */
  readonly overruns: number
  /** Sends that were done in a later block than they asked for since the start. */
  readonly late: number
  /** Seconds by which the latest of them was late. */
  readonly longestLate: number
  /** The longest time between two questions of the device, in seconds. */
  readonly longestGap: number
}

/** An engine that is heard: it runs in a thread of its own, at the pace of a sound device. */
export interface LiveEngine extends Engine {
  readonly kind: 'embedded'
  readonly live: LiveStatus
  /** Blocks that are computed in one go: what is said meanwhile comes after them. */
  readonly bufferBlocks: number
  /** Why there is no sound card behind it, in one line; undefined if there is one or none was wanted. */
  readonly notice: string | undefined
  /** If it is part of an engine: the block that is second 0 for all parts, once any of them has said so. */
  readonly origin?: number | undefined
  /** If it is part of an engine: the block of second 0, which whoever says it first puts so many blocks before the next. */
  originOf?(blocks: number): number
  /** Calls a listener with all that is heard from now on, about 43 ms at a time; the result ends it. */
  tap(listener: (channels: readonly Float32Array[]) => void): () => void
  /** Calls a listener when the engine dies by itself. */
  onDeath(listener: (cause: MegasynthError) => void): void
}

const bufferSizes = [256, 512, 1024, 2048]
/** Seconds that a thread is waited for which is to fade out and end. */
const longestGoodbye = 0.5

/** Whoever asks for no device gets the system's, or silence where there is none. */
async function chosenDevice(
  name: string | undefined,
): Promise<{ id: string | undefined; name: string; notice?: string }> {
  if (name === silentDevice) return { id: silentDevice, name }
  const found = await devices()
  if (name !== undefined) return deviceCalled(name, found)
  const [first] = found
  if (first) return { id: undefined, name: found.find((one) => one.name === 'default')?.name ?? 'default' }
  return {
    id: silentDevice,
    name: silentDevice,
    notice: 'there is no sound card here: playing silently (megasynth doctor tells more)',
  }
}

/**
 * Starts an engine that is heard.
 *
 * @param gains the engine has several stereo pairs (`outputs`), and what is heard is their sum: a factor for each
 * @throws MegasynthError `invalid-option`, `no-sound-device`, `sound-library-missing`, `engine-failed`
 * @example
 * const engine = await createLiveEngine({ device: 'silent', bufferFrames: 256 })
 * await engine.close()
 */
export async function createLiveEngine(
  options: LiveOptions = {},
  gains?: readonly number[],
): Promise<LiveEngine> {
  const { device, bufferFrames = 512, ...engine } = options
  engineSize(engine)
  if (!bufferSizes.includes(bufferFrames))
    fail({
      code: 'invalid-option',
      path: 'bufferFrames',
      message: 'not a size that a buffer can have',
      found: String(bufferFrames),
      expected: bufferSizes.join(', '),
    })
  const sink = await chosenDevice(device)
  const shared = new SharedArrayBuffer(gaugeCount * 8)
  const setup: WorkerSetup = { engine, bufferFrames, device: sink.id, shared, gains }
  const worker = startWorker('engine/live-worker', setup)
  const proxy = new LiveProxy(worker, new Float64Array(shared), { ...sink, bufferFrames })
  return await proxy.ready()
}

interface Call {
  readonly resolve: (value: never) => void
  readonly reject: (error: MegasynthError) => void
}

const closedProblem: Problem = { code: 'engine-closed', path: 'engine', message: 'the engine is closed' }

/** The engine as the thread that plans sees it: it says what is to be done, and hears what came of it. */
class LiveProxy implements LiveEngine {
  readonly kind = 'embedded'
  readonly notice: string | undefined
  readonly #worker: Worker
  readonly #gauges: Float64Array
  readonly #sink: { readonly name: string; readonly bufferFrames: number }
  readonly #calls = new Map<number, Call>()
  readonly #listeners = new Set<(event: EngineEvent) => void>()
  readonly #taps = new Set<(channels: readonly Float32Array[]) => void>()
  readonly #mourners = new Set<(cause: MegasynthError) => void>()
  readonly #ready: Promise<void>
  #hello: Extract<FromWorker, { say: 'ready' }> | undefined
  #death: MegasynthError | undefined
  #closed = false
  #lastCall = 0
  #measured = { busy: 0, computed: 0 }

  constructor(
    worker: Worker,
    gaugesOf: Float64Array,
    sink: { readonly name: string; readonly bufferFrames: number; readonly notice?: string },
  ) {
    this.#worker = worker
    this.#gauges = gaugesOf
    this.#sink = sink
    this.notice = sink.notice
    this.#ready = new Promise((resolve, reject) => {
      worker.on('message', (message: FromWorker) => {
        this.#hear(message)
        if (message.say === 'ready') resolve()
      })
      worker.on('error', (error) => this.#die(error))
      worker.on('exit', (code) => this.#die(new Error(`the audio thread ended with code ${code}`)))
      this.#mourners.add(reject)
    })
  }

  async ready(): Promise<this> {
    try {
      await this.#ready
      this.#mourners.clear()
      return this
    } catch (error) {
      await this.#worker.terminate()
      throw error
    }
  }

  get #facts(): Extract<FromWorker, { say: 'ready' }> {
    return this.#hello ?? fail(closedProblem)
  }

  get sampleRate(): number {
    return this.#facts.sampleRate
  }

  get blockSize(): number {
    return this.#facts.blockSize
  }

  get bufferBlocks(): number {
    return this.#sink.bufferFrames / this.blockSize
  }

  get outputs(): number {
    return this.#facts.outputs
  }

  get firstBus(): number {
    return this.#facts.firstBus
  }

  get limits(): Engine['limits'] {
    return this.#facts.limits
  }

  get nextBlock(): number {
    return this.#gauge('nextBlock')
  }

  get live(): LiveStatus {
    const [busy, computed] = [this.#gauge('busy'), this.#gauge('computed')]
    const before = this.#measured
    this.#measured = { busy, computed }
    const passed = computed - before.computed
    return {
      device: this.#sink.name,
      sampleRate: this.sampleRate,
      bufferFrames: this.#sink.bufferFrames,
      latency: this.#gauge('latency'),
      load: passed > 0 ? (busy - before.busy) / passed : 0,
      lostFrames: this.#gauge('lost'),
      overruns: this.#gauge('overruns'),
      late: this.#gauge('late'),
      longestLate: (this.#gauge('longestLate') * this.blockSize) / this.sampleRate,
      longestGap: this.#gauge('gap') / 1000,
    }
  }

  #gauge(name: keyof typeof gauges): number {
    return this.#gauges[gauges[name]] ?? 0
  }

  #hear(message: FromWorker): void {
    if (message.say === 'ready') this.#hello = message
    else if (message.say === 'events')
      for (const event of message.events) for (const listener of this.#listeners) listener(event)
    else if (message.say === 'sound') for (const tap of this.#taps) tap(message.channels)
    else if (message.say === 'dead') this.#die(new MegasynthError(message.problems))
    else {
      const call = this.#calls.get(message.id)
      this.#calls.delete(message.id)
      if (message.say === 'answer') call?.resolve(message.gives as never)
      else call?.reject(new MegasynthError(message.problems))
    }
  }

  #die(cause: Error): void {
    if (this.#death !== undefined || this.#closed) return this.#drop(new MegasynthError([closedProblem]))
    this.#death =
      cause instanceof MegasynthError
        ? cause
        : new MegasynthError([{ code: 'engine-failed', path: 'engine', message: 'it died', found: cause.message }], { cause }) // prettier-ignore
    this.#drop(this.#death)
    void this.#worker.terminate()
    for (const listener of this.#mourners) listener(this.#death)
  }

  /** Nobody answers any more. */
  #drop(why: MegasynthError): void {
    for (const { reject } of this.#calls.values()) reject(why)
    this.#calls.clear()
  }

  #open(): void {
    if (this.#closed) throw new MegasynthError([closedProblem])
    if (this.#death !== undefined) throw this.#death
  }

  #say(message: ToWorker): void {
    this.#open()
    this.#worker.postMessage(message, [])
  }

  #ask<M extends keyof Calls>(method: M, takes: Calls[M]['takes']): Promise<Calls[M]['gives']> {
    return new Promise((resolve, reject) => {
      const id = ++this.#lastCall
      this.#say({ say: 'call', id, method, takes } as ToWorker)
      this.#calls.set(id, { resolve, reject })
    })
  }

  async load(defs: Calls['load']['takes']): Promise<void> {
    await this.#ask('load', defs)
  }

  async transact(
    commands: readonly Command[],
    describe: (command: Command) => string = describeCommand,
    at = 0,
  ): Promise<number> {
    this.#open()
    if (commands.length === 0) return this.nextBlock
    try {
      return await this.#ask('transact', { commands, at })
    } catch (error) {
      if (!(error instanceof MegasynthError)) throw error
      // the worker says which command it is, and who asked knows what that is about
      const named = (text: string): string =>
        text.replace(/#(\d+)#/g, (all, index) => {
          const command = commands[Number(index)]
          return command === undefined ? all : describe(command)
        })
      throw new MegasynthError(
        error.problems.map((problem) => ({
          ...problem,
          path: named(problem.path),
          message: named(problem.message),
        })),
        { cause: error },
      )
    }
  }

  send(commands: readonly Command[], at?: Moment): void {
    // all is in the order of this thread's clock
    this.#say({ say: 'send', commands, at: at ?? { block: this.nextBlock, soon: true } })
  }

  cancel(after: number, by?: number): void {
    this.#say({ say: 'cancel', after, by })
  }

  probe(probe: Calls['probe']['takes']): Promise<Float32Array> {
    return this.#ask('probe', probe)
  }

  queryTree(group: number): Promise<Calls['queryTree']['gives']> {
    return this.#ask('queryTree', group)
  }

  counts(): Promise<Calls['counts']['gives']> {
    return this.#ask('counts', undefined)
  }

  status(): ReturnType<Engine['status']> {
    const [block, nextBlock] = [this.#gauge('block'), this.nextBlock]
    return {
      state: this.#closed ? 'closed' : this.#death === undefined ? 'running' : 'failed',
      block,
      buffered: nextBlock - block,
      pending: 0,
      problems: this.#gauge('problems'),
      late: this.#gauge('late'),
      longestLate: this.#gauge('longestLate'),
    }
  }

  listen(listener: (event: EngineEvent) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  tap(listener: (channels: readonly Float32Array[]) => void): () => void {
    if (this.#taps.size === 0) this.#say({ say: 'tap', on: true })
    this.#taps.add(listener)
    return () => {
      this.#taps.delete(listener)
      if (this.#taps.size === 0 && !this.#closed && this.#death === undefined)
        this.#say({ say: 'tap', on: false })
    }
  }

  onDeath(listener: (cause: MegasynthError) => void): void {
    this.#mourners.add(listener)
  }

  async close(): Promise<void> {
    if (this.#closed) return
    if (this.#death === undefined) {
      // a thread that does not say goodbye is ended all the same
      let end = (): void => undefined
      const late = new Promise<void>((resolve) => (end = afterAwake(longestGoodbye, resolve, false)))
      await Promise.race([this.#ask('close', undefined).catch(() => undefined), late])
      end()
    }
    this.#closed = true
    this.#listeners.clear()
    this.#taps.clear()
    await this.#worker.terminate()
  }
}
