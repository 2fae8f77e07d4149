import { clip2, crossfade, mul, ugens, type Signal } from '../ugens/index.ts'
import { defineDevice, signal, value } from './define.ts'

const { FreeVerb2, Lag3 } = ugens

/** A room. */
export const reverb = defineDevice({
  title: 'Reverb',
  doc: 'A room after Schroeder and Moorer (Freeverb by Jezar). Always stereo. Shared: it exists once, after the voices, unless the patch says shared: false.',
  ports: {
    in: signal('What sounds in the room.'),
    mix: value('0 is only the input, 1 only the room.', { min: 0, max: 1, default: 0.33, spare: true }),
    room: value('Size: how long it rings.', { min: 0, max: 1, default: 0.6, spare: true }),
    damp: value('How much faster the high frequencies die away.', {
      min: 0,
      max: 1,
      default: 0.5,
      spare: true,
    }),
  },
  output: { rate: 'audio', polarity: 'bipolar', channels: 2 },
  shared: true,
  rings: 0.1,
  bounded: true,
  build({ in: input, mix, room, damp }, { onset }) {
    const [left, right] = input.map((channel): Signal => clip2(channel, 8)) as [Signal, Signal]
    // the reverb's own mix goes in steps from block to block, and so does the size of the room
    const wet = FreeVerb2.ar(mul(left, onset), mul(right, onset), 1, Lag3.kr(room, 0.1), damp)
    return [crossfade(left, wet[0], mix), crossfade(right, wet[1], mix)]
  },
})
