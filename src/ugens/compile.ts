import { fail } from '../errors/index.ts'
import {
  rates,
  type ParameterName,
  type Rate,
  type SynthDef,
  type UGenInput,
  type UGenSpec,
} from './synthdef.ts'
import { rateOf, type ControlInput, type Signal, type UGen, type UGenOutput } from './signal.ts'
import { ugenTable, type UGenInfo } from './table.ts'

/** LagControl holds at most 16 controls (kMaxLagControls of the server). */
const lagControlWidth = 16
/** What expressions make besides the UGens of the table. */
const operators = new Set(['BinaryOpUGen', 'UnaryOpUGen', 'Clip'])

/**
 * Compiles expressions to a SynthDef: everything that the roots (UGens with an effect, such as Out) need, once each,
 * in an order in which every UGen follows its inputs. What no root needs is left out; equal UGens without a state of
 * their own become one; products and sums are fused to MulAdd, Sum3 and Sum4.
 *
 * @param name of the SynthDef
 * @param roots what has an effect; their order is kept
 * @example compileSynthDef('beep', [ugens.Out.ar(0, mul(ugens.SinOsc.ar(440), 0.2))])
 */
export function compileSynthDef(name: string, roots: readonly Signal[]): SynthDef {
  const fused = fuse(
    roots.filter((root): root is UGenOutput => typeof root !== 'number' && root.kind === 'output'),
  )
  const order = sort(fused)
  const controls = collectControls(order)
  const parameters: number[] = []
  const parameterNames: ParameterName[] = []
  const ugens: UGenSpec[] = []
  const constants: number[] = []
  const constantAt = new Map<number, number>()
  const controlAt = new Map<string, UGenInput>()
  for (const group of controls.groups) {
    const lags = group.lagged ? group.members.map((member): UGenInput => constantInput(member.lag)) : []
    const outputs = group.members.map((): Rate => group.rate)
    for (const [output, member] of group.members.entries())
      controlAt.set(member.name, { ugen: ugens.length, output })
    ugens.push({ name: group.ugen, rate: group.rate, inputs: lags, outputs, specialIndex: parameters.length })
    for (const member of group.members) {
      parameterNames.push({ name: member.name, index: parameters.length })
      parameters.push(Math.fround(member.default))
    }
  }
  const at = new Map<UGen, number>()
  for (const ugen of order) {
    at.set(ugen, ugens.length)
    ugens.push({
      name: ugen.name,
      rate: ugen.rate,
      inputs: ugen.inputs.map((input): UGenInput => {
        if (typeof input === 'number') return constantInput(input)
        if (input.kind === 'control') return controlAt.get(input.name) as UGenInput
        return { ugen: at.get(input.ugen) as number, output: input.index }
      }),
      outputs: Array.from({ length: ugen.outputs }, () => ugen.rate),
      specialIndex: ugen.specialIndex,
    })
  }
  return { name, constants, parameters, parameterNames, ugens, variants: [], version: 2 }

  function constantInput(value: number): UGenInput {
    const key = Math.fround(value)
    let index = constantAt.get(key)
    if (index === undefined) constantAt.set(key, (index = constants.push(key) - 1))
    return { constant: index }
  }
}

/** Whether anything that the roots need draws random numbers. UGens that are not in the table count as if they did. */
export function usesRandom(roots: readonly Signal[]): boolean {
  const outputs = roots.filter(
    (root): root is UGenOutput => typeof root !== 'number' && root.kind === 'output',
  )
  const table: Readonly<Record<string, UGenInfo>> = ugenTable
  return sort(outputs).some(({ name }) => table[name]?.random ?? !(name in table || operators.has(name)))
}

interface ControlGroup {
  readonly ugen: string
  readonly rate: Rate
  readonly lagged: boolean
  readonly members: readonly ControlInput[]
}

function collectControls(order: readonly UGen[]): { groups: ControlGroup[] } {
  const seen = new Map<string, ControlInput>()
  for (const ugen of order)
    for (const input of ugen.inputs) {
      if (typeof input === 'number' || input.kind !== 'control') continue
      const earlier = seen.get(input.name)
      if (earlier && JSON.stringify(earlier) !== JSON.stringify(input))
        fail({
          code: 'invalid-device-type',
          path: input.name,
          message: 'two controls of one SynthDef have the same name and differ',
        })
      seen.set(input.name, input)
    }
  const of = (rate: ControlInput['rate'], lagged = false): ControlInput[] =>
    [...seen.values()].filter((c) => c.rate === rate && c.lag > 0 === lagged)
  const group = (ugen: string, rate: Rate, members: ControlInput[], lagged = false): ControlGroup[] =>
    members.length === 0 ? [] : [{ ugen, rate, lagged, members }]
  const lagged = of('control', true)
  const clumps = Array.from({ length: Math.ceil(lagged.length / lagControlWidth) }, (_, i) =>
    lagged.slice(i * lagControlWidth, (i + 1) * lagControlWidth),
  )
  return {
    groups: [
      ...group('Control', 'scalar', of('scalar')),
      ...group('TrigControl', 'control', of('trigger')),
      ...group('AudioControl', 'audio', of('audio')),
      ...group('Control', 'control', of('control')),
      ...clumps.flatMap((clump) => group('LagControl', 'control', clump, true)),
    ],
  }
}

type Once = (signal: Signal) => UGen | undefined

/**
 * Everything that the roots need, each after its inputs; depth first, so that a wire buffer is read soon after it was
 * written and can be used again. With a stack of its own: expressions may be deeper than the call stack.
 */
