/** Calculation rate of a UGen or of one of its outputs, as written in a SynthDef file. */
export type Rate = 'scalar' | 'control' | 'audio' | 'demand'

/** The rates in the order of their numbers in the file format. */
export const rates: readonly Rate[] = ['scalar', 'control', 'audio', 'demand']

/** One input of a UGen: a constant of the SynthDef, or an output of an earlier UGen. */
export type UGenInput =
  | {
      /** Index into `constants` of the SynthDef. */
      readonly constant: number
    }
  | {
      /** Index of the UGen in the SynthDef; smaller than that of the UGen which reads it. */
      readonly ugen: number
      /** Index into `outputs` of that UGen. */
      readonly output: number
    }

/** One UGen of a SynthDef. */
export interface UGenSpec {
  readonly name: string
  readonly rate: Rate
  readonly inputs: readonly UGenInput[]
  readonly outputs: readonly Rate[]
  /** Operator of BinaryOpUGen and UnaryOpUGen; first control of a Control; else 0. */
  readonly specialIndex: number
}

/** A named control: `parameters[index]` is its default; an array goes on from there. */
export interface ParameterName {
  readonly name: string
  readonly index: number
}

/** A SynthDef as data: what an `.scsyndef` file holds. Numbers are float32 in the file. */
export interface SynthDef {
  readonly name: string
  readonly constants: readonly number[]
  /** Default value of every control. */
  readonly parameters: readonly number[]
  readonly parameterNames: readonly ParameterName[]
  /** In the order of execution: inputs are constants, or outputs of UGens further up. */
  readonly ugens: readonly UGenSpec[]
  /** Other sets of defaults, each as long as `parameters`. */
  readonly variants: readonly { readonly name: string; readonly parameters: readonly number[] }[]
  /** Version of the file format it came from. Default: 2. */
  readonly version?: 1 | 2
}
