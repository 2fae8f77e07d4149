import {
  defineDevice,
  definePatch,
  semitones,
  signal,
  standard,
  ugen,
  value,
  type Patch,
} from '../src/index.ts'

const { add, mul, mulAdd, ugens } = ugen

/** The chorus of the reference work: two delay lines moved by LFOs in quadrature. Shared by all contestants in structure. */
const chorus = defineDevice({
  title: 'Chorus',
  doc: 'Two modulated delay lines beside the dry sound.',
  ports: {
    in: signal('What is widened.'),
    rate: value('Speed of the modulation.', { min: 0.05, max: 5, default: 0.8, unit: 'Hz' }),
  },
  output: { rate: 'audio', polarity: 'bipolar', channels: 2 },
  shared: true,
  rings: 0.1,
  build({ in: [left = 0], rate }) {
    const line = (phase: number) =>
      ugens.DelayL.ar(left, 0.05, mulAdd(ugens.SinOsc.kr(rate, phase), 0.004, 0.012))
    return [0, Math.PI / 2].map((phase) => mul(add(left, line(phase)), 0.5))
  },
})

export const catalogue = { ...standard, chorus }

const voice = {
  oscillator0: { type: 'oscillator', waveform: 'saw', offset2: 0.07, offset3: -12 },
  lfo0: { type: 'lfo', waveform: 'sine', frequency: 5 },
  opening: { type: 'envelope', attack: 0.02, decay: 0.3, sustain: 0.6, release: 0.3 },
  filter0: { type: 'filter', mode: 'lowpass', slope: 12, cutoff: 600, resonance: 0.3 },
  loudness: { type: 'envelope', attack: 0.01, decay: 0.3, sustain: 0.7, release: 0.3 },
  amplifier0: { type: 'amplifier' },
} as const

const cables = [
  ['oscillator0', 'filter0.in'],
  ['opening', 'filter0.cutoff', semitones(36)],
  ['lfo0', 'filter0.cutoff', semitones(2)],
  ['filter0', 'amplifier0.in'],
  ['loudness', 'amplifier0.gain', 0.05],
] as const

/** POLY-MONO of BUDGETS: the voices alone. */
export function polyMono(count: number): Patch {
  return definePatch({
    voices: count,
    devices: voice,
    connections: [...cables, ['amplifier0', 'out']],
  })
}

/** POLY-SUB of BUDGETS: the same through chorus, delay and reverb. */
export function polySub(count: number): Patch {
  return definePatch(
    {
      voices: count,
      devices: {
        ...voice,
        chorus0: { type: 'chorus', rate: 0.8 },
        delay0: { type: 'delay', time: 0.35, feedback: 0.4, mix: 0.3 },
        reverb0: { type: 'reverb', mix: 0.3, room: 0.7 },
      },
      connections: [
        ...cables,
        ['amplifier0', 'chorus0.in'],
        ['chorus0', 'delay0.in'],
        ['delay0', 'reverb0.in'],
        ['reverb0', 'out'],
      ],
    },
    catalogue,
  )
}

/** A patch of any size for measuring the planner: chains of oscillator, filter and amplifier with a modulator each. */
export function largePatch(devices: number, voices: number): Patch {
  const chains = Math.max(1, Math.round(devices / 5))
  const names = Array.from({ length: chains }, (_, i) => i)
  return {
    voices,
    devices: Object.fromEntries(
      names.flatMap((i) => [
        [`osc${i}`, { type: 'oscillator' }],
        [`lfo${i}`, { type: 'lfo', frequency: 1 + (i % 7) }],
        [`env${i}`, { type: 'envelope' }],
        [`filter${i}`, { type: 'filter' }],
        [`amp${i}`, { type: 'amplifier' }],
      ]),
    ),
    connections: names.flatMap(
      (i) =>
        [
          [`osc${i}`, `filter${i}.in`],
          [`lfo${i}`, `filter${i}.cutoff`, 0.1],
          [`filter${i}`, `amp${i}.in`],
          [`env${i}`, `amp${i}.gain`],
          [`amp${i}`, 'out', 0.1],
        ] as const,
    ),
  }
}
