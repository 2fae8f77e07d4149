import type { Allocation, KeySet, Settled } from '../plan/index.ts'
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
 * @param since the block: what has been fading since then is cut off, for a note that begins anew
 */
export function woken(
  from: Allocation,
  { voice, anew }: Pick<KeySet, 'voice' | 'anew'>,
  { sleepers, chokes, troubles }: Keepers,
  since: number,
): Settled {
  const group = from.voices[voice]?.group ?? -1
  const cut = anew === true && chokes.hasFaded(group, since)
  if (cut) chokes.forget(group)
  const renewed = sleepers.renew(from, cut ? [group] : [])
  const { commands, allocation } = sleepers.wake(renewed.allocation, voice, troubles.poisoned)
  troubles.born(bornIn([...renewed.commands, ...commands]))
  return { commands: [...renewed.commands, ...commands], allocation }
}
