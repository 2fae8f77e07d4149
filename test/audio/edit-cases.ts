import type { Patch } from '../../src/index.ts'
import { change } from './edit-notation.ts'
import {
  base,
  tone,
  other,
  tremolo,
  filtered,
  hiss,
  mixed,
  panned,
  echo,
  room,
  echoFiltered,
  loop,
  rich,
  constant,
  plug,
  roomLfo,
  type Base,
} from './edit-bases.ts'

/** The classes of section "hot reload": what an edit may be. */
export const editClasses = {
  a: 'knob, constant, control cable on a value port, amount',
  b: 'audio cable, option, choice, more sources',
  c: 'a device that rings: rewired, replaced, removed, a neighbour inserted',
  d: 'envelope or LFO replaced in a held note',
  e: 'device added, removed, bypassed',
  f: 'order changed',
  g: 'number of voices, mode',
  h: 'shared or per voice, mono or stereo, control or audio rate',
  i: 'renamed',
  j: 'feedback cable added, removed',
  k: 'edits during a fade, 10 ms apart, and taken back',
  l: 'name, label, layout only; an identical patch',
} as const

export type EditClass = keyof typeof editClasses

const types = 'oscillator noise lfo envelope filter amplifier mixer pan delay reverb'.split(' ')

/** Device types that must be the edited one at least once, where a class makes sense for them. */
export const edited: Readonly<Record<EditClass, readonly string[]>> = {
  a: [...types, 'out'],
  b: [...types, 'out'],
  c: ['delay', 'reverb'],
  d: ['envelope', 'lfo'],
  e: types,
  f: [...types, 'out'],
  g: [...types, 'out'],
  h: [...types, 'out'],
  i: types,
  j: ['oscillator', 'filter', 'amplifier', 'mixer', 'pan', 'delay', 'reverb', 'out'],
  k: [...types, 'out'],
  l: [...types, 'out'],
}

/**
 * What is known of an edit besides its class.
 * `level`: both sounds are in phase, so that no sum of them may dip. `neutral`: the new patch sounds like the old one, only
 * its devices are other ones. `same`: not even that. `alone`: it concerns all that sounds, so nothing else can stay equal.
 */
export type Mark = 'level' | 'neutral' | 'same' | 'alone'

/** An edit of a patch that sounds. */
export interface EditCase {
  readonly class: EditClass
  /** Device types that it edits. */
  readonly types: readonly string[]
  readonly name: string
  readonly base: Base
  /** Patches that are applied one soon after the other. */
  readonly steps: readonly Patch[]
  readonly marks: readonly Mark[]
}

/** Types, base, edits (`|` between what follows 10 ms later, `back` for the base), marks. */
type Row = readonly [types: string, base: Base, edits: string, ...marks: Mark[]]

const of = (kind: EditClass, rows: readonly Row[]): EditCase[] =>
  rows.map(([names, from, edits, ...marks]) => {
    const steps: Patch[] = []
    for (const text of edits.split('|').map((step) => step.trim()))
      steps.push(text === 'back' ? structuredClone(from.patch) : change(steps.at(-1) ?? from.patch, text))
    const name = `${from.name}: ${edits.trim() === '' ? 'the same again' : edits.replaceAll(/\s+/g, ' ')}`
    return {
      class: kind,
      types: names === 'all' ? [...types, 'out'] : names.split(' '),
      name,
      base: from,
      steps,
      marks,
    }
  })

