export { emptyAllocation, type Allocation, type FirstNumbers } from './allocation.ts'
export { choked } from './choke.ts'
export { clockControls, clockName, clockPositions } from './clock.ts'
export { knobBusValue, knobbed } from './knobs.ts'
export { compile, type Network, type NetworkNode } from './network.ts'
export { fadeSeconds } from './device-synthdef.ts'
export { glideAt, glided, type Glides } from './glides.ts'
export { keysAtRest } from './keys.ts'
export { hasSurplus } from './kinds.ts'
export type { NoteEvent, NoteId } from './note-event.ts'
export { plan, type Plan, type PlanInput } from './plan.ts'
export { withDifferences } from './differing.ts'
export { formatReport, reportLine, type Report } from './report.ts'
export { differences, Rehearsal, type Expected } from './rehearsal.ts'
export { refreshed } from './refresh.ts'
export { fadesSoon, nextDue, settle, silenced, type Settled } from './settle.ts'
export {
  atRest,
  createPerformance,
  dueBlock,
  performed,
  regrouped,
  type KeySet,
  type Performance,
} from './performance.ts'
export { networkAfter } from './tails.ts'
export { transposed } from './transposed.ts'
export { denormalise, knobSignal, normalise } from './scale.ts'
export {
  beatAt,
  beatInBar,
  beatsPerBlock,
  blockAt,
  createTempoMap,
  beatsPerBar,
  multipleAfter,
  tolerance,
  withBeat,
  withStanding,
  withTempo,
  type TempoMap,
} from './tempo.ts'
export { allocate, changesBetween, rested, type Keys, type VoiceChange } from './allocate.ts'
export { keySteps, setKeys } from './key-steps.ts'
export { resizeVoices } from './resize-voices.ts'
export { createVoices, glidingVoices, keysOf, movedKeys, voicesOf, type Voices } from './voices.ts'
export type { Reading, ReadSource, WiredDevice } from './wiring.ts'
