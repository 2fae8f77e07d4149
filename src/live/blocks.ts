import type { At } from './synth.ts'
import { within } from './within.ts'

/** Seconds after which the clock is no longer exact to the block: a thousand years. */
export const longestSession = 3e10
/** Seconds that a knob may take. */
const longestGlide = 3600

/** The block of a time, if one is given. @throws MegasynthError `out-of-range` */
export function blockOf(when: At | undefined, blockRate: number): number | undefined {
  const at = when?.at
  if (at === undefined) return undefined
  within(-Infinity, longestSession, at, { code: 'out-of-range', path: 'at', message: 'this is no time' })
  return Math.floor(at * blockRate + 1e-6)
}

/** How many blocks a glide of some seconds takes. @throws MegasynthError `out-of-range` */
export function blocksOf(over: number, blockRate: number): number {
  const message = 'a knob cannot take that long'
  within(0, longestGlide, over, { code: 'out-of-range', path: 'over', message })
  return Math.round(over * blockRate)
}
