import { add, binaryOp, clip2, div, mul, mulAdd, sub, unaryOp, ugens, type Signal } from '../ugens/index.ts'
import { defineDevice, signal, value } from './define.ts'
import { guarded } from './trouble.ts'

const { A2K, ControlDur, OnePole, SampleDur } = ugens

/** −1 dBFS: below it `out` changes nothing, above it a curve keeps every sample under full scale. */
const knee = 10 ** (-1 / 20)
/** What the curve may add: a hair less than what is left, so that no sample is rounded to full scale. */
const room = 0.9999 - knee
/** DC below this (−50 dBFS) is left alone, so that a signal without DC passes bit for bit. */
const tolerableDc = 0.003
/** Hz. The mean has two poles, one above it and one below: of a tone they leave what two at the cutoff would. */
const dcCutoff = 1
/**
 * Part of the way to a sample that the first pole goes. The second is at control rate, for which a wave as long as a block would
 * be DC: what is left of it, at the most a quarter of its length · this · its peak, must be less than what is tolerable. So far below
 * 48 kHz the first is slow: DC of +12 dBFS that ends is forgotten after 8.9 s at 8 kHz, 3.4 at 22.05 and 1.7 at 48, as measured.
 */
const drift = 1e-4

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
    const speed = (2 * Math.PI * dcCutoff) ** 2 / drift
    const second = unaryOp('exp', mul(-speed, SampleDur.ir(), ControlDur.ir()))
    // what comes in must be watched here: what goes out is always sound
    const { channels, gain, effects } = guarded(input)
    const signal = channels.map((channel): Signal => {
      const sane = mul(channel, gain, level)
      const dc = OnePole.kr(A2K.kr(OnePole.ar(sane, 1 - drift)), second)
      const centred = sub(sane, binaryOp('excess', dc, tolerableDc))
      const straight = clip2(centred, knee)
      return add(straight, mul(bent(mul(sub(centred, straight), 1 / room)), room))
    })
    return { signal, effects }
  },
})

/** A tanh to within 0.03, at less than half its cost: it reaches 1 at 3, where it is level, and bends no sooner. */
function bent(x: Signal): Signal {
  const clipped = clip2(x, 3)
  const squared = unaryOp('squared', clipped)
  return div(mul(clipped, add(squared, 27)), mulAdd(squared, 9, 27))
}
