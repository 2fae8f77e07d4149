import { clip2, ugens, type Signal } from '../ugens/index.ts'
import { defineDevice, signal, value } from './define.ts'

const { FreeVerb2 } = ugens

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
  build({ in: input, mix, room, damp }) {
    const [left, right] = input.map((channel): Signal => clip2(channel, 8)) as [Signal, Signal]
    return FreeVerb2.ar(left, right, mix, room, damp)
  },
})
