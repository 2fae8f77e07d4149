import type { Paint } from '../errors/index.ts'
import { groupBy } from '../plan/group-by.ts'
import { boxCharacter, type Weight } from './box-drawing.ts'

/** A cable's end at the right edge of a box: where an output begins, or where a port reads one. */
export interface Tap {
  /** The row of the drawing. */
  readonly row: number
  /** The device whose output it is. */
  readonly source: string
  readonly begins: boolean
  readonly audio: boolean
}

/** The cables at the right of a drawing. */
export interface Lanes {
  /** What is drawn in each row. */
  readonly lines: readonly string[]
  /** Rows in which a cable begins or ends. */
  readonly drawn: ReadonlySet<number>
  /** Characters. */
  readonly width: number
}

/** All cables of one output: one vertical line, with a branch for each reader. */
interface Lane {
  readonly begin: number
  readonly top: number
  readonly bottom: number
  readonly weight: Weight
  readonly taps: readonly Tap[]
}

const spaceOf = (column: number): number => 2 * (column + 1)

/**
 * Draws the cables between devices at the right of their boxes: outputs that are read, each on a line of its own while it
 * is needed. Those that do not fit are left out, the longest first.
 *
 * @param columns how many characters there is room for
 * @example
 * const { lines } = drawLanes([{ row: 0, source: 'lfo0', begins: true, audio: false }], 1, 10, plain)
 */
export function drawLanes(taps: readonly Tap[], rows: number, columns: number, paint: Paint): Lanes {
  const placed = place(lanesOf(taps), Math.floor(columns / 2))
  const width = placed.reduce((most, { column }) => Math.max(most, spaceOf(column)), 0)
  const lines = Array.from({ length: rows }, (_, row) => drawRow(placed, row, width, paint))
  return { lines, drawn: new Set(placed.flatMap(({ lane }) => lane.taps.map(({ row }) => row))), width }
}

function lanesOf(taps: readonly Tap[]): Lane[] {
  return Array.from(groupBy(taps, ({ source }) => source).values()).flatMap((all): Lane[] => {
    const begin = all.find(({ begins }) => begins)
    // nothing to lead to, or nowhere to begin
    if (begin === undefined || all.length < 2) return []
    const places = all.map(({ row }) => row)
    return [
      {
        begin: begin.row,
        top: Math.min(...places),
        bottom: Math.max(...places),
        weight: begin.audio ? 2 : 1,
        taps: all,
      },
    ]
  })
}

interface PlacedLane {
  readonly lane: Lane
  readonly column: number
}

/** Short ones next to the boxes: so they cross the fewest others. */
function place(lanes: readonly Lane[], columns: number): PlacedLane[] {
  const placed: PlacedLane[] = []
  for (const lane of lanes.toSorted((a, b) => a.bottom - a.top - (b.bottom - b.top))) {
    const near = placed.filter((other) => other.lane.top <= lane.bottom && lane.top <= other.lane.bottom)
    const taken = new Set(near.map(({ column }) => column))
    let column = 0
    while (taken.has(column)) column++
    if (column < columns) placed.push({ lane, column })
  }
  return placed
}

function drawRow(placed: readonly PlacedLane[], row: number, width: number, paint: Paint): string {
  const crossing = placed.filter(({ lane }) => lane.top <= row && row <= lane.bottom)
  const at = new Map(crossing.map((one) => [spaceOf(one.column) - 1, one]))
  const branch = crossing.find(({ lane }) => lane.taps.some((tap) => tap.row === row))
  const end = branch === undefined ? -1 : spaceOf(branch.column) - 1
  let line = ''
  for (let x = 0; x < width; x++) {
    const here = at.get(x)
    const weight = here?.lane.weight ?? 0
    const owner = x <= end ? branch?.lane : here?.lane
    const across = branch?.lane.weight ?? 0
    const character =
      here !== undefined && x !== end && end < x && late(here.lane, row)
        ? weight === 2
          ? '┇'
          : '┆'
        : boxCharacter({
            up: here !== undefined && here.lane.top < row ? weight : 0,
            down: here !== undefined && row < here.lane.bottom ? weight : 0,
            left: x <= end ? across : 0,
            right: x < end ? across : 0,
          })
    line += owner === undefined ? character : (owner.weight === 2 ? paint.yellow : paint.cyan)(character)
  }
  return line
}

/** Above its beginning a line leads back: what reads it there reads it a block late. */
const late = ({ begin }: Lane, row: number): boolean => row < begin
