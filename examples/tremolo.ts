import { definePatch } from 'megasynth'

/** The first patch: a saw whose loudness is a knob, moved by an LFO. It sounds without a key being pressed. */
export default definePatch({
  name: 'tremolo',
  voices: { mode: 'drone' },
  knobs: { volume: 0.5, rate: 0.4, depth: { value: 0.3, label: 'Depth' } },
  devices: {
    lfo0: { type: 'lfo', waveform: 'sine' },
    mixer0: { type: 'mixer' },
    oscillator0: { type: 'oscillator', waveform: 'saw' },
  },
  connections: [
    ['rate', 'lfo0.frequency'],
    ['depth', 'lfo0.amplitude'],
    ['lfo0', 'mixer0.in1'],
    ['volume', 'mixer0.in2'],
    ['mixer0', 'oscillator0.amplitude'],
    ['oscillator0', 'out'],
  ],
})
