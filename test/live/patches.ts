import type { Patch } from '../../src/patch/index.ts'

/** Sounds as long as a key is down, from the block of its note-on to that of its note-off. */
export const organ: Patch = {
  voices: 4,
  devices: { osc: { type: 'oscillator', waveform: 'triangle' } },
  connections: [
    ['keys.gate', 'osc.amplitude', 0.2],
    ['osc', 'out'],
  ],
}

/** Falls to silence by itself, and starts from its peak when it is struck. */
export const pluck: Patch = {
  voices: 1,
  devices: {
    osc: { type: 'oscillator', waveform: 'sine', amplitude: 0.5 },
    env: { type: 'envelope', attack: 0.002, decay: 0.1, sustain: 0, release: 0.05 },
    amp: { type: 'amplifier' },
  },
  connections: [['osc', 'amp.in'], ['env', 'amp.gain'], ['amp', 'out']], // prettier-ignore
}

/** A tone of its own, whose level is a knob. */
export const drone: Patch = {
  voices: { mode: 'drone' },
  knobs: { volume: 0.5, other: { value: 0.25 } },
  devices: { osc: { type: 'oscillator', waveform: 'sine', frequency: 440 } },
  connections: [['volume', 'osc.amplitude'], ['osc', 'out']], // prettier-ignore
}
