import { audioBus, controlBus, type Allocation, type Allocator, type Resource } from './allocation.ts'
import { busesPerVoice } from './choke.ts'
import type { NetworkNode } from './network.ts'

/** What an allocation holds of the server, beyond what it shares with another. */
function resourcesOf(allocation: Holding, other: Holding): Map<string, Resource> {
  const held = new Map<string, Resource>()
  // what leaves may write on the buses of its successor
  const shared = new Set([...allocation.leaving, ...other.leaving].map(({ name }) => name))
  const hold = (pool: Resource['pool'], first: number | undefined, length = 1): void => {
    if (first !== undefined) held.set(`${pool}${first}`, { pool, first, length })
  }
  const bus = ({ rate, name }: NetworkNode, first: number | undefined, length: number): void => {
    if (name !== 'out') hold(rate, first, length)
  }
  for (const id of Object.values(allocation.groups ?? {})) hold('nodes', id as number)
  for (const { group, keys } of allocation.voices) {
    hold('nodes', group)
    hold('control', keys, busesPerVoice)
  }
  for (const first of allocation.knobBuses.values()) hold('control', first)
  hold('audio', allocation.silence, 2)
  for (const [name, running] of allocation.nodes) {
    // what is the same in both holds the same
    if (other.nodes.get(name) === running && !shared.has(name)) continue
    const { node, instances, mix } = running
    bus(node, mix, node.sum)
    for (const { id, own, randomId } of instances) {
      hold('nodes', id)
      hold('random', randomId)
      bus(node, own, ownChannels(node))
    }
  }
  for (const { node, id, own, mix, randomId } of allocation.leaving) {
    hold('nodes', id)
    hold('random', randomId)
    bus(node, own, ownChannels(node))
    bus(node, mix, node.sum)
  }
  return held
}

type Holding = Pick<
  Allocation,
  'groups' | 'voices' | 'knobBuses' | 'nodes' | 'leaving' | 'unplugging' | 'silence'
>

/** Buses that what leaves still reads: nobody else may write on them. */
function lastReads({ leaving, unplugging }: Holding): Set<number> {
  const reads = leaving.flatMap(({ values }) =>
    Object.entries(values).flatMap(([name, value]) => {
      if (typeof value === 'number') return name.endsWith('.bus') ? [audioBus(value)] : []
      return 'controlBus' in value ? [controlBus(value.controlBus)] : []
    }),
  )
  return new Set([...reads, ...unplugging.map(({ bus }) => controlBus(bus))])
}

const isRead = (reads: ReadonlySet<number>, { pool, first, length }: Resource): boolean => {
  const name = pool === 'audio' ? audioBus : controlBus
  if (pool !== 'audio' && pool !== 'control') return false
  return Array.from({ length }, (_, i) => name(first + i)).some((bus) => reads.has(bus))
}

/** Width of a node's own bus: beside the signal there may be others, and a state for its successor. */
export const ownChannels = ({ channels, further = 0, continues }: NetworkNode): number =>
  channels + further + (continues === 'state' ? 1 : 0)

/** The scratch copies of all pools while an allocation changes. */
export interface Allocators {
  readonly nodes: Allocator
  readonly audio: Allocator
  readonly control: Allocator
  readonly random: Allocator
}

/**
 * Gives back what is no longer held, and tells which control buses lost their writer by it: they keep their last value
 * for ever unless they are set to 0. What is still read as it fades out lingers as it is.
 */
export function giveBack(
  before: Holding & Pick<Allocation, 'lingering'>,
  after: Holding,
  allocators: Allocators,
): {
  readonly zeros: [bus: number, value: number][]
  readonly given: Record<Resource['pool'], number>
  readonly lingering: readonly Resource[]
} {
  const zeros: [number, number][] = []
  const given = { nodes: 0, audio: 0, control: 0, random: 0 }
  const lingering: Resource[] = []
  const had = [...resourcesOf(before, after).values(), ...before.lingering]
  if (had.length === 0) return { zeros, given, lingering }
  const still = resourcesOf(after, before)
  const reads = lastReads(after)
  for (const resource of had) {
    const { pool, first, length } = resource
    if (still.has(`${pool}${first}`)) continue
    if (isRead(reads, resource)) {
      lingering.push(resource)
      continue
    }
    allocators[pool].give(first, length)
    given[pool] += length
    if (pool === 'control') for (let i = 0; i < length; i++) zeros.push([first + i, 0])
  }
  return { zeros, given, lingering }
}
