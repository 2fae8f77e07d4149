/** `megasynth/scsynth`: the server's language, without a server. SynthDefs, commands, OSC and replies as values. */
export {
  rates,
  type ParameterName,
  type Rate,
  type SynthDef,
  type UGenInput,
  type UGenSpec,
} from '../ugens/synthdef.ts'
export { decodeSynthDefs, encodeSynthDefs } from './scgf.ts'
export { addAction, type AddAction, type Command, type ControlValue } from './commands.ts'
export { encodeCommands, toOsc } from './wire.ts'
export {
  parseReply,
  type NodeEvent,
  type NodeReply,
  type Reply,
  type StatusReply,
  type TreeGroup,
  type TreeNode,
  type TreeReply,
  type TreeSynth,
} from './replies.ts'
export {
  decodePacket,
  encodeBundle,
  encodeMessage,
  float,
  immediate,
  int,
  type OscArg,
  type OscBundle,
  type OscMessage,
  type OscPacket,
} from './osc.ts'
