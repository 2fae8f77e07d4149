/** Random whole numbers below a bound, the same in every run. */
export function numbers(seed: number): (below: number) => number {
  let state = seed >>> 0
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0
    let x = Math.imul(state ^ (state >>> 15), state | 1)
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61)
    return ((x ^ (x >>> 14)) >>> 0) % below
  }
}

/**
 * A copy of some bytes with up to eight accidents: bits flipped, bytes set, runs cut out, doubled or moved, the end cut off.
 *
 * @param favourites bytes that are put in more often than others
 */
export function mutated(
  bytes: Uint8Array,
  next: (below: number) => number,
  favourites: Uint8Array,
): Uint8Array {
  let result = bytes.slice()
  for (let left = 1 + next(8); left > 0 && result.length > 0; left--) {
    const at = next(result.length)
    const run = result.subarray(at, at + 1 + next(12))
    const [before, after] = [result.subarray(0, at), result.subarray(at + run.length)]
    const kind = next(6)
    if (kind === 0) result[at] = (result[at] ?? 0) ^ (1 << next(8))
    else if (kind === 1) result[at] = favourites[next(favourites.length)] ?? 0
    else if (kind === 2) result = joined(before, after)
    else if (kind === 3) result = joined(before, run, run, after)
    else if (kind === 4) {
      const to = next(after.length + 1)
      result = joined(before, after.subarray(0, to), run, after.subarray(to))
    } else if (next(8) === 0) result = before.slice()
    else result = joined(before, favourites.subarray(next(favourites.length)).subarray(0, 1 + next(3)), after)
  }
  return result
}

function joined(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}
