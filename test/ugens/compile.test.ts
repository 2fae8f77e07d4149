import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeSynthDefs, encodeSynthDefs, type SynthDef } from '../../src/scsynth/index.ts'
import {
  add,
  binaryOp,
  clip,
  clip2,
  compileSynthDef,
  control,
  crossfade,
  div,
  max,
  mean,
  min,
  mul,
  mulAdd,
  neg,
  sub,
  ugens,
  unaryOp,
  usesRandom,
  type Signal,
} from '../../src/ugens/index.ts'
import { isRefused } from '../scsynth/problem-of.ts'
import { forms, observe, play, steady, valuesOf } from './play.ts'

const { DC, Impulse, LFNoise0, LocalIn, LocalOut, Out, RandID, Saw, SinOsc, WhiteNoise } = ugens

const compile = (...roots: readonly Signal[]): SynthDef => compileSynthDef('test', roots)
const names = (def: SynthDef): string[] => def.ugens.map(({ name }) => name)

/** Compiles one signal, and gives the names of its UGens without those that bring it out. */
const namesOf = (signal: Signal): string[] =>
  names(compile(Out.kr(0, signal))).filter((name) => name !== 'Out')

describe('constants', () => {
  it('are folded', () => {
    expect(add(1, 2, 3)).toBe(6)
    expect(sub(1, 3)).toBe(-2)
    expect(mul(2, 3, 4)).toBe(24)
    expect(div(1, 4)).toBe(0.25)
    expect(mulAdd(2, 3, 4)).toBe(10)
    expect(mean(1, 2, 6)).toBe(3)
    expect(crossfade(10, 20, 0.25)).toBe(12.5)
    expect(clip(3, -1, 1)).toBe(1)
    expect(unaryOp('midicps', 69)).toBe(440)
  })

  it('of a sum or product are gathered', () => {
    const k = SinOsc.kr(1)
    expect(namesOf(add(1, k, 2, 3))).toEqual(['SinOsc', 'BinaryOpUGen'])
    expect(compile(Out.kr(0, add(1, k, 2, 3))).constants).toContain(6)
    expect(namesOf(mul(2, k, 3))).toEqual(['SinOsc', 'BinaryOpUGen'])
    expect(compile(Out.kr(0, mul(2, k, 3))).constants).toContain(6)
  })

  it('that change nothing vanish', () => {
    const k = SinOsc.kr(1)
    for (const same of [
      add(k, 0),
      add(0, k),
      sub(k, 0),
      mul(k, 1),
      mul(1, k),
      div(k, 1),
      mulAdd(k, 1, 0),
      mean(k),
    ])
      expect(same).toBe(k)
    for (const zero of [mul(k, 0), mul(0, k), div(k, Infinity)]) expect(zero).toBe(0)
    expect(sub(0, k)).toEqual(neg(k))
    expect(mulAdd(k, 0, 3)).toBe(3)
  })

  it('are held once, as float32', () => {
    const { constants } = compile(Out.ar(0, SinOsc.ar(0.1, 0.1), SinOsc.ar(Math.fround(0.1), 3)))
    expect(constants).toEqual(
      [0, Math.fround(0.1), 3].toSorted((a, b) => constants.indexOf(a) - constants.indexOf(b)),
    )
  })
})

describe('what is compiled', () => {
  it('is what the roots need, nothing else', () => {
    const unused = mul(Saw.ar(100), 0.5)
    expect(names(compile(Out.ar(0, SinOsc.ar(440)), unused, 5))).toEqual([
      'SinOsc',
      'Out',
      'Saw',
      'BinaryOpUGen',
    ])
    expect(names(compile(Out.ar(0, SinOsc.ar(440))))).toEqual(['SinOsc', 'Out'])
  })

  it('has equal UGens once', () => {
    const tone = (): Signal => mul(SinOsc.ar(add(control('freq', 440), 5)), 0.1)
    expect(names(compile(Out.ar(0, tone(), tone())))).toEqual(names(compile(Out.ar(0, tone()))))
    expect(namesOf(add(SinOsc.kr(1), SinOsc.kr(2))).filter((name) => name === 'SinOsc')).toHaveLength(2)
    expect(namesOf(add(SinOsc.kr(0), SinOsc.kr(-0))).filter((name) => name === 'SinOsc')).toHaveLength(2)
  })

  it('keeps apart what has a stream or an effect of its own', () => {
    const count = (def: SynthDef, name: string): number => names(def).filter((other) => other === name).length
    expect(count(compile(Out.ar(0, WhiteNoise.ar(), WhiteNoise.ar())), 'WhiteNoise')).toBe(2)
    expect(count(compile(Out.ar(0, LFNoise0.ar(5), LFNoise0.ar(5))), 'LFNoise0')).toBe(2)
    expect(count(compile(Out.ar(0, DC.ar(1)), Out.ar(0, DC.ar(1))), 'Out')).toBe(2)
    const shared = WhiteNoise.ar()
    expect(count(compile(Out.ar(0, shared, mul(shared, 2))), 'WhiteNoise')).toBe(1)
  })

  it('runs its roots in their order', () => {
    const [loop = 0] = LocalIn.ar(1, 0)
    const def = compile(RandID.ir(3), Out.ar(0, loop), LocalOut.ar(WhiteNoise.ar()), Out.ar(1, Saw.ar(1)))
    expect(names(def)).toEqual(['RandID', 'LocalIn', 'Out', 'WhiteNoise', 'LocalOut', 'Saw', 'Out'])
  })

  it('tells whether random numbers are drawn', () => {
    expect(usesRandom([Out.ar(0, add(Saw.ar(1), mul(WhiteNoise.ar(), 2)))])).toBe(true)
    expect(usesRandom([Out.ar(0, clip(mulAdd(Saw.ar(1), 2, SinOsc.kr(1)), -1, 1))])).toBe(false)
  })
})

