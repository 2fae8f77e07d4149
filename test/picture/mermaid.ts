/** What a flowchart says, with escapes resolved. */
export interface Flowchart {
  readonly nodes: readonly { readonly id: string; readonly label: string }[]
  readonly edges: readonly {
    readonly from: string
    readonly to: string
    readonly arrow: string
    readonly label: string
  }[]
  readonly frames: readonly string[]
}

/** A text in quotes, in which nothing means anything but `#n;` and `<br/>`. */
const quoted = String.raw`"((?:[\p{L}\p{M}\p{N} .,:()…−×]|#\d+;|<br/>)*)"`
const node = new RegExp(String.raw`^(\w+)(?:\[${quoted}\]|\(\[${quoted}\]\)):::\w+$`, 'u')
const edge = new RegExp(String.raw`^(\w+) (==>|-->|-\.->)\|${quoted}\| (\w+)$`, 'u')
const frame = new RegExp(String.raw`^subgraph (\w+)\[${quoted}\]$`, 'u')
const style = /^(classDef \w+|linkStyle \d+(,\d+)*) [\w#:,. -]+$/
const words = /^acc(Title|Descr): [\p{L}\p{M}\p{N} .,()]+$/u

/**
 * Reads the part of Mermaid that pictures are written in; throws for every line that is not of it. Mermaid's own parser
 * (11.x) took what this one takes when they were compared; it needs a browser, and is not installed here.
 */
export function readMermaid(text: string): Flowchart {
  const [head, ...lines] = text.trimEnd().split('\n')
  if (head !== 'flowchart LR') throw new Error(`no flowchart: ${head}`)
  const nodes: { id: string; label: string }[] = []
  const edges: Flowchart['edges'][number][] = []
  const frames: string[] = []
  let open = 0
  for (const line of lines.map((line) => line.trim())) {
    const [aNode, anEdge, aFrame] = [node.exec(line), edge.exec(line), frame.exec(line)]
    if (aNode !== null) nodes.push({ id: aNode[1] ?? '', label: shown(aNode[2] ?? aNode[3] ?? '') })
    else if (anEdge !== null)
      edges.push({
        from: anEdge[1] ?? '',
        arrow: anEdge[2] ?? '',
        label: shown(anEdge[3] ?? ''),
        to: anEdge[4] ?? '',
      })
    else if (aFrame !== null) open += frames.push(shown(aFrame[2] ?? '')) > 0 ? 1 : 0
    else if (line === 'end' && open > 0) open--
    else if (!style.test(line) && !words.test(line)) throw new Error(`not understood: ${line}`)
  }
  if (open !== 0) throw new Error('a subgraph is not closed')
  return { nodes, edges, frames }
}

const shown = (text: string): string =>
  text
    .replaceAll('<br/>', '\n')
    .replaceAll(/#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))
