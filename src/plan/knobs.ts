import type { Knob, ParsedPatch } from '../patch/types.ts'
import { denormalise, knobLevel, knobSignal, normalise, summing, type Range } from './scale.ts'
import type { Reading } from './wiring.ts'

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

/**
 * What a value port reads, in its unit, with the knobs at these positions 0..1; undefined for a port of another kind, and
 * for one that something else moves, too.
 */
export function knobbed(
  { declaration, base, knobs: terms, sources }: Reading,
  knobs: ParsedPatch['knobs'],
  position: (knob: string) => number,
): number | undefined {
  if (declaration.kind !== 'value' || sources.length > 0) return undefined
  if (terms.length === 0 && base !== undefined) return base
  const start = base === undefined ? 0 : normalise(declaration, base)
  const sum = terms.reduce(
    (total, { name, amount }) =>
      total + amount * knobSignal(knobs[name] as Knob, position(name), declaration),
    start,
  )
  return denormalise(declaration, sum)
}
