import { definePatch, semitones } from 'megasynth'

/** A plucked synth bass: the filter envelope does the talking, the cutoff follows the keys. */
export default definePatch({
  name: 'bass',
  voices: 4,
  tempo: 110,
  knobs: { bite: { value: 0.5, label: 'Bite' } },
  devices: {
    oscillator0: {
      type: 'oscillator',
      waveform: 'pulse',
      width: 0.35,
      amplitude: 0.22,
      offset2: -12,
      level2: 0.7,
    },
    loudness: { type: 'envelope', attack: 0.003, decay: 0.5, sustain: 0.5, release: 0.12 },
    pluck: { type: 'envelope', attack: 0.002, decay: 0.25, sustain: 0, release: 0.1, curve: -5 },
    filter0: { type: 'filter', mode: 'lowpass', slope: 12 },
    amplifier0: { type: 'amplifier' },
  },
  connections: [
    ['oscillator0', 'filter0.in'],
    ['keys.pitch', 'filter0.cutoff'],
    ['pluck', 'filter0.cutoff', semitones(40)],
    ['bite', 'filter0.resonance', 0.6],
    ['filter0', 'amplifier0.in'],
    ['loudness', 'amplifier0.gain'],
    ['amplifier0', 'out'],
  ],
})
