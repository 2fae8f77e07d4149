import { show } from '../errors/index.ts'
import { strictUtf8, toUtf8, type Mistake, type Reader, type Writer } from './bytes.ts'

/**
 * How a value stands in bytes, in both directions. Grammars are put together from codecs, so that encoder and
 * decoder cannot disagree.
 */
export interface Codec<T> {
  /** The least number of bytes a value takes: claimed counts are checked against it before anything is allocated. */
  readonly size: number
  readonly read: (from: Reader) => T
  readonly write: (to: Writer, value: T) => void
}

export const int8: Codec<number> = { size: 1, read: (from) => from.int8(), write: (to, n) => to.int8(n) }
export const int16: Codec<number> = { size: 2, read: (from) => from.int16(), write: (to, n) => to.int16(n) }
export const int32: Codec<number> = { size: 4, read: (from) => from.int32(), write: (to, n) => to.int32(n) }

/** Exact for every float32 but NaN, whose payload JavaScript does not promise to keep. */
export const float32: Codec<number> = {
  size: 4,
  read: (from) => from.float32(),
  write: (to, x) => to.float32(x),
}

/** A Pascal string: one unsigned byte of length, then that many bytes of UTF-8. */
export const pstring: Codec<string> = {
  size: 1,
  read(from) {
    const at = from.offset
    return strictUtf8(from.bytes(from.uint8())) ?? from.fail({ message: 'the text is not valid UTF-8' }, at)
  },
  write(to: Writer, text: string) {
    const bytes = toUtf8(text)
    if (bytes === undefined || bytes.byteLength > 255)
      to.fail({ message: 'the text does not fit', found: show(text), expected: 'at most 255 bytes of UTF-8' })
    to.uint8(bytes.byteLength)
    to.bytes(bytes)
  },
}

/** Two values, one after the other. */
export function pair<A, B>(first: Codec<A>, second: Codec<B>): Codec<readonly [A, B]> {
  return {
    size: first.size + second.size,
    read: (from) => [first.read(from), second.read(from)],
    write(to, [a, b]) {
      first.write(to, a)
      second.write(to, b)
    },
  }
}

/** The same bytes as another kind of value. */
export function mapped<A, B>(codec: Codec<A>, decode: (value: A) => B, encode: (value: B) => A): Codec<B> {
  return {
    size: codec.size,
    read: (from) => decode(codec.read(from)),
    write: (to, value) => codec.write(to, encode(value)),
  }
}

/** A codec whose values must also pass a check, when read and when written. */
export function where<T>(codec: Codec<T>, mistake: (value: T) => Mistake | undefined): Codec<T> {
  return {
    size: codec.size,
    read(from) {
      const at = from.offset
      const value = codec.read(from)
      const wrong = mistake(value)
      if (wrong !== undefined) from.fail(wrong, at)
      return value
    },
    write(to, value) {
      const wrong = mistake(value)
      if (wrong !== undefined) to.fail(wrong)
      codec.write(to, value)
    },
  }
}

/** One of a few values, written as its index in the list; `what` they are is for errors. */
export function choice<T>(index: Codec<number>, values: readonly T[], what: string): Codec<T> {
  const known = where(index, (n) =>
    n >= 0 && n < values.length
      ? undefined
      : { message: `unknown ${what}`, found: String(n), expected: `0 to ${values.length - 1}` },
  )
  return mapped(
    known,
    (n) => values[n] as T,
    (value) => values.indexOf(value),
  )
}

/** Exactly `count` values, without a count of their own in the bytes. */
export function repeat<T>(count: number, element: Codec<T>): Codec<readonly T[]> {
  return {
    size: count * element.size,
    read: (from) => Array.from({ length: count }, () => element.read(from)),
    write(to, values) {
      if (values.length !== count)
        to.fail({ message: 'the wrong number of values', found: `${values.length}`, expected: `${count}` })
      for (const value of values) element.write(to, value)
    },
  }
}

type ItemOf<List> = List extends readonly (infer Item)[] ? Item : never
type SoFar<T> = { -readonly [K in keyof T]?: T[K] }

/** A part of a structure: a key, a count, or bytes that carry no value. */
export interface Part<T> {
  readonly size: number
  readonly read: (from: Reader, soFar: SoFar<T>, counts: Map<keyof T, Count>) => void
  readonly write: (to: Writer, value: T) => void
}

interface Count {
  readonly count: number
  /** Where it was read. */
  readonly at: number
}

/** Parts one after the other, in the order of the bytes. */
export function struct<T>(...parts: readonly Part<T>[]): Codec<T> {
  return {
    size: parts.reduce((sum, part) => sum + part.size, 0),
    read(from) {
      const soFar: SoFar<T> = {}
      const counts = new Map<keyof T, Count>()
      for (const part of parts) part.read(from, soFar, counts)
      return soFar as T // every key has its part: the grammars are tested by round trips
    },
    write(to, value) {
      for (const part of parts) part.write(to, value)
    },
  }
}

/** Fixed ASCII characters that carry no value, like the id of a file type. */
export function literal<T>(text: string): Part<T> {
  const codes = [...text].map((character) => character.charCodeAt(0))
  return {
    size: codes.length,
    read(from) {
      const at = from.offset
      const found = [...from.bytes(codes.length)]
      if (found.some((code, i) => code !== codes[i]))
        from.fail(
          { message: 'unknown file type', found: show(String.fromCharCode(...found)), expected: show(text) },
          at,
        )
    },
    write: (to) => to.bytes(Uint8Array.from(codes)),
  }
}

/** The value of one key. */
export function field<T, K extends keyof T & string>(key: K, codec: Codec<T[K]>): Part<T> {
  return {
    size: codec.size,
    read: (from, soFar) => from.inside(key, () => (soFar[key] = codec.read(from))),
    write: (to, value) => to.inside(key, () => codec.write(to, value[key])),
  }
}

/** How many items the list of a key has; the items themselves come later, see {@link items}. */
export function countOf<T extends { readonly [P in K]: readonly unknown[] }, K extends keyof T & string>(
  key: K,
  codec: Codec<number>,
): Part<T> {
  return {
    size: codec.size,
    read(from, _, counts) {
      const at = from.offset
      counts.set(key, { count: from.inside(key, () => codec.read(from)), at })
    },
    write: (to, value) => to.inside(key, () => codec.write(to, value[key].length)),
  }
}

/**
 * The items of a list whose count was read before. What an item looks like may depend on the parts before it
 * (when writing: on the whole structure) and on its index.
 */
export function items<T extends { readonly [P in K]: readonly unknown[] }, K extends keyof T & string>(
  key: K,
  element: (soFar: SoFar<T>, index: number) => Codec<ItemOf<T[K]>>,
): Part<T> {
  return {
    size: 0,
    read(from, soFar, counts) {
      const { count, at } = counts.get(key) ?? { count: 0, at: from.offset }
      from.inside(key, () => {
        const least = count === 0 ? 0 : element(soFar, 0).size
        if (count < 0 || count * least > from.left)
          from.fail(
            {
              message: 'an impossible count',
              found: String(count),
              expected: `at most what ${from.left} more bytes can hold`,
            },
            at,
          )
        const list: ItemOf<T[K]>[] = []
        soFar[key] = list as unknown as T[K] // grows while it is read, so that an item can see those before it
        for (let i = 0; i < count; i++) list.push(from.inside(i, () => element(soFar, i).read(from)))
      })
    },
    write(to, value) {
      const list = value[key] as readonly ItemOf<T[K]>[]
      to.inside(key, () => {
        list.forEach((item, i) => to.inside(i, () => element(value, i).write(to, item)))
      })
    },
  }
}
