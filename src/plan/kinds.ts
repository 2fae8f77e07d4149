import type { Allocation, Instance, RunningVoice } from './allocation.ts'
import type { NetworkNode } from './network.ts'
import { ownChannels } from './resources.ts'

/** The name under which what rings out is read: no device can have it, and no other tail has it. */
export function tailName({ name }: NetworkNode, instances: readonly Instance[]): string {
  return `~${name}/${instances[0]?.id ?? 0}`
}

/** Whether one can be in the place of the other for those who read it. */
export function sameKind(a: NetworkNode, b: NetworkNode): boolean {
  return (
    a.rate === b.rate &&
    a.channels === b.channels &&
    a.sum === b.sum &&
    a.part === b.part &&
    ownChannels(a) === ownChannels(b)
  )
}

/** Nothing of it can be heard. */
export const isIdle = ({ order }: Allocation, { group, paused }: RunningVoice): boolean =>
  paused || (order.get(group) ?? []).length === 0

/** There are more voices than wanted, and one of them can go. */
export const hasSurplus = (allocation: Allocation, wanted: number): boolean =>
  allocation.voices.length > wanted && allocation.voices.some((voice) => isIdle(allocation, voice))

/** The group in which an instance of a node stands. */
export function groupOf(
  { groups, voices }: Pick<Allocation, 'groups' | 'voices'>,
  node: NetworkNode,
  voice: number | undefined,
): number | undefined {
  if (node.part === 'voice') return voice === undefined ? undefined : voices[voice]?.group
  return groups?.[node.part]
}
