/** `megasynth/osc`: a synth played by OSC messages over UDP, and what is played sent on. Only for Node. */
export { readAction, type OscAction } from './actions.ts'
export { listenOsc, type ListenOptions, type OscListener } from './listen.ts'
export { knobMessage, messageOf, panicMessage } from './messages.ts'
export { oscParts, type OscPart } from './parts.ts'
export { Receiver, type OscCounts, type OscTarget, type ReceiverOptions } from './receiver.ts'
export { sendPlayed } from './send-played.ts'
export { sendOsc, type OscSender, type SendOptions, type SendWhen } from './send.ts'
