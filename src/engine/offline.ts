import { loadEngineWasm } from '#engine-files'
import { MegasynthError, fail, type Problem } from '../errors/index.ts'
import { encodeMessage, type Command } from '../scsynth/index.ts'
import { Appointments } from './appointments.ts'
import { createCompute, type BlockResult } from './compute.ts'
import { checkDefs } from './check-defs.ts'
import { checkCommands, notificationsOf } from './check.ts'
import { complaints, describeCommand, diagnose, remedy, type Failure } from './diagnose.ts'
import type { DefToLoad, EngineEvent, OfflineEngine } from './engine.ts'
import { engineSize, wasmLimits, type EngineOptions } from './limits.ts'
import { withMarkers } from './markers.ts'
import { createOutbox, encodeEach, type Outbox } from './outbox.ts'
import { Probes } from './probes.ts'
import { entrySize } from './ring.ts'
import { Schedule } from './schedule.ts'
import { createWasmHost, type WasmHost } from './wasm-host.ts'

type Describe = (command: Command) => string

/**
 * scsynth as WebAssembly on a virtual clock, without a sound card. Deterministic: equal calls give equal bytes.
 * Starts in about 90 ms the first time, 40 ms afterwards, and takes 80 MiB of address space.
 *
 * Rejects with 'invalid-option' (every option that is wrong, by name) or 'engine-failed' (package not installed).
 *
 * @param monitors outputs that nobody hears: so many audio buses can be probed at a time
 *
 * @example
 * const engine = await createOfflineEngine({ outputs: 2 })
 * await engine.load([{ name: 'sine', bytes }])
 * await engine.transact([{ call: '/s_new', def: 'sine', id: 1000, action: 'tail', target: 0, controls: { freq: 440 } }])
 * const out = [new Float32Array(48000), new Float32Array(48000)]
 * engine.advance(375, out, 0)
 */
export async function createOfflineEngine(options: EngineOptions = {}, monitors = 0): Promise<OfflineEngine> {
  const size = engineSize(options)
  const host = await createWasmHost({
    wasm: await loadEngineWasm(),
    sampleRate: size.sampleRate,
    world: { ...size, outputs: size.outputs + monitors },
  })
  return offlineEngine(host, size, monitors)
}

