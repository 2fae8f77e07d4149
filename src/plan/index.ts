export { emptyAllocation, type Allocation } from './allocation.ts'
export { knobBusValue } from './knobs.ts'
export { compile, type Network, type NetworkNode } from './network.ts'
export { keysAtRest, plan, type Plan, type Report } from './plan.ts'
export { denormalise, knobSignal, normalise } from './scale.ts'
export {
  allocate,
  createVoices,
  keySteps,
  keysOf,
  resizeVoices,
  setKeys,
  type Keys,
  type NoteEvent,
  type VoiceChange,
  type Voices,
} from './voices.ts'
export type { Reading, ReadSource, WiredDevice } from './wiring.ts'
