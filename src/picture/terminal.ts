import { figure, plain, type Paint } from '../errors/index.ts'
import { groupBy } from '../plan/group-by.ts'
import { boxCharacter } from './box-drawing.ts'
import { drawLanes, type Lanes, type Tap } from './lanes.ts'
import {
  factsOf,
  framesOf,
  kindOf,
  type DeviceNode,
  type Frame,
  type KnobNode,
  type Picture,
  type PictureCable,
} from './picture.ts'
import { summaryOf, titleOf } from './summary.ts'
import { columnsOf, padded, shortened } from './text.ts'

/** For what a patch is drawn. */
export interface TerminalOptions {
  /** Characters per line, 40 at least. Default: 80. */
  readonly width?: number | undefined
  /** Default: no colours. */
  readonly paint?: Paint
}

/** One line of the drawing, without the cables at its right. All are equally wide, but those of the panel. */
interface Line {
  readonly text: string
  /** The right edge of a box, if no cable is drawn there. */
  readonly edge: string
  /** What begins or ends there. */
  readonly tap?: Omit<Tap, 'row'>
}

/** One row in the box of a device, before it is known how wide that is. */
interface Row {
  readonly port: string
  readonly text: string
  readonly style: 'dim' | 'green' | 'cyan' | 'yellow'
  readonly tap?: Omit<Tap, 'row'>
}

type CablesInto = (device: string, port: string) => readonly PictureCable[]

const narrowest = 24
/** Between a box and the bar of its frame. */
const indent = 2

/**
 * A patch as a drawing for the terminal: devices from the first source to `out`, each with what its ports read, and the
 * cables between them at the right, heavy for audio, light for control. What is too long for the width is shortened,
 * and cables for which there is no room are only named at their ports.
 *
 * @example
 * console.log(terminalText(pictureOf(parsePatch(patch, standard, out), standard), { width: 100 }))
 */
export function terminalText(picture: Picture, options: TerminalOptions = {}): string {
  const { paint = plain } = options
  const width = Math.max(40, options.width ?? 80)
  const into = groupBy(picture.cables, ({ to, port }) => `${to}.${port}`)
  const cablesInto: CablesInto = (device, port) => into.get(`${device}.${port}`) ?? []
  const draw = (box: number): readonly Line[] =>
    framesOf(picture).flatMap((frame) => frameLines(frame, cablesInto, box, width, paint))
  const lanesAt = (lines: readonly Line[], room: number): Lanes =>
    drawLanes(
      lines.flatMap(({ tap }, row) => (tap === undefined ? [] : [{ ...tap, row }])),
      lines.length,
      room,
      paint,
    )
  const wanted = Math.max(
    narrowest,
    ...picture.nodes.map((node) => (node.kind === 'device' ? boxWidth(node, rowsOf(node, cablesInto)) : 0)),
  )
  // boxes shrink for the cables as far as they can, then cables are left out
  const cables = lanesAt(draw(wanted), Infinity).width
  const box = Math.max(narrowest, Math.min(wanted, width - indent - cables))
  const lines = draw(box)
  const lanes = lanesAt(lines, width - indent - box)
  return [
    paint.bold(shortened(titleOf(picture), width)),
    paint.dim(shortened(summaryOf(picture), width)),
    ...lines.map(({ text, edge, tap }, row) => {
      const end = tap !== undefined && lanes.drawn.has(row) ? edgeOf(tap, paint) : edge
      return `${text}${end}${lanes.lines[row] ?? ''}`.trimEnd()
    }),
  ].join('\n')
}

/** A box's edge where a cable is drawn. */
function edgeOf({ begins, audio }: Omit<Tap, 'row'>, paint: Paint): string {
  const colour = audio ? paint.yellow : paint.cyan
  if (!begins) return colour('◂')
  return colour(boxCharacter({ up: 1, right: audio ? 2 : 1, down: 0, left: 1 }))
}

/** What a device says of each of its ports. */
function rowsOf(node: DeviceNode, cablesInto: CablesInto): Row[] {
  return node.ports.flatMap(({ name, reads, normal }) => {
    const said: Omit<Row, 'port'>[] =
      reads === undefined ? [] : [{ text: normal ? `${reads} (normal)` : reads, style: 'dim' }]
    const cables = cablesInto(node.id, name).map((cable): Omit<Row, 'port'> => {
      const { from, amount, signal, feedback } = cable
      const late = feedback ? ', one block late' : ''
      const text = `← ${from}${amount === undefined ? '' : ` ${amount}`}${late}`
      if (signal === 'knob') return { text, style: 'green' }
      const audio = signal === 'audio'
      // keys and the clock have no box at which a line could begin: they are only named
      return { text, style: audio ? 'yellow' : 'cyan', tap: { source: from, begins: false, audio } }
    })
    return [...said, ...cables].map((row, i) => ({ port: i === 0 ? name : '', ...row }))
  })
}

