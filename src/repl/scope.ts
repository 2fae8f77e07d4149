import { figure } from '../errors/index.ts'
import { padded } from '../picture/text.ts'

/** How large a wave is drawn. */
export interface ScopeSize {
  /** Characters of a line, the scale at the left included. Default: 72. */
  readonly columns?: number
  /** Lines. Default: 8. */
  readonly rows?: number
}

/** Dots of one character in braille, from the top left, by column and row. */
const dots = [
  [0x01, 0x02, 0x04, 0x40],
  [0x08, 0x10, 0x20, 0x80],
] as const

/**
 * A wave as lines of text, in dots of braille: two across and four down in each character. The scale reaches just as far as the
 * wave does: from −peak to peak, or from 0 up if it never goes below.
 *
 * @param samples from the left to the right edge; where there are more than dots across, each column shows from the
 * lowest to the highest of its samples
 * @example
 * for (const line of scope(left, { columns: 60, rows: 6 })) console.log(line)
 */
export function scope(samples: Float32Array, { columns = 72, rows = 8 }: ScopeSize = {}): string[] {
  const finite = samples.map((x) => (Number.isFinite(x) ? x : 0))
  let [low, high] = [0, 0]
  for (const x of finite) [low, high] = [Math.min(low, x), Math.max(high, x)]
  const top = Math.max(high, -low) || 1
  const bottom = low < 0 ? -top : 0
  const labels = new Map([
    [0, figure(top)],
    [rows - 1, figure(bottom)],
    ...(low < 0 && rows % 2 === 1 ? ([[(rows - 1) / 2, '0']] as const) : []),
  ])
  const margin = Math.max(...Array.from(labels.values(), (label) => label.length))
  const across = Math.max(1, columns - margin - 2)
  const grid = Array.from({ length: rows }, () => new Uint8Array(across))
  const rowOf = (x: number): number => Math.round(((top - x) / (top - bottom)) * (rows * 4 - 1))
  let before: number | undefined
  for (let x = 0; x < across * 2 && finite.length > 0; x++) {
    const from = Math.floor((x * finite.length) / (across * 2))
    const to = Math.max(from + 1, Math.floor(((x + 1) * finite.length) / (across * 2)))
    const column = finite.subarray(from, to)
    // the line goes on from where it was
    const values = before === undefined ? [...column] : [before, ...column]
    before = column.at(-1)
    const [first, last] = [rowOf(Math.max(...values)), rowOf(Math.min(...values))]
    for (let y = first; y <= last; y++) {
      const line = grid[y >> 2]
      if (line !== undefined) line[x >> 1] = (line[x >> 1] ?? 0) | (dots[(x & 1) as 0 | 1][y & 3] ?? 0)
    }
  }
  return grid.map((line, row) => {
    const label = padded('', margin - (labels.get(row)?.length ?? 0)) + (labels.get(row) ?? '')
    const wave = Array.from(line, (bits) => (bits === 0 ? ' ' : String.fromCodePoint(0x2800 + bits)))
    return `${label} ${labels.has(row) ? '┤' : '│'}${wave.join('')}`.trimEnd()
  })
}

/**
 * The part of a sound that stands still on a scope: some periods, from where the wave first rises through its middle.
 *
 * @param period in samples; undefined where there is no pitch: all of it is shown
 */
export function standing(samples: Float32Array, period: number | undefined, periods = 3): Float32Array {
  if (period === undefined) return samples
  const length = Math.max(2, Math.round(period * periods))
  const last = Math.max(0, samples.length - length)
  for (let i = 1; i <= last; i++)
    if ((samples[i - 1] ?? 0) < 0 && (samples[i] ?? 0) >= 0) return samples.subarray(i, i + length)
  return samples.subarray(0, length)
}
