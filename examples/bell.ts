import { definePatch } from 'megasynth'

/** A struck bell: one sine modulates the frequency of another, brighter the harder the key is struck. */
export default definePatch({
  name: 'bell',
  tempo: 100,
  knobs: { echoes: { value: 0.35, label: 'Echoes' } },
  devices: {
    partial: { type: 'oscillator', waveform: 'sine', offset2: 7, level2: 0.3 },
    strike: { type: 'envelope', attack: 0.002, decay: 0.7, sustain: 0, release: 0.7, curve: -6 },
    modulation: { type: 'amplifier' },
    hardness: { type: 'amplifier' },
    carrier: { type: 'oscillator', waveform: 'sine' },
    ringing: { type: 'envelope', attack: 0.002, decay: 3, sustain: 0, release: 1.5, curve: -5 },
    body: { type: 'amplifier' },
    force: { type: 'amplifier' },
    delay0: { type: 'delay', time: 0.3, feedback: 0.35, tone: 3000 },
  },
  connections: [
    ['partial', 'modulation.in', 3],
    ['strike', 'modulation.gain'],
    ['modulation', 'hardness.in'],
    ['keys.velocity', 'hardness.gain'],
    ['hardness', 'carrier.fm'],
    ['carrier', 'body.in'],
    ['ringing', 'body.gain'],
    ['body', 'force.in'],
    ['keys.velocity', 'force.gain', 0.4],
    ['force', 'delay0.in'],
    ['echoes', 'delay0.mix'],
    ['delay0', 'out'],
  ],
})
