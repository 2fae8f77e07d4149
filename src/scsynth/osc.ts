import { show } from '../errors/index.ts'
import { Reader, toUtf8, utf8, Writer } from './bytes.ts'

/**
 * One argument of an OSC message. Numbers carry their type, because a server tells 1 from 1.0; the rest is what it
 * looks like. The tags of OSC: `i f d h t s b T F N I [ ]`.
 */
export type OscArg =
  | { readonly int: number }
  | { readonly float: number }
  | { readonly double: number }
  | { readonly long: bigint }
  | { readonly timeTag: bigint }
  /** "Infinitum" or "impulse". */
  | { readonly impulse: true }
  | string
  | Uint8Array
  | boolean
  | null
  | readonly OscArg[]

export interface OscMessage {
  /** Begins with `/`. */
  readonly address: string
  readonly args: readonly OscArg[]
}

export interface OscBundle {
  /** NTP time: seconds since 1900 in the upper 32 bits, fractions in the lower; {@link immediate} for at once. */
  readonly timeTag: bigint
  readonly elements: readonly OscPacket[]
}

export type OscPacket = OscMessage | OscBundle

/** The time tag that means "at once". */
export const immediate = 1n

/** How deep bundles, and arrays in a message, may be nested. Nothing real comes near; the stack must not overflow. */
const maxDepth = 32

/** An int32 argument. */
export const int = (value: number): OscArg => ({ int: value })

/** A float32 argument. */
export const float = (value: number): OscArg => ({ float: value })

/**
 * Writes one OSC message. Throws a MegasynthError `invalid-osc` for an address without `/`, numbers that do not fit
 * their type, text that OSC cannot hold (a zero character, half a surrogate pair) and arrays nested too deep.
 *
 * @example
 * encodeMessage({ address: '/n_set', args: [int(1000), 'freq', float(440)] })
 */
export function encodeMessage(message: OscMessage): Uint8Array {
  return finish((to) => writeMessage(to, message))
}

/**
 * Writes a bundle of messages and bundles. Errors: as {@link encodeMessage}.
 *
 * @example
 * encodeBundle([{ address: '/sync', args: [int(1)] }])
 */
export function encodeBundle(elements: readonly OscPacket[], timeTag: bigint = immediate): Uint8Array {
  return finish((to) => writePacket(to, { timeTag, elements }, 0))
}

/**
 * Reads an OSC packet. Blobs are copies. Bytes that are not exactly one packet are a MegasynthError `invalid-osc`
 * with the byte offset in its path; so are tags other than `i f d h t s S b T F N I [ ]`. Text that is not UTF-8
 * is read with U+FFFD in it, since the texts of a server's errors quote file names.
 *
 * @example
 * const packet = decodePacket(bytes)
 * if ('address' in packet) console.log(packet.address, packet.args)
 */
export function decodePacket(bytes: Uint8Array): OscPacket {
  return readPacket(new Reader(bytes, 'invalid-osc'), 0)
}

// Writing

function finish(write: (to: Writer) => void): Uint8Array {
  const to = new Writer('invalid-osc')
  write(to)
  return to.finish()
}

function writePacket(to: Writer, packet: OscPacket, depth: number): void {
  if ('address' in packet) return writeMessage(to, packet)
  if (depth > maxDepth) to.fail({ message: `bundles nested deeper than ${maxDepth}` })
  writeText(to, '#bundle')
  to.uint64(packet.timeTag)
  for (const element of packet.elements) {
    const at = to.offset
    to.int32(0)
    writePacket(to, element, depth + 1)
    to.int32At(at, to.offset - at - 4)
  }
}

function writeMessage(to: Writer, { address, args }: OscMessage): void {
  if (!address.startsWith('/'))
    to.fail({ message: 'not an OSC address', found: show(address), expected: 'a text that begins with "/"' })
  writeText(to, address)
  writeText(to, `,${args.map((arg) => tagOf(to, arg, 0)).join('')}`)
  for (const arg of args) writeArg(to, arg)
}

function tagOf(to: Writer, arg: OscArg, depth: number): string {
  if (arg === null) return 'N'
  if (typeof arg === 'string') return 's'
  if (typeof arg === 'boolean') return arg ? 'T' : 'F'
  if (arg instanceof Uint8Array) return 'b'
  if (isList(arg)) {
    if (depth >= maxDepth) to.fail({ message: `arrays nested deeper than ${maxDepth}` })
    return `[${arg.map((item) => tagOf(to, item, depth + 1)).join('')}]`
  }
  if ('int' in arg) return 'i'
  if ('float' in arg) return 'f'
  if ('double' in arg) return 'd'
  if ('long' in arg) return 'h'
  if ('timeTag' in arg) return 't'
  return 'I'
}

