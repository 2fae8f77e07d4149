import type { ElkExtendedEdge, ElkNode, ElkPort } from 'elkjs/lib/elk-api.js'
import { fail, figure } from '../errors/index.ts'
import type { Part } from '../patch/parts.ts'
import {
  factsOf,
  framesOf,
  kindOf,
  type Picture,
  type PictureCable,
  type PictureNode,
  type PicturePort,
} from './picture.ts'
import { groupBy } from '../plan/group-by.ts'
import { columnsOf, shortened } from './text.ts'

/** Sizes in pixels. The letters are those of any monospaced font, whose width is known without measuring. */
export const sizes = {
  /** Of a letter of 12 pixels; the widest of the usual fonts is 7.25. */
  letter: 7.25,
  /** Of a letter of 11 pixels: amounts and what is said in passing. */
  smallLetter: 6.65,
  header: 40,
  row: 20,
  /** Between the plugs of several cables in one port. */
  plug: 18,
  /** Below the last row. */
  foot: 6,
  pill: 26,
  knob: 44,
  label: 15,
} as const

/** A label with more columns is shortened. */
const longest = 28

/** A rectangle in pixels from the upper left corner of the picture. */
export interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** One port of a placed device. */
export interface PlacedRow {
  readonly port: PicturePort
  /** The middle of its text. */
  readonly y: number
  /** Where its cables end, one for each. */
  readonly plugs: readonly { readonly cable: string; readonly y: number }[]
}

/** A node with its place and the texts that fit into it. */
export interface PlacedNode extends Box {
  readonly node: PictureNode
  /** The name, and the label behind or below it. */
  readonly label: string
  readonly rows: readonly PlacedRow[]
}

export interface Point {
  readonly x: number
  readonly y: number
}

/** A cable with its way: straight pieces, horizontal and vertical in turn. */
export interface PlacedCable {
  readonly cable: PictureCable
  readonly points: readonly Point[]
  /** Where it parts from others of the same source. */
  readonly forks: readonly Point[]
  readonly amount?: Box
}

/** The frame around the devices of a part. */
export interface PlacedFrame extends Box {
  readonly part: Part
  readonly title: string
}

/** A picture of which everything has its place. */
export interface Layout {
  readonly picture: Picture
  readonly width: number
  readonly height: number
  readonly frames: readonly PlacedFrame[]
  readonly nodes: readonly PlacedNode[]
  readonly cables: readonly PlacedCable[]
}

/** What of a node is written, before it has a place. */
interface Measured {
  readonly node: PictureNode
  readonly label: string
  readonly width: number
  readonly height: number
  readonly rows: readonly PlacedRow[]
}

const outputPort = (id: string): string => `${id}>`
const inputPort = (cable: string): string => `<${cable}`
const frameId = (part: Part): string => `#${part}`

const spacing = {
  'elk.spacing.nodeNode': '18',
  'elk.spacing.edgeNode': '14',
  'elk.spacing.edgeEdge': '9',
  'elk.layered.spacing.nodeNodeBetweenLayers': '34',
  'elk.layered.spacing.edgeNodeBetweenLayers': '16',
  'elk.layered.spacing.edgeEdgeBetweenLayers': '9',
} as const

/** More would take minutes, and no eye would follow them. */
const mostCables = 2000

/**
 * Places everything from left to right along the cables. The layered algorithm of the Eclipse Layout Kernel knows ports,
 * frames and right-angled cables. Equal pictures give equal layouts.
 *
 * @throws MegasynthError `too-large` above 2000 cables
 * @example
 * const { width, height } = await layoutOf(pictureOf(parsePatch(patch, standard, out), standard))
 */
export async function layoutOf(picture: Picture): Promise<Layout> {
  const { length } = picture.cables
  if (length > mostCables)
    fail({
      code: 'too-large',
      path: 'connections',
      message: 'are too many to be laid out',
      found: `${length} cables, ${length - mostCables} too many`,
      expected: `at most ${mostCables} cables`,
      suggestion: 'write a .dot or .mmd file, which other programs lay out',
    })
  const { default: elk } = await import('elkjs/lib/elk.bundled.js')
  const into = groupBy(picture.cables, ({ to, port }) => `${to}.${port}`)
  const measured = picture.nodes.map((node) => measure(node, (port) => into.get(`${node.id}.${port}`) ?? []))
  const placed = await new elk.default().layout(graphOf(picture, measured))
  return read(picture, measured, placed)
}

function measure(node: PictureNode, cablesOf: (port: string) => readonly PictureCable[]): Measured {
  const label = shortened('label' in node ? (node.label ?? '') : '', longest)
  const said = columnsOf(label) * sizes.letter
  const name = node.id.length * sizes.letter
  if (node.kind === 'keys' || node.kind === 'clock')
    return { node, label, width: name + 26, height: sizes.pill, rows: [] }
  if (node.kind === 'knob') {
    const value = (figure(node.position).length + 1) * sizes.smallLetter
    const width = 58 + Math.max(name + value + 6, said)
    return { node, label, width, height: sizes.knob, rows: [] }
  }
  const rows: PlacedRow[] = []
  let height: number = sizes.header
  for (const port of node.ports) {
    const y = height + sizes.row / 2
    const plugs = cablesOf(port.name).map(({ id }, i) => ({ cable: id, y: y + i * sizes.plug }))
    rows.push({ port, y, plugs })
    height += sizes.row + Math.max(0, plugs.length - 1) * sizes.plug
  }
  const first = name + (label === '' ? 0 : said + 10)
  const second = (kindOf(node).length + factsOf(node).length + 2) * sizes.smallLetter
  const widest = Math.max(
    0,
    ...node.ports.map(
      ({ name, reads = '' }) => name.length * sizes.letter + (reads.length + 2) * sizes.smallLetter,
    ),
  )
  const width = Math.max(96, 26 + Math.max(first, second, widest))
  return { node, label, width, height: height + (rows.length > 0 ? sizes.foot : 0), rows }
}

