import { vi } from 'vitest'
import { MegasynthError } from '../../src/errors/index.ts'
import { createOfflineEngine, type EngineEvent, type OfflineEngine } from '../../src/engine/index.ts'
import type { LiveEngine } from '../../src/engine/live.ts'
import type { Moment } from '../../src/engine/schedule.ts'
import { LiveSession } from '../../src/live/live.ts'
import type { LiveSynth } from '../../src/live/live-synth.ts'
import { startSession } from '../../src/live/start.ts'
import type { Patch } from '../../src/patch/index.ts'

/** Blocks that the device asks for at a time. */
export const buffer = 4
const outputs = 2

/**
 * A live engine whose thread is a mailbox: what is said to it arrives when the test says so, between two buffers, as with the
 * real one; what it tells arrives after a buffer.
 */
export class Thread {
  readonly live: LiveEngine
  readonly #engine: OfflineEngine
  readonly #mail: (() => void)[] = []
  readonly #told: EngineEvent[] = []
  readonly #listeners = new Set<(event: EngineEvent) => void>()
  readonly #mourners = new Set<(cause: MegasynthError) => void>()
  /** Those who wait for an answer. */
  readonly #asking = new Set<(error: unknown) => void>()
  #end: { readonly state: 'failed' | 'closed'; readonly cause: MegasynthError } | undefined
  /** As the shared memory of the real one. */
  readonly #gauge = { announced: 0 }
  /** The last buffer that was heard. */
  readonly sound = Array.from({ length: outputs }, () => new Float32Array(buffer * 128))

  constructor(engine: OfflineEngine) {
    this.#engine = engine
    this.#gauge.announced = engine.nextBlock
    engine.listen((event) => this.#told.push(event))
    const ask = <T>(work: () => Promise<T>): Promise<T> =>
      new Promise((resolve, reject) => {
        this.#open()
        this.#asking.add(reject)
        // what came of it is known before it is answered
        this.#mail.push(
          () =>
            void work()
              .finally(() => {
                this.#asking.delete(reject)
                this.#tell()
              })
              .then(resolve, reject),
        )
      })
    const close = async (): Promise<void> => {
      this.#over('closed', 'the engine is closed')
      await engine.close()
    }
    const { sampleRate, blockSize, firstBus, limits } = engine
    const gauge = this.#gauge
    this.live = {
      kind: 'embedded',
      notice: undefined,
      bufferBlocks: buffer,
      get live() {
        const { late, longestLate } = engine.status()
        return {
          ...{
            device: 'fake',
            sampleRate,
            bufferFrames: buffer * blockSize,
            latency: 0,
            load: 0,
            lostFrames: 0,
          },
          ...{ overruns: 0, late, longestLate: (longestLate * blockSize) / sampleRate, longestGap: 0 },
        }
      },
      ...{ sampleRate, blockSize, outputs, firstBus, limits },
      get nextBlock() {
        return gauge.announced
      },
      load: (defs) => ask(() => engine.load(defs)),
      transact: (commands, describe, at) => ask(() => engine.transact(commands, describe, at)),
      send: (commands, at: Moment = { block: this.#gauge.announced, soon: true }) => {
        this.#open()
        this.#mail.push(() => engine.send(commands, at))
      },
      cancel: (after) => {
        this.#open()
        this.#mail.push(() => engine.cancel(after))
      },
      probe: (probe) => ask(() => engine.probe(probe)),
      queryTree: (group) => ask(() => engine.queryTree(group)),
      counts: () => ask(() => engine.counts()),
      status: () => ({
        ...engine.status(),
        block: engine.block,
        ...(this.#end && { state: this.#end.state }),
      }),
      listen: (listener) => {
        this.#listeners.add(listener)
        return () => this.#listeners.delete(listener)
      },
      tap: () => () => undefined,
      onDeath: (listener) => this.#mourners.add(listener),
      close,
    }
  }

  #open(): void {
    if (this.#end) throw this.#end.cause
  }

  #over(state: 'failed' | 'closed', message: string): MegasynthError {
    const cause = this.#end?.cause ?? new MegasynthError([{ code: 'engine-failed', path: 'engine', message }])
    this.#end = { state, cause }
    this.#mail.length = 0
    for (const reject of this.#asking) reject(cause)
    this.#asking.clear()
    return cause
  }

  /** It ends by itself. */
  die(): void {
    if (this.#end) return
    const cause = this.#over('failed', 'it died')
    for (const mourn of this.#mourners) mourn(cause)
  }

  /** A buffer is asked for; what was said arrives before it, or stays on its way. */
  async buffer(arrives = true): Promise<void> {
    if (this.#end) return await breathe()
    if (arrives) for (const read of this.#mail.splice(0)) read()
    await breathe()
    this.#gauge.announced = Math.max(this.#engine.nextBlock, this.#engine.block + buffer)
    this.#engine.advance(buffer, this.sound, 0)
    this.#tell()
    await breathe()
  }

  #tell(): void {
    this.#gauge.announced = Math.max(this.#engine.nextBlock, this.#gauge.announced)
    for (const event of this.#told.splice(0)) for (const listener of this.#listeners) listener(event)
  }
}

/** Whatever waits for nothing but its turn has it. */
export const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** Has the time of some buffers pass, on fake timers and in the thread. */
export async function pass(thread: Thread, buffers = 1): Promise<void> {
  for (let i = 0; i < buffers; i++) {
    vi.advanceTimersByTime(10.7)
    await thread.buffer()
  }
}

/** Has time pass until something is done. */
export async function during<T>(work: Promise<T>, pass: () => Promise<void>): Promise<T> {
  const state = { isDone: false }
  const end = (): unknown => (state.isDone = true)
  work.then(end, end)
  while (!state.isDone) await pass()
  return await work
}

/** The block of the engine that is second 0. */
export const originOf = (synth: unknown): number => (synth as { origin: number }).origin

/** The same, on engines that may die: another takes the place of each. */
export async function startMortal(
  patch: Patch,
): Promise<{ readonly synth: LiveSynth; readonly thread: () => Thread }> {
  let thread: Thread | undefined
  const create = async (): Promise<LiveEngine> => {
    thread = new Thread(await createOfflineEngine({ outputs }, 8))
    return thread.live
  }
  const starting = startSession(create, { patch }, (...parts) => new LiveSession(...parts))
  const synth = await during(starting, async () => await (thread?.buffer() ?? breathe()))
  await thread?.buffer()
  return { synth, thread: () => thread as Thread }
}

/** A live synth on an engine that is driven by hand. Its timers are to be fake. */
export async function startLive(
  patch: Patch,
): Promise<{ synth: LiveSynth; thread: Thread; engine: OfflineEngine }> {
  const engine = await createOfflineEngine({ outputs }, 8)
  const thread = new Thread(engine)
  const synth = await during(
    startSession(
      () => Promise.resolve(thread.live),
      { patch },
      (...parts) => new LiveSession(...parts),
    ),
    () => thread.buffer(),
  )
  // what was said last is still on its way
  await thread.buffer()
  return { synth, thread, engine }
}
