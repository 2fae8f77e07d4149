import type { Knob } from '../patch/types.ts'
import { denormalise, knobLevel, knobSignal, summing, type Range } from './scale.ts'

/**
 * A sum of knobs as one kind of port wants to read it. Ports that want the same share one control bus; the client
 * writes it, so that a knob needs no synth.
 */
export interface KnobMapping {
  readonly terms: readonly (Pick<Knob, 'range' | 'scale'> & {
    readonly name: string
    readonly amount: number
  })[]
  /** Constant part: normalised, or as it stands for a `level`. */
  readonly base: number
  /** The port's range; absent for a port without a unit. */
  readonly port?: Range
  /** `unit`: in the port's unit, clipped. `summed`: other sources are still to be added. `level`: a plain sum. */
  readonly form: 'unit' | 'summed' | 'level'
}

/** Equal mappings have equal keys. */
export function knobKey(mapping: KnobMapping): string {
  return JSON.stringify(mapping)
}

/** What the bus of a mapping holds when the knobs are at these positions 0..1. A knob without a position is at 0. */
export function knobBusValue(
  { terms, base, port, form }: KnobMapping,
  position: (name: string) => number,
): number {
  const sum = terms.reduce((total, term) => {
    const at = position(term.name)
    return total + term.amount * (port === undefined ? knobLevel(term, at) : knobSignal(term, at, port))
  }, base)
  if (port === undefined) return sum
  if (form === 'unit') return denormalise(port, sum)
  const { origin, span } = summing(port)
  return origin + span * sum
}
