import { fail, MegasynthError } from '../errors/index.ts'
import { portOf, type ChoicePort, type Port, type ValuePort } from '../patch/ports.ts'
import type { Channels, Choice, DeviceOutput, DeviceType, Predecessor } from '../devices/define.ts'
import { guarded } from '../devices/trouble.ts'
import { encodeSynthDefs, type SynthDef } from '../scsynth/index.ts'
import {
  add,
  binaryOp,
  clip,
  clip2,
  compileSynthDef,
  control,
  max,
  mean,
  mul,
  rateOf,
  toAudio,
  ugens,
  unaryOp,
  usesRandom,
  type Signal,
} from '../ugens/index.ts'
import { hashBytes } from './hash.ts'
import { denormaliseSignal } from './scale.ts'
import type { DeviceShape, PortShape, SourceShape } from './shape.ts'

const { A2K, Amplitude, ControlDur, DetectSilence, EnvGen, Impulse, In, InFeedback } = ugens
const { Lag3, Out, Pan2, RandID, RandSeed, ReplaceOut, Sanitize, Select, Slew, XOut } = ugens

/** Peak of what a feedback cable carries: +18 dBFS. */
const loudestFeedback = 8

/**
 * Seconds of each of the three poles through which a fade goes. The middle half of the way takes 41 ms; what is shorter
 * clicks on low tones, since control signals go from block to block in straight lines. It is linear, so that what fades in and out always adds up to one. It starts at its value.
 */
const fadePole = 0.13
/** The same for what is set while it sounds: a little faster. */
const pole = 0.1
/** Seconds after which a fade has come to its end, to within a ten-millionth. */
export const fadeSeconds = 0.45
/** −80 dBFS: what counts as silent. */
const silent = 1e-4
const pauseItself = 1
/** Per second. */
const atOnce = 1e6

/** A compiled device: the SynthDef, named by the hash of its content. */
export interface DeviceSynthDef {
  readonly name: string
  readonly bytes: Uint8Array
  /** Longest delay of each of its delay lines, in seconds: they are the engine's memory. */
  readonly delays: readonly number[]
  /** It draws random numbers: an instance needs a generator and a seed. */
  readonly random: boolean
}

/** Names of a synth's controls, one rule for compiler and planner. */
export const controlNames = {
  base: (port: string): string => port,
  slot: (port: string, index: number): string => `${port}.${index + 1}`,
  amount: (port: string, index: number): string => `${port}.${index + 1}.amount`,
  bus: (port: string, index: number): string => `${port}.${index + 1}.bus`,
  gate: '-gate',
  /** Per second: how fast it forgets that there was a sound. */
  forget: '-forget',
  /** Over what is on the bus of its own; of what rings, its input. Transient, rests at 1. */
  fade: '-fade',
  /** Of what it adds to the sum over all voices, in an edit. Transient, rests at 1. */
  mixFade: '-mixFade',
  /** Of the same, as far as its voice is choked. */
  choke: '-choke',
  /** Of the level of a note that has several voices. */
  share: '-share',
  /** Where its voice stands, −1..1. */
  place: '-place',
  /** Into the memory of what rings. Transient, rests at 1. */
  onset: '-onset',
  /** 1 when it is born in the place of another. Transient, rests at 0. */
  resume: '-resume',
  pulse: '-pulse',
  own: '-own',
  mix: '-mix',
  randomId: '-random',
  seed: '-seed',
} as const

