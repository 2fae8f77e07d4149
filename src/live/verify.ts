import { fail } from '../errors/index.ts'
import type { ServerCounts } from '../engine/index.ts'
import type { Allocation } from '../plan/index.ts'

/** Sees that an engine has what was sent: no more and no less. @throws MegasynthError `engine-failed` */
export function verify({ synths, groups }: ServerCounts, allocation: Allocation): void {
  const wanted = [...allocation.nodes.values()].reduce(
    (sum, { instances }) => sum + instances.length,
    allocation.leaving.length,
  )
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
