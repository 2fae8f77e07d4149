import { makeUGen, maxRate, rateOf, toAudio, type Signal } from './signal.ts'

/** Operator numbers of BinaryOpUGen. Source: SuperCollider, `server/plugins/BinaryOpUGens.cpp`, as the class library lists them. */
const binary = {
  add: [0, (a: number, b: number) => a + b],
  sub: [1, (a: number, b: number) => a - b],
  mul: [2, (a: number, b: number) => a * b],
  div: [4, (a: number, b: number) => a / b],
  mod: [5, (a: number, b: number) => (b === 0 ? 0 : a - b * Math.floor(a / b))],
  ne: [7, (a: number, b: number) => Number(a !== b)],
  lt: [8, (a: number, b: number) => Number(a < b)],
  gt: [9, (a: number, b: number) => Number(a > b)],
  le: [10, (a: number, b: number) => Number(a <= b)],
  ge: [11, (a: number, b: number) => Number(a >= b)],
  min: [12, Math.min],
  max: [13, Math.max],
  round: [19, (a: number, b: number) => (b === 0 ? a : Math.round(a / b) * b)],
  pow: [25, (a: number, b: number) => Math.pow(Math.abs(a), b) * (a < 0 ? -1 : 1)],
  clip2: [42, (a: number, b: number) => Math.max(-b, Math.min(b, a))],
  excess: [43, (a: number, b: number) => a - Math.max(-b, Math.min(b, a))],
} as const

/** Operator numbers of UnaryOpUGen. */
const unary = {
  neg: [0, (a: number) => -a],
  abs: [5, Math.abs],
  floor: [9, Math.floor],
  squared: [12, (a: number) => a * a],
  sqrt: [14, (a: number) => Math.sqrt(Math.abs(a)) * (a < 0 ? -1 : 1)],
  exp: [15, Math.exp],
  reciprocal: [16, (a: number) => 1 / a],
  midicps: [17, (a: number) => 440 * 2 ** ((a - 69) / 12)],
  cpsmidi: [18, (a: number) => 69 + 12 * Math.log2(a / 440)],
  midiratio: [19, (a: number) => 2 ** (a / 12)],
  dbamp: [21, (a: number) => 10 ** (a / 20)],
  log2: [26, (a: number) => Math.log2(Math.abs(a))],
  sin: [28, Math.sin],
  cos: [29, Math.cos],
  tan: [30, Math.tan],
  atan: [33, Math.atan],
  tanh: [36, Math.tanh],
} as const

export type BinaryOperator = keyof typeof binary
export type UnaryOperator = keyof typeof unary

/** Any operator of BinaryOpUGen; constants are folded. Rate: the faster of the two. */
export function binaryOp(operator: BinaryOperator, a: Signal, b: Signal): Signal {
  const [specialIndex, fold] = binary[operator]
  if (typeof a === 'number' && typeof b === 'number') return fold(a, b)
  return makeUGen('BinaryOpUGen', maxRate([a, b]), [a, b], { specialIndex })[0] as Signal
}

/** Any operator of UnaryOpUGen; constants are folded. */
export function unaryOp(operator: UnaryOperator, a: Signal): Signal {
  const [specialIndex, fold] = unary[operator]
  if (typeof a === 'number') return fold(a)
  return makeUGen('UnaryOpUGen', maxRate([a]), [a], { specialIndex })[0] as Signal
}

/** Sum of any number of signals; constants are added up, zeros vanish. */
export function add(...terms: readonly Signal[]): Signal {
  const constant = terms.reduce<number>((sum, term) => (typeof term === 'number' ? sum + term : sum), 0)
  const rest = terms.filter((term) => typeof term !== 'number')
  const parts: Signal[] = constant === 0 && rest.length > 0 ? rest : [...rest, constant]
  return parts.reduce((a, b) => binaryOp('add', a, b))
}

/** `a − b`. */
export function sub(a: Signal, b: Signal): Signal {
  if (b === 0) return a
  return a === 0 ? neg(b) : binaryOp('sub', a, b)
}

/** Product of any number of signals; constants are multiplied, ones vanish, a zero is zero. Slow factors are multiplied first, which costs least. */
export function mul(...factors: readonly Signal[]): Signal {
  const constant = factors.reduce<number>((p, factor) => (typeof factor === 'number' ? p * factor : p), 1)
  const rest = factors.filter((factor) => typeof factor !== 'number')
  if (constant === 0 || rest.length === 0) return constant
  const fast: Signal[] = rest.filter((factor) => rateOf(factor) === 'audio')
  const slow: Signal[] = rest.filter((factor) => rateOf(factor) !== 'audio')
  const gain = constant === 1 ? slow : [...slow, constant]
  const parts = gain.length === 0 ? fast : [...fast, gain.reduce((a, b) => binaryOp('mul', a, b))]
  return parts.reduce((a, b) => binaryOp('mul', a, b))
}

/** `a ÷ b`. */
export function div(a: Signal, b: Signal): Signal {
  if (typeof b === 'number' && b !== 0) return mul(a, 1 / b)
  return binaryOp('div', a, b)
}

export const neg = (a: Signal): Signal => unaryOp('neg', a)
export const min = (a: Signal, b: Signal): Signal => binaryOp('min', a, b)
export const max = (a: Signal, b: Signal): Signal => binaryOp('max', a, b)
export const clip2 = (a: Signal, limit: Signal): Signal => binaryOp('clip2', a, limit)
export const pow = (a: Signal, b: Signal): Signal => binaryOp('pow', a, b)
export const greater = (a: Signal, b: Signal): Signal => binaryOp('gt', a, b)
export const midicps = (note: Signal): Signal => unaryOp('midicps', note)
export const midiratio = (semitones: Signal): Signal => unaryOp('midiratio', semitones)
export const tanh = (a: Signal): Signal => unaryOp('tanh', a)

/** `a` held between two limits. Inf and NaN pass `min` and `max`, not `clip2`: guard feedback with that. */
export function clip(a: Signal, low: Signal, high: Signal): Signal {
  if (typeof a === 'number' && typeof low === 'number' && typeof high === 'number')
    return Math.max(low, Math.min(high, a))
  const rate = maxRate([a, low, high])
  return makeUGen('Clip', rate, [rate === 'audio' ? toAudio(a) : a, low, high])[0] as Signal
}

/** `a · b + c`, fused to one MulAdd where that is possible. */
export function mulAdd(a: Signal, b: Signal, c: Signal): Signal {
  return add(mul(a, b), c)
}

/** Arithmetic mean. */
export function mean(...signals: readonly Signal[]): Signal {
  return mul(add(...signals), 1 / signals.length)
}

/** `a` where `x` is 0, `b` where it is 1, linear between. */
export function crossfade(a: Signal, b: Signal, x: Signal): Signal {
  return add(a, mul(sub(b, a), x))
}
