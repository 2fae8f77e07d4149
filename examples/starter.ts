import { definePatch, semitones } from 'megasynth'

/** keys: soft struck tones with a little motion, an echo and a room. Play it with chords and with single notes. */
export default definePatch({
  name: 'starter',

  // Beats per minute, for notes that are given as text.
  tempo: 96,

  // What a hand may turn while it plays: positions 0..1. With a `range` they sweep it, in the unit of the port.
  knobs: {
    brightness: { value: 0.5, label: 'Brightness', range: [150, 5000] },
    motion: { value: 0.3, label: 'Motion' },
    echo: { value: 0.35, label: 'Echo', range: [0, 0.6] },
    space: { value: 0.3, label: 'Space' },
  },

  // Each of the eight voices has its own copy of these; delay and reverb exist once, after the voices.
  devices: {
    // Two saws a little out of tune, and a third one an octave below.
    strings: {
      type: 'oscillator',
      waveform: 'saw',
      amplitude: 0.1,
      offset2: 0,
      level2: 1,
      detune: 9,
      offset3: -12,
      level3: 0.5,
    },
    filter0: { type: 'filter', slope: 24, resonance: 0.2 },
    // How the filter opens at every note, and how loud the note is.
    pluck: { type: 'envelope', attack: 0.003, decay: 0.5, sustain: 0.15, release: 0.4 },
    loudness: { type: 'envelope', attack: 0.005, decay: 1.5, sustain: 0.45, release: 0.6 },
    // A slow wave that moves the filter.
    tide: { type: 'lfo', waveform: 'sine', frequency: 0.4 },
    amplifier0: { type: 'amplifier' },
    delay0: { type: 'delay', time: 0.3125, feedback: 0.35 },
    reverb0: { type: 'reverb', room: 0.8, damp: 0.4 },
  },

  // Cables, from → to, with an amount if there is a third. What is not connected has a useful source: an oscillator
  // follows the keys, an envelope their gate.
  connections: [
    ['strings', 'filter0.in'],
    ['brightness', 'filter0.cutoff'],
    ['pluck', 'filter0.cutoff', semitones(24)],
    ['keys.velocity', 'filter0.cutoff', semitones(12)],
    ['keys.velocity', 'strings.amplitude', 0.4],
    ['motion', 'tide.amplitude'],
    ['tide', 'filter0.cutoff', semitones(7)],
    ['filter0', 'amplifier0.in'],
    ['loudness', 'amplifier0.gain'],
    ['amplifier0', 'delay0.in'],
    ['echo', 'delay0.mix'],
    ['delay0', 'reverb0.in'],
    ['space', 'reverb0.mix'],
    ['reverb0', 'out'],
  ],
})
