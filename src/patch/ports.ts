/** How a normalised 0..1 maps to a port's unit. `pitch`: normalised n/128 is MIDI note n, in Hz after `midicps`. */
export type Scale = 'linear' | 'exponential' | 'pitch'

/** An audio or control input that sums what is connected: Σ amount·source. No base, no clipping. */
export interface SignalPort {
  readonly kind: 'signal'
  readonly doc: string
}

/** A quantity with a range and a unit: cutoff, attack, amplitude. */
export interface ValuePort {
  readonly kind: 'value'
  readonly doc: string
  readonly min: number
  readonly max: number
  readonly scale: Scale
  /** `Hz`, `s`, `cents`, `semitones`, `dB` … or empty for a plain number. */
  readonly unit: string
  /** In the port's unit; it is what the port reads when nothing else says so. */
  readonly default: number
  /** What it reads instead of its default when nothing is connected: `keys.*`, in a voice, or `clock.*`. */
  readonly normal?: string
  /** Audio-rate sources work at audio rate; elsewhere they are read once a block. Default: false. */
  readonly audio?: boolean
  /** It keeps a free slot for one control source, so that plugging in a cable replaces no synth. Default: false. */
  readonly spare?: boolean
  /** It is read only now and then (when a segment begins): smoothing would be heard by nobody. Default: false. */
  readonly instant?: boolean
  /** It is not built at all unless the patch mentions it (a second oscillator's level, portamento). Default: false. */
  readonly optional?: boolean
  /** The output is multiplied by it: silence here is silence out there. Default: false. */
  readonly level?: boolean
}

/** High above 0; several sources: their maximum. A `trigger` acts on the rising edge. */
export interface GatePort {
  readonly kind: 'gate' | 'trigger'
  readonly doc: string
  readonly normal?: string
  readonly optional?: boolean
}

/** One of several names. A constant specialises the SynthDef; a connection chooses at run time, index `floor(x·n)`. */
export interface ChoicePort<N extends string = string> {
  readonly kind: 'choice'
  readonly doc: string
  readonly choices: readonly N[]
  readonly default: N
}

export type Port = SignalPort | ValuePort | GatePort | ChoicePort

/** A setting that no cable can reach. It specialises the SynthDef. */
export interface Option<V extends string | number | boolean = string | number | boolean> {
  readonly doc: string
  readonly values: readonly V[]
  readonly default: V
}

/** Bipolar: −1..1. Unipolar: 0..1. `inputs`: bipolar only if everything that goes in is. */
export type Polarity = 'bipolar' | 'unipolar'

/** What a device type is, without how it sounds: enough for types, validation, the JSON Schema, reference and UI. */
export interface DeviceInfo {
  readonly title: string
  /** One or two sentences: what it does and when to use it. */
  readonly doc: string
  /** Ports by name. A name that ends in `#` stands for any number of ports: `in#` is `in1`, `in2`, … */
  readonly ports: Readonly<Record<string, Port>>
  readonly options?: Readonly<Record<string, Option>>
  readonly output: {
    /** `inputs`: audio as soon as one signal input is. */
    readonly rate: 'audio' | 'control' | 'inputs'
    /** Or the name of an option whose value is the polarity. */
    readonly polarity: Polarity | 'inputs' | { readonly option: string }
    /** `inputs`: as wide as the widest signal input. */
    readonly channels: 1 | 2 | 'inputs'
  }
  /** Exists once, before or after the voices, unless the patch says otherwise. Default: false. */
  readonly shared?: boolean
  /** It goes on sounding after its input stopped; the longest silence between two echoes, in seconds. */
  readonly rings?: number
  /** It sounds without any input, always or if an option says so. Default: false. */
  readonly generator?: boolean | { readonly option: string }
  /** Its output follows a gate down to silence: what it shapes needs no other way to end. */
  readonly envelope?: boolean
  /** An instance that replaces another goes on from where that one was, which its output tells, or a state beside it. */
  readonly continues?: 'output' | 'state'
  /** Whatever it is fed, it puts out finite numbers of ordinary size: it need not be watched for trouble, and muted. */
  readonly bounded?: boolean
}

/** Device types by name. */
export type Catalogue = Readonly<Record<string, DeviceInfo>>

/** The sources of a voice's performance, in the order of their buses. */
export const keyNames = [
  'pitch',
  'gate',
  'trigger',
  'velocity',
  'pressure',
  'timbre',
  'random',
  'spread',
] as const
export type KeyName = (typeof keyNames)[number]

/** The sources of the shared time, in the order of their buses. */
export const clockNames = ['beat', 'phase', 'bar'] as const
export type ClockName = (typeof clockNames)[number]

/** The highest number of a numbered port: `in1` … `in64`. */
export const maxNumberedPort = 64

/** The declaration behind a port's name: `in3` finds `in#`. Undefined where there is none. */
export function portOf(info: DeviceInfo, name: string): Port | undefined {
  if (Object.hasOwn(info.ports, name) && !name.endsWith('#')) return info.ports[name]
  const numbered = /^(.*?)([1-9]\d?)$/.exec(name)
  if (numbered === null || Number(numbered[2]) > maxNumberedPort) return undefined
  const family = `${numbered[1]}#`
  return Object.hasOwn(info.ports, family) ? info.ports[family] : undefined
}

/** The ports of a device as a list to read: a numbered family shows its first and its last. */
export function portList(info: DeviceInfo, which: (port: Port) => boolean = () => true): string[] {
  return Object.entries(info.ports)
    .filter(([, port]) => which(port))
    .map(([name]) => name.replace(/^(.*)#$/, (_, family: string) => `${family}1…${family}${maxNumberedPort}`))
}

/** Names that a person may write for the ports of a device; a numbered family shows its first. */
export function portNames(info: DeviceInfo): string[] {
  return Object.keys(info.ports).map((name) => name.replace(/#$/, '1'))
}
