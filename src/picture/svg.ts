import { figure } from '../errors/index.ts'
import { sizes, type Layout, type PlacedCable, type PlacedFrame, type PlacedNode } from './layout.ts'
import { legendOf } from './legend.ts'
import { factsOf, kindOf, type DeviceNode, type KnobNode, type PictureCable } from './picture.ts'
import { cablePath } from './svg-cable.ts'
import { styleSheet } from './svg-style.ts'
import { summaryOf, titleOf } from './summary.ts'
import { columnsOf } from './text.ts'
import { element, tenths, type Xml } from './xml.ts'

/** Radius of the corners of a device. */
const round = 7
/** Above the drawing: name and summary of the patch. */
const heading = 58

/**
 * A placed picture as SVG: well-formed, with its own styles for light and dark, a title and a description for those
 * who cannot see it, and a title on everything that can be pointed at.
 *
 * @example
 * const svg = svgOf(await layoutOf(pictureOf(parsePatch(patch, standard, out), standard)))
 */
export function svgOf(layout: Layout): string {
  const { picture } = layout
  const title = titleOf(picture)
  const summary = summaryOf(picture)
  const least = Math.max(360, columnsOf(title) * 10.3 + 48, columnsOf(summary) * sizes.letter + 48)
  const width = Math.ceil(Math.max(layout.width, least))
  const legend = legendOf(picture, width - 48)
  const height = heading + layout.height + legend.height
  const above = layout.cables.toSorted((a, b) => rank(a.cable) - rank(b.cable))
  const svg = element(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      width,
      height,
      viewBox: `0 0 ${width} ${height}`,
      role: 'img',
      'aria-labelledby': 'megasynth-title megasynth-desc',
    },
    element('title', { id: 'megasynth-title' }, title),
    element('desc', { id: 'megasynth-desc' }, summary),
    element('style', {}, styleSheet),
    element('rect', { class: 'paper', width, height }),
    text(24, 34, title, 'text big'),
    text(24, 54, summary, 'dim'),
    element(
      'g',
      { transform: `translate(0 ${heading})` },
      ...layout.frames.map(frame),
      ...above.map(cablePath),
      ...layout.nodes.map(node),
      ...above.flatMap(amount),
    ),
    element('g', { transform: `translate(24 ${heading + layout.height})` }, ...legend.items),
  )
  return `${svg.xml}\n`
}

/** What is heard lies on top. */
const rank = ({ signal }: PictureCable): number => ['knob', 'control', 'audio'].indexOf(signal)

function text(x: number, y: number, content: string, style: string): Xml {
  return element('text', { x, y, class: style }, content)
}

function frame({ part, title, x, y, width, height }: PlacedFrame): Xml {
  return element(
    'g',
    {},
    element('rect', { class: `frame ${part}`, x, y, width, height, rx: 12 }),
    text(x + 16, y + 23, title, 'dim bold'),
  )
}

function amount({ cable, amount: box }: PlacedCable): Xml[] {
  if (box === undefined || cable.amount === undefined) return []
  const { x, y, width, height } = box
  return [
    element('rect', { class: 'tag', x, y, width, height, rx: 4 }),
    text(x + width / 2, y + height - 3.5, cable.amount, `small middle dot-${cable.signal}`),
  ]
}

function node(placed: PlacedNode): Xml {
  const { node, x, y, width, height } = placed
  const at = { id: node.id, transform: `translate(${tenths(x)} ${tenths(y)})` }
  if (node.kind === 'knob') return element('g', at, ...knob(node, placed))
  if (node.kind === 'device') return element('g', at, ...device(node, placed))
  return element(
    'g',
    at,
    element('title', {}, node.kind === 'keys' ? `${node.id} of the voice` : node.id),
    element('rect', { class: 'device head-control', width, height, rx: height / 2 }),
    text(width / 2, height / 2 + 4, node.id, 'text bold middle'),
  )
}

function knob({ id, position }: KnobNode, { label, width, height }: PlacedNode): Xml[] {
  const middle = height / 2
  const turn = (at: number, radius: number): string => {
    const angle = (0.75 + 1.5 * at) * Math.PI
    return `${tenths(26 + radius * Math.cos(angle))} ${tenths(middle + radius * Math.sin(angle))}`
  }
  const shown = Math.min(1, Math.max(0, position))
  const wide = shown > 2 / 3 ? 1 : 0
  const first = label === '' ? middle + 4 : middle - 4
  return [
    element('title', {}, `knob ${id} at ${figure(position)}`),
    element('rect', { class: 'device', width, height, rx: height / 2 }),
    element('path', { class: 'cable rule thick', d: `M${turn(0, 14)}A14 14 0 1 1 ${turn(1, 14)}` }),
    ...(shown > 0
      ? [
          element('path', {
            class: 'cable knob thick',
            d: `M${turn(0, 14)}A14 14 0 ${wide} 1 ${turn(shown, 14)}`,
          }),
        ]
      : []),
    element('path', { class: 'cable knob thin', d: `M${turn(shown, 2)}L${turn(shown, 10)}` }),
    text(48, first, id, 'text bold'),
    text(width - 12, first, figure(position), 'dim small end'),
    ...(label === '' ? [] : [text(48, middle + 12, label, 'dim')]),
  ]
}

function device(node: DeviceNode, { label, y, width, height, rows }: PlacedNode): Xml[] {
  const { id, bypass, output } = node
  const facts = factsOf(node)
  return [
    element('title', {}, `${id}: ${kindOf(node)}${facts === '' ? '' : `, ${facts}`}`),
    element('rect', { class: 'body', width, height, rx: round }),
    ...(bypass ? [] : [element('path', { class: `head-${output.rate}`, d: headOf(width, rows.length > 0) })]),
    element('rect', { class: `border${bypass ? ' dashed' : ''}`, width, height, rx: round }),
    text(12, 17, id, `text bold${bypass ? ' faint' : ''}`),
    ...(label === '' ? [] : [text(12 + (id.length + 1) * sizes.letter, 17, label, 'dim italic')]),
    text(12, 33, kindOf(node), 'dim small'),
    ...(facts === '' ? [] : [text(width - 10, 33, facts, 'dim small end')]),
    ...rows.flatMap(({ port, y: middle }, i): Xml[] => {
      const at = middle - y
      return [
        ...(i === 0
          ? []
          : [element('path', { class: 'rule', d: `M6 ${tenths(at - sizes.row / 2)}H${tenths(width - 6)}` })]),
        text(12, at + 4, port.name, 'text'),
        ...(port.reads === undefined
          ? []
          : [text(width - 10, at + 4, port.reads, `dim small end${port.normal ? ' italic' : ''}`)]),
      ]
    }),
  ]
}

/** The coloured head of a device: round above, and below only if nothing follows. */
function headOf(width: number, more: boolean): string {
  const arc = (x: number, y: number): string => `a${round} ${round} 0 0 1 ${x} ${y}`
  const top = `V${round}${arc(round, -round)}H${tenths(width - round)}${arc(round, round)}`
  if (more) return `M0 ${sizes.header}${top}V${sizes.header}Z`
  const low = sizes.header - round
  return `M0 ${low}${top}V${low}${arc(-round, round)}H${round}${arc(-round, -round)}Z`
}
