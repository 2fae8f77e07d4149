import { instance } from '@viz-js/viz'

interface GraphvizObject {
  readonly name: string
  readonly label?: string
  readonly nodes?: readonly number[]
  readonly _gvid: number
}
interface GraphvizEdge {
  readonly tail: number
  readonly head: number
  readonly headport?: string
  readonly label?: string
}

/** What Graphviz itself understands of a text: names of nodes, cables as `from → to.port amount`, titles of frames. */
export async function graphvizOf(
  text: string,
): Promise<{ readonly nodes: string[]; readonly edges: string[]; readonly clusters: string[] }> {
  const viz = await instance()
  const result = viz.render(text, { format: 'dot_json' })
  if (result.status !== 'success') throw new Error(JSON.stringify(result.errors))
  const { objects = [], edges = [] } = JSON.parse(result.output) as {
    objects?: GraphvizObject[]
    edges?: GraphvizEdge[]
  }
  const name = new Map(objects.map((object) => [object._gvid, object.name]))
  const clusters = objects.filter((object) => object.name.startsWith('cluster_'))
  return {
    nodes: objects.filter((object) => !clusters.includes(object)).map((object) => object.name),
    edges: edges.map(({ tail, head, headport = '', label = '' }) => {
      const port = /^"?<(\w+)"?:w$/.exec(headport)?.[1] ?? headport
      return `${name.get(tail)} → ${name.get(head)}.${port} ${label}`
    }),
    clusters: clusters.map(({ label = '' }) => label),
  }
}