function writeArg(to: Writer, arg: OscArg): void {
  if (arg === null || typeof arg === 'boolean') return
  if (typeof arg === 'string') return writeText(to, arg)
  if (arg instanceof Uint8Array) {
    to.int32(arg.byteLength)
    to.bytes(arg)
    return to.bytes(new Uint8Array(-arg.byteLength & 3))
  }
  if (isList(arg)) return arg.forEach((item) => writeArg(to, item))
  if ('int' in arg) to.int32(arg.int)
  else if ('float' in arg) to.float32(arg.float)
  else if ('double' in arg) to.float64(arg.double)
  else if ('long' in arg) to.int64(arg.long)
  else if ('timeTag' in arg) to.uint64(arg.timeTag)
}

/** An OSC string: UTF-8, closed by one to four zeros up to a multiple of four bytes. */
function writeText(to: Writer, text: string): void {
  const bytes = toUtf8(text)
  if (bytes === undefined || bytes.includes(0))
    to.fail({ message: 'not a text that OSC can hold', found: show(text) })
  to.bytes(bytes)
  to.bytes(new Uint8Array(4 - (bytes.byteLength & 3)))
}

/** `Array.isArray` does not narrow readonly arrays. */
function isList(arg: OscArg): arg is readonly OscArg[] {
  return Array.isArray(arg)
}

// Reading

/** Reads the packet that fills `from`. */
function readPacket(from: Reader, depth: number): OscPacket {
  const at = from.offset
  const head = readText(from)
  if (head.startsWith('/')) return readMessage(from, head)
  if (head !== '#bundle')
    from.fail({ message: 'not an OSC packet', found: show(head), expected: '"#bundle" or an address' }, at)
  if (depth > maxDepth) from.fail({ message: `bundles nested deeper than ${maxDepth}` }, at)
  const timeTag = from.uint64()
  const elements: OscPacket[] = []
  while (from.left > 0) elements.push(readPacket(from.part(readSize(from)), depth + 1))
  return { timeTag, elements }
}

/** A size of something that must be there whole. */
function readSize(from: Reader): number {
  const at = from.offset
  const size = from.int32()
  if (size < 0 || size > from.left)
    from.fail({ message: 'an impossible size', found: `${size}`, expected: `0 to ${from.left}` }, at)
  return size
}

function readMessage(from: Reader, address: string): OscMessage {
  if (from.left === 0) return { address, args: [] } // old senders leave out empty type tags
  const at = from.offset
  const tags = readText(from)
  if (!tags.startsWith(',')) from.fail({ message: 'no type tags', found: show(tags), expected: '","…' }, at)
  const open: OscArg[][] = []
  let args: OscArg[] = []
  for (let i = 1; i < tags.length; i++) {
    const tag = tags.charAt(i)
    if (tag === '[') {
      if (open.length >= maxDepth) from.fail({ message: `arrays nested deeper than ${maxDepth}` }, at + i)
      open.push(args)
      args = []
    } else if (tag === ']') {
      const outer = open.pop() ?? from.fail({ message: 'an array is closed that was never opened' }, at + i)
      outer.push(args)
      args = outer
    } else args.push(readArg(from, tag, at + i))
  }
  if (open.length > 0) from.fail({ message: 'an array is never closed' }, at)
  if (from.left > 0) from.fail({ message: `${from.left} bytes too many after the last argument` })
  return { address, args }
}

function readArg(from: Reader, tag: string, at: number): OscArg {
  switch (tag) {
    case 'i':
      return { int: from.int32() }
    case 'f':
      return { float: from.float32() }
    case 'd':
      return { double: from.float64() }
    case 'h':
      return { long: from.int64() }
    case 't':
      return { timeTag: from.uint64() }
    case 's':
    case 'S':
      return readText(from)
    case 'b': {
      const size = readSize(from)
      const blob = from.bytes(size).slice()
      from.skip(-size & 3)
      return blob
    }
    case 'T':
      return true
    case 'F':
      return false
    case 'N':
      return null
    case 'I':
      return { impulse: true }
    default:
      return from.fail(
        { message: 'unknown type tag', found: show(tag), expected: 'i f d h t s b T F N I [ ]' },
        at,
      )
  }
}

function readText(from: Reader): string {
  const length = from.untilZero()
  if (length === -1) from.fail({ message: 'a text without its closing zero' })
  const text = utf8(from.bytes(length))
  from.skip(4 - (length & 3))
  return text
}
