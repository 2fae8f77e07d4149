import { setKeys, type Allocation, type KeySet, type Settled } from '../plan/index.ts'
import type { Chokes } from './chokes.ts'
import { bornIn } from './pieces.ts'
import type { Sleepers } from './sleepers.ts'
import type { Troubles } from './trouble.ts'

/** What is known of the voices. */
interface Keepers {
  readonly sleepers: Sleepers
  readonly chokes: Chokes
  readonly troubles: Troubles
}

/**
 * Has a voice run, for a note that comes now or soon.
 *
 * @param keys what it is told if it has missed something in its sleep
 * @param since the block: what has been fading since then is cut off, for a note that begins anew
 */
export function woken(
  from: Allocation,
  { voice, anew, keys }: Omit<KeySet, 'choke'>,
  { sleepers, chokes, troubles }: Keepers,
  since: number,
): Settled {
  const place = from.voices[voice]
  const group = place?.group ?? -1
  const cut = anew === true && chokes.hasFaded(group, since)
  const back = cut ? chokes.forget(from, [group]) : []
  const renewed = sleepers.renew(from, cut ? [group] : [])
  const { commands, allocation } = sleepers.wake(renewed.allocation, voice, troubles.poisoned)
  troubles.born(bornIn([...renewed.commands, ...commands]))
  const missed = place && sleepers.makeUpFor(group) ? [setKeys(place, keys)] : []
  return { commands: [...missed, ...back, ...renewed.commands, ...commands], allocation }
}