// prettier-ignore
export const editCases: readonly EditCase[] = [
  ...of('a', [
    ['oscillator', tone, 'osc.amplitude=0.25', 'level'],
    ['oscillator', tone, 'loud=0.3; loud > osc.amplitude', 'level'],
    ['oscillator', base('fixed', 'osc.frequency=330', tone), 'osc.frequency=392', 'level'],
    ['oscillator', base('vibrato', `${plug}; lfo > osc.frequency * 0.004`, tone), 'lfo > osc.frequency * 0.012', 'level'],
    ['oscillator', base('spare', plug, tone), 'lfo > osc.frequency * 0.004', 'level'],
    ['oscillator', base('two', 'osc.amplitude=0.25; osc.offset2=7', tone), 'osc.offset2=12'],
    ['oscillator', base('pulse', 'osc.waveform=pulse', tone), 'osc.width=0.3'],
    ['noise', hiss, 'hiss.amplitude=0.15', 'level'],
    ['noise', base('with', plug, hiss), 'lfo > hiss.amplitude * 0.1'],
    ['lfo', tremolo, 'lfo.frequency=9'],
    ['lfo', tremolo, 'lfo > osc.amplitude * 0.1'],
    ['lfo', base('amplitude', 'lfo.amplitude=1', tremolo), 'lfo.amplitude=0.5'],
    ['lfo', base('phase', 'lfo.phase=0', tremolo), 'lfo.phase=0.5'],
    ['envelope', tone, 'env.attack=0.2; env.decay=0.3; env.release=0.06; env.curve=2', 'neutral'],
    ['envelope', tone, 'env.sustain=0.6', 'level'],
    ['filter', filtered, 'flt.cutoff=1500', 'level'],
    ['filter', base('resonant', 'flt.resonance=0.1', filtered), 'flt.resonance=0.5'],
    ['filter', base('with', plug, filtered), 'lfo > flt.cutoff * 0.05', 'level'],
    ['filter', filtered, 'bright=0.6; bright > flt.cutoff', 'level'],
    ['amplifier', tone, 'env > amp.gain * 0.5', 'level'],
    ['amplifier', base('fixed gain', `-env > amp.gain; amp.gain=0.8; ${plug}`, tone), 'amp.gain=0.4', 'level'],
    ['amplifier', base('fixed gain', `-env > amp.gain; amp.gain=0.7; ${plug}`, tone), 'lfo > amp.gain * 0.2', 'level'],
    ['mixer', mixed, 'mix.level=0.5', 'level'],
    ['mixer', base('levels', 'mix.level1=1', mixed), 'mix.level1=0.4'],
    ['mixer', base('with', plug, mixed), 'lfo > mix.level * 0.2'],
    ['pan', panned, 'pan.position=0.6', 'level'],
    ['pan', panned, 'pan.level=0.5', 'level'],
    ['pan', base('with', plug, panned), 'lfo > pan.position * 0.3', 'level'],
    ['delay', echo, 'dly.feedback=0.5'],
    ['delay', echo, 'dly.mix=0.1'],
    ['delay', echo, 'dly.tone=1000'],
    // the echo alone: beside the dry sound, two tones that beat are louder than either steady sum
    ['delay', base('only', 'dly.mix=1; dly.feedback=0', echo), 'dly.time=0.052'],
    ['delay', base('with', roomLfo, echo), 'lfo > dly.mix * 0.1'],
    ['reverb', room, 'rvb.mix=0.6'],
    ['reverb', room, 'rvb.room=0.3'],
    ['reverb', room, 'rvb.damp=0.9'],
    ['reverb', base('with', roomLfo, room), 'lfo > rvb.mix * 0.1'],
    ['out', tone, 'volume=0.5; volume > out.level', 'level', 'alone'],
    ['out', base('quiet', 'volume=0.8; volume > out.level', tone), 'volume=0.3', 'level', 'alone'],
    ['filter', rich, 'bright=0.8'],
  ]),
  ...of('b', [
    ['oscillator', tone, 'osc.waveform=triangle'],
    ['oscillator', tone, 'osc.waveform=saw'],
    ['oscillator', base('saw', 'osc.waveform=saw', tone), 'osc.waveform=pulse'],
    ['oscillator', base('with', other, tone), 'osc2 > osc.fm * 0.1'],
    ['oscillator', base('with', other, tone), 'osc2 > osc.amplitude * 0.2'],
    ['oscillator', base('half', 'osc.amplitude=0.25', tone), 'osc.offset2=12'],
    ['oscillator', base('half', 'shape=0.3', tone), 'shape > osc.waveform'],
    ['noise', hiss, 'hiss.color=pink'],
    ['noise', hiss, 'hiss.color=brown'],
    ['noise', base('shape', 'shape=0.4', hiss), 'shape > hiss.color'],
    ['lfo', tremolo, 'lfo.waveform=triangle'],
    ['lfo', base('with', other, tremolo), 'osc2 > lfo.frequency * 0.1'],
    ['envelope', base('with', other, tone), 'osc2 > env.decay * 0.1', 'neutral'],
    ['filter', filtered, 'flt.mode=highpass'],
    ['filter', filtered, 'flt.mode=bandpass'],
    ['filter', filtered, 'flt.mode=notch'],
    ['filter', filtered, 'flt.slope=24'],
    ['filter', filtered, 'flt.selfOscillation=true'],
    ['filter', base('with', other, filtered), 'osc2 > flt.in'],
    ['filter', base('with', other, filtered), 'osc2 > flt.in; -osc > flt.in'],
    ['filter', base('with', other, filtered), 'osc2 > flt.cutoff * 0.1', 'level'],
    ['filter', base('with', 'shape=0.3', filtered), 'shape > flt.mode'],
    ['amplifier', base('with', other, tone), 'osc2 > amp.in'],
    ['amplifier', base('with', other, tone), 'osc2 > amp.in; -osc > amp.in'],
    ['amplifier', base('with', other, tone), 'osc2 > amp.gain * 0.2'],
    ['amplifier', base('with', plug, tone), 'lfo > amp.gain * 0.2', 'level'],
    ['amplifier', base('with', other, tone), 'osc2 > amp.gain * 0', 'neutral', 'level'],
    ['mixer', mixed, '-osc2 > mix.in2'],
    ['mixer', mixed, '-osc2 > mix.in2; osc2 > mix.in1'],
    ['mixer', mixed, 'osc3: oscillator waveform=sine frequency=990 amplitude=0.1; osc3 > mix.in3'],
    ['mixer', base('with', plug, mixed), 'lfo > mix.in3 * 0', 'neutral'],
    ['pan', base('with', other, panned), 'osc2 > pan.in * 0.5'],
    ['pan', base('with', other, panned), 'osc2 > pan.position * 0.2', 'level'],
    ['delay', base('with', other, echo), 'osc2 > dly.in * 0.5'],
    ['reverb', base('with', other, room), 'osc2 > rvb.in * 0.5'],
    ['out', base('with', other, tone), 'osc2 > out * 0.5', 'alone'],
    ['out', base('with', `${other}; osc2 > amp.in`, tone), '-amp > out; osc > out', 'alone'],
    ['out', base('with', other, tone), 'osc2 > out * 0', 'alone', 'neutral', 'level'],
    ['oscillator', tone, 'osc.amplitude=0.5', 'same'],
    ['filter', rich, 'flt.slope=24; osc.waveform=pulse; air.color=pink'],
  ]),
  ...of('c', [
    ['delay', base('with', `${other}; dly.mix=0.25`, echo), '-amp > dly.in; osc2 > dly.in'],
    ['delay', echo, '-dly; amp > out'],
    ['delay', echoFiltered, '-dly; amp > flt.in'],
    ['delay', echo, 'flt: filter; -amp > dly.in; amp > flt.in; flt > dly.in'],
    ['delay', echo, 'flt: filter shared=true; -dly > out; dly > flt.in; flt > out'],
    ['delay', echo, 'pan: pan; -amp > dly.in; amp > pan.in; pan > dly.in'],
    ['delay', echo, 'dly: reverb room=0.1 mix=0.3'],
    ['delay', base('with', roomLfo, echo), 'lfo > dly.mix * 0; osc3: oscillator shared=true frequency=8; osc3 > dly.mix * 0', 'neutral'],
    ['reverb', base('with', other, room), '-amp > rvb.in; osc2 > rvb.in'],
    ['reverb', room, '-rvb; amp > out'],
    ['reverb', room, 'flt: filter; -amp > rvb.in; amp > flt.in; flt > rvb.in'],
    ['reverb', room, 'flt: filter shared=true; -rvb > out; rvb > flt.in; flt > out'],
    ['reverb', room, 'pan: pan; -amp > rvb.in; amp > pan.in; pan > rvb.in'],
    ['reverb', room, 'rvb: delay time=0.05 feedback=0.3'],
    ['delay reverb', rich, '-dly > rvb.in; -place > dly.in; place > rvb.in; -rvb > out; rvb > dly.in; dly > out'],
    ['delay reverb', rich, '-dly; place > rvb.in'],
  ]),
  ...of('d', [
    ['envelope', base('with', plug, tone), 'lfo > env.attack * 0.1', 'neutral'],
    ['envelope', base('with', plug, tone), 'lfo > env.release * 0.1; env.curve=-2', 'neutral'],
    ['envelope', base('with', other, tone), 'osc2 > env.curve * 0.1', 'neutral'],
    ['envelope', tone, 'keys.velocity > env.attack * 0.1', 'neutral'],
    ['envelope', tone, 'keys.gate > env.gate', 'neutral'],
    ['envelope', base('with', plug, tone), 'lfo > env.sustain * 0.1', 'level'],
    ['envelope lfo', rich, 'lfo > env.attack * 0.1; lfo > swell.curve * 0.1; lfo.polarity=unipolar'],
    ['lfo', tremolo, 'lfo.waveform=square'],
    ['lfo', tremolo, 'lfo.waveform=saw'],
    ['lfo', base('fast', 'lfo.frequency=30', tremolo), 'lfo.waveform=random'],
    ['lfo', tremolo, 'lfo.polarity=unipolar'],
    ['lfo', tremolo, 'depth=0.5; depth > lfo.amplitude'],
    ['lfo', tremolo, 'env > lfo.amplitude * 0.5'],
    ['lfo', tremolo, 'keys.velocity > lfo.frequency * 0.5'],
    ['lfo', tremolo, 'shape=0.3; shape > lfo.waveform'],
  ]),
  ...of('e', [
    ['oscillator', tone, `${other}; osc2 > amp.in`],
    ['oscillator', tone, `${other}; osc2 > out * 0.5`],
    ['oscillator', mixed, 'osc2.bypass=true'],
    ['noise', tone, 'hiss: noise amplitude=0.1; hiss > amp.in'],
    ['lfo', tone, `${plug}; lfo > osc.amplitude * 0.1`],
    ['lfo', tremolo, 'lfo.bypass=true'],
    ['envelope', tone, '-env'],
    ['envelope', filtered, 'env2: envelope sustain=0.8; env2 > flt.cutoff'],
    ['envelope', tone, 'env.bypass=true'],
    ['filter', tone, 'flt: filter cutoff=2000; -osc > amp.in; osc > flt.in; flt > amp.in'],
    ['filter', filtered, 'flt.bypass=true'],
    ['amplifier', tone, 'vca: amplifier gain=0.5; -osc > amp.in; osc > vca.in; vca > amp.in', 'level'],
    ['amplifier', base('vca', 'vca: amplifier gain=0.5; -osc > amp.in; osc > vca.in; vca > amp.in', tone), 'vca.bypass=true', 'level'],
    ['amplifier', base('vca', 'vca: amplifier; -osc > amp.in; osc > vca.in; vca > amp.in', tone), 'vca.bypass=true', 'neutral'],
    ['mixer', tone, 'mix: mixer level=0.5; -osc > amp.in; osc > mix.in1; mix > amp.in', 'level'],
    ['mixer', mixed, 'mix.bypass=true', 'neutral'],
    ['pan', tone, 'pan: pan position=0.3; -amp > out; amp > pan.in; pan > out', 'level'],
    ['pan', panned, 'pan.bypass=true', 'level'],
    ['delay', echo, 'dly.bypass=true'],
    ['delay', tone, 'dly: delay time=0.05 feedback=0.2; -amp > out; amp > dly.in; dly > out'],
    ['reverb', room, 'rvb.bypass=true'],
    ['lfo envelope filter noise', rich, 'lfo.bypass=true; swell.bypass=true; air.bypass=true; flt.bypass=true'],
  ]),
  ...of('f', [
    // one cable at each port, else sums are rounded in another order
    ['all', base('single', '-lfo > flt.cutoff; -bright > flt.cutoff; lfo > place.position * 0.1', rich), '<>', 'same'],
    ['all', rich, '<>', 'neutral', 'level'],
    ['oscillator envelope amplifier', mixed, '<>', 'same'],
    ['oscillator', base('fm', `${other}; osc2 > osc.fm * 0.1; osc2 > amp.in * 0.5`, tone), '-osc2 > osc.fm; osc > osc2.fm * 0.1'],
    ['filter amplifier', filtered, '-osc > flt.in; -flt > amp.in; -amp > out; osc > amp.in; amp > flt.in; flt > out'],
    ['lfo', base('lfos', `${plug}; slow: lfo frequency=5; slow > lfo.frequency * 0.1; lfo > osc.amplitude * 0.1`, tone), '-slow > lfo.frequency; lfo > slow.frequency * 0.1'],
    ['delay pan', base('after', 'pan.shared=true; dly: delay time=0.05; -pan > out; pan > dly.in; dly > out', panned, { ends: 0.8 }), '-amp > pan.in; -pan > dly.in; -dly > out; amp > dly.in; dly > pan.in; pan > out'],
  ]),
  ...of('g', [
    ['all', rich, '@voices 3', 'same'],
    ['all', rich, '@voices 2', 'same'],
    ['all', rich, '@voices 8', 'same'],
    ['oscillator envelope amplifier', base('six', '@voices 8; osc.amplitude=0.15', tone, { notes: [[45, 60, 64, 67, 72, 84]], ends: 0.6 }), '@voices 5', 'same'],
    ['oscillator envelope amplifier', base('two of 8', '@voices 8', tone, { notes: [[45, 60]] }), '@voices 5', 'same'],
    ['oscillator envelope amplifier', tone, '@voices {"mode":"mono"}', 'alone'],
    ['oscillator envelope amplifier', base('mono', '@voices {"mode":"mono"}', tone), '@voices {"mode":"legato"}', 'alone', 'neutral'],
    ['oscillator envelope amplifier', tone, '@voices {"mode":"drone"}', 'alone'],
  ]),
  ...of('h', [
    ['lfo', tremolo, 'lfo.shared=true'],
    ['oscillator', base('fixed', 'osc.frequency=330', tone), 'osc.shared=true'],
    ['noise', hiss, 'hiss.shared=true'],
    ['envelope', base('vca', 'vca: amplifier; env2: envelope gate=1 sustain=1; env2 > vca.gain; -osc > amp.in; osc > vca.in; vca > amp.in', tone), 'env2.shared=true'],
    ['filter', base('after', '-osc > amp.in; flt: filter cutoff=3000; osc > amp.in; -amp > out; amp > flt.in; flt > out', tone), 'flt.shared=true'],
    ['amplifier', base('vca', 'vca: amplifier gain=0.5; -amp > out; amp > vca.in; vca > out', tone), 'vca.shared=true', 'level'],
    ['mixer', base('after', '-amp > out; mix: mixer; amp > mix.in1; mix > out', tone), 'mix.shared=true', 'neutral'],
    ['pan', panned, 'pan.shared=true', 'neutral'],
    // a voice with an echo falls asleep later, and so does what else is in it
    ['delay', echo, 'dly.shared=false', 'alone'],
    ['reverb', room, 'rvb.shared=false', 'alone'],
    ['filter', base('after', '-amp > out; flt: filter cutoff=3000; pan: pan; amp > flt.in; flt > out', tone), '-amp > flt.in; amp > pan.in; pan > flt.in'],
    ['amplifier', base('after', '-amp > out; vca: amplifier gain=0.5; pan: pan; amp > vca.in; vca > out', tone), '-amp > vca.in; amp > pan.in; pan > vca.in', 'level'],
    ['delay', echo, 'pan: pan shared=true; -amp > dly.in; amp > pan.in; pan > dly.in'],
    ['mixer', base('control', `-env > amp.gain; ${plug}; ${other}; mix: mixer; env > mix.in1; lfo > mix.in2 * 0.1; mix > amp.gain`, tone), '-lfo > mix.in2; osc2 > mix.in2 * 0.2'],
    ['out', tone, 'pan: pan; -amp > out; amp > pan.in; pan > out', 'alone', 'level'],
  ]),
  ...of('i', Object.entries(rich.patch.devices).map(([name, { type }]): Row => [type, rich, `${name}~renamed`, 'same'])),
  ...of('j', [
    ['filter mixer', loop, '-flt > mix.in2'],
    ['filter amplifier', filtered, 'amp > flt.in * 0.3 feedback'],
    ['oscillator filter', filtered, 'flt > osc.fm * 0.1 feedback'],
    ['pan delay', base('after', 'pan.shared=true; dly: delay time=0.05; -pan > out; pan > dly.in; dly > out', panned, { ends: 0.8 }), 'dly > pan.in * 0.3 feedback'],
    ['mixer reverb', base('loop', '-amp > rvb.in; mix: mixer shared=true; amp > mix.in1; mix > rvb.in', room, { ends: 1.6 }), 'rvb > mix.in2 * 0.3 feedback'],
    ['out', base('loop', 'mix: mixer shared=true; -amp > out; amp > mix.in1; mix > out', tone), 'dly: delay time=0.05; mix > dly.in; dly > mix.in2 * 0.3 feedback; dly > out * 0.2', 'alone'],
  ]),
  ...of('k', [
    ['oscillator', tone, 'osc.waveform=triangle | osc.waveform=saw'],
    ['oscillator', tone, 'osc.waveform=triangle | back'],
    ['noise', hiss, 'hiss.color=pink | hiss.color=brown'],
    ['noise', hiss, 'hiss.color=pink | back'],
    ['lfo', tremolo, 'lfo.waveform=triangle | lfo.polarity=unipolar'],
    ['lfo', tremolo, 'lfo.waveform=triangle | back'],
    ['envelope', base('with', plug, tone), 'lfo > env.attack * 0.1 | lfo > env.curve * 0.1', 'neutral'],
    // two envelopes end in a release: the voice may fall asleep a block earlier or later, and wake at another phase
    ['envelope', base('with', plug, tone), 'lfo > env.attack * 0.1 | back', 'alone'],
    ['filter', filtered, 'flt.mode=highpass | flt.slope=24'],
    ['filter', filtered, 'flt.slope=24 | back'],
    ['amplifier', base('with', other, tone), 'osc2 > amp.gain * 0 | osc2 > amp.in * 0', 'neutral', 'level'],
    ['amplifier', base('with', other, tone), 'osc2 > amp.gain * 0 | back', 'neutral', 'level'],
    ['mixer', mixed, '-osc2 > mix.in2 | osc2 > mix.in3'],
    ['mixer', mixed, '-osc2 > mix.in2 | back'],
    ['pan', base('with', other, panned), 'osc2 > pan.position * 0 | osc2 > pan.in * 0', 'neutral', 'level'],
    ['pan', base('with', other, panned), 'osc2 > pan.position * 0 | back', 'neutral', 'level'],
    ['delay', base('with', other, echo), 'osc2 > dly.in * 0.3 | -amp > dly.in'],
    ['delay', echo, '-dly; amp > out | back'],
    ['reverb', base('with', other, room), 'osc2 > rvb.in * 0.3 | -amp > rvb.in'],
    ['reverb', room, '-rvb; amp > out | back'],
    ['out', base('with', `${other}; osc3: oscillator waveform=sine frequency=990 amplitude=0.1`, tone), 'osc2 > out * 0.5 | osc3 > out', 'alone'],
    ['out', base('with', other, tone), 'osc2 > out * 0.5 | back', 'alone'],
    ['filter delay reverb', rich, 'flt.slope=24 | -dly; place > rvb.in | back'],
  ]),
  ...of('l', [
    ['all', rich, '', 'same'],
    ['all', rich, '@name "renamed"; @layout {"osc":[1,2]}', 'same'],
    ['all', rich, Object.keys(rich.patch.devices).map((name) => `${name}.label=labelled`).join(';'), 'same'],
    ['oscillator', tone, '', 'same'],
    // what the ear finds where there is nothing to find
    ['oscillator', tone, '@name "named"', 'neutral', 'level'],
    ['noise', hiss, '@name "named"', 'neutral', 'level'],
    ['all', rich, '@name "named"', 'neutral', 'level'],
  ]),
]