function graphOf(picture: Picture, measured: readonly Measured[]): ElkNode {
  const sizeOf = new Map(measured.map((one) => [one.node.id, one]))
  const children = framesOf(picture).flatMap(({ part, title, nodes }): ElkNode[] => {
    const inside = nodes.map(({ id }) => elkNode(sizeOf.get(id) as Measured))
    if (part === undefined) return inside
    return [
      {
        id: frameId(part),
        children: inside,
        layoutOptions: {
          ...spacing,
          'elk.padding': '[top=40,left=22,bottom=22,right=22]',
          'elk.nodeSize.constraints': 'MINIMUM_SIZE',
          'elk.nodeSize.minimum': `(${title.length * sizes.letter + 40}, 0)`,
        },
      },
    ]
  })
  return {
    id: '#root',
    children,
    edges: picture.cables.map(elkEdge),
    layoutOptions: {
      ...spacing,
      'elk.algorithm': 'layered',
      'elk.direction': 'RIGHT',
      'elk.hierarchyHandling': 'INCLUDE_CHILDREN',
      'elk.edgeRouting': 'ORTHOGONAL',
      'elk.json.shapeCoords': 'ROOT',
      'elk.json.edgeCoords': 'ROOT',
      'elk.padding': '[top=24,left=24,bottom=24,right=24]',
      'elk.layered.nodePlacement.strategy': 'NETWORK_SIMPLEX',
      'elk.layered.thoroughness': '20',
      'elk.layered.edgeLabels.centerLabelPlacementStrategy': 'HEAD_LAYER',
    },
  }
}

function elkNode({ node, width, height, rows }: Measured): ElkNode {
  const port = (id: string, x: number, y: number, side: string): ElkPort => ({
    id,
    x,
    y,
    width: 0,
    height: 0,
    layoutOptions: { 'elk.port.side': side },
  })
  const isLeaf = node.kind !== 'device'
  const ports = [
    ...rows.flatMap(({ plugs }) => plugs.map(({ cable, y }) => port(inputPort(cable), 0, y, 'WEST'))),
    ...(node.id === 'out'
      ? []
      : [port(outputPort(node.id), width, isLeaf ? height / 2 : sizes.header / 2, 'EAST')]),
  ]
  return {
    id: node.id,
    width,
    height,
    ports,
    layoutOptions: { 'elk.portConstraints': 'FIXED_POS' },
  }
}

function elkEdge({ id, from, amount, feedback }: PictureCable): ElkExtendedEdge {
  return {
    id: `=${id}`,
    sources: [outputPort(from)],
    targets: [inputPort(id)],
    layoutOptions: { 'elk.layered.priority.direction': feedback ? '0' : '10' },
    ...(amount !== undefined && {
      labels: [
        {
          id: `=${id}#`,
          text: amount,
          width: amount.length * sizes.smallLetter + 6,
          height: sizes.label,
          layoutOptions: { 'elk.edgeLabels.inline': 'true' },
        },
      ],
    }),
  }
}

function read(picture: Picture, measured: readonly Measured[], placed: ElkNode): Layout {
  const nodes = new Map<string, ElkNode>()
  const edges = new Map<string, ElkExtendedEdge>()
  const visit = (node: ElkNode): void => {
    nodes.set(node.id, node)
    for (const edge of node.edges ?? []) edges.set(edge.id, edge)
    for (const child of node.children ?? []) visit(child)
  }
  visit(placed)
  const boxOf = ({ x = 0, y = 0, width = 0, height = 0 }: Partial<Box>): Box => ({ x, y, width, height })
  return {
    picture,
    width: Math.ceil(placed.width ?? 0),
    height: Math.ceil(placed.height ?? 0),
    frames: framesOf(picture).flatMap(({ part, title }): PlacedFrame[] =>
      part === undefined ? [] : [{ ...boxOf(nodes.get(frameId(part)) ?? {}), part, title }],
    ),
    nodes: measured.map(({ node, label, rows }) => {
      const box = boxOf(nodes.get(node.id) ?? {})
      return { node, label, ...box, rows: rows.map((row) => movedBy(box.y, row)) }
    }),
    cables: picture.cables.map((cable) => {
      const edge = edges.get(`=${cable.id}`)
      const points = (edge?.sections ?? []).flatMap(({ startPoint, bendPoints = [], endPoint }) => [
        startPoint,
        ...bendPoints,
        endPoint,
      ])
      const [label] = edge?.labels ?? []
      return { cable, points, forks: edge?.junctionPoints ?? [], ...(label && { amount: boxOf(label) }) }
    }),
  }
}

function movedBy(by: number, { port, y, plugs }: PlacedRow): PlacedRow {
  return { port, y: y + by, plugs: plugs.map((plug) => ({ ...plug, y: plug.y + by })) }
}
