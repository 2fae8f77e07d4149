import fc from 'fast-check'
import type { OscArg, OscMessage, OscPacket } from '../../src/scsynth/osc.ts'
import { rates, type SynthDef, type UGenInput, type UGenSpec } from '../../src/ugens/synthdef.ts'

const float32 = fc.float({ noNaN: true })
const int16 = fc.integer({ min: -0x8000, max: 0x7fff })
const rate = fc.constantFrom(...rates)
const name = fc.string({ unit: 'binary', maxLength: 40 })

/** A UGen whose inputs are given as two free numbers each; {@link synthDefs} makes them point somewhere. */
const looseUGen = fc.record({
  name,
  rate,
  specialIndex: int16,
  inputs: fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 6 }),
  outputs: fc.array(rate, { maxLength: 4 }),
})

/** Valid SynthDefs of every shape that the file format can hold, of one version. */
export function synthDefs(version: 1 | 2): fc.Arbitrary<SynthDef> {
  return fc
    .record({
      name,
      constants: fc.array(float32, { maxLength: 8 }),
      parameters: fc.array(float32, { maxLength: 8 }),
      parameterNames: fc.array(fc.tuple(name, fc.nat()), { maxLength: 5 }),
      ugens: fc.array(looseUGen, { maxLength: 8 }),
      variants: fc.array(fc.tuple(name, fc.array(float32, { minLength: 8, maxLength: 8 })), { maxLength: 3 }),
    })
    .map(({ name, constants, parameters, parameterNames, ugens, variants }) => {
      const built: UGenSpec[] = []
      for (const ugen of ugens) {
        const sources: UGenInput[] = [
          ...constants.map((_, constant) => ({ constant })),
          ...built.flatMap(({ outputs }, i) => outputs.map((_, output) => ({ ugen: i, output }))),
        ]
        const inputs = ugen.inputs.flatMap(([n]) => {
          const source = sources[n % Math.max(1, sources.length)]
          return source === undefined ? [] : [source]
        })
        built.push({ ...ugen, inputs })
      }
      return {
        name,
        constants,
        parameters,
        parameterNames:
          parameters.length === 0
            ? []
            : parameterNames.map(([name, n]) => ({ name, index: n % parameters.length })),
        ugens: built,
        variants: variants.map(([name, values]) => ({
          name,
          parameters: values.slice(0, parameters.length),
        })),
        version,
      }
    })
}

const text = fc.string({ unit: 'binary', maxLength: 20 }).filter((text) => !text.includes('\0'))

const oscArg = fc.letrec<{ arg: OscArg; list: OscArg[] }>((tie) => ({
  arg: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.integer({ min: -0x8000_0000, max: 0x7fff_ffff }).map((int) => ({ int })),
    fc.float().map((float) => ({ float })),
    fc.double().map((double) => ({ double })),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((long) => ({ long })),
    fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map((timeTag) => ({ timeTag })),
    fc.constant({ impulse: true as const }),
    text,
    fc.uint8Array({ maxLength: 20 }),
    fc.boolean(),
    fc.constant(null),
    tie('list'),
  ),
  list: fc.array(tie('arg'), { maxLength: 4 }),
}))

export const oscMessages: fc.Arbitrary<OscMessage> = fc.record({
  address: text.map((text) => `/${text}`),
  args: oscArg.list,
})

export const oscPackets: fc.Arbitrary<OscPacket> = fc.letrec<{ packet: OscPacket }>((tie) => ({
  packet: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    oscMessages,
    fc.record({
      timeTag: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
      elements: fc.array(tie('packet'), { maxLength: 4 }),
    }),
  ),
})).packet
