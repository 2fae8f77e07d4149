import type { Catalogue, ChoicePort, ClockName, DeviceInfo, KeyName, Option, SignalPort } from './ports.ts'
import type { KnobSpec, Patch } from './types.ts'

type Names<T> = keyof T & string

/** What a patch may write for a port or an option; nothing for a signal port, which only takes cables. */
type Constant<P> = P extends ChoicePort<infer N> ? N : P extends Option<infer V> ? V : number

/** `in#` stands for `in1`, `in2`, …; whether the number is in range is checked when the patch is parsed. */
type Spelled<P extends string> = P extends `${infer Family}#` ? `${Family}${number}` : P

/** The ports of a device type that a cable can reach, as they are written. */
type PortName<I extends DeviceInfo> = Spelled<Names<I['ports']>>

type Constants<I extends DeviceInfo> = {
  readonly [P in Names<I['ports']> as I['ports'][P] extends SignalPort ? never : Spelled<P>]?: Constant<
    I['ports'][P]
  >
}
type Options<O> = { readonly [P in Names<O>]?: Constant<O[P]> }

/** What the compiler knows of a device in a patch: what every device has, and the constants of its type. */
type TypedDevice<I extends DeviceInfo> = {
  readonly shared?: boolean
  readonly label?: string
  readonly bypass?: boolean
} & Constants<I> &
  Options<I['options']>

/**
 * The members 0 and 1 belong to the tuple. That the object names them too, as never there, lets the compiler compare
 * the elements of a misspelt tuple one by one, and say "did you mean" for the one that is wrong.
 */
type Cable<F, T> =
  | readonly [from: F, to: T]
  | readonly [from: F, to: T, amount: number]
  | {
      readonly from: F
      readonly to: T
      readonly amount?: number
      readonly feedback?: boolean
      readonly 0?: never
      readonly 1?: never
    }

/**
 * A patch as the compiler checks it: `K` are its knobs, `D` its devices with their types, both inferred from what is
 * written; `C` is the catalogue and `O` the final stage.
 */
export interface TypedPatch<K, D, C extends Catalogue, O extends DeviceInfo> extends Omit<
  Patch,
  'knobs' | 'devices' | 'connections'
> {
  readonly knobs?: { readonly [N in keyof K]: KnobSpec }
  readonly devices: {
    readonly [N in keyof D]: D[N] extends Names<C>
      ? { readonly type: D[N] } & TypedDevice<C[D[N]]>
      : { readonly type: keyof C & string; readonly [port: string]: unknown }
  }
  readonly connections?: readonly NoInfer<
    Cable<
      (keyof K & string) | (keyof D & string) | `keys.${KeyName}` | `clock.${ClockName}`,
      | 'out'
      | `out.${PortName<O>}`
      | {
          [N in keyof D & string]: D[N] extends keyof C & string
            ? `${N}.${PortName<C[D[N]]>}`
            : `${N}.${string}`
        }[keyof D & string]
    >
  >[]
}
