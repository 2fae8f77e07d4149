import { parentPort, workerData } from 'node:worker_threads'
import { problemsOf } from '../errors/index.ts'
import { openCardSink } from './card-sink.ts'
import type { EngineEvent, OfflineEngine } from './engine.ts'
import { gauges, type Calls, type FromWorker, type ToWorker, type WorkerSetup } from './live-protocol.ts'
import { mixed } from './mix.ts'
import { createOfflineEngine } from './offline.ts'
import { openSilentSink } from './silent-sink.ts'
import type { Sink } from './sink.ts'
import { silentDevice } from './sound-devices.ts'

// The thread in which a live engine runs: an offline engine, driven by what a device asks for.

const port = parentPort as NonNullable<typeof parentPort>
const setup = workerData as WorkerSetup
const shared = new Float64Array(setup.shared)
const say = (message: FromWorker, transfer: ArrayBuffer[] = []): void => port.postMessage(message, transfer)

/** Seconds of fading out at the end. */
const goodbye = 0.04
/** Frames that are handed over at a time to whoever wants the sound. */
const tapFrames = 2048
/** Audio buses that can be listened to at a time. */
const monitors = 8
/** Blocks that may be computed ahead before the next call has to wait. */
const mostAhead = 8

/** Of several stereo pairs the sum is heard. */
const heardChannels = ({ outputs = 2 }: { readonly outputs?: number }): number => Math.min(2, outputs)

class Driver {
  readonly #engine: OfflineEngine
  readonly #sink: Sink
  readonly #events: EngineEvent[] = []
  #tap: { frames: number; readonly channels: Float32Array[] } | undefined
  /** Frames left of the fade at the end; undefined while there is no end in sight. */
  #fade: { left: number; readonly done: () => void } | undefined
  #asked = 0
  /** Where the pairs are computed that are added up. */
  readonly #pairs: readonly Float32Array[]
  /** Calls that wait until there are fewer blocks ahead. */
  readonly #patient: (() => void)[] = []

  constructor(engine: OfflineEngine, sink: Sink) {
    this.#engine = engine
    this.#sink = sink
    this.#pairs = Array.from({ length: engine.outputs }, () => new Float32Array(sink.bufferFrames))
    engine.listen((event) => this.#events.push(event))
    port.on('message', (message: ToWorker) => this.#hear(message))
    const { sampleRate, blockSize, outputs, firstBus, limits } = engine
    this.#count()
    say({ say: 'ready', sink: sink.kind, sampleRate, blockSize, outputs, firstBus, limits })
    sink.start(
      (channels) => this.#pull(channels),
      (frames) => (shared[gauges.lost] = (shared[gauges.lost] ?? 0) + frames),
    )
  }

  #pull(channels: readonly Float32Array[]): void {
    const { sampleRate, blockSize } = this.#engine
    const begin = performance.now()
    if (this.#asked > 0) shared[gauges.gap] = Math.max(shared[gauges.gap] ?? 0, begin - this.#asked)
    this.#asked = begin
    const frames = this.#sink.bufferFrames
    const blocks = frames / blockSize
    // what is sent from now on comes after all of these
    shared[gauges.nextBlock] = Math.max(this.#engine.nextBlock, this.#engine.block + blocks)
    try {
      this.#advance(blocks, channels)
    } catch (error) {
      for (const channel of channels) channel.fill(0)
      say({ say: 'dead', problems: problemsOf(error) })
      void this.#sink.close()
      return
    }
    this.#fadeOut(channels)
    if (this.#tap) this.#record(channels)
    const [busy, length] = [performance.now() - begin, (frames / sampleRate) * 1000]
    if (busy > length) shared[gauges.overruns] = (shared[gauges.overruns] ?? 0) + 1
    shared[gauges.busy] = (shared[gauges.busy] ?? 0) + busy
    shared[gauges.computed] = (shared[gauges.computed] ?? 0) + length
    this.#count()
    this.#tell()
    for (const go of this.#patient.splice(0)) go()
  }

  #advance(blocks: number, channels: readonly Float32Array[]): void {
    if (setup.gains === undefined) return this.#engine.advance(blocks, channels, 0)
    this.#engine.advance(blocks, this.#pairs, 0)
    for (const [side, channel] of channels.entries()) channel.set(mixed(this.#pairs, setup.gains, side))
  }

  #count(): void {
    const { block, nextBlock } = this.#engine
    const { problems, late, longestLate } = this.#engine.status()
    shared[gauges.nextBlock] = nextBlock
    shared[gauges.block] = block
    shared[gauges.problems] = problems
    shared[gauges.late] = late
    shared[gauges.longestLate] = longestLate
    shared[gauges.latency] = this.#sink.latency
  }

  #tell(): void {
    if (this.#events.length > 0) say({ say: 'events', events: this.#events.splice(0) })
  }

  #fadeOut(channels: readonly Float32Array[]): void {
    const fade = this.#fade
    if (fade === undefined) return
    const length = goodbye * this.#engine.sampleRate
    for (const channel of channels)
      for (const [i, sample] of channel.entries()) channel[i] = sample * Math.max(0, (fade.left - i) / length)
    fade.left -= this.#sink.bufferFrames
    if (fade.left <= -this.#sink.bufferFrames) fade.done()
  }

  #record(channels: readonly Float32Array[]): void {
    const tap = this.#tap
    if (tap === undefined) return
    for (const [i, channel] of channels.entries()) tap.channels[i]?.set(channel, tap.frames)
    tap.frames += this.#sink.bufferFrames
    if (tap.frames >= tapFrames) this.#handOver()
  }

  /** Hands over what was recorded so far. */
  #handOver(): void {
    const tap = this.#tap
    if (tap === undefined || tap.frames === 0) return
    const channels = tap.channels.map((channel) => channel.slice(0, tap.frames))
    tap.frames = 0
    say(
      { say: 'sound', channels },
      channels.map(({ buffer }) => buffer),
    )
  }

  #hear(message: ToWorker): void {
    if (message.say === 'call') void this.#answer(message)
    else if (message.say === 'cancel') this.#engine.cancel(message.after, message.by)
    else if (message.say === 'tap') this.#tapInto(message.on)
    else this.#send(message)
  }

  #send({ commands, at }: Extract<ToWorker, { say: 'send' }>): void {
    try {
      this.#engine.send(commands, at)
    } catch (error) {
      const block = this.#engine.nextBlock
      this.#events.push(
        ...problemsOf(error).map((problem): EngineEvent => ({
          type: 'problem',
          block,
          problem,
          subject: commands[0],
        })),
      )
    }
  }

