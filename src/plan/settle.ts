import type { Command } from '../scsynth/index.ts'
import { Allocator, type Allocation } from './allocation.ts'
import type { Part } from '../patch/parts.ts'
import type { Tail } from './network.ts'
import { giveBack } from './resources.ts'
import { arrange } from './sequence.ts'

/** What is over, and what is running without it. */
export interface Settled {
  readonly commands: readonly Command[]
  readonly allocation: Allocation
}

/** The block in which something that leaves is over, at the latest; Infinity if nothing leaves. */
export function nextDue({ leaving, unplugging }: Allocation): number {
  return [...leaving, ...unplugging].reduce((least, { until }) => Math.min(least, until), Infinity)
}

/**
 * Frees what has faded out or rung out by a block, takes off cables that were pulled out, and gives back what they held.
 * Pure.
 *
 * @param most synths freed at a time: an engine tells of so many in one block
 * @example
 * const network = compile(parsePatch(patch, standard, out), { catalogue: standard })
 * const { allocation } = plan(emptyAllocation(), network, { position: () => 0.5 })
 * const { commands } = settle(allocation, 375)
 */
export function settle(from: Allocation, block: number, most = Infinity): Settled {
  if (nextDue(from) > block) return { commands: [], allocation: from }
  const due = from.leaving.filter(({ until }) => until <= block)
  const over = new Set(due.slice(0, most).map(({ id }) => id))
  const pulled = from.unplugging.filter(({ id, until }) => until <= block && !over.has(id))
  const leaving = from.leaving.filter(({ id }) => !over.has(id))
  const pools = {
    nodes: new Allocator(from.nodeIds),
    audio: new Allocator(from.audioBuses),
    control: new Allocator(from.controlBuses),
    random: new Allocator(from.randomIds),
  }
  const unplugging = from.unplugging.filter(({ id, until }) => until > block && !over.has(id))
  const held = { ...from, leaving, unplugging }
  const { zeros, lingering } = giveBack(from, held, pools)
  const stay = new Map([...from.order].map(([group, ids]) => [group, ids.filter((id) => !over.has(id))]))
  const order = inOrder(held, stay)
  return {
    commands: [
      ...pulled.map(({ id, control }): Command => ({ call: '/n_set', id, controls: { [control]: 0 } })),
      ...(over.size > 0 ? [{ call: '/n_free', ids: [...over] } as const] : []),
      ...(zeros.length > 0 ? [{ call: '/c_set', values: zeros } as const] : []),
      ...[...order].flatMap(([group, ids]) =>
        arrange(group, ids, stay.get(group) ?? []).flatMap(({ id, at, isNew }): Command[] =>
          isNew ? [] : [{ call: '/n_order', ...at, ids: [id] }],
        ),
      ),
    ],
    allocation: {
      ...held,
      lingering,
      order,
      nodeIds: pools.nodes.freeze(),
      audioBuses: pools.audio.freeze(),
      controlBuses: pools.control.freeze(),
      randomIds: pools.random.freeze(),
    },
  }
}

/** Where nothing leaves any more, what is wanted stands in its own order. */
function inOrder(
  { groups, voices, nodes, leaving }: Pick<Allocation, 'groups' | 'voices' | 'nodes' | 'leaving'>,
  present: ReadonlyMap<number, readonly number[]>,
): Map<number, readonly number[]> {
  const order = new Map(present)
  const busy = new Set(leaving.map(({ group }) => group))
  const inPart = (part: Part, voice: number): number[] =>
    [...nodes.values()].flatMap(({ node, instances }) =>
      node.part === part ? (instances[voice]?.id ?? []) : [],
    )
  const settled = (group: number | undefined, part: Part, voice: number): void => {
    if (group !== undefined && !busy.has(group)) order.set(group, inPart(part, voice))
  }
  settled(groups?.before, 'before', 0)
  for (const [voice, { group }] of voices.entries()) settled(group, 'voice', voice)
  settled(groups?.after, 'after', 0)
  return order
}

/** Some synths that ring out have come to silence: they are over at a block, if they were not before. */
export function silenced(from: Allocation, ids: ReadonlySet<number>, block: number): Allocation {
  const over = ({ id, until }: { id: number; until: number }): boolean => ids.has(id) && until > block
  if (!from.leaving.some(over)) return from
  return {
    ...from,
    leaving: from.leaving.map((leaving) => (over(leaving) ? { ...leaving, until: block } : leaving)),
  }
}

/** Whether a tail of the network will soon be over, so that its readers should go over to life without it. */
export function fadesSoon({ leaving }: Allocation, tails: readonly Tail[], horizon: number): boolean {
  return tails.some(({ name }) => leaving.every(({ tail, until }) => tail !== name || until <= horizon))
}
