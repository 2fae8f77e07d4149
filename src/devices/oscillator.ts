import {
  add,
  clip2,
  div,
  midicps,
  midiratio,
  mul,
  rateOf,
  ugens,
  unaryOp,
  type Signal,
} from '../ugens/index.ts'
import { choice, defineDevice, gate, signal, value } from './define.ts'
import { wave } from './waves.ts'

const { HPZ1, Latch, OneZero, VarLag } = ugens
const semitones = { min: -48, max: 48, default: 0, unit: 'semitones', optional: true } as const
/** Of what modulates the frequency: far above use, and it stops a NaN, which a phase would keep for ever. */
const highestIndex = 1000
const level = { min: 0, max: 1, default: 1, optional: true } as const

/** Up to three oscillators in one device, as on a classic synthesizer voice. */
export const oscillator = defineDevice({
  title: 'Oscillator',
  doc: 'One to three oscillators at audio rate; saw and pulse are band-limited. The second and the third exist as soon as the patch names their offset or level.',
  ports: {
    frequency: value('Pitch of the first oscillator.', {
      min: 8,
      max: 20000,
      scale: 'pitch',
      unit: 'Hz',
      default: 440,
      normal: 'keys.pitch',
      audio: true,
      spare: true,
    }),
    amplitude: value(
      'Peak level of each sine and triangle. Saw and pulse have half of it, about as loud to the ear.',
      { min: 0, max: 1, default: 1, audio: true, optional: true, level: true },
    ),
    waveform: choice('Shape of the wave, of all three.', ['saw', 'sine', 'triangle', 'pulse']),
    width: value('Share of the period in which a pulse is high.', {
      min: 0.01,
      max: 0.99,
      default: 0.5,
      spare: true,
    }),
    offset2: value('Interval of the second oscillator above the first.', semitones),
    level2: value('Level of the second oscillator.', level),
    offset3: value('Interval of the third oscillator above the first.', semitones),
    level3: value('Level of the third oscillator.', level),
    detune: value('Detunes the second oscillator up and the third down.', {
      min: -100,
      max: 100,
      default: 0,
      unit: 'cents',
      optional: true,
    }),
    portamento: value(
      'Time in which the pitch glides to a new one, whatever the interval. While an audio signal moves the frequency there is no glide.',
      { min: 0, max: 10, default: 0, unit: 's', optional: true },
    ),
    gate: gate('Portamento begins with the second note: this tells it of the first.', {
      normal: 'keys.gate',
    }),
    fm: signal(
      'Linear frequency modulation: at 1 the frequency is doubled, at −1 it is zero, below that it runs backwards.',
    ),
  },
  output: { rate: 'audio', polarity: 'bipolar', channels: 1 },
  generator: true,
  bounded: true,
  build(inputs, { connected }) {
    const { waveform, width, amplitude, fm } = inputs
    const pitch = glide(inputs.frequency, inputs.portamento, connected('gate') ? inputs.gate : 1)
    const modulation = connected('fm') ? add(1, clip2(fm[0] ?? 0, highestIndex)) : 1
    const tune = (interval: Signal, cents: Signal): Signal =>
      mul(pitch, midiratio(add(interval, div(cents, 100))), modulation)
    const detune = inputs.detune ?? 0
    const second = connected('offset2') || connected('level2')
    const third = connected('offset3') || connected('level3')
    const voice = (frequency: Signal): Signal => wave(waveform, frequency, width)
    const sum = add(
      voice(mul(pitch, modulation)),
      ...(second ? [mul(voice(tune(inputs.offset2 ?? 0, detune)), inputs.level2 ?? 1)] : []),
      ...(third ? [mul(voice(tune(inputs.offset3 ?? 0, mul(detune, -1))), inputs.level3 ?? 1)] : []),
    )
    if (amplitude === undefined) return sum
    return rateOf(amplitude) === 'audio' ? mul(sum, amplitude) : { signal: sum, gain: amplitude }
  },
})

/** Equal times for equal intervals: a straight line in semitones. Before the first note there is nothing to glide from. */
function glide(frequency: Signal, seconds: Signal | undefined, gate: Signal): Signal {
  if (seconds === undefined || rateOf(frequency) === 'audio') return frequency
  const note = unaryOp('cpsmidi', frequency)
  const played = gate === 1 ? 1 : OneZero.kr(Latch.kr(1, gate), 1)
  // its time must not change on the way
  const time = Latch.kr(mul(seconds, played), unaryOp('abs', HPZ1.kr(note)))
  return midicps(VarLag.kr(note, time, note))
}
