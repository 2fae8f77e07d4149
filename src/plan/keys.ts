import type { KeyName } from '../patch/ports.ts'

/** A voice that nobody plays: C4, gate down. */
export const keysAtRest: Readonly<Record<KeyName, number>> = {
  pitch: 60 / 128,
  gate: 0,
  trigger: 0,
  velocity: 0,
  pressure: 0,
  timbre: 0.5,
  random: 0,
  spread: 0,
}