function sort(
  roots: readonly UGenOutput[],
  inputsOf = (ugen: UGen): readonly Signal[] => ugen.inputs,
): UGen[] {
  const order: UGen[] = []
  const seen = new Set<UGen>()
  for (const root of roots) {
    const path: { readonly ugen: UGen; readonly inputs: readonly Signal[]; next: number }[] = []
    const enter = (ugen: UGen): void => {
      if (seen.has(ugen)) return
      seen.add(ugen)
      path.push({ ugen, inputs: inputsOf(ugen), next: 0 })
    }
    enter(root.ugen)
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const input = top.inputs[top.next++]
      if (input === undefined) {
        order.push(top.ugen)
        path.pop()
      } else if (typeof input !== 'number' && input.kind === 'output') enter(input.ugen)
    }
  }
  return order
}

/** Merges equal UGens and fuses arithmetic, bottom up. */
function fuse(roots: readonly UGenOutput[]): UGenOutput[] {
  const uses = countUses(roots)
  const once: Once = (signal) =>
    typeof signal !== 'number' && signal.kind === 'output' && uses.get(signal.ugen) === 1
      ? signal.ugen
      : undefined
  const shapes = new Map<UGen, Shape>()
  const rebuilt = new Map<UGen, UGen>()
  const known = new Map<string, UGen>()
  const ids = new Map<UGen, number>()
  const key = (signal: Signal): string => {
    if (typeof signal === 'number') return `${Object.is(signal, -0) ? '-0' : signal}`
    if (signal.kind === 'control') return `c:${signal.name}`
    return `u${ids.get(signal.ugen)}.${signal.index}`
  }
  const intern = (ugen: UGen): UGen => {
    const text = `${ugen.name}|${ugen.rate}|${ugen.specialIndex}|${ugen.outputs}|${ugen.inputs.map(key).join(',')}`
    const earlier = ugen.unique || ugen.effect ? undefined : known.get(text)
    if (earlier) return earlier
    ids.set(ugen, ids.size)
    known.set(text, ugen)
    return ugen
  }
  const order = sort(roots, (ugen) => {
    const shape = fusion(ugen, once)
    shapes.set(ugen, shape)
    return shape.inputs
  })
  for (const ugen of order) {
    const { name, specialIndex, inputs } = shapes.get(ugen) as Shape
    const found = inputs.map((input): Signal => {
      if (typeof input === 'number' || input.kind === 'control') return input
      return { ...input, ugen: rebuilt.get(input.ugen) as UGen }
    })
    rebuilt.set(ugen, intern({ ...ugen, name, specialIndex, inputs: found }))
  }
  return roots.map((root) => ({ ...root, ugen: rebuilt.get(root.ugen) as UGen }))
}

/** How often each UGen is read; one without an output that is read all the same is an error. */
function countUses(roots: readonly UGenOutput[]): Map<UGen, number> {
  const uses = new Map<UGen, number>()
  for (const { name, inputs } of sort(roots))
    for (const input of inputs) {
      if (typeof input === 'number' || input.kind !== 'output') continue
      const { ugen, index } = input
      if (index >= ugen.outputs)
        fail({
          code: 'invalid-device-type',
          path: name,
          message: `it reads ${ugen.name}, which has no output`,
        })
      uses.set(ugen, (uses.get(ugen) ?? 0) + 1)
    }
  return uses
}

type Shape = Pick<UGen, 'name' | 'inputs' | 'specialIndex'>

const isOp = (ugen: UGen | undefined, specialIndex: number, rate: Rate): ugen is UGen =>
  ugen !== undefined &&
  ugen.name === 'BinaryOpUGen' &&
  ugen.specialIndex === specialIndex &&
  ugen.rate === rate

/**
 * `a·b + c` as MulAdd (whose first input must have the rate of the whole, and whose others no faster one: the server
 * picks its calculation by the rates of all three), and sums of three or four signals as Sum3 and Sum4.
 */
function fusion(ugen: UGen, once: Once): Shape {
  if (!isOp(ugen, 0, ugen.rate)) return ugen
  const [a, b] = ugen.inputs as [Signal, Signal]
  for (const [product, addend] of [
    [a, b],
    [b, a],
  ] as const) {
    const factor = once(product)
    if (!isOp(factor, 2, ugen.rate)) continue
    const [x, y] = factor.inputs as [Signal, Signal]
    if (rateOf(x) === ugen.rate) return { name: 'MulAdd', inputs: [x, y, addend], specialIndex: 0 }
    if (rateOf(y) === ugen.rate) return { name: 'MulAdd', inputs: [y, x, addend], specialIndex: 0 }
  }
  const terms = sumTerms(ugen, once, 4)
  if (terms.length === 3) return { name: 'Sum3', inputs: terms, specialIndex: 0 }
  if (terms.length === 4) return { name: 'Sum4', inputs: terms, specialIndex: 0 }
  return ugen
}

/** The terms of a tree of additions at one rate, at most `limit` of them; Sum3 and Sum4 want the fastest first. */
function sumTerms(ugen: UGen, once: Once, limit: number): Signal[] {
  let terms = [...ugen.inputs]
  for (let i = 0; i < terms.length && terms.length < limit;) {
    const inner = once(terms[i] as Signal)
    if (isOp(inner, 0, ugen.rate) && !isFusable(inner, once)) terms = terms.toSpliced(i, 1, ...inner.inputs)
    else i++
  }
  return terms.toSorted((a, b) => rates.indexOf(rateOf(b)) - rates.indexOf(rateOf(a)))
}

const isFusable = (ugen: UGen, once: Once): boolean =>
  ugen.inputs.some((input) => isOp(once(input), 2, ugen.rate))