/** Compiles a device for one shape of wiring. Memoise it: equal shapes give equal results. */
export function compileDevice(type: DeviceType, shape: DeviceShape): DeviceSynthDef {
  const fade = Lag3.kr(control(controlNames.fade, 1), fadePole)
  const rings = type.rings !== undefined
  const inputs = inputsOf(type, shape, rings ? fade : 1)
  const built = buildOf(type, shape, inputs, {
    rate: shape.rate,
    channels: shape.channels,
    options: shape.options,
    connected: (port: string) =>
      shape.ports.some((p) => p.port === port && (p.form !== 'sum' || p.knobs || p.sources.length > 0)),
    onset: rings ? Lag3.kr(control(controlNames.onset, 1), fadePole) : 1,
    before: shape.own && type.continues ? predecessor(type.continues, shape.channels) : none,
  })
  const { signal, gain: loudness = 1, state, effects = [] } = asOutput(built)
  const plain = fitWidth(toChannels(signal), shape.channels)
  // of one whose output may be anything, others only hear what is sound
  const { channels, gain, ...guard } = type.bounded
    ? { channels: plain, gain: loudness, effects: [] }
    : guarded(plain.map((channel) => mul(channel, loudness)))
  const amplified = (factor: Signal): Channels => channels.map((channel) => mul(channel, factor))
  const [out, crossfadedOut] = shape.rate === 'audio' ? [Out.ar, XOut.ar] : [Out.kr, XOut.kr]
  const bus = (name: string): Signal => control(name, 0, { rate: 'scalar' })
  const roots: Signal[] = []
  // on a bus of its own it fades over whatever is there; into a sum it fades by itself
  if (shape.own && rings) roots.push(out(bus(controlNames.own), ...amplified(gain)))
  else if (shape.own) roots.push(crossfadedOut(bus(controlNames.own), fade, ...amplified(gain)))
  if (shape.own && type.continues === 'state')
    roots.push(ReplaceOut.kr(add(bus(controlNames.own), shape.channels), sane(type, state)))
  const declick = shape.declick ? declickGate() : 1
  if (shape.mix) {
    const closing = mul(gain, declick)
    const share = shape.unison ? control(controlNames.share, 1) : 1
    const fades = mul(control(controlNames.mixFade, 1), control(controlNames.choke, 1), share)
    const sent = amplified(mul(closing, Lag3.kr(fades, fadePole)))
    roots.push(out(bus(controlNames.mix), ...(shape.unison === 'apart' ? placed(sent) : sent)))
  }
  roots.push(...watchers(type, shape, amplified(gain), mul(loudness, declick)), ...guard.effects)
  const sounding = [...effects, ...roots]
  const random = usesRandom(sounding)
  const seeding = random
    ? [
        RandID.ir(control(controlNames.randomId, 0, { rate: 'scalar' })),
        RandSeed.ir(1, control(controlNames.seed, 0, { rate: 'scalar' })),
      ]
    : []
  const def = compileSynthDef('', [...seeding, ...sounding])
  const wrong = shape.rate === 'control' && plain.some((channel) => rateOf(channel) === 'audio')
  if (wrong)
    fail({
      code: 'invalid-device-type',
      path: shape.type,
      message: 'it puts out an audio signal',
      expected: 'control rate',
    })
  const name = `${shape.type}-${hashBytes(encodeSynthDefs([def]))}`
  return { name, bytes: encodeSynthDefs([{ ...def, name }]), delays: delaysOf(def), random }
}

/** What the type itself says; whatever it throws is a problem of that type. @throws MegasynthError `invalid-device-type` */
function buildOf(
  { build }: DeviceType,
  shape: DeviceShape,
  inputs: unknown,
  context: unknown,
): Signal | Channels | DeviceOutput {
  try {
    return (build as (inputs: unknown, context: unknown) => Signal | Channels | DeviceOutput)(inputs, context)
  } catch (cause) {
    if (cause instanceof MegasynthError) throw cause
    const problem = {
      code: 'invalid-device-type',
      path: shape.type,
      message: 'its build threw an error',
    } as const
    return fail({ ...problem, found: String(cause), expected: 'a signal' }, { cause })
  }
}

/**
 * Somewhere between left and right, as loud as it was: in the middle as if it had no place. Of its
 * place at the next note a voice is told at its start; it mostly is the one that it had.
 */
function placed([mono = 0]: Channels): Channels {
  return Pan2.ar(toAudio(mono), Lag3.kr(control(controlNames.place), pole), Math.SQRT2)
}

/** From where a successor goes on: what is no number would be handed on for ever. */
const sane = ({ bounded }: DeviceType, state: Signal = 0): Signal =>
  bounded || typeof state === 'number' ? state : Sanitize.kr(state, 0)

const none: Predecessor = { existed: 0, state: 0, pulse: 0 }

/** The predecessor has written this block's values already, or those of the last one are still there. */
function predecessor(by: 'output' | 'state', channels: number): Predecessor {
  const own = control(controlNames.own, 0, { rate: 'scalar' })
  return {
    existed: control(controlNames.resume, 0, { rate: 'scalar' }),
    state: In.ir(1, by === 'state' ? add(own, channels) : own)[0] as Signal,
    pulse: control(controlNames.pulse),
  }
}

