/**
 * One UGen of SuperCollider core as the server knows it: its real inputs in their order (which are not the class
 * library's arguments: no `mul`, no `add`, no `numChannels`), their defaults, and its number of outputs.
 */
export interface UGenInfo {
  readonly rates: readonly ('ar' | 'kr' | 'ir')[]
  /** Name and default; `null` where there is none. A name ending in `~` must be an audio signal when the UGen is at audio rate. */
  readonly inputs: readonly (readonly [name: string, value: number | null])[]
  /** Outputs, or `n` where the caller says how many. */
  readonly outputs: number | 'n'
  /** Further inputs may follow: the channels of Out and Select, the segments of EnvGen. `~`: at audio rate they must be audio. */
  readonly rest?: 'any' | 'audio'
  /** It does something besides its output. */
  readonly effect?: true
  /** It has a stream of its own (noise, LocalIn): never merged with an equal one. */
  readonly unique?: true
  /** It draws from the random generator of its synth. */
  readonly random?: true
}

const ar = ['ar'] as const
const kr = ['kr'] as const
const both = ['ar', 'kr'] as const
const all = ['ar', 'kr', 'ir'] as const
const ir = ['ir'] as const

type Inputs = UGenInfo['inputs']
type Extra = Partial<Pick<UGenInfo, 'rest' | 'effect' | 'unique' | 'random'>>

const row =
  <const N extends UGenInfo['outputs'], const D extends Extra>(outputs: N, always: D) =>
  <const R extends UGenInfo['rates'], const I extends Inputs, const E extends Extra = object>(
    rates: R,
    inputs: I,
    extra?: E,
  ) =>
    ({ rates, inputs, outputs, ...always, ...extra }) as { rates: R; inputs: I; outputs: N } & D & E
const one = row(1, {})
const two = row(2, {})
const any = row('n', { unique: true })
/** Without an output. */
const none = row(0, { effect: true })
/** With an output that is seldom read, but written: the server must have room for it. */
const act = row(1, { effect: true })

const comb = [['in~', null], ['maxDelayTime', 0.2], ['delayTime', 0.2], ['decayTime', 1]] as const // prettier-ignore
const delay = [['in~', null], ['maxDelayTime', 0.2], ['delayTime', 0.2]] as const // prettier-ignore
const filter = [['in~', null], ['freq', 440]] as const // prettier-ignore
const resonant = [['in~', null], ['freq', 440], ['rq', 1]] as const // prettier-ignore
const random = { unique: true, random: true } as const

/**
 * The UGens that expressions may use by name. Sources: `facts` of the class library, corrected by what decodes from
 * SynthDefs of sclang (`test/golden`) and what renders (`test/ugens/table.test.ts` proves every row).
 */
