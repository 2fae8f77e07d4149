import type { Command } from '../scsynth/index.ts'
import type { Allocation } from './allocation.ts'
import { controlNames } from './device-synthdef.ts'
import type { Network } from './network.ts'

/**
 * Has all that leaves a voice fade, whatever its releases, or come back.
 *
 * @param fades also what an edit took out of the voice
 */
export function choked(
  { nodes, voices, leaving }: Allocation,
  network: Network,
  voice: number,
  fades: boolean,
): Command[] {
  const ids = network.nodes.flatMap(({ name, mix, part }) => {
    const id = nodes.get(name)?.instances[voice]?.id
    return mix && part === 'voice' && id !== undefined ? [id] : []
  })
  const old = leaving.flatMap(({ group, mix, id }) =>
    fades && mix !== undefined && group === voices[voice]?.group ? [id] : [],
  )
  return [...ids, ...old].map((id) => ({
    call: '/n_set',
    id,
    controls: { [controlNames.mixFade]: Number(!fades) },
  }))
}
