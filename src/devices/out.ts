import { add, binaryOp, clip2, mul, sub, tanh, unaryOp, ugens, type Signal } from '../ugens/index.ts'
import { defineDevice, signal, value } from './define.ts'
import { guarded } from './trouble.ts'

const { OnePole, SampleDur } = ugens

/** −1 dBFS: below it `out` changes nothing, above it a curve keeps every sample under full scale. */
const knee = 10 ** (-1 / 20)
/** What the curve may add: a hair less than what is left, so that no sample is rounded to full scale. */
const room = 0.9999 - knee
/** DC below this (−50 dBFS) is left alone, so that a signal without DC passes bit for bit. */
const tolerableDc = 0.003
const dcCutoff = 1

/** The final stage, there exactly once in every patch. */
export const out = defineDevice({
  title: 'Output',
  doc: 'The final stage: level, DC block, NaN guard and a smooth curve above −1 dBFS. Below that it is transparent, bit for bit, and it delays nothing.',
  ports: {
    in: signal('What is heard. Mono goes to both sides.'),
    level: value('Level of the whole patch.', { min: 0, max: 1, default: 1 }),
  },
  output: { rate: 'audio', polarity: 'bipolar', channels: 2 },
  shared: true,
  bounded: true,
  build({ in: input, level }) {
    const pole = unaryOp('exp', mul(-2 * Math.PI * dcCutoff, SampleDur.ir()))
    // what comes in must be watched here: what goes out is always sound
    const { channels, gain, effects } = guarded(input)
    const signal = channels.map((channel): Signal => {
      const sane = mul(channel, gain, level)
      const dc = OnePole.ar(OnePole.ar(sane, pole), pole)
      const centred = sub(sane, binaryOp('excess', dc, tolerableDc))
      const above = binaryOp('excess', centred, knee)
      return add(clip2(centred, knee), mul(tanh(mul(above, 1 / room)), room))
    })
    return { signal, effects }
  },
})