export const ugenTable = {
  // oscillators
  SinOsc: one(both, [['freq', 440], ['phase', 0]]), // prettier-ignore
  Saw: one(both, [['freq', 440]]),
  Pulse: one(both, [['freq', 440], ['width', 0.5]]), // prettier-ignore
  LFTri: one(both, [['freq', 440], ['iphase', 0]]), // prettier-ignore
  LFSaw: one(both, [['freq', 440], ['iphase', 0]]), // prettier-ignore
  LFPulse: one(both, [['freq', 440], ['iphase', 0], ['width', 0.5]]), // prettier-ignore
  VarSaw: one(both, [['freq', 440], ['iphase', 0], ['width', 0.5]]), // prettier-ignore
  Impulse: one(both, [['freq', 440], ['phase', 0]]), // prettier-ignore
  Phasor: one(both, [['trig', 0], ['rate', 1], ['start', 0], ['end', 1], ['resetPos', 0]]), // prettier-ignore
  DC: one(both, [['in', null]]),
  // noise: each draws from the random generator of its synth
  WhiteNoise: one(both, [], random),
  PinkNoise: one(both, [], random),
  BrownNoise: one(both, [], random),
  GrayNoise: one(both, [], random),
  ClipNoise: one(both, [], random),
  LFNoise0: one(both, [['freq', 500]], random),
  LFNoise1: one(both, [['freq', 500]], random),
  LFNoise2: one(both, [['freq', 500]], random),
  Dust: one(both, [['density', 0]], random),
  RandID: act(['kr', 'ir'], [['id', 0]]),
  RandSeed: act(['kr', 'ir'], [['trig', 0], ['seed', 56789]]), // prettier-ignore
  // filters
  LPF: one(both, filter),
  HPF: one(both, filter),
  BPF: one(both, resonant),
  BRF: one(both, resonant),
  RLPF: one(both, resonant),
  RHPF: one(both, resonant),
  MoogFF: one(both, [['in~', null], ['freq', 100], ['gain', 2], ['reset', 0]]), // prettier-ignore
  SOS: one(both, [['in~', null], ['a0', 0], ['a1', 0], ['a2', 0], ['b1', 0], ['b2', 0]]), // prettier-ignore
  OnePole: one(both, [['in~', null], ['coef', 0.5]]), // prettier-ignore
  OneZero: one(both, [['in~', null], ['coef', 0.5]]), // prettier-ignore
  HPZ1: one(both, [['in~', null]]),
  LeakDC: one(both, [['in~', null], ['coef', 0.995]]), // prettier-ignore
  Lag: one(both, [['in~', null], ['lagTime', 0.1]]), // prettier-ignore
  // a straight line that arrives after `time`; the class library's VarLag is mostly an EnvGen, this is its UGen
  /** Two one-pole lags in a row: its slope has no corner. */
  Lag2: one(both, [['in~', null], ['lagTime', 0.1]]), // prettier-ignore
  /** Three in a row: nothing bends abruptly. */
  Lag3: one(both, [['in~', null], ['lagTime', 0.1]]), // prettier-ignore
  VarLag: one(kr, [['in', null], ['time', null], ['start', null]]), // prettier-ignore
  Slew: one(both, [['in~', null], ['up', 1], ['down', 1]]), // prettier-ignore
  Decay: one(both, [['in~', null], ['decayTime', 1]]), // prettier-ignore
  Decay2: one(both, [['in~', null], ['attackTime', 0.01], ['decayTime', 1]]), // prettier-ignore
  // delays
  DelayN: one(both, delay),
  DelayL: one(both, delay),
  DelayC: one(both, delay),
  CombN: one(both, comb),
  CombL: one(both, comb),
  CombC: one(both, comb),
  AllpassN: one(both, comb),
  AllpassL: one(both, comb),
  AllpassC: one(both, comb),
  FreeVerb: one(ar, [['in~', null], ['mix', 0.33], ['room', 0.5], ['damp', 0.5]]), // prettier-ignore
  FreeVerb2: two(ar, [['in~', null], ['in2~', null], ['mix', 0.33], ['room', 0.5], ['damp', 0.5]]), // prettier-ignore
  // space
  Pan2: two(both, [['in~', null], ['pos', 0], ['level', 1]]), // prettier-ignore
  Balance2: two(both, [['left~', null], ['right~', null], ['pos', 0], ['level', 1]]), // prettier-ignore
  // envelopes and control: the segments follow `doneAction` (initial level, count, release node, loop node, then level, time, shape, curve of each)
  EnvGen: one(both, [['gate', 1], ['levelScale', 1], ['levelBias', 0], ['timeScale', 1], ['doneAction', 0]], { rest: 'any' }), // prettier-ignore
  Linen: one(kr, [['gate', 1], ['attackTime', 0.01], ['susLevel', 1], ['releaseTime', 1], ['doneAction', 0]]), // prettier-ignore
  Latch: one(both, [['in~', null], ['trig', 0]]), // prettier-ignore
  Select: one(both, [['which', null]], { rest: 'audio' }),
  Amplitude: one(both, [['in~', null], ['attackTime', 0.01], ['releaseTime', 0.01]]), // prettier-ignore
  /** The largest absolute value so far; at `kr` of whole audio blocks, if `trig` is at `kr`. After what is no number it begins anew. */
  Peak: one(both, [['in~', null], ['trig', 0]]), // prettier-ignore
  Sanitize: one(both, [['in~', null], ['replace', 0]]), // prettier-ignore
  CheckBadValues: act(both, [['in~', null], ['id', 0], ['post', 2]]), // prettier-ignore
  DetectSilence: act(both, [['in~', null], ['amp', 0.0001], ['time', 0.1], ['doneAction', 0]]), // prettier-ignore
  FreeSelf: none(kr, [['in', null]]),
  // rates
  A2K: one(kr, [['in', null]]),
  K2A: one(ar, [['in', null]]),
  SampleRate: one(ir, []),
  SampleDur: one(ir, []),
  ControlRate: one(ir, []),
  ControlDur: one(ir, []),
  // buses
  /** At `ir` it is read once, in the first block of the synth. */
  In: any(all, [['bus', 0]]),
  InFeedback: any(ar, [['bus', 0]]),
  LocalIn: any(both, [], { rest: 'any' }),
  LocalOut: none(both, [], { rest: 'audio' }),
  Out: none(both, [['bus', 0]], { rest: 'audio' }),
  /** What is on the bus · (1 − fade) + signal · fade. */
  XOut: none(both, [['bus', 0], ['fade', null]], { rest: 'audio' }), // prettier-ignore
  ReplaceOut: none(both, [['bus', 0]], { rest: 'audio' }),
} as const satisfies Record<string, UGenInfo>

export type UGenName = keyof typeof ugenTable
