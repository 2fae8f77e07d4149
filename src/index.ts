// patches
export {
  checkPatch,
  keyNames,
  keyPitches,
  limits,
  parsePatch,
  edited,
  patchJsonSchema,
  patchToJson,
  patchToTypeScript,
  pitchOf,
  tuningFromScala,
  type Catalogue,
  type ConnectionSpec,
  type DeviceInfo,
  type DeviceSpec,
  type Edit,
  type KnobMidi,
  type KnobSpec,
  type ParsedPatch,
  type Patch,
  type KeyboardMap,
  type KeyPitches,
  type Port,
  type Tuning,
  type VoicePolicy,
} from './patch/index.ts'
export { noteName, noteNumber, parseNotes, type NoteStep } from './patch/notes.ts'
export { scoreFromNotes, type Score, type ScoreEvent } from './plan/score.ts'
export { semitones } from './patch/semitones.ts'
// devices
export {
  choice,
  defineDevice,
  definePatch,
  gate,
  option,
  out,
  signal,
  standard,
  trigger,
  value,
  type BuildContext,
  type Channels,
  type Choice,
  type DeviceOutput,
  type DeviceType,
  type Predecessor,
} from './devices/index.ts'
export * as ugen from './ugens/index.ts'
export type { Signal } from './ugens/index.ts'
// sound
export {
  createEnsemble,
  createOffline,
  perform,
  performTogether,
  type At,
  type Audio,
  type Chunk,
  type DryRun,
  type Ensemble,
  type EnsembleOptions,
  type Length,
  type Played,
  type Part,
  type PlayedPart,
  type OfflineSynth,
  type Recall,
  type Synth,
  type SynthEvents,
  type SynthOptions,
  type Turn,
  type Trouble,
} from './live/index.ts'
export { readMidiFile, type MidiFile } from './midi/file.ts'
export { scoreFromMidi, type MidiScoreOptions } from './midi/score.ts'
export { render, type RenderOptions } from './midi/render.ts'
// MIDI
export {
  connectMidi,
  type ConnectMidiOptions,
  type MidiConnection,
  type MidiNews,
  type MidiTarget,
} from './midi/connect.ts'
export type { ClockTarget } from './midi/clock-lead.ts'
export { recallPrograms, type ProgramChange, type ProgramNews } from './midi/programs.ts'
export { decodeMidi, decoderAtStart, type DecoderState } from './midi/decoder.ts'
export { interpretMidi } from './midi/interpret.ts'
export { encodeMidi, type MidiMessage } from './midi/message.ts'
export {
  recordTake,
  recordTogether,
  type RecordedPart,
  type RecordedSynth,
  type Recorder,
} from './midi/recorder.ts'
export { sendMidi, type MidiSending, type SendMidiOptions, type SendingSynth } from './midi/send.ts'
export { midiFile, type MidiFileOptions, type Take, type TimedMidi, type TimedTempo } from './midi/take.ts'
export { sharedPorts } from './midi/shared-ports.ts'
export { webMidiPorts, type WebMidiAccess } from './midi/web-ports.ts'
export type { MidiInput, MidiOutput, MidiPortInfo, MidiPorts } from './midi/ports.ts'
export {
  midiAtStart,
  type MidiAction,
  type MidiControl,
  type MidiOptions,
  type MidiState,
} from './midi/state.ts'
// planning, as values
export {
  compile,
  emptyAllocation,
  formatReport,
  plan,
  settle,
  networkAfter,
  type Allocation,
  type Network,
  type NoteEvent,
  type NoteId,
  type Plan,
  type Report,
} from './plan/index.ts'
// errors
export {
  MegasynthError,
  formatProblem,
  formatProblems,
  type Problem,
  type ProblemCode,
} from './errors/index.ts'
