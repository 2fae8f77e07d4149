import type { Command } from '../scsynth/index.ts'
import type { Allocation } from './allocation.ts'
import { controlNames } from './device-synthdef.ts'
import type { Network } from './network.ts'

/**
 * Has all that leaves a voice fade, whatever its releases, or come back; also what an edit took out of the voice, unless that
 * fades for a successor.
 *
 * @param level of what it was: 0 is silence, 1 is back
 */
export function choked(
  { nodes, voices, leaving }: Allocation,
  network: Network,
  voice: number,
  level: number,
): Command[] {
  const ids = network.nodes.flatMap(({ name, mix, part }) => {
    const id = nodes.get(name)?.instances[voice]?.id
    return mix && part === 'voice' && id !== undefined ? [id] : []
  })
  const old = leaving.flatMap(({ group, mix, id, faded }) =>
    mix !== undefined && group === voices[voice]?.group && !faded.includes(controlNames.mixFade) ? [id] : [],
  )
  return [...ids, ...old].map((id) => ({
    call: '/n_set',
    id,
    controls: { [controlNames.mixFade]: level },
  }))
}
