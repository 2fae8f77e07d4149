import { createSocket } from 'node:dgram'
import { lookup } from 'node:dns/promises'
import { fail } from '../errors/index.ts'
import type { At } from '../live/index.ts'
import type { NoteEvent } from '../plan/index.ts'
import { encodeBundle, encodeMessage, type OscMessage } from '../scsynth/index.ts'
import { knobMessage, messageOf, panicMessage } from './messages.ts'
import { checkPort, networkFailed } from './network.ts'
import { timeTagOf } from './time.ts'

/** Where to send to. */
export interface SendOptions {
  /** A name or an IP address. Default: `127.0.0.1`. */
  readonly host?: string | undefined
  /** UDP port 1..65535. */
  readonly port: number
  /** Seconds of the synth's clock. With it, what is played for a moment to come is sent with that time; else it is sent as it is. */
  readonly time?: (() => number) | undefined
}

/** When what is sent is to be, and whose it is. */
export interface SendWhen extends At {
  /** Channel 1..16 of the patch that plays it, where several play together: messages without a channel get it. Default: none. */
  readonly channel?: number
}

/** Hands on what is played. */
export interface OscSender {
  /** Messages handed to the network, and those that it refused. Nobody knows what arrives. */
  readonly counts: { readonly sent: number; readonly failed: number }
  play(event: NoteEvent, when?: SendWhen): void
  setKnob(name: string, position: number, when?: SendWhen): void
  /** What was sent with a time to come is forgotten by whoever receives it. */
  panic(when?: SendWhen): void
  /** Ends when all has been handed to the network. */
  close(): Promise<void>
}

/**
 * Sends what is played and the movements of knobs on as OSC messages: the ones that Megasynth understands.
 *
 * @throws MegasynthError `out-of-range` (no port), `network-failed` (no such host)
 * @example
 * const sender = await sendOsc({ port: 57130 })
 * sender.play({ kind: 'on', note: 60, velocity: 0.8 })
 * sender.setKnob('cutoff', 0.7)
 * await sender.close()
 */
export async function sendOsc({ host = '127.0.0.1', port, time }: SendOptions): Promise<OscSender> {
  checkPort(port, 1)
  const place = await lookup(host).catch((error: unknown) =>
    fail(networkFailed(`${host}:${port}`, 'OSC cannot be sent there', error), { cause: error }),
  )
  const socket = createSocket(place.family === 6 ? 'udp6' : 'udp4')
  const counts = { sent: 0, failed: 0 }
  // what the network says of a datagram is told to its callback, too
  socket.on('error', () => undefined)
  let pending = 0
  let onIdle: (() => void) | undefined
  const send = (message: OscMessage, at: number | undefined): void => {
    const ahead = at === undefined || time === undefined ? 0 : at - time()
    const bytes =
      ahead > 0 ? encodeBundle([message], timeTagOf(Date.now() / 1000 + ahead)) : encodeMessage(message)
    pending++
    socket.send(bytes, port, place.address, (error) => {
      counts[error === null ? 'sent' : 'failed']++
      if (--pending === 0) onIdle?.()
    })
  }
  return {
    get counts() {
      return { ...counts }
    },
    play: (event, when) => send(messageOf(event, when?.channel), when?.at),
    setKnob: (name, position, when) => send(knobMessage(name, position, when?.channel), when?.at),
    panic: (when) => send(panicMessage(when?.channel), when?.at),
    async close() {
      if (pending > 0) await new Promise<void>((resolve) => void (onIdle = resolve))
      await new Promise<void>((resolve) => void socket.close(resolve))
    },
  }
}
