import type { ClockName, KeyName, Scale } from './ports.ts'
import type { KeyPitches, Tuning } from './tuning.ts'
import type { ParsedVoices, VoicePolicy } from './voice-policy.ts'

/** Position 0..1 of a knob, or the knob with all it can say of itself. */
export type KnobSpec =
  | number
  | {
      /** Position 0..1. */
      readonly value: number
      /** What it sweeps, in the unit of each port it feeds. Default: the port's own min..max. */
      readonly range?: readonly [low: number, high: number]
      /** How it sweeps its `range`. Default: the port's scale. */
      readonly scale?: Scale
      readonly unit?: string
      readonly label?: string
      readonly midi?: KnobMidi
    }

/**
 * What a hardware encoder without end sends for a turn: 1 and 127 for a step up and down (`twosComplement`), 1 and 65
 * (`signMagnitude`), or 65 and 63 (`offset64`); further off for a quicker turn.
 */
export type RelativeEncoding = 'twosComplement' | 'signMagnitude' | 'offset64'

/** How a knob is taken over by a control that stands elsewhere: when the control passes it, or with a jump. */
export type Takeover = 'pickup' | 'jump'

/** The control of the hardware that turns a knob, and how. One of `cc`, `cc14` and `nrpn`. */
export type KnobMidi = {
  /** MIDI channel 1..16. Default: any. */
  readonly channel?: number
} & (
  | {
      /** Controller 0..119. */
      readonly cc: number
      /** Default: pickup. */
      readonly takeover?: Takeover
    }
  | {
      readonly cc: number
      /** The control has no position, only steps: 1/127 of the knob each. */
      readonly relative: RelativeEncoding
    }
  | {
      /** Controller 0..31 in 14 bits: the finer part comes as controller 32..63. */
      readonly cc14: number
      readonly takeover?: Takeover
    }
  | {
      /** Non-registered parameter 0..16382. */
      readonly nrpn: number
      readonly takeover?: Takeover
    }
)

/** A device in a patch: its type, and constants for ports and options. */
export interface DeviceSpec {
  readonly type: string
  readonly shared?: boolean
  readonly label?: string
  readonly bypass?: boolean
  readonly [port: string]: string | number | boolean | undefined
}

/** A cable: `[from, to]`, `[from, to, amount]` or an object. */
export type ConnectionSpec =
  | readonly [from: string, to: string]
  | readonly [from: string, to: string, amount: number]
  | { readonly from: string; readonly to: string; readonly amount?: number; readonly feedback?: boolean }

/** A patch as it is written: the single source of truth. Plain JSON. */
export interface Patch {
  readonly $schema?: string
  readonly format?: 1
  readonly name?: string
  /** A number of voices or a policy. Default: 8. */
  readonly voices?: number | VoicePolicy
  /** Beats per minute, 1..999. Default: 120. */
  readonly tempo?: number
  /** How high the keys are. Default: twelve equal steps, A4 at 440 Hz. */
  readonly tuning?: Tuning
  readonly layout?: unknown
  readonly knobs?: Readonly<Record<string, KnobSpec>>
  readonly devices: Readonly<Record<string, DeviceSpec>>
  readonly connections?: readonly ConnectionSpec[]
}

/** Where a cable begins. */
export type Source =
  | { readonly kind: 'knob'; readonly name: string }
  | { readonly kind: 'device'; readonly name: string }
  | { readonly kind: 'keys'; readonly key: KeyName }
  | { readonly kind: 'clock'; readonly output: ClockName }

/** A cable after validation. */
export interface Connection {
  readonly from: Source
  /** Device, or `out`. */
  readonly to: string
  /** Port of that device; `in` of `out`. */
  readonly port: string
  /** Undefined: a plain cable, without an attenuator. */
  readonly amount?: number
  readonly feedback: boolean
}

/** A knob after validation. */
export interface Knob {
  readonly value: number
  readonly range?: readonly [low: number, high: number]
  readonly scale?: Scale
  readonly unit?: string
  readonly label?: string
}

/** A device after validation: everything that was written, by kind. */
export interface Device {
  readonly type: string
  readonly shared: boolean
  readonly bypass: boolean
  readonly label?: string
  /** Constants of value and gate ports, in the port's unit. */
  readonly constants: Readonly<Record<string, number>>
  /** Constants of choice ports. */
  readonly choices: Readonly<Record<string, string>>
  /** Every option of the type, with its default where none was written. */
  readonly options: Readonly<Record<string, string | number | boolean>>
}

/** A valid patch in its normal form: defaults filled in, cables resolved. */
export interface ParsedPatch {
  readonly name: string
  readonly voices: ParsedVoices
  readonly tempo: number
  /** Undefined: the ordinary tuning, in which a note is its pitch. */
  readonly tuning?: KeyPitches
  readonly knobs: Readonly<Record<string, Knob>>
  readonly devices: Readonly<Record<string, Device>>
  readonly connections: readonly Connection[]
}
