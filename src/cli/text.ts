/** A number with three significant digits, without an exponent. */
export function figure(value: number): string {
  if (value === 0 || !Number.isFinite(value)) return String(value)
  const digits = Math.min(6, Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value)))))
  return String(Number(value.toFixed(digits))).replace('-', '−')
}

/** `0.3 Hz`, `0.7`. */
export function quantity(value: number, unit: string | undefined): string {
  return unit === undefined || unit === '' ? figure(value) : `${figure(value)} ${unit}`
}

/** `20 … 20000 Hz`, or one number where both ends are equal. */
export function span([low, high]: readonly [number, number], unit: string | undefined): string {
  return figure(low) === figure(high) ? quantity(low, unit) : `${figure(low)} … ${quantity(high, unit)}`
}

/** `1 problem`, `3 problems`. */
export function count(n: number, thing: string): string {
  return `${n} ${thing}${n === 1 ? '' : thing.endsWith('s') ? 'es' : 's'}`
}

/** Breaks a text between words. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const line = lines.at(-1)
    if (line !== undefined && line.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${line} ${word}`
    else lines.push(word)
  }
  return lines
}
