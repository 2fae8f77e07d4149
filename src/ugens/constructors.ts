import { fail, listNames } from '../errors/index.ts'
import type { Rate } from './synthdef.ts'
import { makeUGen, toAudio, type Signal } from './signal.ts'
import { ugenTable, type UGenInfo, type UGenName } from './table.ts'

const rateNames: Record<'ar' | 'kr' | 'ir', Rate> = { ar: 'audio', kr: 'control', ir: 'scalar' }

/** Inputs without a default must be given; that there are too many is seen at run time, so that arrays can be spread. */
type Positional<I> = I extends readonly [readonly [string, null], ...infer More]
  ? [input: Signal, ...Positional<More>]
  : Signal[]
type Arguments<I extends UGenInfo> = I extends { outputs: 'n' }
  ? [channels: number, ...inputs: Positional<I['inputs']>]
  : Positional<I['inputs']>
type Result<I> = I extends { outputs: 0 | 1 }
  ? Signal
  : I extends { outputs: 2 }
    ? [left: Signal, right: Signal]
    : Signal[]
type Constructors = {
  readonly [N in UGenName]: {
    readonly [R in (typeof ugenTable)[N]['rates'][number]]: (
      ...inputs: Arguments<(typeof ugenTable)[N]>
    ) => Result<(typeof ugenTable)[N]>
  }
}

function construct(
  name: UGenName,
  info: UGenInfo,
  rate: 'ar' | 'kr' | 'ir',
  given: readonly Signal[],
): Signal[] {
  const [channels, values] = info.outputs === 'n' ? [given[0], given.slice(1)] : [info.outputs, given]
  if (
    typeof channels !== 'number' ||
    !Number.isInteger(channels) ||
    channels < (info.outputs === 'n' ? 1 : 0)
  )
    fail({ code: 'invalid-device-type', path: name, message: 'its first argument is its number of channels' })
  if (values.length > info.inputs.length && info.rest === undefined)
    fail({
      code: 'invalid-device-type',
      path: name,
      message: 'it has fewer inputs than it was given',
      found: String(values.length),
      expected: listNames(info.inputs.map(([input]) => input.replace('~', ''))),
    })
  const inputs = info.inputs.map(([input, value], i): Signal => {
    const signal = values[i] ?? value
    if (signal === null)
      fail({
        code: 'invalid-device-type',
        path: `${name}.${input.replace('~', '')}`,
        message: 'this input must be given',
      })
    return rate === 'ar' && input.endsWith('~') ? toAudio(signal) : signal
  })
  const rest = values.slice(info.inputs.length)
  return makeUGen(
    name,
    rateNames[rate],
    [...inputs, ...(rate === 'ar' && info.rest === 'audio' ? rest.map(toAudio) : rest)],
    {
      outputs: channels,
      effect: info.effect ?? false,
      unique: info.unique ?? false,
    },
  )
}

/**
 * The UGens of SuperCollider core by name: `ugens.SinOsc.ar(440, 0)`. Inputs are positional, in the server's order; a
 * missing one takes its default. UGens with one output return a signal, others an array of them; In, InFeedback and
 * LocalIn take their number of channels first.
 *
 * @throws MegasynthError `invalid-device-type` for too many inputs, or a missing one that has no default
 * @example const { Out, RLPF, Saw } = ugens
 * compileSynthDef('acid', [Out.ar(0, mul(RLPF.ar(Saw.ar(55), 800, 0.2), 0.3))])
 */
export const ugens: Constructors = Object.fromEntries(
  Object.entries(ugenTable).map(([name, info]: [string, UGenInfo]) => [
    name,
    Object.fromEntries(
      info.rates.map((rate) => [
        rate,
        (...inputs: Signal[]) => {
          const outputs = construct(name as UGenName, info, rate, inputs)
          return info.outputs === 0 || info.outputs === 1 ? outputs[0] : outputs
        },
      ]),
    ),
  ]),
) as unknown as Constructors
