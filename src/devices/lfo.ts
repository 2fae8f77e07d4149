import { add, mul, mulAdd, sub, ugens, type Signal } from '../ugens/index.ts'
import { choice, defineDevice, option, value } from './define.ts'

const { ControlDur, Lag3, LFNoise0, LFPulse, LFSaw, LFTri, Phasor, SinOsc } = ugens

/** A slow oscillator at control rate. */
export const lfo = defineDevice({
  title: 'Low-frequency oscillator',
  doc: 'Moves other ports slowly and regularly. Control rate: for modulation in the audio range use an oscillator.',
  ports: {
    frequency: value('Cycles per second.', {
      min: 0.05,
      max: 100,
      scale: 'exponential',
      unit: 'Hz',
      default: 1,
    }),
    amplitude: value('Depth: the peak of a bipolar wave, the height of a unipolar one.', {
      min: 0,
      max: 1,
      default: 1,
      optional: true,
    }),
    waveform: choice('Shape of the wave; random holds a new value in each period.', [
      'sine',
      'triangle',
      'saw',
      'square',
      'random',
    ]),
    phase: value('Where in its period it starts.', {
      min: 0,
      max: 1,
      default: 0,
      unit: 'periods',
      optional: true,
    }),
  },
  options: {
    polarity: option('Bipolar swings around 0, unipolar stays at and above it.', ['bipolar', 'unipolar']),
  },
  output: { rate: 'control', polarity: { option: 'polarity' }, channels: 1 },
  random: true,
  continues: 'state',
  bounded: true,
  build({ frequency, amplitude, waveform, phase: offset }, { options, before }) {
    // the waves do not tell where they are: this counts along, so that a successor can go on
    const origin = mul(before.existed, before.state)
    const state = Phasor.kr(0, mul(frequency, ControlDur.ir()), origin, add(origin, 1))
    // a jump of the phase is one of the wave: it takes its time
    const phase = offset === undefined ? origin : add(Lag3.kr(offset, 0.1), origin)
    // LFTri and LFSaw count their phase in half periods; a triangle and a saw start at 0 and rise, as the sine does
    const wave = waveform.select({
      sine: () => SinOsc.kr(frequency, mul(phase, 2 * Math.PI)),
      triangle: () => LFTri.kr(frequency, mul(phase, 4)),
      saw: () => LFSaw.kr(frequency, mul(phase, 2)),
      square: () => sub(mul(LFPulse.kr(frequency, phase), 2), 1),
      random: () => LFNoise0.kr(frequency),
    })
    const signal: Signal = options.polarity === 'unipolar' ? mulAdd(wave, 0.5, 0.5) : wave
    return { signal, state, ...(amplitude !== undefined && { gain: amplitude }) }
  },
})
