import { definePatch, semitones } from 'megasynth'

/** A slow landscape of noise and two pulses that nobody has to play. */
export default definePatch({
  name: 'drone',
  voices: { mode: 'drone' },
  knobs: { wind: { value: 0.8, label: 'Wind' }, depth: { value: 0.6, label: 'Depth' } },
  devices: {
    tide: { type: 'lfo', waveform: 'triangle', frequency: 0.11 },
    sway: { type: 'lfo', waveform: 'sine', frequency: 0.07, phase: 0.3 },
    noise0: { type: 'noise', color: 'pink' },
    oscillator0: {
      type: 'oscillator',
      waveform: 'pulse',
      frequency: 55,
      amplitude: 0.9,
      offset2: 7.02,
      level2: 0.6,
    },
    mixer0: { type: 'mixer' },
    filter0: { type: 'filter', mode: 'bandpass', cutoff: 500, resonance: 0.1 },
    pan0: { type: 'pan' },
    reverb0: { type: 'reverb', room: 0.95, mix: 0.5 },
  },
  connections: [
    ['wind', 'noise0.amplitude'],
    ['noise0', 'mixer0.in1'],
    ['oscillator0', 'mixer0.in2'],
    ['mixer0', 'filter0.in'],
    ['depth', 'tide.amplitude'],
    ['tide', 'filter0.cutoff', semitones(24)],
    ['filter0', 'pan0.in'],
    ['sway', 'pan0.position', 0.7],
    ['pan0', 'reverb0.in'],
    ['reverb0', 'out'],
  ],
})
