import { fail } from '../errors/index.ts'
import type { FirstNumbers } from '../plan/index.ts'
import type { Command, Reply, TreeGroup } from '../scsynth/index.ts'
import type {
  DefToLoad,
  Engine,
  EngineEvent,
  EngineStatus,
  OfflineEngine,
  Probe,
  ServerCounts,
} from './engine.ts'
import type { EngineLimits } from './limits.ts'
import type { Moment } from './schedule.ts'

/** Channels of each share: what a patch puts out is stereo. */
const outputsPerShare = 2
/** Far more synths than a share can ever have had. */
const nodesPerShare = 100_000_000
const firstNode = 1000

/**
 * Several engines out of one, so that several patches run on it, each in a root group of its own. Each share has its own
 * range of node ids, buses and random generators, two of the engine's outputs, and an equal part of its sizes; SynthDefs are
 * loaded once for all. Time is common: when one of them advances, all do. The engine is closed with the last of them.
 *
 * @param engine one with two outputs for each share, on which nothing runs yet
 * @param count how many
 * @throws MegasynthError `engine-limit` if it has not enough outputs
 * @example
 * const [first, second] = share(await createOfflineEngine({ outputs: 4 }), 2)
 */
export function share(engine: OfflineEngine, count: number): readonly OfflineEngine[] {
  const common = commonOf(engine, count)
  return Array.from({ length: count }, (_, i) => new OfflineShare(common, i))
}

/** What the shares of an engine have in common. */
export interface Common<E extends Engine> {
  readonly engine: E
  readonly count: number
  /** Which shares use a SynthDef. */
  readonly users: Map<string, Set<number>>
  /** Numbers of the shares that are not closed. */
  readonly open: Set<number>
  notified: boolean
}

/** An engine that is to be shared. @throws MegasynthError `engine-limit` if it has not enough outputs */
export function commonOf<E extends Engine>(engine: E, count: number): Common<E> {
  const outputs = count * outputsPerShare
  if (engine.outputs < outputs)
    fail({
      code: 'engine-limit',
      path: 'outputs',
      message: `too few for ${count} patches`,
      found: String(engine.outputs),
      expected: `at least ${outputs}`,
    })
  const open = new Set(Array.from({ length: count }, (_, i) => i))
  return { engine, count, users: new Map(), open, notified: false }
}

/** Whose a command is, by the first number in it. */
function ownerOf(command: Command, { engine, count }: Common<Engine>): number | undefined {
  const [id] = 'id' in command ? [command.id] : 'ids' in command ? command.ids : []
  if (id !== undefined) return Math.floor((id - firstNode) / nodesPerShare)
  const [bus] = command.call === '/c_set' ? (command.values[0] ?? []) : []
  return bus === undefined ? undefined : Math.floor(bus / Math.floor(engine.limits.controlBuses / count))
}

/** A part of an engine, as an engine. */
export class Share<E extends Engine> implements Engine {
  readonly outputs = outputsPerShare
  readonly first: FirstNumbers
  readonly limits: EngineLimits
  protected readonly common: Common<E>
  readonly #index: number
  /** What is there, as the engine tells; groups in the order of their birth. */
  readonly #synths = new Set<number>()
  readonly #groups = new Set<number>()
  readonly #unlisten: () => void
  #closed = false

