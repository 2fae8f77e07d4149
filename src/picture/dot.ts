import { figure } from '../errors/index.ts'
import {
  factsOf,
  framesOf,
  kindOf,
  type DeviceNode,
  type Picture,
  type PictureCable,
  type PictureNode,
} from './picture.ts'
import { summaryOf, titleOf } from './summary.ts'
import { light } from './theme.ts'
import { element, type Xml } from './xml.ts'

/**
 * A picture in the language of Graphviz, to be laid out by `dot`: devices as tables with a cell for each port.
 *
 * @example
 * const text = dotOf(pictureOf(parsePatch(patch, standard, out), standard))
 */
export function dotOf(picture: Picture): string {
  return [
    'digraph patch {',
    `  graph [rankdir=LR, labelloc=t, fontname="Courier", fontsize=11, ranksep=0.6, label=${quoted(`${titleOf(picture)}\n${summaryOf(picture)}`)}]`,
    '  node [shape=plain, fontname="Courier", fontsize=10]',
    '  edge [fontname="Courier", fontsize=9, arrowsize=0.7]',
    ...framesOf(picture).flatMap(({ part, title, nodes }) =>
      part === undefined
        ? nodes.map((node) => `  ${box(node)}`)
        : [
            `  subgraph cluster_${part} {`,
            `    label=${quoted(title)}`,
            `    style="rounded,filled"; color="${light.frame[part][1]}"; fillcolor="${light.frame[part][0]}"`,
            ...nodes.map((node) => `    ${box(node)}`),
            '  }',
          ],
    ),
    ...picture.cables.map((cable) => `  ${line(cable)}`),
    '}',
    '',
  ].join('\n')
}

function box(node: PictureNode): string {
  return `${quoted(node.id)} [label=<${(node.kind === 'device' ? device(node) : pill(node)).xml.replaceAll('\n', '')}>]`
}

function pill(node: Exclude<PictureNode, DeviceNode>): Xml {
  const colour = node.kind === 'knob' ? light.knob : light.control
  const lines =
    node.kind !== 'knob'
      ? [bold(node.id)]
      : [
          bold(`${node.id} ${figure(node.position)}`),
          ...(node.label === undefined ? [] : [plain(node.label)]),
        ]
  return table({ style: 'rounded', color: colour }, [cell({ port: output }, lines)])
}

/** The cell at which cables begin; no port of a device type has such a name. */
const output = '>'

function device(node: DeviceNode): Xml {
  const { id, label, bypass, output: out, ports } = node
  const facts = [kindOf(node), factsOf(node)].filter((text) => text !== '').join(', ')
  const head = bypass ? light.device : out.rate === 'audio' ? light.audioHead : light.controlHead
  const name = label === undefined ? [bold(id)] : [bold(id), plain(label)]
  return table({ color: light.line, ...(bypass && { style: 'dashed' }) }, [
    cell({ port: output, bgcolor: head }, [...name, plain(facts)]),
    ...ports.map(({ name, reads }) =>
      cell({ port: `<${name}`, align: 'left' }, [plain(reads === undefined ? name : `${name}  ${reads}`)]),
    ),
  ])
}

function table(attributes: Readonly<Record<string, string>>, rows: readonly Xml[]): Xml {
  const look = { border: '1', cellborder: '0', cellspacing: '0', cellpadding: '4', bgcolor: light.device }
  return element('table', { ...look, ...attributes }, ...rows.map((row) => element('tr', {}, row)))
}

function cell(attributes: Readonly<Record<string, string>>, lines: readonly Xml[]): Xml {
  const broken = lines.flatMap((line, i) => (i === 0 ? [line] : [element('br', {}), line]))
  return element('td', attributes, ...broken)
}

const bold = (text: string): Xml => element('b', {}, plain(text))
const plain = (text: string): Xml => element('font', {}, text)

function line({ from, to, port, amount, signal, channels, feedback }: PictureCable): string {
  const colour = light[signal]
  const attributes = [
    `color="${channels === 2 ? `${colour}:${light.paper}:${colour}` : colour}"`,
    `penwidth=${signal === 'audio' && channels === 1 ? 2.5 : 1.2}`,
    ...(amount === undefined ? [] : [`label=${quoted(amount)}, fontcolor="${colour}"`]),
    ...(feedback ? ['style=dashed, constraint=false'] : []),
  ]
  return `${quoted(from)}:${quoted(output)}:e -> ${quoted(to)}:${quoted(`<${port}`)}:w [${attributes.join(', ')}]`
}

/** A text in quotes; Graphviz gives a meaning to the backslash in labels. */
function quoted(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`
}
