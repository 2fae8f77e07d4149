import type { Problem } from '../errors/index.ts'
import { encodeBundle, encodeMessage, toOsc, type Command } from '../scsynth/index.ts'
import type { EngineLimits } from './limits.ts'
import { entrySize } from './ring.ts'

const header = encodeBundle([])
/** Each message of a bundle is preceded by its size. */
const sizeBytes = 4

/** Commands as OSC messages, one by one, for their sizes are what the limits are about. */
export const encodeEach = (commands: readonly Command[]): Uint8Array[] =>
  commands.map((command) => encodeMessage(toOsc(command)))

function join(messages: readonly Uint8Array[], total: number): Uint8Array {
  const bytes = new Uint8Array(total)
  const view = new DataView(bytes.buffer)
  bytes.set(header)
  let at = header.length
  for (const message of messages) {
    view.setInt32(at, message.length)
    bytes.set(message, at + sizeBytes)
    at += sizeBytes + message.length
  }
  return bytes
}

interface Bundle {
  readonly messages: Uint8Array[]
  bytes: number
}

/** What waits for the next block, bundled as tightly as the engine's limits allow. */
export interface Outbox {
  /** The commands that wait, in order. */
  readonly commands: readonly Command[]
  /** The limit that these messages would exceed on top of what waits already, or undefined when all fit. */
  check(messages: readonly Uint8Array[], describe: (index: number) => string): Problem | undefined
  /** Appends messages that `check` found to fit. */
  add(commands: readonly Command[], messages: readonly Uint8Array[]): void
  /** Takes all out: the bundles to be handed over, and the commands that are in them. */
  take(): Taken
}

interface Taken {
  readonly packets: readonly Uint8Array[]
  readonly commands: readonly Command[]
}
const nothing: Taken = { packets: [], commands: [] }

const beyond = (path: string, message: string, limit: string, needed: number, allowed: number): Problem => ({
  code: 'engine-limit',
  path,
  message,
  found: `${needed}, ${needed - allowed} too many`,
  expected: `${limit}: at most ${allowed}`,
})

export function createOutbox(limits: EngineLimits): Outbox {
  let commands: Command[] = []
  let bundles: Bundle[] = []
  const fits = (count: number, bytes: number, message: Uint8Array): boolean =>
    count < limits.messagesPerBundle && bytes + sizeBytes + message.length <= limits.bundleBytes

  return {
    get commands() {
      return commands
    },
    check(messages, describe) {
      const large = messages.findIndex((message) => !fits(0, header.length, message))
      if (large >= 0) {
        const bytes = header.length + sizeBytes + (messages[large]?.length ?? 0)
        return beyond(describe(large), 'too large for one message', 'bundleBytes', bytes, limits.bundleBytes)
      }
      const last = bundles.at(-1)
      let count = last?.messages.length ?? Infinity
      let bytes = last?.bytes ?? 0
      let needed = bundles.length
      let closed =
        bundles.reduce((sum, bundle) => sum + entrySize(bundle.bytes), 0) - (last ? entrySize(bytes) : 0)
      for (const message of messages) {
        if (!fits(count, bytes, message)) {
          if (needed > 0) closed += entrySize(bytes)
          needed++
          count = 0
          bytes = header.length
        }
        count++
        bytes += sizeBytes + message.length
      }
      const total = needed > 0 ? closed + entrySize(bytes) : 0
      if (needed > limits.bundlesPerBlock)
        return {
          ...beyond(
            'engine',
            'too many bundles for one block',
            'bundlesPerBlock',
            needed,
            limits.bundlesPerBlock,
          ),
          suggestion: `spread it over several blocks, each of at most ${limits.bundlesPerBlock * limits.messagesPerBundle} messages`,
        }
      if (total > limits.blockBytes)
        return {
          ...beyond('engine', 'too many bytes for one block', 'blockBytes', total, limits.blockBytes),
          suggestion: 'spread it over several blocks',
        }
      return undefined
    },
    add(more, messages) {
      commands.push(...more)
      for (const message of messages) {
        let bundle = bundles.at(-1)
        if (bundle === undefined || !fits(bundle.messages.length, bundle.bytes, message)) {
          bundle = { messages: [], bytes: header.length }
          bundles.push(bundle)
        }
        bundle.messages.push(message)
        bundle.bytes += sizeBytes + message.length
      }
    },
    take() {
      // nearly every block
      if (commands.length === 0) return nothing
      const taken = { packets: bundles.map(({ messages, bytes }) => join(messages, bytes)), commands }
      commands = []
      bundles = []
      return taken
    },
  }
}