/** The engine around a host that has not run yet. */
export function offlineEngine(
  host: WasmHost,
  size: ReturnType<typeof engineSize>,
  monitors = 0,
): OfflineEngine {
  // Queries of the engine's own may be in the same block.
  const limits = wasmLimits(size, host.free() - entrySize(4096))
  const outbox = createOutbox(limits)
  const kept: Float32Array[][] = []
  const listeners = new Set<(event: EngineEvent) => void>()
  const loaded = new Set<string>()
  const schedule = new Schedule()
  const appointments = new Appointments()
  const probes = new Probes(host, { count: monitors, first: size.outputs })
  const blockNow = (): number => host.blocks
  let closed = false
  let notified = false
  let marker = 0
  /** The block for which what is due has been taken. */
  let taken = -1
  let problems = 0

  const open = (): void => {
    if (closed)
      fail({
        code: 'engine-closed',
        path: 'engine',
        message: 'the engine is closed',
        expected: 'no use after close()',
      })
    if (host.death === undefined) return
    appointments.fail(host.death)
    throw host.death
  }
  const emit = (event: EngineEvent): void => {
    if (event.type === 'problem') problems++
    for (const listener of listeners) listener(event)
  }

  /** Puts what is due into the next block, which is done once a block. */
  const takeDue = (): void => {
    if (taken === host.blocks) return
    taken = host.blocks
    schedule.due(host.blocks, takes)
  }
  /** Does what is due before something else is: it was asked for before. */
  const catchUp = (): void => {
    appointments.keep(blockNow)
    for (takeDue(); schedule.isDue(host.blocks); takeDue()) {
      computeUnconfirmed()
      keep()
    }
  }

  const computeNext = createCompute(host, { outbox, probes, tell: emit })
  const compute = (query?: Uint8Array): BlockResult => {
    takeDue()
    return computeNext(query)
  }
  const complain = (failure: Failure, block = host.blocks - 1): void =>
    emit({ type: 'problem', block, ...failure })
  /** A block whose commands nobody waits for. */
  const computeUnconfirmed = (): void => {
    const { replies, lines, commands } = compute()
    for (const failure of diagnose(replies, lines, commands, describeCommand)) complain(failure)
  }
  const keep = (): void => {
    kept.push(Array.from({ length: size.outputs }, (_, channel) => host.output(channel).slice()))
  }

  const refuse = (
    commands: readonly Command[],
    messages: readonly Uint8Array[],
    to: Outbox,
    describe: Describe,
  ) => {
    const pending = notified ? notificationsOf(to.commands) : undefined
    const found = checkCommands(commands, limits, pending, describe)
    const full = to.check(messages, (index) => {
      const command = commands[index]
      return command === undefined ? 'engine' : describe(command)
    })
    return full === undefined ? found : [...found, full]
  }
  /** Puts commands into the next block, or throws and has done nothing. */
  const enqueue = (commands: readonly Command[], describe: Describe): void => {
    const messages = encodeEach(commands)
    const found = refuse(commands, messages, outbox, describe)
    if (found.length > 0) throw new MegasynthError(found)
    outbox.add(commands, messages)
    for (const command of commands) {
      if (command.call === '/notify') notified = command.on
      else if (command.call === '/d_recv') loaded.add(command.name)
      else if (command.call === '/d_free') command.names.forEach((name) => loaded.delete(name))
    }
  }
  /** What was meant for a block goes into it, if there is room. What can never be sent is a problem, and is forgotten. */
  const takes = (commands: readonly Command[]): boolean => {
    try {
      enqueue(commands, describeCommand)
      return true
    } catch (error) {
      if (outbox.commands.length > 0) return false
      const found = error instanceof MegasynthError ? error.problems : []
      for (const problem of found) complain({ problem, subject: commands[0] }, host.blocks)
      return true
    }
  }
  /** Gives what was sent before a block of its own. */
  const flush = (): void => {
    if (outbox.commands.length === 0) return
    computeUnconfirmed()
    keep()
  }

  /** Commands and their markers in one block, which is kept; throws whatever went wrong with them. */
  const confirm = (
    commands: readonly Command[],
    describe: Describe,
  ): BlockResult & { readonly block: number } => {
    const { marked, messages, markers } = withMarkers(commands, marker + 1)
    const found = refuse(marked, messages, createOutbox(limits), describe)
    if (found.length > 0) throw new MegasynthError(found)
    catchUp()
    // Together with what was sent before it may be too much for one block.
    if (refuse(marked, messages, outbox, describe).length > 0) flush()
    const earlier = new Set(outbox.commands)
    enqueue(marked, describe)
    schedule.note(commands)
    marker += markers.length
    const block = host.blocks
    const result = compute()
    keep()
    const own: Problem[] = []
    const name: Describe = (command) =>
      commands.includes(command) ? describe(command) : describeCommand(command)
    for (const { subject, problem } of diagnose(result.replies, result.lines, result.commands, name))
      if (subject === undefined || !earlier.has(subject)) own.push(problem)
      else complain({ problem, subject })
    if (own.length > 0) throw new MegasynthError(own)
    const synced = new Set(result.replies.flatMap((reply) => (reply.kind === 'synced' ? [reply.id] : [])))
    const lost = markers.filter(({ id }) => !synced.has(id))
    if (lost.length > 0)
      throw new MegasynthError(
        lost.map(({ from, to }) => ({
          code: 'engine-timeout',
          path: 'engine',
          message: 'the engine did not confirm a part of the transaction in its block',
          found: `${to - from} of ${commands.length} commands, from ${name(commands[from] ?? marked[0]!)} to ${name(commands[to - 1] ?? marked[0]!)}`,
        })),
      )
    return { ...result, block }
  }

  const loadSome = (defs: readonly DefToLoad[]): void => {
    const commands = defs.map(({ name, bytes }): Command => ({ call: '/d_recv', name, bytes }))
    enqueue(commands, describeCommand)
    const { replies, lines, commands: done } = compute()
    keep()
    // what was due in the same block is no fault of theirs
    const others = new Set(done.flatMap((command) => (commands.includes(command) ? [] : [command.call])))
    for (const { subject, problem } of diagnose(replies, lines, done, describeCommand))
      if (subject && others.has(subject.call)) complain({ problem, subject })
    const said = [
      ...complaints(lines),
      ...replies.flatMap((reply) => (reply.kind === 'fail' ? [`${reply.command}: ${reply.error}`] : [])),
    ].filter((text) => ![...others].some((call) => new RegExp(`^(FAILURE IN SERVER )?${call}\\b`).test(text)))
    // The engine says that a SynthDef is loaded even if its table was full: then only the text tells.
    const there = new Set(
      replies.flatMap((reply) =>
        reply.kind === 'other' && reply.message.address === '/supersonic/synthdef/loaded'
          ? reply.message.args
          : [],
      ),
    )
    const missing = defs.filter(
      ({ name }) => !there.has(name) || said.some((line) => line.includes(`SynthDef ${name}.`)),
    )
    if (missing.length === 0 && said.length === 0) return
    for (const { name } of missing) loaded.delete(name)
    const why = said.join('; ').slice(0, 400)
    throw new MegasynthError(
      (missing.length > 0 ? missing : defs).map(({ name, label }) => ({
        path: label ?? name,
        message: `the engine does not take the SynthDef "${name}"`,
        found: why === '' ? 'no answer' : why,
        ...remedy(why),
      })),
    )
  }
  return {
    kind: 'offline',
    sampleRate: size.sampleRate,
    blockSize: host.blockSize,
    outputs: size.outputs,
    firstBus: size.outputs + monitors,
    limits,
    get block() {
      return host.blocks - kept.length
    },
    get nextBlock() {
      return host.blocks
    },
    async load(defs) {
      open()
      checkDefs(defs, loaded, limits)
      if (defs.length === 0) return
      catchUp()
      flush()
      let some: DefToLoad[] = []
      let bytes = 0
      for (const def of defs) {
        // Bundles are at least half full on average, so half a block's bytes are far from 32 bundles.
        if (some.length === limits.messagesPerBundle || bytes + def.bytes.length > limits.blockBytes / 2) {
          loadSome(some)
          some = []
          bytes = 0
        }
        some.push(def)
        bytes += def.bytes.length
      }
      if (some.length > 0) loadSome(some)
    },
    async transact(commands, describe = describeCommand, at = 0) {
      open()
      if (commands.length === 0) return host.blocks
      if (at <= host.blocks) return confirm(commands, describe).block
      return await appointments.make(at, () => confirm(commands, describe).block)
    },
    send(commands, at) {
      open()
      if (at !== undefined) return schedule.add(at, commands)
      enqueue(commands, describeCommand)
      schedule.note(commands)
    },
    cancel(after, by) {
      schedule.cancel(after, by)
    },
    async probe(probe) {
      open()
      return await probes.add(probe)
    },
    async queryTree(group) {
      open()
      const command: Command = { call: '/g_queryTree', id: group, controls: true }
      const { replies } = (() => {
        try {
          return confirm([command], describeCommand)
        } catch (error) {
          if (!(error instanceof MegasynthError) || !error.message.includes('/g_queryTree failed: failed'))
            throw error
          return fail({
            code: 'engine-limit',
            path: describeCommand(command),
            message: 'the tree is too large for one answer',
            suggestion: 'ask for its groups one by one',
          })
        }
      })()
      for (const reply of replies) if (reply.kind === 'tree' && reply.root.id === group) return reply.root
      return fail({
        code: 'engine-timeout',
        path: describeCommand(command),
        message: 'the engine did not answer',
      })
    },
    async counts() {
      open()
      catchUp()
      flush()
      const { replies } = compute(encodeMessage({ address: '/status', args: [] }))
      keep()
      for (const reply of replies)
        if (reply.kind === 'status') {
          const { ugens, synths, groups, synthDefs } = reply
          return { ugens, synths: synths - probes.synths, groups, synthDefs: synthDefs - probes.synthDefs }
        }
      return fail({ code: 'engine-timeout', path: '/status', message: 'the engine did not answer' })
    },
    status: () => ({
      state: closed ? 'closed' : host.death === undefined ? 'running' : 'failed',
      block: host.blocks - kept.length,
      buffered: kept.length,
      pending: outbox.commands.length + schedule.size,
      problems,
      ...schedule.lateness,
    }),
    listen(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    async close() {
      closed = true
      listeners.clear()
      outbox.take()
      schedule.clear()
      const gone = new MegasynthError([
        { code: 'engine-closed', path: 'engine', message: 'the engine is closed' },
      ])
      probes.fail(gone)
      appointments.fail(gone)
    },
    advance(blocks, out, offset) {
      open()
      const end = offset + blocks * host.blockSize
      const room = out.length <= size.outputs && out.every((channel) => channel.length >= end)
      if (!room || !Number.isInteger(end) || blocks < 0 || offset < 0)
        fail({
          code: 'invalid-value',
          path: 'advance',
          message: 'no room for the blocks',
          found: `${out.length} channels of ${out.map((channel) => channel.length).join(', ')} frames`,
          expected: `at most ${size.outputs} channels of at least ${end} frames`,
        })
      for (let at = offset; at < end; at += host.blockSize) {
        if (kept.length === 0) appointments.keep(blockNow)
        const block = kept.shift()
        if (block === undefined) computeUnconfirmed()
        for (let i = 0; i < out.length; i++) out[i]?.set(block?.[i] ?? host.output(i), at)
      }
    },
  }
}
