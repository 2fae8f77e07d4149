import { Reader, Writer, type Mistake } from './bytes.ts'
import {
  choice,
  countOf,
  field,
  float32,
  int16,
  int32,
  int8,
  items,
  literal,
  mapped,
  pair,
  pstring,
  repeat,
  struct,
  where,
  type Codec,
} from './schema.ts'
import { rates, type ParameterName, type SynthDef, type UGenInput, type UGenSpec } from '../ugens/synthdef.ts'

/*
 * The SynthDef file format ("SCgf"), as SuperCollider's help page "Synth Definition File Format" has it.
 * Everything is big endian and packed. `int` is an int32 in version 2 and an int16 in version 1; nothing else differs.
 *
 *   file         "SCgf", int32 version, int16 D, synth-def * D
 *   synth-def    pstring name
 *                int K, float32 * K           constants
 *                int P, float32 * P           defaults of the parameters
 *                int N, param-name * N
 *                int U, ugen-spec * U         in the order of execution
 *                int16 V, variant-spec * V
 *   param-name   pstring name, int index      into the parameters
 *   ugen-spec    pstring name, int8 rate, int I, int O, int16 special index, input-spec * I, int8 rate * O
 *   input-spec   int −1, int index            of a constant
 *                int ugen, int output         of an earlier UGen
 *   variant-spec pstring name, float32 * P
 *   pstring      unsigned int8 length, bytes
 *   rate         0 scalar, 1 control, 2 audio, 3 demand
 *
 * Below is the same once more, for the machine: the one grammar of encoder and decoder.
 */

type Version = 1 | 2
interface SynthDefFile {
  readonly version: Version
  readonly defs: readonly SynthDef[]
}
type Body = Omit<SynthDef, 'version'>

const rate = choice(int8, rates, 'calculation rate')

const version: Codec<Version> = mapped(
  where(int32, (n) =>
    n === 1 || n === 2
      ? undefined
      : { message: 'unknown version of the SynthDef file format', found: `${n}`, expected: '1 or 2' },
  ),
  (n) => (n === 1 ? 1 : 2),
  (n) => n,
)

const file = struct<SynthDefFile>(
  literal('SCgf'),
  field('version', version),
  countOf('defs', int16),
  items('defs', (soFar) => synthDefs[soFar.version ?? 2]),
)

/** The codec of one SynthDef; what the versions differ in is the size of most integers. */
function synthDef(version: Version, int: Codec<number>): Codec<SynthDef> {
  const body = struct<Body>(
    field('name', pstring),
    countOf('constants', int),
    items('constants', () => float32),
    countOf('parameters', int),
    items('parameters', () => float32),
    countOf('parameterNames', int),
    items('parameterNames', paramName),
    countOf('ugens', int),
    items('ugens', ugenSpec),
    countOf('variants', int16),
    items('variants', ({ parameters = [] }) =>
      struct<SynthDef['variants'][number]>(
        field('name', pstring),
        field('parameters', repeat(parameters.length, float32)),
      ),
    ),
  )

  function paramName({ parameters = [] }: Partial<Body>): Codec<ParameterName> {
    const index = where(int, (n) => missing('parameter', n, parameters.length))
    return struct<ParameterName>(field('name', pstring), field('index', index))
  }

  function ugenSpec(def: Partial<Body>, at: number): Codec<UGenSpec> {
    return struct<UGenSpec>(
      field('name', pstring),
      field('rate', rate),
      countOf('inputs', int),
      countOf('outputs', int),
      field('specialIndex', int16),
      items('inputs', () => inputSpec(def, at)),
      items('outputs', () => rate),
    )
  }

  /** An input of the UGen with index `at`, which can read only what is before it. */
  function inputSpec({ constants = [], ugens = [] }: Partial<Body>, at: number): Codec<UGenInput> {
    const valid = where(pair(int, int), ([ugen, index]) =>
      ugen === -1
        ? missing('constant', index, constants.length)
        : (missing('earlier UGen', ugen, at) ?? missing('output', index, ugens[ugen]?.outputs.length ?? 0)),
    )
    return mapped(
      valid,
      ([ugen, index]) => (ugen === -1 ? { constant: index } : { ugen, output: index }),
      (input): readonly [number, number] =>
        'constant' in input ? [-1, input.constant] : [input.ugen, input.output],
    )
  }

  const versioned = mapped<Body, SynthDef>(
    body,
    (def) => ({ ...def, version }),
    (def) => def,
  )
  return where(versioned, (def) =>
    (def.version ?? 2) === version
      ? undefined
      : {
          message: 'SynthDefs of different versions cannot share a file',
          found: `version ${def.version ?? 2}`,
          expected: `version ${version}`,
        },
  )
}

const synthDefs: Readonly<Record<Version, Codec<SynthDef>>> = {
  1: synthDef(1, int16),
  2: synthDef(2, int32),
}

function missing(what: string, index: number, count: number): Mistake | undefined {
  if (index >= 0 && index < count) return undefined
  return {
    message: `there is no ${what} ${index}`,
    found: `${index}`,
    expected: count === 0 ? `no ${what} at all` : `0 to ${count - 1}`,
  }
}

/**
 * Reads a SynthDef file (`.scsyndef`, or the blob of a `/d_recv`), version 1 or 2. The version stands on every
 * SynthDef, so that {@link encodeSynthDefs} gives the same bytes again (NaN payloads excepted).
 *
 * Throws a MegasynthError `invalid-synthdef`, with the byte offset in its path, for anything that is not exactly
 * such a file: truncated, trailing bytes, impossible counts, unknown rates, inputs that point nowhere or forward.
 *
 * @example
 * const [def] = decodeSynthDefs(await readFile('sine.scsyndef'))
 * console.log(def?.name, def?.ugens.map((ugen) => ugen.name))
 */
export function decodeSynthDefs(bytes: Uint8Array): SynthDef[] {
  const from = new Reader(bytes, 'invalid-synthdef')
  const { defs } = file.read(from)
  if (from.left > 0) from.fail({ message: `${from.left} bytes too many after the last SynthDef` })
  return [...defs]
}

/**
 * Writes SynthDefs as a file that `/d_recv` and `/d_load` take, in the version they carry (default 2).
 *
 * Throws a MegasynthError `invalid-synthdef`, with the part of the SynthDef in its path, for SynthDefs of different
 * versions, names above 255 bytes, inputs that point nowhere or forward, and numbers that the version cannot hold.
 *
 * @example
 * const command = { call: '/d_recv', name: def.name, bytes: encodeSynthDefs([def]) } as const
 */
export function encodeSynthDefs(defs: readonly SynthDef[]): Uint8Array {
  const to = new Writer('invalid-synthdef')
  file.write(to, { version: defs[0]?.version ?? 2, defs })
  return to.finish()
}
