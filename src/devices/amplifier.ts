import { mul, rateOf } from '../ugens/index.ts'
import { defineDevice, signal, value } from './define.ts'

/** A voltage-controlled amplifier. */
export const amplifier = defineDevice({
  title: 'Amplifier',
  doc: 'Multiplies its input by its gain: the place for an envelope.',
  ports: {
    in: signal('What is made louder or softer.'),
    gain: value('Factor.', { min: 0, max: 1, default: 1, audio: true, spare: true, level: true }),
  },
  output: { rate: 'audio', polarity: 'bipolar', channels: 'inputs' },
  bounded: true,
  build({ in: input, gain }) {
    return rateOf(gain) === 'audio' ? input.map((channel) => mul(channel, gain)) : { signal: input, gain }
  },
})