  #tapInto(on: boolean): void {
    if (!on) this.#handOver()
    const room = tapFrames + this.#sink.bufferFrames
    this.#tap = on
      ? {
          frames: 0,
          channels: Array.from({ length: heardChannels(this.#engine) }, () => new Float32Array(room)),
        }
      : undefined
  }

  async #answer(call: Extract<ToWorker, { say: 'call' }>): Promise<void> {
    try {
      const gives = await this.#do(call)
      this.#count()
      // what came of it is known before it is answered
      this.#tell()
      say({ say: 'answer', id: call.id, gives })
    } catch (error) {
      this.#tell()
      say({ say: 'refusal', id: call.id, problems: problemsOf(error) })
    }
  }

  /** What is asked computes blocks ahead, after which alone the next note can come: a few are enough. */
  async #room(): Promise<void> {
    while (this.#engine.nextBlock - this.#engine.block > mostAhead)
      await new Promise<void>((resolve) => this.#patient.push(resolve))
  }

  async #do(call: Extract<ToWorker, { say: 'call' }>): Promise<Calls[keyof Calls]['gives']> {
    const engine = this.#engine
    await this.#room()
    if (call.method === 'load') await engine.load(call.takes)
    else if (call.method === 'transact') {
      const { commands, at } = call.takes
      return await engine.transact(commands, (command) => `#${commands.indexOf(command)}#`, at)
    } else if (call.method === 'queryTree') return await engine.queryTree(call.takes)
    else if (call.method === 'counts') return await engine.counts()
    else if (call.method === 'probe') return await engine.probe(call.takes)
    else {
      await new Promise<void>((done) => (this.#fade = { left: goodbye * engine.sampleRate, done }))
      this.#handOver()
      await this.#sink.close()
      await engine.close()
    }
    return undefined
  }
}

try {
  const { engine, bufferFrames, device } = setup
  const channels = heardChannels(engine)
  const wanted = {
    channels,
    bufferFrames,
    ...(engine.sampleRate !== undefined && { sampleRate: engine.sampleRate }),
  }
  const sink = device === silentDevice ? openSilentSink(wanted) : await openCardSink(wanted, device)
  void new Driver(await createOfflineEngine({ ...engine, sampleRate: sink.sampleRate }, monitors), sink)
} catch (error) {
  say({ say: 'dead', problems: problemsOf(error) })
}
