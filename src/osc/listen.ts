import { createSocket, type Socket } from 'node:dgram'
import { isIPv6 } from 'node:net'
import { fail, type Problem } from '../errors/index.ts'
import { networkFailed, checkPort } from './network.ts'
import { Receiver, type OscCounts, type OscTarget } from './receiver.ts'

/** Where to listen, and whom to play. */
export interface ListenOptions {
  readonly target: OscTarget
  /** UDP port 0..65535; 0 takes one that is free. */
  readonly port: number
  /** Address of this machine. Default: `127.0.0.1`, which only this machine reaches; `0.0.0.0` is every network that it is in. */
  readonly address?: string | undefined
  /** Hears of everything that was dropped, and why. Anybody can send anything: do not print all of it. */
  readonly onRefused?: ((problem: Problem) => void) | undefined
}

/** An open port. */
export interface OscListener {
  readonly address: string
  /** The port that was opened. */
  readonly port: number
  readonly counts: OscCounts
  /** Closes the port. Notes that would have ended by themselves end now. */
  close(): Promise<void>
}

/** Milliseconds after which it looks again at the latest: a timer holds no longer than that to the other clock. */
const longestSleep = 1000

/**
 * Plays a synth by the OSC messages that arrive at a UDP port. See docs/osc.md.
 *
 * @throws MegasynthError `out-of-range` (no port), `network-failed` (in use, not allowed, no such address)
 * @example
 * const target = await createOffline({ patch })
 * const listener = await listenOsc({ target, port: 57130 })
 * await listener.close()
 */
export async function listenOsc({
  target,
  port,
  address = '127.0.0.1',
  onRefused,
}: ListenOptions): Promise<OscListener> {
  checkPort(port, 0)
  const receiver = new Receiver(target, { now: () => Date.now() / 1000, onRefused })
  const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4')
  try {
    await bound(socket, port, address)
  } catch (error) {
    socket.close()
    return fail(networkFailed(`${address}:${port}`, 'OSC cannot be received here', error), { cause: error })
  }
  let timer: NodeJS.Timeout | undefined
  const again = (seconds: number | undefined): void => {
    clearTimeout(timer)
    if (seconds === undefined) return
    timer = setTimeout(() => again(receiver.handOver()), Math.min(seconds * 1000, longestSleep))
  }
  const place = socket.address()
  socket.on('message', (bytes) => again(receiver.receive(bytes)))
  socket.on('error', (error) =>
    onRefused?.(networkFailed(`${place.address}:${place.port}`, 'OSC was not received', error)),
  )
  return {
    address: place.address,
    port: place.port,
    get counts() {
      return receiver.counts
    },
    close: () =>
      new Promise((resolve) => {
        clearTimeout(timer)
        receiver.close()
        socket.close(resolve)
      }),
  }
}

function bound(socket: Socket, port: number, address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('error', reject)
    socket.bind({ port, address }, () => {
      socket.off('error', reject)
      resolve()
    })
  })
}