/**
 * Has a synth pause itself, and the engine tell of it, when it has come to silence: one that leaves the voices when its
 * key is up, one that rings when its input has been faded out.
 */
function watchers(type: DeviceType, shape: DeviceShape, loud: Channels, closing: Signal): Signal[] {
  const { watch } = shape
  if (watch === undefined) return []
  const followed = watch.by === 'gain' && closing !== 1 ? [closing] : loud
  const level = followed
    .map((x) => (rateOf(x) === 'audio' ? Amplitude.kr(x, 0.001, 0.05) : unaryOp('abs', x)))
    .reduce(max)
  const held = watch.voice ? control(controlNames.gate) : 1
  const wanted = type.rings === undefined ? held : mul(held, control(controlNames.fade, 1))
  // how long it must be silent may change while it runs
  // one that is born into silence must notice it, too
  const heard = binaryOp('gt', add(level, wanted, Impulse.kr(0)), silent)
  const recent = Slew.kr(heard, atOnce, control(controlNames.forget))
  return [DetectSilence.kr(recent, silent, 0, pauseItself)]
}

/** The second input of every delay line of the server is the longest delay that it holds. */
function delaysOf({ ugens, constants }: SynthDef): number[] {
  return ugens.flatMap(({ name, inputs }) => {
    const longest = inputs[1]
    if (!/^(Delay|Comb|Allpass)[NLC]$/.test(name) || longest === undefined || !('constant' in longest))
      return []
    return [constants[longest.constant] ?? 0]
  })
}

const toChannels = (signal: Signal | Channels): Channels =>
  Array.isArray(signal) ? signal : [signal as Signal]

function asOutput(built: Signal | Channels | DeviceOutput): DeviceOutput {
  return typeof built === 'object' && 'signal' in built ? built : { signal: built }
}

/** Mono goes to both sides unchanged; stereo into mono is the mean. */
function fitWidth(channels: Channels, width: 1 | 2): Channels {
  const [left = 0, right = left] = channels
  if (width === 2) return [left, right]
  return channels.length > 1 ? [mean(left, right)] : [left]
}

/** 5 ms up, 20 ms down, in whole blocks (EnvGen.kr misses the end of other segments). */
function declickGate(): Signal {
  const blocks = (seconds: number): Signal => {
    const count = max(binaryOp('round', mul(seconds, ugens.ControlRate.ir()), 1), 1)
    return mul(add(count, 0.001), ControlDur.ir())
  }
  const [linear, releaseNode, noLoop] = [1, 1, -99]
  return EnvGen.kr(
    ...[control(controlNames.gate), 1, 0, 1, 0, 0, 2, releaseNode, noLoop],
    ...[1, blocks(0.005), linear, 0],
    ...[0, blocks(0.02), linear, 0],
  )
}

function inputsOf(type: DeviceType, shape: DeviceShape, inputFade: Signal): Record<string, unknown> {
  const inputs: Record<string, unknown> = {}
  const byName = new Map(shape.ports.map((port) => [port.port, port]))
  const read = (name: string): unknown => {
    const declaration = portOf(type, name) as Port
    const port = byName.get(name)
    if (port === undefined) return declaration.kind === 'signal' ? fitWidth([0], shape.channels) : undefined
    if (declaration.kind === 'signal') return signalInput(port, shape, inputFade)
    if (declaration.kind === 'value') return valueInput(port, declaration)
    return declaration.kind === 'choice' ? choiceInput(port, declaration, shape.rate) : gateInput(port)
  }
  const numbers = new Set(
    shape.ports
      .map(({ port }) => port)
      .filter((port) => !Object.hasOwn(type.ports, port))
      .map(numberOf),
  )
  const sorted = [...numbers].toSorted((a, b) => a - b)
  for (const name of Object.keys(type.ports))
    inputs[name] = name.endsWith('#') ? sorted.map((n) => read(name.replace('#', String(n)))) : read(name)
  return inputs
}

const numberOf = (port: string): number => Number(/\d+$/.exec(port)?.[0] ?? 0)

