import type { Patch } from '../../src/index.ts'
import { change } from './edit-notation.ts'

/** What is edited. */
export interface Base {
  readonly name: string
  readonly patch: Patch
  /** One chord after the other, MIDI notes; edits are made while each is held. */
  readonly notes: readonly (readonly number[])[]
  /** Seconds until it is silent after the last note. */
  readonly ends: number
}

/** A steady sine is the strictest judge: A2, C4, C6. */
const nothing: Base = {
  name: 'nothing',
  patch: { voices: 2, devices: {}, connections: [] },
  notes: [[45], [60], [84]],
  ends: 0.3,
}

/** A base made from another one, whose name it continues. */
export function base(name: string, edits: string, from: Base = nothing, more: Partial<Base> = {}): Base {
  const path = from === nothing ? name : `${from.name}/${name}`
  return { ...from, name: path, patch: change(from.patch, edits), ...more }
}

export const tone = base(
  'tone',
  `osc: oscillator waveform=sine amplitude=0.5; env: envelope decay=0.05 sustain=0.8 release=0.05; amp: amplifier;
   osc > amp.in; env > amp.gain; amp > out`,
)
export const other = 'osc2: oscillator waveform=sine frequency=660 amplitude=0.25'
export const tremolo = base(
  'tremolo',
  'osc.amplitude=0.4; lfo: lfo frequency=6; lfo > osc.amplitude * 0.2',
  tone,
)
export const filtered = base(
  'filtered',
  '-osc > amp.in; flt: filter cutoff=3000; osc > flt.in; flt > amp.in',
  tone,
)
export const hiss = base('hiss', '-osc; hiss: noise amplitude=0.3; hiss > amp.in', tone, {
  // brown noise leaves a trace of DC in the final stage
  ends: 0.8,
})
export const mixed = base(
  'mixed',
  `-osc > amp.in; ${other}; osc.amplitude=0.3; mix: mixer; osc > mix.in1; osc2 > mix.in2; mix > amp.in`,
  tone,
)
export const panned = base('panned', '-amp > out; pan: pan position=-0.3; amp > pan.in; pan > out', tone)
export const echo = base(
  'echo',
  '-amp > out; dly: delay time=0.05 feedback=0.3 mix=0.4; amp > dly.in; dly > out',
  tone,
  { ends: 0.8 },
)
export const room = base('room', '-amp > out; rvb: reverb mix=0.3 room=0.1; amp > rvb.in; rvb > out', tone, {
  ends: 1.1,
})
export const echoFiltered = base(
  'echo, filter',
  '-dly > out; flt: filter shared=true cutoff=4000; dly > flt.in; flt > out',
  echo,
)
export const loop = base(
  'loop',
  `-osc > amp.in; mix: mixer; flt: filter cutoff=2000; osc > mix.in1; mix > flt.in; flt > amp.in;
   flt > mix.in2 * 0.3 feedback`,
  tone,
)
export const rich = base(
  'rich',
  `bright=0.4; osc: oscillator waveform=saw amplitude=0.2 offset2=0.1; air: noise amplitude=0.02; mix: mixer;
   lfo: lfo frequency=5; env: envelope decay=0.1 sustain=0.7 release=0.05; swell: envelope decay=0.1 sustain=0.5;
   flt: filter cutoff=800; amp: amplifier; place: pan position=-0.2; dly: delay time=0.06 feedback=0.3;
   rvb: reverb room=0.1 mix=0.2; osc > mix.in1; air > mix.in2; mix > flt.in; lfo > flt.cutoff * 0.02;
   swell > flt.cutoff * 0.2; bright > flt.cutoff * 0.5; flt > amp.in; env > amp.gain; amp > place.in; place > dly.in;
   dly > rvb.in; rvb > out; @voices 4`,
  undefined,
  { notes: [[48, 60, 67]], ends: 1.1 },
)

/** A constant of 0.5, here through nothing yet. */
export const constant = (edits: string): Base =>
  base(
    'constant',
    `level=0.5; src: mixer shared=true; level > src.in1; zero: oscillator shared=true frequency=100; ${edits}`,
    undefined,
    { notes: [[]] },
  )

export const plug = 'lfo: lfo frequency=7'
export const roomLfo = 'lfo: lfo frequency=7 shared=true'
