import { fail } from '../errors/index.ts'

/** What is wrong with a value or with the bytes it is read from. */
export interface Mistake {
  readonly message: string
  readonly found?: string
  readonly expected?: string
}

/** The problem code of the format that is read or written. */
type FormatCode = 'invalid-synthdef' | 'invalid-osc'

/** A place in a byte format: knows its offset, and the names of the parts it is inside of. */
abstract class Cursor {
  abstract readonly offset: number
  protected readonly code: FormatCode
  readonly #trail: (string | number)[] = []

  constructor(code: FormatCode) {
    this.code = code
  }

  /** Runs `work` inside a named part (or the n-th item) of the structure, for the sake of its errors. */
  inside<T>(part: string | number, work: () => T): T {
    this.#trail.push(part)
    const result = work()
    this.#trail.pop()
    return result
  }

  /** Throws a MegasynthError whose path tells the byte offset and the part of the structure. */
  fail(mistake: Mistake, at = this.offset): never {
    const trail = this.#trail.map((part, i) =>
      typeof part === 'number' ? `[${part}]` : i === 0 ? part : `.${part}`,
    )
    const where = trail.length === 0 ? '' : `, ${trail.join('')}`
    fail({ code: this.code, path: `byte ${at}${where}`, ...mistake })
  }
}

/** Reads big-endian bytes; what is missing is a MegasynthError, never an exception of another kind. */
export class Reader extends Cursor {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  readonly #end: number
  #offset: number

  constructor(bytes: Uint8Array, code: FormatCode, offset = 0, end = bytes.byteLength) {
    super(code)
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#offset = offset
    this.#end = end
  }

  get offset(): number {
    return this.#offset
  }

  /** Number of bytes not yet read. */
  get left(): number {
    return this.#end - this.#offset
  }

  /** Moves on by `size` bytes; returns where they begin. */
  skip(size: number): number {
    if (size > this.left)
      this.fail({
        message: 'the data ends too early',
        found: `${this.left} bytes left`,
        expected: `${size} more`,
      })
    const at = this.#offset
    this.#offset += size
    return at
  }

  /** The next `size` bytes, a view of the original. */
  bytes(size: number): Uint8Array {
    const at = this.skip(size)
    return this.#bytes.subarray(at, at + size)
  }

  /** A reader of nothing but the next `size` bytes, which this one skips. Its offsets count from the same zero. */
  part(size: number): Reader {
    const at = this.skip(size)
    return new Reader(this.#bytes, this.code, at, at + size)
  }

  /** Number of bytes before the next zero; −1 if there is none. */
  untilZero(): number {
    const at = this.#bytes.indexOf(0, this.#offset)
    return at === -1 || at >= this.#end ? -1 : at - this.#offset
  }

  uint8(): number {
    return this.#view.getUint8(this.skip(1))
  }

  int8(): number {
    return this.#view.getInt8(this.skip(1))
  }

  int16(): number {
    return this.#view.getInt16(this.skip(2))
  }

  int32(): number {
    return this.#view.getInt32(this.skip(4))
  }

  int64(): bigint {
    return this.#view.getBigInt64(this.skip(8))
  }

  uint64(): bigint {
    return this.#view.getBigUint64(this.skip(8))
  }

  float32(): number {
    return this.#view.getFloat32(this.skip(4))
  }

  float64(): number {
    return this.#view.getFloat64(this.skip(8))
  }
}

/** Writes big-endian bytes into a buffer that grows; a number that does not fit is a MegasynthError. */
export class Writer extends Cursor {
  #bytes = new Uint8Array(256)
  #view = new DataView(this.#bytes.buffer)
  #offset = 0

  get offset(): number {
    return this.#offset
  }

  /** A copy of everything that was written. */
  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#offset)
  }

  bytes(bytes: Uint8Array): void {
    const at = this.#grow(bytes.byteLength)
    this.#bytes.set(bytes, at)
  }

  uint8(value: number): void {
    this.#integer(value, 0, 0xff)
    const at = this.#grow(1)
    this.#view.setUint8(at, value)
  }

  int8(value: number): void {
    this.#integer(value, -0x80, 0x7f)
    const at = this.#grow(1)
    this.#view.setInt8(at, value)
  }

  int16(value: number): void {
    this.#integer(value, -0x8000, 0x7fff)
    const at = this.#grow(2)
    this.#view.setInt16(at, value)
  }

  int32(value: number): void {
    this.#integer(value, -0x8000_0000, 0x7fff_ffff)
    const at = this.#grow(4)
    this.#view.setInt32(at, value)
  }

  /** Writes an int32 over four bytes written before, e.g. a size that is known only afterwards. */
  int32At(at: number, value: number): void {
    this.#view.setInt32(at, value)
  }

  int64(value: bigint): void {
    if (BigInt.asIntN(64, value) !== value)
      this.fail({ message: 'a number does not fit', found: `${value}`, expected: 'an int64' })
    const at = this.#grow(8)
    this.#view.setBigInt64(at, value)
  }

  uint64(value: bigint): void {
    if (BigInt.asUintN(64, value) !== value)
      this.fail({ message: 'a number does not fit', found: `${value}`, expected: 'a uint64' })
    const at = this.#grow(8)
    this.#view.setBigUint64(at, value)
  }

  /** The nearest float32; a finite number beyond its range is an error, infinities and NaN are not. */
  float32(value: number): void {
    if (Number.isFinite(value) && !Number.isFinite(Math.fround(value)))
      this.fail({ message: 'a number does not fit', found: `${value}`, expected: 'a float32' })
    const at = this.#grow(4)
    this.#view.setFloat32(at, value)
  }

  float64(value: number): void {
    const at = this.#grow(8)
    this.#view.setFloat64(at, value)
  }

  /** Makes room for `size` bytes and moves past them; returns where they begin. */
  #grow(size: number): number {
    const at = this.#offset
    const end = at + size
    if (end > this.#bytes.byteLength) {
      const larger = new Uint8Array(Math.max(end, this.#bytes.byteLength * 2))
      larger.set(this.#bytes)
      this.#bytes = larger
      this.#view = new DataView(larger.buffer)
    }
    this.#offset = end
    return at
  }

  #integer(value: number, least: number, most: number): void {
    if (!Number.isInteger(value) || value < least || value > most)
      this.fail({
        message: 'a number does not fit',
        found: `${value}`,
        expected: `an integer from ${least} to ${most}`,
      })
  }
}

const encoder = new TextEncoder()
const lenient = new TextDecoder('utf-8', { ignoreBOM: true })
const strict = new TextDecoder('utf-8', { ignoreBOM: true, fatal: true })

/** UTF-8 as text; bytes that are none become U+FFFD. */
export function utf8(bytes: Uint8Array): string {
  return lenient.decode(bytes)
}

/** UTF-8 as text, or undefined if the bytes are none. */
export function strictUtf8(bytes: Uint8Array): string | undefined {
  try {
    return strict.decode(bytes)
  } catch {
    return undefined
  }
}

/** Text as UTF-8, or undefined if half a surrogate pair stands in it, which UTF-8 cannot say. */
export function toUtf8(text: string): Uint8Array | undefined {
  return /\p{Surrogate}/u.test(text) ? undefined : encoder.encode(text)
}