/** A signal of each rate that moves, if it can, and is not the same twice. */
const sources: readonly ((i: number) => Signal)[] = [
  (i) => 0.3 + i,
  (i) => control(`scalar${i}`, 0.7 - i, { rate: 'scalar' }),
  (i) => SinOsc.kr(30 + 7 * i, i),
  (i) => SinOsc.ar(300 + 70 * i, i),
]
const mixes = (n: number): (readonly number[])[] =>
  n === 0 ? [[]] : mixes(n - 1).flatMap((mix) => sources.map((_, source) => [...mix, source]))

/** Largest difference of what a signal is alone, and with the parts that it would else be fused of heard beside it. */
async function fusionError(signal: Signal, parts: readonly Signal[]): Promise<number> {
  const [alone = []] = await valuesOf([signal], 512)
  const [beside = []] = await valuesOf([signal, ...parts.map((part) => mul(part, 1))], 512)
  return Math.max(...alone.map((x, i) => Math.abs(x - (beside[i] ?? NaN))))
}

describe('fused arithmetic', () => {
  it('is MulAdd, Sum3 and Sum4 at every rate', () => {
    const [k = 0, l = 0, m = 0, n = 0] = [1, 2, 3, 4].map((f) => SinOsc.kr(f))
    const count = (signal: Signal): string[] => namesOf(signal).filter((name) => name !== 'SinOsc')
    expect(count(add(mul(k, l), m))).toEqual(['MulAdd'])
    expect(count(add(m, mul(k, l)))).toEqual(['MulAdd'])
    expect(count(add(k, l, m))).toEqual(['Sum3'])
    expect(count(add(k, l, m, n))).toEqual(['Sum4'])
    expect(count(add(k, l, m, n, 1))).toEqual(['BinaryOpUGen', 'Sum4'])
    expect(count(add(mul(k, l), mul(m, n)))).toEqual(['BinaryOpUGen', 'MulAdd'])
  })

  it('leaves a product alone that something else reads too', () => {
    const product = mul(SinOsc.kr(1), SinOsc.kr(2))
    expect(names(compile(Out.kr(0, add(product, 1), product)))).not.toContain('MulAdd')
  })

  it('reads a UGen that an audio signal is first in MulAdd, Sum3 and Sum4', () => {
    for (const [x, y, z] of mixes(3)) {
      const [a, b, c] = [x, y, z].map((source, i) => sources[source as number]?.(i) ?? 0) as [
        Signal,
        Signal,
        Signal,
      ]
      for (const sum of [add(mul(a, b), c), add(a, b, c)]) {
        const def = compile(Out.ar(0, sum))
        for (const { name, rate, inputs } of def.ugens)
          if (['MulAdd', 'Sum3', 'Sum4'].includes(name)) {
            const first = inputs[0] as { ugen: number; output: number }
            expect(def.ugens[first.ugen]?.outputs[first.output]).toBe(rate)
          }
      }
    }
  })

  it('of products and sums is what it is unfused, whatever the rates', async () => {
    for (const mix of mixes(3)) {
      const [a, b, c] = mix.map((source, i) => sources[source]?.(i) ?? 0) as [Signal, Signal, Signal]
      const product = binaryOp('mul', a, b)
      expect(await fusionError(binaryOp('add', product, c), [product])).toBeLessThan(1e-6)
      expect(await fusionError(binaryOp('add', c, product), [product])).toBeLessThan(1e-6)
    }
  })

  it('of three and four terms is what it is unfused, whatever the rates', async () => {
    for (const mix of mixes(4).filter((mix) => mix.includes(3) || mix.includes(2))) {
      const [a, b, c, d] = mix.map((source, i) => sources[source]?.(i) ?? 0) as [
        Signal,
        Signal,
        Signal,
        Signal,
      ]
      const two = binaryOp('add', a, b)
      const three = binaryOp('add', two, c)
      const four = binaryOp('add', three, d)
      expect(await fusionError(four, [two, three])).toBeLessThan(1e-6)
      if (mix[3] === 0) expect(await fusionError(three, [two])).toBeLessThan(1e-6)
    }
  })
})

