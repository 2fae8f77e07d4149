import { setKeys, type Allocation, type KeySet } from '../plan/index.ts'
import type { Command } from '../scsynth/index.ts'
import type { Chokes } from './chokes.ts'
import type { Running } from './running.ts'
import type { Sleepers } from './sleepers.ts'

/** Whether a voice is told of it: one that sleeps hears of its gate at once, and how it is pressed and bent when it wakes. */
export function hears({ voices }: Allocation, { voice, keys, choke }: KeySet): boolean {
  const isAwake = voices[voice]?.paused === false
  return isAwake || choke !== undefined || keys.gate !== undefined || keys.trigger !== undefined
}

/**
 * What tells a voice what it is to play.
 *
 * @param block of the engine in which it is told
 */
export function voiceKeys(
  { allocation, network }: Running,
  set: KeySet,
  { sleepers, chokes }: { readonly sleepers: Sleepers; readonly chokes: Chokes },
  block: number,
): Command[] {
  const { voice, keys } = set
  const place = allocation.voices[voice]
  if (place === undefined) return []
  if (!hears(allocation, set)) {
    sleepers.miss(place.group)
    return []
  }
  return [
    ...chokes.hear(allocation, set, block),
    ...(keys.gate === 1 ? sleepers.watch(allocation, network, voice, block) : []),
    ...(Object.keys(keys).length > 0 ? [setKeys(place, keys)] : []),
  ]
}
