import {
  audioBus,
  controlBus,
  type Allocation,
  type Instance,
  type Leaving,
  type RunningNode,
  type RunningVoice,
} from './allocation.ts'
import { groupOf, sameKind, tailName } from './kinds.ts'
import type { Network, NetworkNode } from './network.ts'
import { isEmpty, resolve, sameValue, type Context } from './resolve.ts'
import { ownChannels, type Allocators } from './resources.ts'

/** Which buses the nodes of a network get, and who may come back to them. */
export class Buses {
  readonly #from: Allocation
  readonly #pools: Allocators
  readonly #poisoned: ReadonlySet<number>
  /** Buses that nobody can be reading yet. */
  readonly fresh = new Set<number>()

  constructor(from: Allocation, pools: Allocators, poisoned: ReadonlySet<number>) {
    this.#from = from
    this.#pools = pools
    this.#poisoned = poisoned
  }

  /** Synths on their way out that the network may want again, the last first. */
  returning(node: NetworkNode, group: number): Leaving[] {
    if (this.#from.leaving.length === 0) return []
    return this.#from.leaving
      .toReversed()
      .filter(
        (leaving) =>
          leaving.name === node.name &&
          leaving.node.def === node.def &&
          sameKind(leaving.node, node) &&
          leaving.group === group &&
          !this.#poisoned.has(leaving.id),
      )
  }

  /** Who can be called back, and has the buses that a node had before; what runs in its place has them already. */
  #busesOf(
    node: NetworkNode,
    voice: number,
    group: number | undefined,
    context: Context,
  ): Leaving | undefined {
    const running = this.#from.nodes.get(node.name)?.node
    if (group === undefined || (running?.def === node.def && sameKind(running, node))) return undefined
    // of what it reads, it is known by now which buses that has; feedback comes later
    const reads = Object.entries(node.controls).filter(
      ([name, source]) =>
        (source.kind === 'output' || (source.kind === 'bus' && name.endsWith('.bus'))) &&
        context.nodes.has(source.node),
    )
    return this.returning(node, group).find(({ values }) =>
      reads.every(([name, source]) => {
        const had = values[name]
        const isPlace = source.kind === 'output' && (had === undefined || isEmpty(had))
        return isPlace || (had !== undefined && sameValue(had, resolve(source, node, voice, context)))
      }),
    )
  }

  /** The sum that a node added to before, if it can be called back in every voice that sounds. */
  #sumOf(node: NetworkNode, kept: readonly (number | undefined)[], context: Context): number | undefined {
    const sounding = kept.flatMap((old, voice) =>
      old === undefined || this.#from.voices[old]?.paused ? [] : [{ old, voice }],
    )
    const sums = sounding.map(
      ({ old, voice }) => this.#busesOf(node, voice, groupOf(this.#from, node, old), context)?.mix,
    )
    return sums.every((mix) => mix === sums[0]) ? sums[0] : undefined
  }

  /** Gives a node the buses that it needs; those it has already, it keeps. */
  give(node: NetworkNode, kept: readonly (number | undefined)[], context: Context): RunningNode {
    const running = this.#from.nodes.get(node.name)
    const before = running && sameKind(running.node, node) ? running : undefined
    const [buses, nameOf] =
      node.rate === 'audio' ? [this.#pools.audio, audioBus] : [this.#pools.control, controlBus]
    const take = (channels: number): number => {
      const bus = buses.take(channels)
      this.fresh.add(nameOf(bus))
      return bus
    }
    const voices: readonly (number | undefined)[] = node.part === 'voice' ? kept : [0]
    const instances = voices.map((voice, index): Instance => {
      const old = voice === undefined ? undefined : before?.instances[voice]
      const back = this.#busesOf(node, index, groupOf(this.#from, node, voice), context)
      return {
        id: -1,
        values: {},
        ...(node.own && {
          own: node.name === 'out' ? this.#from.output : (back?.own ?? old?.own ?? take(ownChannels(node))),
        }),
      }
    })
    if (!node.mix) return { node, instances }
    return {
      node,
      instances,
      mix: this.#sumOf(node, kept, context) ?? before?.mix ?? take(node.sum),
    }
  }
}

/** What rings out, for those who read it, by the name under which they do. */
export function tailsIn(
  from: Allocation,
  network: Network | undefined,
  voices: readonly RunningVoice[],
  silence: number | undefined,
): [string, RunningNode][] {
  const paused = new Set(from.voices.flatMap((voice) => (voice.paused ? [voice.group] : [])))
  return (network?.tails ?? []).flatMap(({ name, part }): [string, RunningNode][] => {
    const all: readonly (Instance & { node: NetworkNode; group?: number; mix?: number })[] = [
      ...from.leaving.filter(({ tail }) => tail === name),
      ...[...from.nodes.values()].flatMap(({ node, instances, mix }) =>
        tailName(node, instances) === name
          ? instances.map((instance, voice) => {
              const group = groupOf(from, node, voice)
              return {
                ...instance,
                node,
                ...(group !== undefined && { group }),
                ...(mix !== undefined && { mix }),
              }
            })
          : [],
      ),
    ]
    const ringing = all.filter(({ group = -1 }) => !paused.has(group))
    const [first] = ringing
    if (first === undefined) return []
    const none = silence === undefined ? {} : { own: silence }
    const instances =
      part === 'voice'
        ? voices.map(
            ({ group }) => ringing.find((one) => one.group === group) ?? { id: -1, values: {}, ...none },
          )
        : [first]
    return [[name, { node: first.node, instances, ...(first.mix !== undefined && { mix: first.mix }) }]]
  })
}
