import { figure } from '../errors/index.ts'
import { factsOf, framesOf, kindOf, type Picture, type PictureCable, type PictureNode } from './picture.ts'
import { summaryOf, titleOf } from './summary.ts'
import { light } from './theme.ts'

/**
 * A picture as a Mermaid flowchart, which many pages show as a drawing. Boxes have no ports there: every cable says the
 * port at which it ends.
 *
 * @example
 * const text = mermaidOf(pictureOf(parsePatch(patch, standard, out), standard))
 */
export function mermaidOf(picture: Picture): string {
  const { nodes, cables } = picture
  const names = new Map(nodes.map((node) => [node.id, nameOf(node)]))
  const styles = Object.entries(linkStyles).flatMap(([signal, style]) => {
    const indices = cables.flatMap((cable, i) => (cable.signal === signal ? [i] : []))
    return indices.length === 0 ? [] : [`  linkStyle ${indices.join(',')} ${style}`]
  })
  return [
    'flowchart LR',
    `  accTitle: ${accessible(titleOf(picture))}`,
    `  accDescr: ${accessible(summaryOf(picture))}`,
    ...framesOf(picture).flatMap(({ part, title, nodes }) =>
      part === undefined
        ? nodes.map((node) => `  ${box(node)}`)
        : [
            `  subgraph part_${part}[${quoted([title])}]`,
            ...nodes.map((node) => `    ${box(node)}`),
            '  end',
          ],
    ),
    ...cables.map((cable) => `  ${names.get(cable.from)} ${arrow(cable)} ${names.get(cable.to)}`),
    ...classes,
    ...styles,
    '',
  ].join('\n')
}

const classes = [
  `  classDef audio fill:${light.audioHead},stroke:${light.audio},color:${light.text}`,
  `  classDef control fill:${light.controlHead},stroke:${light.control},color:${light.text}`,
  `  classDef knob fill:${light.device},stroke:${light.knob},color:${light.text}`,
  `  classDef bypassed fill:${light.device},stroke:${light.line},color:${light.dim},stroke-dasharray:4 3`,
]

const linkStyles = {
  audio: `stroke:${light.audio},stroke-width:3px`,
  control: `stroke:${light.control},stroke-width:1.5px`,
  knob: `stroke:${light.knob},stroke-width:1.5px`,
} as const

/** A name as Mermaid takes it: with a word before it, for `end` and others are words of its own. */
function nameOf({ kind, id }: PictureNode): string {
  return `${kind}_${id.replace('.', '_')}`
}

function box(node: PictureNode): string {
  const name = nameOf(node)
  if (node.kind === 'keys' || node.kind === 'clock') return `${name}([${quoted([node.id])}]):::control`
  const label = 'label' in node && node.label !== undefined ? [node.label] : []
  if (node.kind === 'knob')
    return `${name}([${quoted([`${node.id} ${figure(node.position)}`, ...label])}]):::knob`
  const ports = node.ports.flatMap(({ name, reads }) => (reads === undefined ? [] : [`${name}: ${reads}`]))
  const lines = [node.id, ...label, kindOf(node), factsOf(node), ...ports].filter((line) => line !== '')
  return `${name}[${quoted(lines)}]:::${node.bypass ? 'bypassed' : node.output.rate}`
}

function arrow({ port, amount, signal, feedback }: PictureCable): string {
  const label = quoted([[port, ...(amount === undefined ? [] : [amount])].join(' ')])
  const line = feedback ? '-.->' : signal === 'audio' ? '==>' : '-->'
  return `${line}|${label}|`
}

/** Lines of text in quotes. Whatever could mean something to Mermaid or to HTML is written by its number. */
function quoted(lines: readonly string[]): string {
  return `"${lines.map(escaped).join('<br/>')}"`
}

function escaped(text: string): string {
  return text.replaceAll(/[^\p{L}\p{M}\p{N} .,:()…−×]/gu, (character) => `#${character.codePointAt(0)};`)
}

/** A line that is read to those who cannot see: it ends with the line, and knows no escapes. */
function accessible(text: string): string {
  return text.replaceAll(/[^\p{L}\p{M}\p{N} .,()]/gu, ' ').trim() || 'patch'
}
