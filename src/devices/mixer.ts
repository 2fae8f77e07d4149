import { add, mul } from '../ugens/index.ts'
import { defineDevice, signal, value } from './define.ts'

/** Adds signals of any kind. */
export const mixer = defineDevice({
  title: 'Mixer',
  doc: 'Adds any number of inputs, each at its own level. Audio as soon as one input is, else control: it also adds knobs and LFOs.',
  ports: {
    'in#': signal('Any signal.'),
    'level#': value('Level of the input with the same number.', {
      min: 0,
      max: 1,
      default: 1,
      optional: true,
    }),
    level: value('Level of the sum.', { min: 0, max: 1, default: 1, spare: true, level: true }),
  },
  output: { rate: 'inputs', polarity: 'inputs', channels: 'inputs' },
  bounded: true,
  build(inputs, { channels }) {
    const levels = inputs['level#']
    const strips = inputs['in#'].map((strip, i) => strip.map((channel) => mul(channel, levels[i] ?? 1)))
    const signal = Array.from({ length: channels }, (_, c) => add(0, ...strips.map((strip) => strip[c] ?? 0)))
    return { signal, gain: inputs.level }
  },
})
