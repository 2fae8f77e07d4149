import type { Problem } from '../errors/index.ts'
import { destinationName, sourceName, type Cable } from './connections.ts'
import { limits } from './limits.ts'
import { pathTo } from './plain.ts'

/** The cables that order two devices, by the device they come from and the one they go to. */
type Graph = ReadonlyMap<string, ReadonlyMap<string, readonly Cable[]>>

function graphOf(cables: readonly Cable[]): Graph {
  const graph = new Map<string, Map<string, Cable[]>>()
  for (const cable of cables) {
    const { from, to, feedback } = cable.connection
    if (from.kind !== 'device' || to === 'out' || feedback) continue
    const readers = graph.get(from.name) ?? new Map<string, Cable[]>()
    graph.set(from.name, readers)
    const parallel = readers.get(to)
    if (parallel === undefined) readers.set(to, [cable])
    else parallel.push(cable)
  }
  return graph
}

/**
 * Cycles without feedback, each with the cables that close it: `devices` begins and ends with the same device. Without
 * all the closing cables there is no cycle left. Depth first: a cable to a device on the way here closes a cycle.
 */
function* cyclesIn(graph: Graph): Generator<{ devices: readonly string[]; closing: readonly Cable[] }> {
  const finished = new Set<string>()
  for (const start of graph.keys()) {
    if (finished.has(start)) continue
    const way = [start]
    const at = new Map([[start, 0]])
    const left = [graph.get(start)?.entries() ?? [].values()]
    // A stack of its own: a patch may be a chain longer than the call stack.
    while (left.length > 0) {
      const next = left.at(-1)?.next()
      if (next === undefined || next.done === true) {
        left.pop()
        const device = way.pop() ?? start
        at.delete(device)
        finished.add(device)
        continue
      }
      const [device, closing] = next.value
      const position = at.get(device)
      if (position !== undefined) yield { devices: [...way.slice(position), device], closing }
      else if (!finished.has(device)) {
        at.set(device, way.length)
        way.push(device)
        left.push(graph.get(device)?.entries() ?? [].values())
      }
    }
  }
}

/** A problem for every cycle that no cable with `feedback: true` breaks. */
export function cycleProblems(cables: readonly Cable[]): Problem[] {
  const problems: Problem[] = []
  for (const { devices, closing } of cyclesIn(graphOf(cables))) {
    if (problems.length === limits.reportedCycles) break
    const places = closing.map(({ index }) => pathTo('connections', index))
    const examples = closing.map(({ connection }) => {
      const [from, to] = [sourceName(connection.from), destinationName(connection)]
      return `{ from: "${from}", to: "${to}", feedback: true }`
    })
    problems.push({
      code: 'cycle',
      path: places[0] ?? 'connections',
      message: `closes a cycle: ${devices.join(' → ')}`,
      found: devices.join(' → '),
      expected: 'no cycle, or a connection with feedback: true in it, which reads one block late',
      suggestion: `mark ${places.join(' and ')} as feedback: ${examples.join(', ')}`,
    })
  }
  return problems
}
