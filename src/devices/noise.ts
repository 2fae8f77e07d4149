import { ugens } from '../ugens/index.ts'
import { choice, defineDevice, value } from './define.ts'

const { BrownNoise, PinkNoise, WhiteNoise } = ugens

/** Noise from a generator of its own. */
export const noise = defineDevice({
  title: 'Noise',
  doc: 'Random signal: white is flat, pink falls by 3 dB, brown by 6 dB per octave. Every instance in every voice has its own random generator.',
  ports: {
    amplitude: value('Peak level.', { min: 0, max: 1, default: 1, spare: true, level: true }),
    color: choice('Slope of the spectrum.', ['white', 'pink', 'brown']),
  },
  output: { rate: 'audio', polarity: 'bipolar', channels: 1 },
  generator: true,
  random: true,
  bounded: true,
  build({ amplitude, color }) {
    const signal = color.select({
      white: () => WhiteNoise.ar(),
      pink: () => PinkNoise.ar(),
      brown: () => BrownNoise.ar(),
    })
    return { signal, gain: amplitude }
  },
})
