// What needs Node and a machine to sound on: `import { createSynth } from 'megasynth/live'`
export { createSynth, type LiveSynthOptions } from './live/create.ts'
export {
  createLiveEnsemble,
  type LiveEnsemble,
  type LiveEnsembleOptions,
  type LivePlayer,
} from './live/live-ensemble.ts'
export type { LiveSynth, Restart, Stats, TreeLine, TreePart } from './live/live-synth.ts'
export type { LiveOptions, LiveStatus } from './engine/live.ts'
export { devices, type SoundDevice } from './engine/sound-devices.ts'
