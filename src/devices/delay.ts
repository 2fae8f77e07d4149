import { add, clip2, crossfade, max, mul, sub, ugens, unaryOp, type Signal } from '../ugens/index.ts'
import { defineDevice, signal, value } from './define.ts'

const { ControlDur, DelayC, LocalIn, LocalOut, OnePole, SampleDur } = ugens
const longest = 2
/** Two one-poles in a row take 3 dB at the tone if each has its corner this much higher. */
const apart = 1 / Math.sqrt(Math.SQRT2 - 1)

/** Echoes. */
export const delay = defineDevice({
  title: 'Delay',
  doc: 'Echoes with feedback and a tone control in the loop. Shared: it exists once, after the voices, unless the patch says shared: false.',
  ports: {
    in: signal('What is echoed.'),
    time: value('Time between two echoes.', {
      min: 0.003,
      max: longest,
      scale: 'exponential',
      unit: 's',
      default: 0.35,
    }),
    feedback: value('Level of each echo relative to the one before.', {
      min: 0,
      max: 0.98,
      default: 0.4,
      spare: true,
    }),
    tone: value('Low-pass in the loop: each echo is darker.', {
      min: 100,
      max: 20000,
      scale: 'pitch',
      unit: 'Hz',
      default: 6000,
      spare: true,
    }),
    mix: value('0 is only the input, 1 only the echoes.', { min: 0, max: 1, default: 0.35, spare: true }),
  },
  output: { rate: 'audio', polarity: 'bipolar', channels: 'inputs' },
  shared: true,
  rings: longest,
  bounded: true,
  build({ in: input, time, feedback, tone, mix }, { onset }) {
    // clip2 stops a NaN, which the loop would keep for ever
    const dry = input.map((channel) => clip2(channel, 8))
    // what comes back through LocalIn is a block old: that block is a part of the time
    const echoes = LocalIn.ar(dry.length, ...dry.map(() => 0))
    const rest = max(sub(time, ControlDur.ir()), 0)
    // a one-pole is a weighted mean of its input and its past: however its weight moves, the loop gains nothing
    const weight = unaryOp('exp', mul(tone, -2 * Math.PI * apart, SampleDur.ir()))
    const darker = (x: Signal): Signal => OnePole.ar(x, weight)
    const line = (channel: Signal, i: number): Signal =>
      darker(darker(DelayC.ar(add(mul(channel, onset), mul(echoes[i] ?? 0, feedback)), longest, rest)))
    return {
      signal: dry.map((channel, i) => crossfade(channel, echoes[i] ?? 0, mix)),
      effects: [LocalOut.ar(...dry.map(line))],
    }
  },
})
