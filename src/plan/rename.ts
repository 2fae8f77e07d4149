import type { Allocation, RunningNode } from './allocation.ts'
import type { ControlSource, Network, NetworkNode } from './network.ts'

/**
 * Devices that only go by another name now: one that is gone and one that is new, of the same content and with the
 * same cables at both ends, and neither could be taken for another.
 */
export function findRenames(from: Allocation, network: Network): ReadonlyMap<string, string> {
  const wanted = new Set(network.nodes.map(({ name }) => name))
  const before = [...from.nodes.values()].map(({ node }) => node)
  const gone = before.filter(({ name }) => !wanted.has(name))
  const born = network.nodes.filter(({ name }) => !from.nodes.has(name))
  const renames = new Map<string, string>()
  if (gone.length === 0 || born.length === 0) return renames
  const old = signatures(before, new Set(gone.map(({ name }) => name)))
  const now = signatures(network.nodes, new Set(born.map(({ name }) => name)))
  const sharing = (all: ReadonlyMap<string, string>, signature: string): string[] =>
    [...all].flatMap(([name, other]) => (other === signature ? [name] : []))
  for (const [name, signature] of old) {
    const [candidates, rivals] = [sharing(now, signature), sharing(old, signature)]
    if (candidates.length === 1 && rivals.length === 1) renames.set(name, candidates[0] as string)
  }
  return renames
}

/** All that a changed node is, does and is read by, other changed names left open. */
function signatures(nodes: readonly NetworkNode[], changed: ReadonlySet<string>): Map<string, string> {
  const readers = new Map<string, string[]>([...changed].map((name) => [name, []]))
  for (const { name, controls } of nodes)
    for (const [control, source] of Object.entries(controls))
      if ('node' in source && source.node !== name)
        readers.get(source.node)?.push(`${changed.has(name) ? '' : name}:${control}`)
  return new Map(
    nodes
      .filter(({ name }) => changed.has(name))
      .map(({ name, controls, ...rest }) => {
        const open = Object.entries(controls).map(([control, source]) => [
          control,
          'node' in source && changed.has(source.node) ? { ...source, node: source.node === name } : source,
        ])
        return [name, JSON.stringify([rest, open, readers.get(name)?.toSorted()])]
      }),
  )
}

/** What is running, under other names. */
export function renamed(from: Allocation, renames: ReadonlyMap<string, string>): Allocation {
  if (renames.size === 0) return from
  const nameOf = (name: string): string => renames.get(name) ?? name
  const source = (old: ControlSource): ControlSource =>
    'node' in old ? { ...old, node: nameOf(old.node) } : old
  const rename = (node: NetworkNode): NetworkNode => ({
    ...node,
    name: nameOf(node.name),
    controls: Object.fromEntries(
      Object.entries(node.controls).map(([name, control]) => [name, source(control)]),
    ),
  })
  return {
    ...from,
    nodes: new Map(
      [...from.nodes].map(([name, running]): [string, RunningNode] => [
        nameOf(name),
        { ...running, node: rename(running.node) },
      ]),
    ),
    leaving: from.leaving.map((leaving) => ({
      ...leaving,
      name: nameOf(leaving.name),
      node: rename(leaving.node),
    })),
  }
}