/** Edits while only the tail of a delay or reverb sounds, whose energy must be what it would have been: S3. */
// prettier-ignore
export const tailCases: readonly EditCase[] = of('c', [
  ...([[echo, 'dly', 'delay'], [room, 'rvb', 'reverb']] as const).flatMap(([from, name, type]): Row[] => [
    [type, base(`${from.name}, with`, other, from), `-amp > ${name}.in; osc2 > ${name}.in`],
    [type, from, `-amp > ${name}.in`],
    [type, base(`${from.name}, with`, other, from), `osc2 > ${name}.in * 0.5`],
    [type, from, `flt: filter; -amp > ${name}.in; amp > flt.in; flt > ${name}.in`],
    [type, from, `flt: filter shared=true; -amp > ${name}.in; amp > flt.in; flt > ${name}.in`],
    [type, from, `pan: pan; -amp > ${name}.in; amp > pan.in; pan > ${name}.in`],
    [type, from, `-${name}; amp > out`],
    [type, from, `-${name} > out; amp > out`],
    [type, from, `${name}.bypass=true`],
    [type, from, `-${name} > out; vca: amplifier shared=true; ${name} > vca.in; vca > out`],
    [type, from, `${other} shared=true; osc3: oscillator shared=true frequency=8; osc3 > ${name}.mix * 0; osc2 > ${name}.mix * 0`],
    [type, from, `${name}.shared=false`],
  ]),
  ['delay', echoFiltered, '-dly; amp > flt.in'],
  ['delay', echo, 'dly: reverb room=0.1'],
  ['reverb', room, 'rvb: delay time=0.05'],
  ['delay', rich, '-dly; place > rvb.in'],
])

