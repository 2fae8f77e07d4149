export { createEnsemble, type Ensemble, type EnsembleOptions } from './ensemble.ts'
export { mostParts, type Part } from './part.ts'
export {
  durationOf,
  join,
  perform,
  performTogether,
  type Chunk,
  type Length,
  type PlayedPart,
} from './perform.ts'
export { createOffline, startSynth, type SynthOptions } from './start.ts'
export { Movements } from './movements.ts'
export type { At, Audio, DryRun, OfflineSynth, Played, Recall, Synth, SynthEvents, Turn } from './synth.ts'
export type { Trouble } from './trouble.ts'
