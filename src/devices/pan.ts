import { rateOf, ugens, type Signal } from '../ugens/index.ts'
import { defineDevice, signal, value } from './define.ts'

const { Balance2, Pan2 } = ugens

/** Places a sound between left and right. */
export const pan = defineDevice({
  title: 'Pan',
  doc: 'Places a mono signal between left and right with equal power (−3 dB in the middle); balances a stereo signal.',
  ports: {
    in: signal('What is placed.'),
    position: value('−1 is left, 0 the middle, 1 right.', {
      min: -1,
      max: 1,
      default: 0,
      audio: true,
      spare: true,
    }),
    level: value('Level of the whole.', { min: 0, max: 1, default: 1, spare: true, level: true }),
  },
  output: { rate: 'audio', polarity: 'bipolar', channels: 2 },
  bounded: true,
  build({ in: [left = 0, right = 0], position, level }) {
    const signal: Signal[] = left === right ? Pan2.ar(left, position) : Balance2.ar(left, right, position)
    return rateOf(level) === 'audio' ? signal : { signal, gain: level }
  },
})
