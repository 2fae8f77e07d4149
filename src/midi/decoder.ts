import { dataLength, messageOf, type MidiMessage } from './message.ts'

/** Where in a message a stream of bytes stands: a value. */
export interface DecoderState {
  /** Of the message whose data come next; 0: data bytes belong to nothing and are passed over. */
  readonly status: number
  /** Its first data byte, while the second is missing. */
  readonly first: number | undefined
}

/** Nothing heard yet. */
export const decoderAtStart: DecoderState = { status: 0, first: undefined }

/**
 * What a stream of MIDI bytes says, piece by piece: messages may be cut anywhere, leave out their status byte (running
 * status), and have clock ticks among their bytes. System exclusive messages, time code and whatever has no place in the
 * protocol are passed over. No byte is refused, and memory does not grow. Pure.
 *
 * @param state what the call before returned
 * @example
 * const { messages } = decodeMidi(decoderAtStart, Uint8Array.of(0x90, 60, 100, 64, 100)) // two note-ons
 */
export function decodeMidi(
  state: DecoderState,
  bytes: Uint8Array,
): { readonly state: DecoderState; readonly messages: readonly MidiMessage[] } {
  let { status, first } = state
  const messages: MidiMessage[] = []
  const say = (whole: number, one: number, two: number): void => {
    const message = messageOf(whole, one, two)
    if (message !== undefined) messages.push(message)
  }
  for (const byte of bytes) {
    if (byte >= 0xf8)
      // real time: it may stand anywhere and changes nothing around it
      say(byte, 0, 0)
    else if (byte >= 0x80) {
      first = undefined
      const length = dataLength(byte)
      if (length === 0) say(byte, 0, 0)
      // the data of a system exclusive, of its end and of what is not defined belong to nothing
      status = length === 0 || length === undefined ? 0 : byte
    } else {
      const length = dataLength(status)
      if (length === undefined) continue
      if (length === 2 && first === undefined) {
        first = byte
        continue
      }
      say(status, first ?? byte, byte)
      first = undefined
      // only the status of a channel runs on
      if (status >= 0xf0) status = 0
    }
  }
  return { state: { status, first }, messages }
}
