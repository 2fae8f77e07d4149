import { fail } from '../errors/index.ts'
import { decodePacket, parseReply, type Command, type OscPacket, type Reply } from '../scsynth/index.ts'
import { findings } from './diagnose.ts'
import type { EngineEvent } from './engine.ts'
import type { Outbox } from './outbox.ts'
import type { Probes } from './probes.ts'
import type { WasmHost } from './wasm-host.ts'

/** What came of one block. */
export interface BlockResult {
  readonly replies: readonly Reply[]
  readonly lines: readonly string[]
  /** Commands that were run when it began. */
  readonly commands: readonly Command[]
}

const messagesOf = (packet: OscPacket): Reply[] =>
  'address' in packet ? [parseReply(packet)] : packet.elements.flatMap(messagesOf)

const none: readonly never[] = []

/**
 * What computes one block after the other: hands over what waits and what is asked, and tells what the engine answered and
 * printed. In most blocks nobody says anything; then there is next to nothing to do but to compute.
 */
export function createCompute(
  host: WasmHost,
  {
    outbox,
    probes,
    tell,
  }: {
    readonly outbox: Outbox
    readonly probes: Probes
    readonly tell: (event: EngineEvent) => void
  },
): (query?: Uint8Array) => BlockResult {
  /** Messages that the engine has dropped so far. */
  let dropped = host.dropped()
  const send = (packet: Uint8Array): void => {
    if (!host.send(packet))
      fail({
        code: 'engine-failed',
        path: 'engine',
        message: 'the input ring is full although it was empty',
      })
  }
  return (query) => {
    const { packets, commands } = outbox.take()
    for (const packet of packets) send(packet)
    // who counts synths knows of those that listen by then
    for (const packet of probes.take()) send(packet)
    if (query !== undefined) send(query)
    host.process()
    const packed = host.replies()
    const lines = host.debug()
    const total = host.dropped()
    if (total > dropped) lines.push(`ERROR: ${total - dropped} messages dropped`)
    dropped = total
    const replies = packed.length === 0 ? none : packed.flatMap((packet) => messagesOf(decodePacket(packet)))
    probes.look(replies)
    const block = host.blocks - 1
    for (const reply of replies) tell({ type: 'reply', block, reply })
    if (lines.length > 0) for (const found of findings(lines)) tell({ type: 'trouble', block, ...found })
    return { replies, lines, commands }
  }
}
