export { edited, type Edit } from './edits.ts'
export { createHistory, record, recorded, redone, undone, type History } from './history.ts'
export { patchJsonSchema } from './json-schema.ts'
export { limits } from './limits.ts'
export { checkPatch, parsePatch } from './parse.ts'
export { partsOf } from './parts.ts'
export { withPositions } from './positions.ts'
export { keyNames, type Catalogue, type DeviceInfo, type Port } from './ports.ts'
export { keyPitches, pitchOf, type KeyboardMap, type KeyPitches, type Tuning } from './tuning.ts'
export { tuningFromScala } from './tuning-scala.ts'
export type { TypedPatch } from './typed.ts'
export type {
  ConnectionSpec,
  DeviceSpec,
  KnobMidi,
  KnobSpec,
  ParsedPatch,
  Patch,
  RelativeEncoding,
} from './types.ts'
export { snapshotNameProblem } from './snapshot-names.ts'
export { parsedVoices, type ParsedVoices, type VoicePolicy } from './voice-policy.ts'
export { patchToJson, patchToTypeScript } from './write.ts'
