import { dataLength, messageOf, type ChannelMessage } from '../../src/midi/message.ts'

/** An event of a track: a message, or a meta event by its type. */
export interface FileEvent {
  readonly tick: number
  readonly message?: ChannelMessage
  readonly meta?: number
  readonly data?: readonly number[]
}

/** A standard MIDI file as it stands in its bytes: for what we wrote ourselves, so that nothing is forgiven. */
export function readFile(bytes: Uint8Array): { header: readonly number[]; tracks: readonly FileEvent[][] } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let at = 0
  const chunk = (name: string): number => {
    const found = String.fromCharCode(...bytes.subarray(at, at + 4))
    if (found !== name) throw new Error(`${found} instead of ${name} at ${at}`)
    at += 8
    return at + view.getUint32(at - 4)
  }
  const headerEnd = chunk('MThd')
  const header = [view.getUint16(at), view.getUint16(at + 2), view.getUint16(at + 4)]
  at = headerEnd
  const quantity = (): number => {
    for (let value = 0; ;) {
      const byte = view.getUint8(at++)
      value = value * 128 + (byte & 127)
      if (byte < 128) return value
    }
  }
  const tracks: FileEvent[][] = []
  while (at < bytes.length) {
    const end = chunk('MTrk')
    const events: FileEvent[] = []
    for (let tick = 0; at < end;) {
      tick += quantity()
      const status = view.getUint8(at++)
      if (status === 0xff) {
        const meta = view.getUint8(at++)
        const length = quantity()
        events.push({ tick, meta, data: [...bytes.subarray(at, (at += length))] })
      } else {
        const length = dataLength(status) ?? 0
        const message = messageOf(status, view.getUint8(at), length === 2 ? view.getUint8(at + 1) : 0)
        at += length
        events.push({ tick, message: message as ChannelMessage })
      }
    }
    if (at !== end) throw new Error(`a track ends at ${at} instead of ${end}`)
    tracks.push(events)
  }
  return { header, tracks }
}

/** Seconds of a tick, by the tempos of the first track. */
export function secondsOf(tracks: readonly FileEvent[][], ticksPerBeat: number): (tick: number) => number {
  const tempos = (tracks[0] ?? []).flatMap(({ tick, meta, data = [] }) => {
    const [a = 0, b = 0, c = 0] = data
    return meta === 0x51 ? [{ tick, micros: a * 65536 + b * 256 + c }] : []
  })
  return (tick) =>
    tempos.reduce((sum, { tick: from, micros }, i) => {
      const to = Math.min(tick, tempos[i + 1]?.tick ?? Infinity)
      return sum + (Math.max(0, to - from) * micros) / 1e6 / ticksPerBeat
    }, 0)
}
