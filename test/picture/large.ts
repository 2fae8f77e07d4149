import type { ConnectionSpec, DeviceSpec, KnobSpec, Patch } from '../../src/patch/index.ts'

const voices = 6

/** Fifty devices as a person might patch them: six strips of seven, a mix, two shared LFOs, effects in a row. */
export const fifty: Patch = {
  name: 'fifty',
  voices: 4,
  knobs: {
    brightness: { value: 0.6, label: 'Brightness of all' },
    sway: 0.25,
    space: { value: 0.35, label: 'Space' },
    echoes: 1,
    ...Object.fromEntries(
      Array.from({ length: voices }, (_, i): [string, KnobSpec] => [`level${i}`, i / (voices - 1)]),
    ),
  },
  devices: {
    drift: { type: 'lfo', shared: true, frequency: 0.08, label: 'Slow drift' },
    pulse: { type: 'lfo', shared: true, frequency: 4, waveform: 'triangle' },
    ...Object.fromEntries(
      Array.from({ length: voices }, (_, i): [string, DeviceSpec][] => [
        [`oscillator${i}`, { type: 'oscillator', waveform: i % 2 === 0 ? 'saw' : 'pulse' }],
        [`filter${i}`, { type: 'filter', slope: 24, resonance: 0.2 }],
        [`opening${i}`, { type: 'envelope', attack: 0.01 * (i + 1), decay: 0.4, sustain: 0.3 }],
        [`amplifier${i}`, { type: 'amplifier' }],
        [`loudness${i}`, { type: 'envelope', release: 0.6 }],
        [`lfo${i}`, { type: 'lfo', frequency: 0.3 + i }],
        [`pan${i}`, { type: 'pan', position: (i - 2.5) / 5 }],
      ]).flat(),
    ),
    mix: { type: 'mixer', label: 'Voice mix' },
    tone: { type: 'filter', cutoff: 9000, shared: true },
    delay0: { type: 'delay', time: 0.375 },
    spin: { type: 'amplifier', shared: true, bypass: true },
    reverb0: { type: 'reverb', room: 0.9 },
    master: { type: 'mixer', shared: true },
  },
  connections: [
    ...Array.from({ length: voices }, (_, i): ConnectionSpec[] => [
      ['drift', `oscillator${i}.frequency`, 1 / 512],
      [`oscillator${i}`, `filter${i}.in`],
      ['brightness', `filter${i}.cutoff`],
      [`opening${i}`, `filter${i}.cutoff`, 24 / 128],
      [`lfo${i}`, `filter${i}.cutoff`, 3 / 128],
      [`filter${i}`, `amplifier${i}.in`],
      [`loudness${i}`, `amplifier${i}.gain`],
      [`amplifier${i}`, `pan${i}.in`],
      ['sway', `lfo${i}.amplitude`],
      [`pan${i}`, `mix.in${i + 1}`],
      [`level${i}`, `mix.level${i + 1}`],
    ]).flat(),
    ['clock.phase', 'pulse.amplitude'],
    ['keys.velocity', 'amplifier0.gain', 0.5],
    ['keys.velocity', 'opening1.sustain'],
    ['oscillator1', 'oscillator0.fm', 0.5],
    ['mix', 'tone.in'],
    ['pulse', 'tone.cutoff', 12 / 128],
    ['tone', 'delay0.in'],
    ['echoes', 'delay0.mix'],
    ['delay0', 'spin.in'],
    ['spin', 'reverb0.in'],
    ['space', 'reverb0.mix'],
    ['reverb0', 'master.in1'],
    ['tone', 'master.in2', 0.3],
    { from: 'reverb0', to: 'delay0.in', amount: 0.1, feedback: true },
    ['master', 'out'],
  ],
}