describe('controls', () => {
  it('are grouped by rate, each with its name and default', () => {
    const rates = ['control', 'audio', 'trigger', 'scalar'] as const
    const made = rates.flatMap((rate, i) => [
      control(`${rate}-a`, i, { rate }),
      control(`${rate}-b`, i + 10, { rate }),
    ])
    const def = compile(Out.ar(0, ...made), Out.kr(0, control('lagged', 5, { lag: 0.1 })))
    const groups = def.ugens.filter(({ inputs, name }) => inputs.length === 0 || name === 'LagControl')
    expect(
      groups.map(({ name, rate, specialIndex, outputs }) => [name, rate, specialIndex, outputs.length]),
    ).toEqual([
      ['Control', 'scalar', 0, 2],
      ['TrigControl', 'control', 2, 2],
      ['AudioControl', 'audio', 4, 2],
      ['Control', 'control', 6, 2],
      ['LagControl', 'control', 8, 1],
    ])
    const byName = Object.fromEntries(
      def.parameterNames.map(({ name, index }) => [name, def.parameters[index]]),
    )
    expect(byName).toEqual({
      ...Object.fromEntries(rates.flatMap((rate, i) => [[`${rate}-a`, i], [`${rate}-b`, i + 10]])), // prettier-ignore
      lagged: 5,
    })
  })

  it('of one name are one, and must be alike', () => {
    const def = compile(Out.kr(0, mul(control('x', 1), SinOsc.kr(control('x', 1)))))
    expect(def.parameterNames).toEqual([{ name: 'x', index: 0 }])
    expect(isRefused('invalid-device-type', () => compile(Out.kr(0, control('x', 1), control('x', 2))))).toBe(
      true,
    )
  })

  it('reach the synth at every rate', async () => {
    const rates = ['scalar', 'trigger', 'control', 'audio'] as const
    const def = compile(...observe(rates.map((rate, i) => control(rate, i + 1, { rate }))))
    const { channels } = await play([{ def, controls: { control: 30, audio: 40 } }], 6, {
      3: [{ call: '/n_set', id: 1000, controls: { scalar: 50, trigger: 60, control: 70 } }],
    })
    const at = (block: number): number[] => channels.slice(0, 4).map((channel) => channel[block * 128] ?? NaN)
    expect(at(3)).toEqual([1, 0, 30, 40])
    // K2A arrives one block later; a trigger lasts one block; a scalar is read once
    expect(at(4)).toEqual([1, 60, 70, 40])
    expect(at(5)).toEqual([1, 0, 70, 40])
  })

  const lag = 0.05
  const lagged = Array.from({ length: 40 }, (_, i) => control(`lag${i}`, i + 1, { lag }))

  it('with a lag are split into groups of at most 16', () => {
    const groups = compile(Out.kr(0, ...lagged)).ugens.filter(({ name }) => name === 'LagControl')
    expect(
      groups.map(({ inputs, outputs, specialIndex }) => [inputs.length, outputs.length, specialIndex]),
    ).toEqual([
      [16, 16, 0],
      [16, 16, 16],
      [8, 8, 32],
    ])
  })

  it('with a lag start at their value, set or mapped, and follow in their time', async () => {
    const watched = [0, 15, 16, 31, 32, 39]
    const setBus = compile(Out.kr(5, 0.7))
    const def = compile(Out.kr(20, ...lagged), ...observe(watched.map((i) => lagged[i] ?? 0)))
    const blocks = 40
    const { channels } = await play(
      [{ def: setBus }, { def, controls: { lag16: 100, lag32: { controlBus: 5 } } }],
      blocks,
      { 2: [{ call: '/n_set', id: 1001, controls: { lag39: 0 } }] },
    )
    const at = (block: number): number[] => channels.slice(0, 6).map((channel) => channel[block * 128] ?? NaN)
    const start = [1, 16, 100, 32, Math.fround(0.7)]
    for (const block of [0, 1, 2, blocks - 1]) expect(at(block).slice(0, 5)).toEqual(start)
    expect(at(2)[5]).toBe(40)
    // 60 dB down after the lag: 18.75 blocks
    expect(at(3 + 10)[5]).toBeCloseTo(40 * 0.001 ** (11 / 18.75), 2)
    expect(at(3 + 19)[5]).toBeLessThan(0.04)
  })
})