const portWidth = (rows: readonly Row[]): number => Math.max(0, ...rows.map(({ port }) => port.length))

/** So wide is the box of a device if nothing is shortened. */
function boxWidth(node: DeviceNode, rows: readonly Row[]): number {
  const ports = portWidth(rows)
  return Math.max(
    columnsOf(node.id) + (node.label === undefined ? 0 : columnsOf(node.label) + 1) + 6,
    kindOf(node).length + 4,
    factsOf(node).length + 6,
    ...rows.map(({ text }) => ports + 2 + columnsOf(text) + 4),
  )
}

function frameLines(frame: Frame, cablesInto: CablesInto, box: number, width: number, paint: Paint): Line[] {
  const knobs = frame.nodes.filter((node) => node.kind === 'knob')
  if (knobs.length > 0) return ['', ...knobLines(knobs, width, paint)].map((text) => ({ text, edge: '' }))
  const framed = frame.part !== undefined
  const bar = framed ? `${paint.dim('│')} ` : '  '
  const devices = frame.nodes.flatMap((node) =>
    node.kind === 'device' ? deviceLines(node, rowsOf(node, cablesInto), box, paint) : [],
  )
  const inside = devices.map((line): Line => ({ ...line, text: `${bar}${line.text}` }))
  const space: Line = { text: ' '.repeat(indent + box - 1), edge: ' ' }
  if (!framed) return [space, ...inside]
  const title = ` ${shortened(frame.title, box - 4)} `
  const rule = '─'.repeat(Math.max(0, indent + box - 3 - columnsOf(title)))
  return [
    space,
    { edge: paint.dim('─'), text: `${paint.dim('╭─')}${paint.bold(title)}${paint.dim(rule)}` },
    ...inside,
    { edge: paint.dim('─'), text: paint.dim(`╰${'─'.repeat(indent + box - 2)}`) },
  ]
}

function deviceLines(node: DeviceNode, rows: readonly Row[], box: number, paint: Paint): Line[] {
  const { id, label, bypass, output } = node
  const line = bypass ? '╌' : '─'
  const side = bypass ? '╎' : '│'
  const room = box - 4
  const name = shortened(id, room)
  const said = label === undefined ? '' : shortened(label, room - columnsOf(name) - 1)
  const head = columnsOf(name) + (said === '' ? 0 : columnsOf(said) + 1)
  const ports = portWidth(rows)
  const facts = shortened(factsOf(node), room - 2)
  const foot = facts === '' ? '' : ` ${facts} `
  const row = (text: string, tap?: Row['tap']): Line => ({
    text: `${side} ${text} `,
    edge: side,
    ...(tap && { tap }),
  })
  return [
    {
      text: `╭ ${paint.bold(name)}${said === '' ? '' : ` ${said}`} ${line.repeat(Math.max(0, room - head))}`,
      edge: '╮',
    },
    row(paint.dim(padded(shortened(kindOf(node), room), room))),
    ...rows.map(({ port, text, style, tap }) => {
      const left = padded(port, Math.min(ports, room - 2))
      const right = padded(shortened(text, room - columnsOf(left) - 2), room - columnsOf(left) - 2)
      return row(`${shortened(left, room - 2)}  ${paint[style](right)}`, tap)
    }),
    {
      text: `╰${line.repeat(Math.max(0, box - 3 - columnsOf(foot)))}${paint.dim(foot)}${line}`,
      edge: '╯',
      ...(id !== 'out' && { tap: { source: id, begins: true, audio: output.rate === 'audio' } }),
    },
  ]
}

const barWidth = 16

/** The panel: a bar for each knob, and where it stands. */
function knobLines(knobs: readonly KnobNode[], width: number, paint: Paint): string[] {
  const names = Math.min(width - barWidth - 10, Math.max(...knobs.map(({ id }) => id.length)))
  return knobs.map(({ id, label = '', position }) => {
    const bar = barOf(position, barWidth)
    const name = paint.bold(padded(shortened(id, names), names))
    const value = figure(position)
    const said = shortened(label, Math.max(0, width - names - barWidth - 12))
    const after = said === '' ? value : `${padded(value, 5)} ${paint.dim(said)}`
    return `  ${name} ▕${paint.green(bar)}▏ ${after}`
  })
}

/** A bar of eighths of characters, `columns` wide when full. */
function barOf(position: number, columns: number): string {
  const eighths = Math.round(Math.min(1, Math.max(0, position)) * columns * 8)
  const rest = eighths % 8 === 0 ? '' : '▏▎▍▌▋▊▉'.charAt((eighths % 8) - 1)
  return padded(`${'█'.repeat(Math.floor(eighths / 8))}${rest}`, columns)
}
