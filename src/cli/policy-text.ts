import type { ParsedVoices } from '../patch/index.ts'
import { count } from './text.ts'

/** `8 voices (poly), steal quietest, unison of 4 (±10 cents)`: how voices are given to notes, without what is as always. */
export function policyText({ count: voices, mode, priority, steal, unison, glide }: ParsedVoices): string {
  const size =
    mode === 'drone' && voices === 1 ? 'one voice, always on (drone)' : `${count(voices, 'voice')} (${mode})`
  const many =
    unison.voices > 1 ? `unison of ${unison.voices} (±${unison.detune} cents, spread ${unison.spread})` : ''
  const on = glide.when === 'legato' ? ', legato' : ''
  const way = glide.time > 0 ? `glide ${glide.time} s per ${glide.per}${on}` : ''
  const order =
    mode === 'poly'
      ? steal === 'oldest'
        ? ''
        : `steal ${steal}`
      : priority === 'last'
        ? ''
        : `priority ${priority}`
  return [size, order, many, way].filter((text) => text !== '').join(', ')
}