/** Edits of a device through which a constant signal goes, and that change no value: S4b. */
// prettier-ignore
export const constantCases: readonly EditCase[] = [
  ...of('b', [
    ['mixer', constant('slow: lfo shared=true; src > out'), 'slow > src.in2 * 0'],
    ['mixer', constant('mix: mixer shared=true; src > mix.in1; zero > mix.in2 * 0; mix > out'), 'zero > mix.in3 * 0'],
    ['amplifier', constant('amp: amplifier shared=true; src > amp.in; amp > out'), 'zero > amp.gain * 0'],
    ['amplifier', constant('amp: amplifier shared=true; src > amp.in; amp > out'), 'zero > amp.in * 0'],
    ['filter', constant('flt: filter shared=true cutoff=15000; src > flt.in; flt > out'), 'flt.slope=24'],
    ['filter', constant('flt: filter shared=true cutoff=15000; src > flt.in; flt > out'), 'zero > flt.in * 0'],
    ['pan', constant('pan: pan shared=true; src > pan.in; pan > out'), 'zero > pan.in * 0'],
    ['pan', constant('pan: pan shared=true; src > pan.in; pan > out'), 'zero > pan.position * 0'],
  ]),
  ...of('c', [
    ['delay', constant('dly: delay shared=true time=0.02 feedback=0; src > dly.in; dly > out'), 'zero > dly.in * 0'],
    ['reverb', constant('rvb: reverb shared=true mix=0; src > rvb.in; rvb > out'), 'zero > rvb.in * 0'],
  ]),
  ...of('k', [
    ['amplifier', constant('amp: amplifier shared=true; src > amp.in; amp > out'), 'zero > amp.gain * 0 | zero > amp.in * 0'],
    ['amplifier', constant('amp: amplifier shared=true; src > amp.in; amp > out'), 'zero > amp.gain * 0 | back'],
  ]),
]
