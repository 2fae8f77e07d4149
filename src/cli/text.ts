import { figure, quantity } from '../errors/index.ts'

/** `20 … 20000 Hz`, or one number where both ends are equal. */
export function span([low, high]: readonly [number, number], unit: string | undefined): string {
  return figure(low) === figure(high) ? quantity(low, unit) : `${figure(low)} … ${quantity(high, unit)}`
}

/** `1 problem`, `3 problems`. */
export function count(n: number, thing: string): string {
  return `${n} ${thing}${n === 1 ? '' : /(s|ch)$/.test(thing) ? 'es' : 's'}`
}
