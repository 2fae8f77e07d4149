/** Number of single-character edits (insert, delete, replace, swap of neighbours) between two texts: Damerau–Levenshtein, restricted. */
function editDistance(a: string, b: string): number {
  let before: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1
      let best = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + cost)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        best = Math.min(best, (before[j - 2] ?? 0) + 1)
      row.push(best)
    }
    before = last
    last = row
  }
  return last[b.length] ?? 0
}

/** The candidate nearest to `name`, or undefined when none is near enough to be meant. */
function nearest(name: string, candidates: Iterable<string>): string | undefined {
  // of a short name, two letters are half of it
  const limit = name.length <= 4 ? 1 : Math.max(2, Math.floor(name.length / 2))
  let best: string | undefined
  let bestDistance = limit + 1
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - name.length) >= bestDistance) continue
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase())
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance]
  }
  return best
}

/** `{ suggestion: 'did you mean "filter0"?' }` or nothing: to be spread into a problem. */
export function didYouMean(name: unknown, candidates: Iterable<string>): { suggestion?: string } {
  // it may be anything in a program that nobody checked
  const near = typeof name === 'string' ? nearest(name, candidates) : undefined
  return near === undefined ? {} : { suggestion: `did you mean "${near}"?` }
}

/** A short list for "expected": at most `limit` names, then how many more. */
export function listNames(names: readonly string[], limit = 12): string {
  if (names.length === 0) return '(none)'
  const shown = names.slice(0, limit).join(', ')
  return names.length > limit ? `${shown}, … (${names.length - limit} more)` : shown
}

/** A value as it is shown in an error: short, never throwing, never running code of the value. */
export function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 60 ? `${value.slice(0, 57)}…` : value)
  if (typeof value === 'number' || typeof value === 'boolean' || value === null || value === undefined)
    return String(value)
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value === 'function') return 'a function'
  if (typeof value === 'symbol') return 'a symbol'
  if (Array.isArray(value)) return `an array of ${value.length}`
  return 'an object'
}
