import { InvalidArgumentError, Option } from 'commander'
import { MegasynthError, didYouMean, listNames, type Problem } from '../errors/index.ts'
import { engineSize, type EngineOptions } from '../engine/index.ts'

/** What a flag such as `--set rate=0.7` says. */
export interface KnobSetting {
  readonly knob: string
  /** 0..1. */
  readonly position: number
}

/** The sizes of the engine that can be chosen; how many channels come out is no choice here. */
const engineSizes = {
  maxNodes: 'synths and groups, a power of two',
  audioBuses: 'audio buses',
  controlBuses: 'control buses',
  maxSynthDefs: 'SynthDefs, a power of two',
  memory: 'memory of all synths, in KiB',
  wireBuffers: 'audio signals within one SynthDef',
  randomGenerators: 'random generators',
} as const satisfies Partial<Record<keyof EngineOptions, string>>

const sizeNames = Object.keys(engineSizes)

function numberIn(text: string, low: number, high: number, expected: string): number {
  const value = text.trim() === '' ? NaN : Number(text)
  if (!(value >= low && value <= high)) throw new InvalidArgumentError(`expected ${expected}.`)
  return value
}

const pair = (text: string, example: string): readonly [name: string, value: string] => {
  const [, name, value] = /^([^=]+)=(.*)$/.exec(text) ?? []
  if (name === undefined || value === undefined) throw new InvalidArgumentError(`expected ${example}.`)
  return [name, value]
}

/** Days of sound are a slip of the finger. */
const longest = 86_400

/** `--seconds`, `--tail`: a length of time. */
export function lengthFlag(flags: string, description: string, shortest: number): Option {
  return new Option(flags, description).argParser((text) => {
    const seconds = numberIn(text, 0, longest, `seconds, up to ${longest}`)
    if (seconds < shortest) throw new InvalidArgumentError('expected seconds, above 0.')
    return seconds
  })
}

/** `--device name`: where live sound goes. */
export const deviceFlag = (): Option =>
  new Option(
    '--device <name>',
    'a sound device, by name, as megasynth doctor lists them; "silent" for none (default: the system\'s)',
  )

/** `--buffer frames`: how much sound is computed at a time. */
export const bufferFlag = (): Option =>
  new Option('--buffer <frames>', 'frames computed at a time: 256, 512, 1024 or 2048; fewer is sooner heard (default: 512)') // prettier-ignore
    .argParser((text) => numberIn(text, 256, 2048, '256, 512, 1024 or 2048'))

/** `--loop`: a score that is played again and again. */
export const loopFlag = (): Option => new Option('--loop', 'play the notes again and again')

/** `--set knob=0.7`, as often as wanted; the last one of a knob counts. */
export function setFlag(): Option {
  return new Option('--set <knob=position>', 'put a knob at 0..1 (repeatable)')
    .argParser((text, before: KnobSetting[]): KnobSetting[] => {
      const [knob, position] = pair(text, 'a knob and its position, such as volume=0.7')
      return [...before, { knob, position: numberIn(position, 0, 1, 'a position 0..1') }]
    })
    .default([], 'as in the patch')
}

/** `--engine maxNodes=32768`, as often as wanted. */
export function engineFlag(): Option {
  return new Option('--engine <name=size>', 'make the engine larger (repeatable; names below)')
    .argParser((text, before: EngineOptions): EngineOptions => {
      const [name, size] = pair(text, 'a name and a size, such as maxNodes=32768')
      return { ...before, [name]: numberIn(size, 0, Number.MAX_SAFE_INTEGER, 'a whole number') }
    })
    .default({}, 'room for large patches')
}

/** The names that `--engine` takes, for the help text. */
export const engineHelp = `\nSizes for --engine:\n${Object.entries(engineSizes)
  .map(([name, doc]) => `  ${name.padEnd(18)}${doc}`)
  .join('\n')}`

/**
 * Checks the engine's sizes, so that errors name the flags.
 *
 * @throws MegasynthError `invalid-option`
 */
export function engineOptions(sizes: EngineOptions, sampleRate: number | undefined): EngineOptions {
  const unknown = Object.keys(sizes).filter((name) => !sizeNames.includes(name))
  const problems = unknown.map((name): Problem => ({
    code: 'invalid-option',
    path: `--engine ${name}`,
    message: 'no such size of the engine',
    expected: listNames(sizeNames),
    ...didYouMean(name, sizeNames),
  }))
  if (problems.length > 0) throw new MegasynthError(problems)
  const options = { ...sizes, ...(sampleRate !== undefined && { sampleRate }) }
  try {
    engineSize(options)
    return options
  } catch (error) {
    if (!(error instanceof MegasynthError)) throw error
    throw new MegasynthError(
      error.problems.map((problem) => ({
        ...problem,
        path: problem.path === 'sampleRate' ? '--sample-rate' : `--engine ${problem.path}`,
      })),
    )
  }
}
