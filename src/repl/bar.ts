const eighths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉']

/**
 * A value as a bar, exact to an eighth of a character.
 *
 * @param value 0..1; what is beyond is cut off
 * @param columns width of the whole
 * @example
 * bar(0.5, 4) // '██  '
 */
export function bar(value: number, columns: number): string {
  const steps = Math.round(Math.min(1, Math.max(0, value || 0)) * columns * 8)
  const full = '█'.repeat(steps >> 3)
  return `${full}${eighths[steps & 7] ?? ''}`.padEnd(columns)
}

/** Quieter than this is silence, in dB. */
const floor = -120

/**
 * An amplitude in decibels relative to full scale, as text.
 *
 * @example
 * decibels(0.5) // '−6.0 dB'
 */
export function decibels(amplitude: number): string {
  const value = 20 * Math.log10(amplitude)
  if (!(value > floor)) return amplitude >= 0 ? 'silent' : 'no number'
  return `${value.toFixed(1).replace('-', '−').replace('−0.0', '0.0')} dB`
}

/** An amplitude as a bar: from −60 dB to full scale. */
export const meter = (amplitude: number, columns: number): string =>
  bar(1 + (20 * Math.log10(Math.max(amplitude, 1e-9))) / 60, columns)
