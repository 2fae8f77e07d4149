export { join, perform, type Chunk, type Length } from './perform.ts'
export { createOffline, type At, type Audio, type Synth, type SynthOptions } from './synth.ts'
