import { fail } from '../errors/index.ts'
import type { FirstNumbers } from '../plan/index.ts'
import type { Command, Reply } from '../scsynth/index.ts'
import type { EngineEvent, OfflineEngine } from './engine.ts'

/** Channels of each share: what a patch puts out is stereo. */
const outputsPerShare = 2
/** Far more synths than a share can ever have had. */
const nodesPerShare = 100_000_000
const firstNode = 1000

/**
 * Several engines out of one, so that several patches run on it, each in a root group of its own. Each share has its own
 * range of node ids, buses and random generators, two of the engine's outputs, and an equal part of its sizes; SynthDefs are
 * loaded once for all. Time is common: when one of them advances, all do, and `cancel` is for all. The engine is closed with the last
 * of them.
 *
 * @param engine one with two outputs for each share, on which nothing runs yet
 * @param count how many
 * @throws MegasynthError `engine-limit` if it has not enough outputs
 * @example
 * const [first, second] = share(await createOfflineEngine({ outputs: 4 }), 2)
 */
export function share(engine: OfflineEngine, count: number): readonly OfflineEngine[] {
  const outputs = count * outputsPerShare
  if (engine.outputs < outputs)
    fail({
      code: 'engine-limit',
      path: 'outputs',
      message: `too few for ${count} patches`,
      found: String(engine.outputs),
      expected: `at least ${outputs}`,
    })
  const common: Common = { engine, users: new Map(), open: count, notified: false }
  const { audioBuses, controlBuses, randomGenerators } = engine.limits
  const part = (size: number): number => Math.floor(size / count)
  return Array.from({ length: count }, (_, i) =>
    createShare(common, i, {
      count,
      audioBuses: part(audioBuses - engine.firstBus),
      first: {
        node: firstNode + i * nodesPerShare,
        audioBus: engine.firstBus + i * part(audioBuses - engine.firstBus),
        controlBus: i * part(controlBuses),
        randomId: i * part(randomGenerators),
        output: i * outputsPerShare,
      },
    }),
  )
}

/** What the shares of an engine have in common. */
interface Common {
  readonly engine: OfflineEngine
  /** Which shares use a SynthDef. */
  readonly users: Map<string, Set<number>>
  /** Shares that are not closed. */
  open: number
  notified: boolean
}

function createShare(
  common: Common,
  index: number,
  { count, audioBuses, first }: { count: number; audioBuses: number; first: FirstNumbers },
): OfflineEngine {
  const { engine, users } = common
  const part = (size: number): number => Math.floor(size / count)
  const isOwn = (id: number): boolean => id >= first.node && id < first.node + nodesPerShare
  /** What is there, as the engine tells; groups in the order of their birth. */
  const [synths, groups] = [new Set<number>(), new Set<number>()]
  let closed = false
  const open = (): void => {
    if (closed) fail({ code: 'engine-closed', path: 'engine', message: 'this share of it is closed' })
  }

  const note = (reply: Reply): void => {
    if (reply.kind !== 'node' || !isOwn(reply.id)) return
    if (reply.event === 'go') (reply.group ? groups : synths).add(reply.id)
    if (reply.event !== 'end') return
    synths.delete(reply.id)
    groups.delete(reply.id)
  }
  const unlisten = engine.listen((event) => {
    if (event.type === 'reply') note(event.reply)
  })
  const concerns = (event: EngineEvent): boolean => {
    if (event.type === 'trouble') return isOwn(event.node)
    return event.type === 'problem' || event.reply.kind !== 'node' || isOwn(event.reply.id)
  }

  /** A SynthDef stays as long as another share uses it, and the engine tells of its nodes once for all. */
  const allowed = (commands: readonly Command[]): readonly Command[] =>
    commands.flatMap((command): readonly Command[] => {
      if (command.call === '/notify') {
        if (common.notified === command.on) return []
        common.notified = command.on
      }
      if (command.call !== '/d_free') return [command]
      const names = command.names.filter((name) => {
        users.get(name)?.delete(index)
        return (users.get(name)?.size ?? 0) === 0
      })
      return names.length === 0 ? [] : [{ ...command, names }]
    })

  return {
    kind: 'offline',
    sampleRate: engine.sampleRate,
    blockSize: engine.blockSize,
    outputs: outputsPerShare,
    firstBus: first.audioBus,
    first,
    limits: {
      ...engine.limits,
      outputs: outputsPerShare,
      maxNodes: part(engine.limits.maxNodes),
      audioBuses,
      controlBuses: part(engine.limits.controlBuses),
      maxSynthDefs: part(engine.limits.maxSynthDefs),
      memory: part(engine.limits.memory),
      randomGenerators: part(engine.limits.randomGenerators),
    },
    get block() {
      return engine.block
    },
    get nextBlock() {
      return engine.nextBlock
    },
    async load(defs) {
      open()
      await engine.load(defs.filter(({ name }) => (users.get(name)?.size ?? 0) === 0))
      for (const { name } of defs) users.set(name, (users.get(name) ?? new Set()).add(index))
    },
    async transact(commands, describe) {
      open()
      await engine.transact(allowed(commands), describe)
    },
    send(commands, at) {
      open()
      engine.send(allowed(commands), at)
    },
    cancel: (after) => engine.cancel(after),
    probe: async (probe) => await engine.probe(probe),
    queryTree: async (group) => await engine.queryTree(group),
    async counts() {
      open()
      const { ugens, synthDefs } = await engine.counts()
      // the root group of the engine is everybody's
      return { ugens, synthDefs, synths: synths.size, groups: groups.size + 1 }
    },
    status: () => (closed ? { ...engine.status(), state: 'closed' } : engine.status()),
    listen: (listener) =>
      engine.listen((event) => {
        if (concerns(event)) listener(event)
      }),
    async close() {
      if (closed) return
      closed = true
      unlisten()
      common.open--
      if (common.open === 0) await engine.close()
      else if (groups.size > 0 && engine.status().state === 'running') {
        const [root = 0] = groups
        engine.send([{ call: '/n_free', ids: [root] }])
      }
    },
    advance(blocks, out, offset) {
      open()
      const frames = blocks * engine.blockSize
      const all = Array.from({ length: engine.outputs }, () => new Float32Array(frames))
      engine.advance(blocks, all, 0)
      out.forEach((channel, i) => channel.set(all[first.output + i] ?? [], offset))
    },
  }
}
