import { MegasynthError, listNames, type Problem } from '../errors/index.ts'
import type { EngineLimits } from '../engine/index.ts'
import type { Allocation, FirstNumbers, Network } from '../plan/index.ts'

/** A node id that every engine has: its root group. */
const rootGroups = 1
/** Frames by which the server makes every delay line longer than was asked for. */
const extraFrames = 129

/**
 * Refuses what an engine has no room for, before anything is sent. Of its memory only the delay lines are counted,
 * not reverbs nor the synths themselves.
 *
 * @throws MegasynthError `engine-limit`, one problem per limit: by how much it is exceeded, and which option raises it
 */
export function checkFit(
  network: Network,
  allocation: Allocation,
  limits: EngineLimits,
  sampleRate: number,
  { audioBus = 0, controlBus = 0, randomId = 0 }: Partial<FirstNumbers> = {},
): void {
  const instances = [...allocation.nodes.values()].reduce(
    (sum, node) => sum + node.instances.length,
    allocation.leaving.length,
  )
  const groups =
    allocation.groups === undefined ? 0 : Object.keys(allocation.groups).length + allocation.voices.length
  const problems = [
    exceeds('maxNodes', 'synths and groups', instances + groups + rootGroups, limits.maxNodes),
    exceeds('audioBuses', 'audio buses', allocation.audioBuses.next - audioBus, limits.audioBuses),
    exceeds('controlBuses', 'control buses', allocation.controlBuses.next - controlBus, limits.controlBuses),
    exceeds(
      'randomGenerators',
      'random generators',
      allocation.randomIds.next - randomId,
      limits.randomGenerators,
    ),
    exceeds('maxSynthDefs', 'SynthDefs', allocation.synthDefs.size, limits.maxSynthDefs),
    ...memory(network, allocation, limits, sampleRate),
    ...fanIn(network, limits),
  ].filter((problem) => problem !== undefined)
  if (problems.length > 0) throw new MegasynthError(problems)
}

function exceeds(
  option: keyof EngineLimits,
  what: string,
  needed: number,
  limit: number,
  path = 'patch',
): Problem | undefined {
  if (needed <= limit) return undefined
  return {
    code: 'engine-limit',
    path,
    message: `the patch needs too many ${what}`,
    found: `${needed}, ${needed - limit} too many`,
    expected: `at most ${limit}`,
    suggestion: `make the engine larger (${option}), or use fewer voices`,
  }
}

/** Delay lines, in KiB; the server rounds each up to a power of two. */
function memory(
  network: Network,
  allocation: Allocation,
  limits: EngineLimits,
  sampleRate: number,
): Problem[] {
  const users = network.nodes.flatMap(({ name, def }) => {
    const delays = network.synthDefs.get(def)?.delays ?? []
    const frames = delays.map((seconds) => 2 ** Math.ceil(Math.log2(seconds * sampleRate + extraFrames)))
    const bytes = frames.reduce((sum, count) => sum + 4 * count, 0)
    const instances = allocation.nodes.get(name)?.instances.length ?? 0
    return bytes === 0 ? [] : [{ name, kib: Math.ceil((bytes * instances) / 1024) }]
  })
  const needed = users.reduce((sum, { kib }) => sum + kib, 0)
  const largest = users.toSorted((a, b) => b.kib - a.kib).map(({ name }) => name)
  const problem = exceeds(
    'memory',
    'KiB for delay lines',
    needed,
    limits.memory,
    `devices.${listNames(largest, 3)}`,
  )
  return problem === undefined ? [] : [{ ...problem, suggestion: `${problem.suggestion}, or shared: true` }]
}

/** A SynthDef that is too large is so because too many cables end at it. */
function fanIn(network: Network, limits: EngineLimits): Problem[] {
  const defs = new Map(network.nodes.map(({ name, def }) => [name, def]))
  return network.wired.flatMap(({ name, readings }): Problem[] => {
    const bytes = network.synthDefs.get(defs.get(name) ?? '')?.bytes.length ?? 0
    if (bytes <= limits.defBytes) return []
    const cables = readings.reduce((sum, { sources }) => sum + sources.length, 0)
    return [
      {
        code: 'engine-limit',
        path: name,
        message: `${cables} cables end here, too many for one SynthDef`,
        found: `${bytes} bytes, ${bytes - limits.defBytes} too many`,
        expected: `at most ${limits.defBytes} (defBytes)`,
        suggestion: 'add them up in several mixers first',
      },
    ]
  })
}
