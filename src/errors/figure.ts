/**
 * A number with three significant digits, without an exponent.
 *
 * @example
 * figure(1234.5) // '1235'
 */
export function figure(value: number): string {
  if (value === 0 || !Number.isFinite(value)) return String(value)
  const digits = Math.min(6, Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value)))))
  return String(Number(value.toFixed(digits))).replace('-', '−')
}

/**
 * A number with its unit.
 *
 * @example
 * quantity(0.25, 's') // '0.25 s'
 */
export function quantity(value: number, unit: string | undefined): string {
  return unit === undefined || unit === '' ? figure(value) : `${figure(value)} ${unit}`
}
