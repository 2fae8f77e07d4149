/** Parts of patches, for tests of what is wrong or right in them. */
export const devices = {
  lfo0: { type: 'lfo' },
  filter0: { type: 'filter' },
  mixer0: { type: 'mixer' },
  osc0: { type: 'oscillator' },
  reverb0: { type: 'reverb' },
}
const knobs = { volume: 0.5, depth: 0.2 }
export const top = (more: object): object => ({ knobs, devices, ...more })
export const knob = (spec: unknown): object => top({ knobs: { ...knobs, knob0: spec } })
export const device = (spec: unknown): object => top({ devices: { ...devices, dev0: spec } })
export const cable = (spec: unknown): object => top({ connections: [spec] })
export const cables = (...connections: unknown[]): object => top({ connections })
export const many = (n: number, value: unknown): object =>
  Object.fromEntries(Array.from({ length: n }, (_, i) => [`n${i}`, value]))

/** A patch with one mistake, and what is said of it. */
export type Mistake = readonly [
  data: unknown,
  code: string,
  path: string,
  message: string,
  suggestion?: string,
]
