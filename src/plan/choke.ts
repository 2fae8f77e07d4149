import { keyNames } from '../patch/ports.ts'
import type { Command } from '../scsynth/index.ts'
import type { RunningVoice } from './allocation.ts'

/** Control buses of a voice: one for each key, and one more that chokes it. */
export const busesPerVoice = keyNames.length + 1

/** The control bus by which all that leaves a voice is multiplied, whatever an edit brings into it or takes out of it: 1 at rest. */
export const chokeBus = ({ keys }: Pick<RunningVoice, 'keys'>): number => keys + keyNames.length

/**
 * Has all that leaves some voices fade, whatever its releases, or come back.
 *
 * @param level of what it was: 0 is silence, 1 is back
 */
export const choked = (voices: readonly RunningVoice[], level: number): Command[] =>
  voices.length === 0
    ? []
    : [{ call: '/c_set', values: voices.map((voice) => [chokeBus(voice), level] as const) }]
