import type { Command } from '../scsynth/index.ts'
import { encodeEach } from './outbox.ts'

/** A `/sync` and the commands that it follows, as indices: it is answered only if they have run. */
export interface Marker {
  readonly id: number
  readonly from: number
  readonly to: number
}

/** Far below what a bundle takes: so there is a marker in each, and a bundle is run whole or not at all. */
const commandsPerMarker = 64
const bytesPerMarker = 16384

/** Commands with markers among them and at their end, and what all of them are on the wire. @param first id of the first marker */
export function withMarkers(
  commands: readonly Command[],
  first: number,
): { readonly marked: Command[]; readonly messages: Uint8Array[]; readonly markers: Marker[] } {
  const [marked, messages, markers]: [Command[], Uint8Array[], Marker[]] = [[], [], []]
  let [from, bytes] = [0, 0]
  const mark = (to: number): void => {
    const sync: Command = { call: '/sync', id: first + markers.length }
    markers.push({ id: sync.id, from, to })
    marked.push(sync)
    messages.push(...encodeEach([sync]))
    ;[from, bytes] = [to, 0]
  }
  for (const [i, message] of encodeEach(commands).entries()) {
    const isFull = i - from >= commandsPerMarker || bytes + message.length > bytesPerMarker
    if (i > from && isFull) mark(i)
    marked.push(commands[i] as Command)
    messages.push(message)
    bytes += message.length
  }
  mark(commands.length)
  return { marked, messages, markers }
}
