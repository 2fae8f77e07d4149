import type { Knob } from '../patch/types.ts'
import type { Scale, ValuePort } from '../patch/ports.ts'
import { clip, midicps, unaryOp, type Signal } from '../ugens/index.ts'

/** What a scale needs to know of a range. */
export interface Range {
  readonly min: number
  readonly max: number
  readonly scale: Scale
}

const noteOf = (hertz: number): number => 69 + 12 * Math.log2(hertz / 440)
const hertzOf = (note: number): number => 440 * 2 ** ((note - 69) / 12)

/** From a port's unit to the normalised value that stands for it: 0..1 over min..max, or note/128 where the scale is pitch. */
export function normalise({ min, max, scale }: Range, value: number): number {
  if (scale === 'pitch') return noteOf(value) / 128
  if (scale === 'exponential') return Math.log(value / min) / Math.log(max / min)
  return (value - min) / (max - min)
}

/** From a normalised value to the port's unit, held within min..max. */
export function denormalise(range: Range, normalised: number): number {
  const [low, high] = normalisedRange(range)
  const n = Math.max(low, Math.min(high, normalised))
  if (range.scale === 'pitch') return hertzOf(n * 128)
  if (range.scale === 'exponential') return range.min * (range.max / range.min) ** n
  return range.min + n * (range.max - range.min)
}

/** The normalised values of min and max: 0 and 1, except where the scale is pitch. */
export function normalisedRange(range: Range): readonly [low: number, high: number] {
  return range.scale === 'pitch' ? [normalise(range, range.min), normalise(range, range.max)] : [0, 1]
}

/**
 * The unit in which a synth adds up what comes to a port, so that little is left to compute: the port's unit where the
 * scale is linear, MIDI notes for a pitch, the natural logarithm for an exponential. `summed = origin + normalised · span`.
 */
export function summing({ min, max, scale }: Range): { readonly origin: number; readonly span: number } {
  if (scale === 'pitch') return { origin: 0, span: 128 }
  if (scale === 'exponential') return { origin: Math.log(min), span: Math.log(max / min) }
  return { origin: min, span: max - min }
}

/** {@link denormalise} in a SynthDef, from a sum in the unit of {@link summing}. */
export function denormaliseSignal(range: Range, summed: Signal): Signal {
  const { origin, span } = summing(range)
  const [low, high] = normalisedRange(range).map((n) => origin + n * span) as [number, number]
  const held = clip(summed, low, high)
  if (range.scale === 'pitch') return midicps(held)
  return range.scale === 'exponential' ? unaryOp('exp', held) : held
}

/** What a knob at a position 0..1 says to a port, normalised: the whole of min..max, or of the knob's own range. */
export function knobSignal(knob: Pick<Knob, 'range' | 'scale'>, position: number, port: Range): number {
  if (knob.range === undefined) {
    const [low, high] = normalisedRange(port)
    return low + position * (high - low)
  }
  const [from, to] = knob.range
  const value = sweep(knob.scale ?? port.scale, from, to, position)
  // a logarithm has no place for 0 and below
  return normalise(port, port.scale === 'linear' ? value : Math.max(port.min, value))
}

/** What a knob says to a port without a unit: its position, or the place in its own range. */
export function knobLevel(knob: Pick<Knob, 'range' | 'scale'>, position: number): number {
  return knob.range === undefined
    ? position
    : sweep(knob.scale ?? 'linear', knob.range[0], knob.range[1], position)
}

function sweep(scale: Scale, from: number, to: number, position: number): number {
  return scale === 'linear' ? from + position * (to - from) : from * (to / from) ** position
}

/** The range of a value port, for the functions above. */
export const rangeOf = ({ min, max, scale }: ValuePort): Range => ({ min, max, scale })