  constructor(common: Common<E>, index: number) {
    this.common = common
    this.#index = index
    const { engine, count } = common
    const part = (size: number): number => Math.floor(size / count)
    const { limits, firstBus } = engine
    const audioBuses = part(limits.audioBuses - firstBus)
    this.first = {
      node: firstNode + index * nodesPerShare,
      audioBus: firstBus + index * audioBuses,
      controlBus: index * part(limits.controlBuses),
      randomId: index * part(limits.randomGenerators),
      output: index * outputsPerShare,
    }
    this.limits = {
      ...limits,
      outputs: outputsPerShare,
      maxNodes: part(limits.maxNodes),
      audioBuses,
      controlBuses: part(limits.controlBuses),
      maxSynthDefs: part(limits.maxSynthDefs),
      memory: part(limits.memory),
      randomGenerators: part(limits.randomGenerators),
    }
    this.#unlisten = engine.listen((event) => {
      if (event.type === 'reply') this.#note(event.reply)
    })
  }

  get kind(): E['kind'] {
    return this.common.engine.kind
  }

  get sampleRate(): number {
    return this.common.engine.sampleRate
  }

  get blockSize(): number {
    return this.common.engine.blockSize
  }

  get firstBus(): number {
    return this.first.audioBus
  }

  get nextBlock(): number {
    return this.common.engine.nextBlock
  }

  protected get isClosed(): boolean {
    return this.#closed
  }

  protected open(): void {
    if (this.#closed) fail({ code: 'engine-closed', path: 'engine', message: 'this share of it is closed' })
  }

  #isOwn(id: number): boolean {
    return id >= this.first.node && id < this.first.node + nodesPerShare
  }

  #note(reply: Reply): void {
    if (reply.kind !== 'node' || !this.#isOwn(reply.id)) return
    if (reply.event === 'go') (reply.group ? this.#groups : this.#synths).add(reply.id)
    if (reply.event !== 'end') return
    this.#synths.delete(reply.id)
    this.#groups.delete(reply.id)
  }

  #concerns(event: EngineEvent): boolean {
    if (event.type === 'trouble') return this.#isOwn(event.node)
    if (event.type === 'reply') return event.reply.kind !== 'node' || this.#isOwn(event.reply.id)
    // what is nobody's is told once
    const { subject } = event
    const owner = subject && ownerOf(subject, this.common)
    const { open } = this.common
    return this.#index === (owner !== undefined && open.has(owner) ? owner : Math.min(...open))
  }

  #isUsed(name: string): boolean {
    return (this.common.users.get(name)?.size ?? 0) > 0
  }

  /** A SynthDef stays as long as another share uses it, and the engine tells of its nodes once for all. */
  #allowed(commands: readonly Command[]): readonly Command[] {
    const { common } = this
    return commands.flatMap((command): readonly Command[] => {
      if (command.call === '/notify') {
        if (common.notified === command.on) return []
        common.notified = command.on
      }
      if (command.call !== '/d_free') return [command]
      const names = command.names.filter((name) => {
        common.users.get(name)?.delete(this.#index)
        return !this.#isUsed(name)
      })
      return names.length === 0 ? [] : [{ ...command, names }]
    })
  }

  async load(defs: readonly DefToLoad[]): Promise<void> {
    this.open()
    const { engine, users } = this.common
    const missing = defs.filter(({ name }) => !this.#isUsed(name))
    // from now on, so that nobody else frees it meanwhile
    for (const { name } of defs) users.set(name, (users.get(name) ?? new Set()).add(this.#index))
    try {
      await engine.load(missing)
    } catch (error) {
      for (const { name } of defs) users.get(name)?.delete(this.#index)
      throw error
    }
  }

  async transact(
    commands: readonly Command[],
    describe?: (command: Command) => string,
    at?: number,
  ): Promise<number> {
    this.open()
    return await this.common.engine.transact(this.#allowed(commands), describe, at)
  }

  send(commands: readonly Command[], at?: Moment): void {
    this.open()
    const { engine } = this.common
    const allowed = this.#allowed(commands)
    if (at === undefined) return engine.send(allowed)
    // now: another share may load it again before that moment
    const frees = allowed.filter(({ call }) => call === '/d_free')
    if (frees.length > 0) engine.send(frees)
    engine.send(
      allowed.filter(({ call }) => call !== '/d_free'),
      { ...at, by: this.#index },
    )
  }

  cancel(after: number): void {
    this.common.engine.cancel(after, this.#index)
  }

  probe(probe: Probe): Promise<Float32Array> {
    return this.common.engine.probe(probe)
  }

  queryTree(group: number): Promise<TreeGroup> {
    return this.common.engine.queryTree(group)
  }

  async counts(): Promise<ServerCounts> {
    this.open()
    const { ugens, synthDefs } = await this.common.engine.counts()
    // the root group of the engine is everybody's
    return { ugens, synthDefs, synths: this.#synths.size, groups: this.#groups.size + 1 }
  }

  status(): EngineStatus {
    const status = this.common.engine.status()
    return this.#closed ? { ...status, state: 'closed' } : status
  }

  listen(listener: (event: EngineEvent) => void): () => void {
    return this.common.engine.listen((event) => {
      if (this.#concerns(event)) listener(event)
    })
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    this.#unlisten()
    const { common } = this
    const { engine } = common
    common.open.delete(this.#index)
    if (common.open.size === 0) await engine.close()
    else if (this.#groups.size > 0 && engine.status().state === 'running') {
      const [root = 0] = this.#groups
      engine.send([{ call: '/n_free', ids: [root] }])
    }
  }
}

class OfflineShare extends Share<OfflineEngine> implements OfflineEngine {
  get block(): number {
    return this.common.engine.block
  }

  advance(blocks: number, out: readonly Float32Array[], offset: number): void {
    this.open()
    const { engine } = this.common
    const frames = blocks * engine.blockSize
    const all = Array.from({ length: engine.outputs }, () => new Float32Array(frames))
    engine.advance(blocks, all, 0)
    out.forEach((channel, i) => channel.set(all[(this.first.output ?? 0) + i] ?? [], offset))
  }
}
