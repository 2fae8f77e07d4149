import { fail } from '../errors/index.ts'
import type { ServerCounts } from '../engine/index.ts'
import type { Allocation } from '../plan/index.ts'

/** Ids of all synths that an allocation has, those that leave included. */
export function synthsOf({ nodes, leaving }: Allocation): Set<number> {
  const ids = new Set(leaving.map(({ id }) => id))
  for (const { instances } of nodes.values()) for (const { id } of instances) ids.add(id)
  return ids
}

/** Sees that an engine has what was sent: no more and no less. @throws MegasynthError `engine-failed` */
export function verify({ synths, groups }: ServerCounts, allocation: Allocation): void {
  const wanted = synthsOf(allocation).size
  const wantedGroups = 1 + (allocation.groups ? 4 : 0) + allocation.voices.length
  if (synths === wanted && groups === wantedGroups) return
  fail({
    code: 'engine-failed',
    path: 'engine',
    message: 'it has not done all that was sent',
    found: `${synths} synths in ${groups} groups`,
    expected: `${wanted} synths in ${wantedGroups} groups`,
  })
}
