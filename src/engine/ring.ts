import { fail } from '../errors/index.ts'

/** Where a ring lies in the engine's memory: all are byte addresses, `size` is in bytes. */
export interface RingPlace {
  /** What it is called in errors. */
  readonly name: string
  readonly start: number
  readonly size: number
  /** Address of the word that says where the writer is, relative to `start`. */
  readonly head: number
  /** Address of the word that says where the reader is. */
  readonly tail: number
  /** Address of the running number of the entries. */
  readonly sequence: number
}

/** The first word of an entry, and of the gap that a writer leaves when an entry would cross the end. */
export interface RingMagic {
  readonly entry: number
  readonly padding: number
}

/**
 * A queue of byte strings in the engine's memory. An entry is
 *
 * | bytes | what |
 * |---|---|
 * | 4 | magic |
 * | 4 | length of the whole entry, a multiple of 4 |
 * | 4 | running number |
 * | 4 | source (0 is us) |
 * | n | payload, padded with zeros to a multiple of 4 |
 *
 * and may go on at the start of the ring when it reaches the end. One byte always stays free, or a full ring
 * would look empty.
 */
export interface Ring {
  /** Bytes that can be written now, headers included. */
  free(): number
  /** Appends one entry; false, and nothing written, when there is no room. */
  write(payload: Uint8Array): boolean
  /** Takes all entries out: their payloads, with the zeros that pad them. Throws 'engine-failed' when the ring is corrupt. */
  drain(): Uint8Array[]
}

/** Bytes before the payload of an entry. */
export const entryHeader = 16

/** Bytes that an entry with `bytes` of payload takes in the ring. */
export const entrySize = (bytes: number): number => (entryHeader + bytes + 3) & ~3

export function createRing(memory: ArrayBufferLike, place: RingPlace, magic: RingMagic): Ring {
  const { name, start, size } = place
  const bytes = new Uint8Array(memory, start, size)
  const words = new DataView(memory)
  const corrupt = (what: string, found: number): never =>
    fail({
      code: 'engine-failed',
      path: 'engine',
      message: `the ${name} ring of the engine is corrupt: ${what}`,
      found: String(found),
    })
  const position = (address: number, what: string): number => {
    const value = words.getUint32(address, true)
    return value < size ? value : corrupt(`${what} outside of ${size} bytes`, value)
  }
  const copy = (from: number, length: number): Uint8Array => {
    const out = new Uint8Array(length)
    const first = Math.min(length, size - from)
    out.set(bytes.subarray(from, from + first))
    out.set(bytes.subarray(0, length - first), first)
    return out
  }
  const free = (): number => {
    const head = position(place.head, 'head')
    const tail = position(place.tail, 'tail')
    return (size - 1 - head + tail) % size
  }

  return {
    free,
    write(payload) {
      const total = entrySize(payload.length)
      if (total > free()) return false
      const head = words.getUint32(place.head, true)
      const number = words.getUint32(place.sequence, true)
      const entry = new Uint8Array(total)
      const header = new DataView(entry.buffer)
      header.setUint32(0, magic.entry, true)
      header.setUint32(4, total, true)
      header.setUint32(8, number, true)
      entry.set(payload, entryHeader)
      const first = Math.min(total, size - head)
      bytes.set(entry.subarray(0, first), head)
      bytes.set(entry.subarray(first), 0)
      words.setUint32(place.sequence, number + 1, true)
      words.setUint32(place.head, (head + total) % size, true)
      return true
    },
    drain() {
      if (words.getUint32(place.head, true) === words.getUint32(place.tail, true)) return []
      const head = position(place.head, 'head')
      let tail = position(place.tail, 'tail')
      const payloads: Uint8Array[] = []
      while (tail !== head) {
        const header = new DataView(copy(tail, entryHeader).buffer)
        const first = header.getUint32(0, true)
        // The engine never splits an entry: it fills the end with padding, or with zeros where not even a header
        // has room, and goes on at the start.
        if (first === magic.padding || (first !== magic.entry && size - tail < entryHeader)) {
          if (tail <= head) corrupt('padding before the last entry', tail)
          tail = 0
          continue
        }
        if (first !== magic.entry) corrupt(`no entry at ${tail}`, first)
        const total = header.getUint32(4, true)
        if (total < entryHeader || total > (head - tail + size) % size)
          corrupt('an entry of this length', total)
        payloads.push(copy((tail + entryHeader) % size, total - entryHeader))
        tail = (tail + total) % size
      }
      words.setUint32(place.tail, tail, true)
      return payloads
    },
  }
}
