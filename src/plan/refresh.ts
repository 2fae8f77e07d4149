import type { Command } from '../scsynth/index.ts'
import { Allocator, type Allocation } from './allocation.ts'
import type { Settled } from './settle.ts'

/**
 * Bears synths of a paused voice anew in their places: what is smoothed would else glide to its value as the note begins,
 * from where it was when the voice fell asleep. Pure.
 */
export function refreshed(from: Allocation, voice: number, names: Iterable<string>): Settled {
  const ids = new Allocator(from.nodeIds)
  const nodes = new Map(from.nodes)
  const reborn = new Map<number, number>()
  const commands: Command[] = []
  for (const name of names) {
    const running = nodes.get(name)
    const old = running?.instances[voice]
    if (running === undefined || old === undefined || running.node.part !== 'voice') continue
    const id = ids.take()
    reborn.set(old.id, id)
    commands.push({
      call: '/s_new',
      def: running.node.def,
      id,
      action: 'replace',
      target: old.id,
      controls: old.values,
    })
    nodes.set(name, { ...running, instances: running.instances.with(voice, { ...old, id }) })
  }
  for (const id of reborn.keys()) ids.give(id)
  const group = from.voices[voice]?.group ?? -1
  const order = new Map(from.order)
  order.set(
    group,
    (order.get(group) ?? []).map((id) => reborn.get(id) ?? id),
  )
  const unplugging = from.unplugging.filter(({ id }) => !reborn.has(id))
  return { commands, allocation: { ...from, nodes, order, unplugging, nodeIds: ids.freeze() } }
}
