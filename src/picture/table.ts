import { columnsOf, padded, wrap } from './text.ts'

/** How a table is laid out. */
export interface TableLayout {
  /** Spaces before each line. Default: 2. */
  readonly indent?: number
  /** Characters per line, into which the last column is broken. Default: not broken. */
  readonly width?: number | undefined
  /** How the cells of a column are painted; others are not. */
  readonly paint?: readonly (((text: string) => string) | undefined)[]
}

/** Narrower than this the last column is not broken: it would be a column of words. */
const narrowest = 24

/** Rows of text as lines, columns aligned. Columns in which all cells are empty are left out. */
export function table(rows: readonly (readonly string[])[], layout: TableLayout = {}): string[] {
  const { indent = 2, width, paint = [] } = layout
  const columns = Math.max(0, ...rows.map((row) => row.length))
  const widths = Array.from({ length: columns }, (_, i) =>
    Math.max(...rows.map((row) => columnsOf(row[i] ?? ''))),
  )
  const shown = widths.flatMap((size, i) => (size > 0 ? [i] : []))
  const last = shown.at(-1) ?? 0
  const before = indent + shown.slice(0, -1).reduce((sum, i) => sum + (widths[i] ?? 0) + 2, 0)
  const room = width === undefined || width - before < narrowest ? Infinity : width - before
  return rows.flatMap((row) =>
    wrap(row[last] ?? '', room).map((text, line) => {
      const cells = shown.map((i) => {
        const cell = i === last ? text : line === 0 ? (row[i] ?? '') : ''
        const filled = i === last ? cell : padded(cell, widths[i] ?? 0)
        return cell === '' ? filled : (paint[i] ?? same)(filled)
      })
      return `${' '.repeat(indent)}${cells.join('  ')}`.trimEnd()
    }),
  )
}

const same = (text: string): string => text
