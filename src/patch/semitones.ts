/**
 * The amount on a cable that moves a pitch by `n` semitones when its source moves by 1.
 *
 * @param n semitones, any number
 * @example const vibrato = ['lfo0', 'oscillator0.frequency', semitones(0.3)] // ±30 cents
 */
export function semitones(n: number): number {
  return n / 128
}
