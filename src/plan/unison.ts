import type { Voice } from './voices.ts'

/** Where a voice stands among those of its note: −1 is the first, 1 the last, 0 the middle, or the only one. */
export const spread = ({ part, parts }: Pick<Voice, 'part' | 'parts'>): number =>
  parts < 2 ? 0 : (2 * part) / (parts - 1) - 1
