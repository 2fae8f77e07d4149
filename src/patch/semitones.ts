/**
 * The amount on a cable that moves a pitch by `n` semitones when its source moves by 1.
 *
 * @param n semitones, any number
 * @example connections: [['lfo0', 'oscillator0.frequency', semitones(0.3)]] // a vibrato of ±30 cents
 */
export function semitones(n: number): number {
  return n / 128
}
