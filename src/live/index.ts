export { join, perform, type Chunk, type Length } from './perform.ts'
export { createOffline, startSynth, type SynthOptions } from './start.ts'
export type { At, Audio, DryRun, OfflineSynth, Played, Synth, SynthEvents } from './synth.ts'
export type { Trouble } from './trouble.ts'
