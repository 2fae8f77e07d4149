import { definePatch, semitones } from 'megasynth'

/** A soft pad: three detuned saws, a slowly opening filter with some vibrato of its own, a room. */
export default definePatch({
  name: 'pad',
  tempo: 80,
  knobs: {
    brightness: { value: 0.45, label: 'Brightness', range: [200, 6000] },
    wobble: { value: 0.3, label: 'Wobble' },
    space: { value: 0.4, label: 'Space' },
  },
  devices: {
    oscillator0: {
      type: 'oscillator',
      waveform: 'saw',
      amplitude: 0.22,
      offset2: 0,
      level2: 1,
      offset3: -12,
      level3: 0.8,
      detune: 7,
    },
    loudness: { type: 'envelope', attack: 0.06, decay: 0.8, sustain: 0.7, release: 0.9 },
    opening: { type: 'envelope', attack: 0.15, decay: 1.2, sustain: 0.4, release: 0.9 },
    lfo0: { type: 'lfo', frequency: 0.7, waveform: 'triangle' },
    filter0: { type: 'filter', mode: 'lowpass', slope: 24, resonance: 0.15 },
    amplifier0: { type: 'amplifier' },
    reverb0: { type: 'reverb', room: 0.8, damp: 0.4 },
  },
  connections: [
    ['oscillator0', 'filter0.in'],
    ['brightness', 'filter0.cutoff'],
    ['opening', 'filter0.cutoff', semitones(18)],
    ['wobble', 'lfo0.amplitude'],
    ['lfo0', 'filter0.cutoff', semitones(6)],
    ['filter0', 'amplifier0.in'],
    ['loudness', 'amplifier0.gain'],
    ['amplifier0', 'reverb0.in'],
    ['space', 'reverb0.mix'],
    ['reverb0', 'out'],
  ],
})