/** Arithmetic over earlier values: each node names two of them. */
const operations = {
  add: [(a: Signal, b: Signal) => add(a, b), (a: number, b: number) => a + b],
  sub: [sub, (a: number, b: number) => a - b],
  mul: [(a: Signal, b: Signal) => mul(a, b), (a: number, b: number) => a * b],
  fused: [(a: Signal, b: Signal) => mulAdd(a, b, a), (a: number, b: number) => a * b + a],
  sum: [(a: Signal, b: Signal) => add(a, b, 0.25, a, b), (a: number, b: number) => 2 * (a + b) + 0.25],
  min: [min, Math.min],
  max: [max, Math.max],
  neg: [(a: Signal) => neg(a), (a: number) => -a],
} as const
type Operation = keyof typeof operations
const graph = fc.record({
  leaves: fc.array(fc.tuple(fc.constantFrom(...Object.keys(forms)), fc.integer({ min: -8, max: 8 })), {
    minLength: 2,
    maxLength: 6,
  }),
  nodes: fc.array(
    fc.tuple(fc.constantFrom(...(Object.keys(operations) as Operation[])), fc.nat(), fc.nat()),
    {
      minLength: 1,
      maxLength: 40,
    },
  ),
})

/** The last values of a random graph, as signals and as numbers; what grows is clipped. */
function build({
  leaves,
  nodes,
}: typeof graph extends fc.Arbitrary<infer G> ? G : never): [Signal, number][] {
  const built: [Signal, number][] = leaves.map(([form, n]) => [forms[form]?.(n / 8) ?? 0, n / 8])
  for (const [operation, i, j] of nodes) {
    const [a, b] = [built[i % built.length], built[j % built.length]] as [[Signal, number], [Signal, number]]
    const [signal, model] = [operations[operation][0](a[0], b[0]), operations[operation][1](a[1], b[1])]
    built.push(Math.abs(model) > 4 ? [clip2(signal, 2), Math.sign(model) * 2] : [signal, model])
  }
  return built.slice(-5)
}

describe('random graphs', () => {
  it('read only what was computed before, and survive the file format', () => {
    fc.assert(
      fc.property(graph, (shape) => {
        const def = compile(...observe(build(shape).map(([signal]) => signal)))
        for (const [i, { inputs }] of def.ugens.entries())
          for (const input of inputs)
            if ('constant' in input) expect(def.constants[input.constant]).toBeTypeOf('number')
            else {
              expect(input.ugen).toBeLessThan(i)
              expect(def.ugens[input.ugen]?.outputs[input.output]).toBeDefined()
            }
        expect(decodeSynthDefs(encodeSynthDefs([def]))).toEqual([def])
      }),
      { numRuns: 300 },
    )
  })

  it('sound as they are reckoned', async () => {
    await fc.assert(
      fc.asyncProperty(graph, async (shape) => {
        const built = build(shape)
        const found = await steady(built.map(([signal]) => signal))
        for (const [i, [, model]] of built.entries())
          expect(Math.abs((found[i] ?? NaN) - model)).toBeLessThan(1e-3)
      }),
      { numRuns: 100 },
    )
  })
})

describe('large expressions', () => {
  it('may be deeper than the call stack', () => {
    let signal: Signal = Impulse.kr(1)
    for (let i = 0; i < 50_000; i++) signal = binaryOp(i % 2 === 0 ? 'max' : 'min', signal, i)
    const def = compile(Out.kr(0, signal))
    expect(def.ugens).toHaveLength(50_002)
    expect(usesRandom([Out.kr(0, signal)])).toBe(false)
  })

  it('may be chains of fused sums, and wide', () => {
    const voices = Array.from({ length: 10_000 }, (_, i) => SinOsc.kr(i + 1))
    const def = compile(Out.kr(0, add(...voices), ...voices))
    expect(names(def).filter((name) => name === 'SinOsc')).toHaveLength(10_000)
    expect(names(def).filter((name) => name === 'Sum4')).toHaveLength(3_333)
  })
})
