import { describe, expect, it } from 'vitest'
import {
  binaryOp,
  clip,
  rateOf,
  ugens,
  unaryOp,
  type BinaryOperator,
  type Signal,
  type UnaryOperator,
} from '../../src/ugens/index.ts'
import { forms, steady, valuesOf } from './play.ts'

const { DC, SinOsc } = ugens

const some = [-2.5, -1, -0.3, 0.25, 1, 1.7, 3]
/** Second operands, which must make sense with all of `some`. */
const binaryDomains: Record<BinaryOperator, readonly [number, number]> = {
  add: [-1.5, 0.7],
  sub: [-1.5, 0.7],
  mul: [-1.5, 0.7],
  div: [-1.5, 0.7],
  mod: [0.7, 3],
  ne: [1, 0.25],
  lt: [1, 0.25],
  gt: [1, 0.25],
  le: [1, 0.25],
  ge: [1, 0.25],
  min: [-1.5, 0.7],
  max: [-1.5, 0.7],
  round: [0.25, 1],
  pow: [2, 0.5],
  clip2: [0.5, 1],
  excess: [0.5, 1],
}
const unaryDomains: Record<UnaryOperator, readonly number[]> = {
  neg: some,
  abs: some,
  floor: some,
  squared: some,
  sqrt: some,
  exp: some,
  reciprocal: some,
  midicps: [...some, 60, 69, 127],
  cpsmidi: [8, 27.5, 440, 20000],
  midiratio: [...some, -24, 24],
  dbamp: [...some, -60],
  log2: [0.1, 1, 7, 1024],
  sin: some,
  cos: some,
  tan: some,
  atan: some,
  tanh: some,
}

/** Where what was found is not what folding says. */
const disagreements = (found: readonly number[], folded: readonly Signal[]): string[] =>
  found.flatMap((x, i) => {
    const model = folded[i] as number
    return Math.abs(x - model) < 1e-5 * Math.max(1, Math.abs(model)) ? [] : [`${i}: ${x}, folded ${model}`]
  })

describe('operators do on the server what folding does', () => {
  const pairs = Object.keys(forms).flatMap((a) => Object.keys(forms).map((b) => [a, b] as const))

  it.each(Object.keys(binaryDomains) as BinaryOperator[])('%s, at all rates', async (operator) => {
    const operands = some.flatMap((a) => binaryDomains[operator].map((b) => [a, b] as const))
    for (const [a, b] of pairs) {
      if (a === 'constant' && b === 'constant') continue
      const found = await steady(
        operands.map(([x, y]) => binaryOp(operator, forms[a]?.(x) ?? 0, forms[b]?.(y) ?? 0)),
      )
      expect(disagreements(found, operands.map(([x, y]) => binaryOp(operator, x, y)))).toEqual([]) // prettier-ignore
    }
  })

  it.each(Object.keys(unaryDomains) as UnaryOperator[])('%s, at all rates', async (operator) => {
    for (const form of ['scalar', 'control', 'audio'])
      expect(
        disagreements(
          await steady(unaryDomains[operator].map((x) => unaryOp(operator, forms[form]?.(x) ?? 0))),
          unaryDomains[operator].map((x) => unaryOp(operator, x)),
        ),
      ).toEqual([])
  })

  it('clip, with limits of any rate', async () => {
    for (const [a, b] of pairs) {
      const clipped = some.map((x) => clip(forms[a]?.(x) ?? 0, forms[b]?.(-0.5) ?? 0, 1))
      expect(disagreements(await steady(clipped), some.map((x) => clip(x, -0.5, 1)))).toEqual([]) // prettier-ignore
    }
    const moving = clip(0.5, SinOsc.kr(20), 1)
    expect(rateOf(moving)).toBe('control')
    const [found = []] = await valuesOf([moving], 60)
    expect(Math.max(...found)).toBeGreaterThan(0.9)
  })

  it('mod and round by zero', async () => {
    for (const operator of ['mod', 'round'] as const)
      expect(
        disagreements(await steady([binaryOp(operator, DC.kr(2.5), 0)]), [binaryOp(operator, 2.5, 0)]),
      ).toEqual([])
  })
})
