import { MegasynthError, type Problem } from '../errors/index.ts'
import type { EngineLimits } from '../engine/index.ts'
import type { Allocation } from '../plan/index.ts'

/** A node id that every engine has: its root group. */
const rootGroups = 1

/**
 * Refuses what an engine has no room for, before anything is sent.
 *
 * @throws MegasynthError `engine-limit`, one problem per limit: by how much it is exceeded, and which option raises it
 */
export function checkFit(allocation: Allocation, limits: EngineLimits): void {
  const instances = [...allocation.nodes.values()].reduce((sum, node) => sum + node.instances.length, 0)
  const groups =
    allocation.groups === undefined ? 0 : Object.keys(allocation.groups).length + allocation.voices.length
  const problems = [
    exceeds('maxNodes', 'synths and groups', instances + groups + rootGroups, limits.maxNodes),
    exceeds('audioBuses', 'audio buses', allocation.audioBuses.next, limits.audioBuses),
    exceeds('controlBuses', 'control buses', allocation.controlBuses.next, limits.controlBuses),
    exceeds('randomGenerators', 'random generators', allocation.randomIds.next, limits.randomGenerators),
    exceeds('maxSynthDefs', 'SynthDefs', allocation.synthDefs.size, limits.maxSynthDefs),
  ].filter((problem) => problem !== undefined)
  if (problems.length > 0) throw new MegasynthError(problems)
}

function exceeds(
  option: keyof EngineLimits,
  what: string,
  needed: number,
  limit: number,
): Problem | undefined {
  if (needed <= limit) return undefined
  return {
    code: 'engine-limit',
    path: 'patch',
    message: `the patch needs too many ${what}`,
    found: `${needed}, ${needed - limit} too many`,
    expected: `at most ${limit}`,
    suggestion: `make the engine larger (${option}), or use fewer voices`,
  }
}
