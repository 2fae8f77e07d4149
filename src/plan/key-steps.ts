import { keyNames, type KeyName } from '../patch/ports.ts'
import type { Command } from '../scsynth/index.ts'
import type { Keys, VoiceChange } from './allocate.ts'
import type { RunningVoice } from './allocation.ts'

/**
 * A change as values for this block and the ones after it: a trigger falls a block after it rose, and a gate that
 * restarts is low for a block first, since an envelope sees a gate only once a block.
 */
export function keySteps({ keys, restart }: Pick<VoiceChange, 'keys' | 'restart'>): Keys[] {
  const falling = keys.trigger === undefined ? [] : [{ trigger: 0 }]
  if (!restart) return [keys, ...falling]
  const { trigger = 0, ...rest } = keys
  return [{ ...rest, gate: 0 }, { gate: 1, trigger }, ...falling]
}

/** The command that puts values on the buses of a voice's keys. */
export function setKeys(voice: RunningVoice, keys: Keys): Command {
  const values = Object.entries(keys).map(
    ([key, value]) => [voice.keys + keyNames.indexOf(key as KeyName), value] as const,
  )
  return { call: '/c_set', values }
}