/** Σ amount·source, as wide as the widest source and then as wide as the device. */
function signalInput(port: PortShape, shape: DeviceShape, fade: Signal): Channels {
  const terms = port.sources.map((source, i) => scaled(port, source, i, readSource(port, source, i)))
  if (port.knobs) terms.push([Lag3.kr(control(controlNames.base(port.port)), pole)])
  const width = Math.max(1, ...terms.map((term) => term.length)) as 1 | 2
  const sum = Array.from({ length: width }, (_, c) =>
    mul(add(0, ...terms.map((term) => term[c] ?? term[0] ?? 0)), fade),
  )
  return fitWidth(sum, shape.channels)
}

function scaled(port: PortShape, source: SourceShape, index: number, channels: Channels): Channels {
  if (!source.attenuated) return channels
  const amount = Lag3.kr(control(controlNames.amount(port.port, index), 1), pole)
  return channels.map((channel) => mul(channel, amount))
}

function readSource(port: PortShape, source: SourceShape, index: number): Channels {
  if (source.rate === 'control') return [control(controlNames.slot(port.port, index))]
  const bus = control(controlNames.bus(port.port, index), 0, { rate: 'scalar' })
  if (!source.feedback) return In.ar(source.channels, bus)
  // clip2 stops a NaN, which a loop would keep for ever
  return InFeedback.ar(source.channels, bus).map((channel) => clip2(channel, loudestFeedback))
}

/** What comes in, one mono signal a cable; at audio rate only if that is wanted. */
function monoTerms(port: PortShape, audio: boolean): Signal[] {
  return port.sources.map((source, i) => {
    const mono = fitWidth(scaled(port, source, i, readSource(port, source, i)), 1)[0] as Signal
    return rateOf(mono) === 'audio' && !audio ? A2K.kr(mono) : mono
  })
}

/** denormalise(clip(base + Σ amount·source)), summed in the unit that the client uses; audio into a pitch moves it linearly in Hz. */
function valueInput(port: PortShape, declaration: ValuePort): Signal {
  const base = smoothed(controlNames.base(port.port), declaration)
  if (port.form === 'plain') return base
  const terms = monoTerms(port, declaration.audio === true)
  const slow = add(base, ...terms.filter((term) => rateOf(term) !== 'audio'))
  const fast = terms.filter((term) => rateOf(term) === 'audio')
  if (fast.length === 0) return denormaliseSignal(declaration, slow)
  const modulation = add(...fast)
  if (declaration.scale === 'linear') return denormaliseSignal(declaration, add(toAudio(modulation), slow))
  return linearModulation(declaration, slow, modulation)
}

/** What is read only now and then needs no smoothing. */
const smoothed = (name: string, { instant }: ValuePort): Signal =>
  instant ? control(name) : Lag3.kr(control(name), pole)

/**
 * Audio-rate modulation of an exponential quantity around a control-rate base: base · (1 + slope · x), which is the
 * first order of base · e^(slope · x). It keeps the mean where it is, and needs no `exp` for every sample.
 */
function linearModulation(declaration: ValuePort, slow: Signal, modulation: Signal): Signal {
  const { min: low, max: high, scale } = declaration
  const base = denormaliseSignal(declaration, slow)
  const slope = scale === 'pitch' ? mul(base, Math.LN2 / 12) : base
  return clip(add(mul(modulation, slope), base), low, high)
}

/** The maximum of all that comes in; without anything, a constant. */
function gateInput(port: PortShape): Signal {
  const constant = control(controlNames.base(port.port))
  const terms = monoTerms(port, false)
  if (terms.length === 0) return constant
  return (port.knobs ? [...terms, constant] : terms).reduce(max)
}

function choiceInput(port: PortShape, declaration: ChoicePort, rate: 'audio' | 'control'): Choice {
  const { choices } = declaration
  if (port.form === 'choice')
    return { constant: port.choice, select: (cases) => (cases[port.choice as string] as () => Signal)() }
  const terms = monoTerms(port, false)
  const position = add(port.knobs ? control(controlNames.base(port.port)) : 0, ...terms)
  const index = clip(mul(position, choices.length), 0, choices.length - 1)
  const select = rate === 'audio' ? Select.ar : Select.kr
  return {
    constant: undefined,
    select: (cases) => select(index, ...choices.map((name) => (cases[name] as () => Signal)())),
  }
}
