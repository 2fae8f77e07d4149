import { silenced, type Allocation, type Network } from '../plan/index.ts'

/**
 * What rings out and has come to silence is over: at once if nobody reads it, else later, so that its readers have gone
 * over to life without it.
 */
export function withoutSilent(
  from: Allocation,
  network: Network,
  isOff: (id: number) => boolean,
  now: number,
  later: number,
): Allocation {
  if (from.leaving.length === 0) return from
  const read = new Set(network.tails.map(({ name }) => name))
  const [ringing, unread] = [new Set<number>(), new Set<number>()]
  for (const { id, tail, node } of from.leaving)
    if (node.rings && isOff(id)) (read.has(tail ?? '') ? ringing : unread).add(id)
  return silenced(silenced(from, unread, now), ringing, later)
}
