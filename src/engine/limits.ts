import { MegasynthError, didYouMean, listNames, show, type Problem } from '../errors/index.ts'
import type { WorldOptions } from './wasm-host.ts'

/** How large an engine is made. All are fixed once it runs. */
export interface EngineOptions {
  /** Hz, 8000–192000. Default: 48000. */
  readonly sampleRate?: number
  /** Output channels, 1–32. Default: 2. */
  readonly outputs?: number
  /** Synths and groups, a power of two, 64–65536; one is the root group. Default: 16384. */
  readonly maxNodes?: number
  /** Audio buses, outputs included, 64–16384. Default: 4096. */
  readonly audioBuses?: number
  /** Control buses, 64–65536. Default: 16384. */
  readonly controlBuses?: number
  /** SynthDefs, a power of two, 64–16384. Default: 4096. */
  readonly maxSynthDefs?: number
  /** Memory of all running synths and their delay lines, in KiB, 1024–40960. Default: 32768. */
  readonly memory?: number
  /** Audio signals that one SynthDef may hold at a time, 16–4096. Default: 512. */
  readonly wireBuffers?: number
  /** Random generators, 1–4096. Default: 1024. */
  readonly randomGenerators?: number
}

/** What an engine can take. Names equal to options are raised by that option; the others are fixed. */
export interface EngineLimits {
  readonly outputs: number
  readonly maxNodes: number
  readonly audioBuses: number
  readonly controlBuses: number
  readonly maxSynthDefs: number
  readonly memory: number
  readonly wireBuffers: number
  readonly randomGenerators: number
  /** Bundles that one block runs; later ones wait for the next block. */
  readonly bundlesPerBlock: number
  /** Messages of a bundle that are run; the others are lost. */
  readonly messagesPerBundle: number
  /** Bytes of a bundle; a larger one is lost. */
  readonly bundleBytes: number
  /** Bytes of all bundles of one block together, with 16 more for each. */
  readonly blockBytes: number
  /** Bytes of a SynthDef. */
  readonly defBytes: number
  /** Births, deaths, pauses and moves of one block that are notified; of the others nothing is heard. */
  readonly notificationsPerBlock: number
}

/** The options with their defaults. */
export interface EngineSize extends WorldOptions {
  readonly sampleRate: number
}

interface OptionRule {
  readonly default: number
  readonly min: number
  readonly max: number
  readonly powerOfTwo?: true
}

/** Outside of these ranges the engine hangs, or traps for want of memory, as it starts. All at their maximum fit together. */
const rules: Readonly<Record<keyof EngineOptions, OptionRule>> = {
  sampleRate: { default: 48000, min: 8000, max: 192000 },
  outputs: { default: 2, min: 1, max: 32 },
  maxNodes: { default: 16384, min: 64, max: 65536, powerOfTwo: true },
  audioBuses: { default: 4096, min: 64, max: 16384 },
  controlBuses: { default: 16384, min: 64, max: 65536 },
  maxSynthDefs: { default: 4096, min: 64, max: 16384, powerOfTwo: true },
  memory: { default: 32768, min: 1024, max: 40960 },
  wireBuffers: { default: 512, min: 16, max: 4096 },
  randomGenerators: { default: 1024, min: 1, max: 4096 },
}
const optionNames = Object.keys(rules) as (keyof EngineOptions)[]

function wrong(name: string, value: unknown): Problem[] {
  if (!Object.hasOwn(rules, name)) {
    const known = { expected: listNames(optionNames), ...didYouMean(name, optionNames) }
    return [{ code: 'invalid-option', path: name, message: 'no such option of the engine', ...known }]
  }
  const { min, max, powerOfTwo } = rules[name as keyof EngineOptions]
  const whole = typeof value === 'number' && Number.isInteger(value)
  if (whole && value >= min && value <= max && (powerOfTwo !== true || Number.isInteger(Math.log2(value))))
    return []
  const kind = powerOfTwo === true ? 'a power of two' : 'a whole number'
  return [
    {
      code: 'invalid-option',
      path: name,
      message: 'not a size that the engine can have',
      found: show(value),
      expected: `${kind} from ${min} to ${max}`,
    },
  ]
}

/** Fills in the defaults. Throws 'invalid-option' with every option that is wrong, by name. */
export function engineSize(options: EngineOptions = {}): EngineSize {
  const given = Object.entries(options).filter(([, value]) => value !== undefined)
  const problems = given.flatMap(([name, value]) => wrong(name, value))
  if (problems.length > 0) throw new MegasynthError(problems)
  const of = (name: keyof EngineOptions): number => options[name] ?? rules[name].default
  return {
    sampleRate: of('sampleRate'),
    outputs: of('outputs'),
    maxNodes: of('maxNodes'),
    audioBuses: of('audioBuses'),
    controlBuses: of('controlBuses'),
    maxSynthDefs: of('maxSynthDefs'),
    maxBuffers: 1024,
    memory: of('memory'),
    wireBuffers: of('wireBuffers'),
    randomGenerators: of('randomGenerators'),
  }
}

/** The limits of the WebAssembly engine, as measured. */
export function wasmLimits(size: EngineSize, blockBytes: number): EngineLimits {
  const { outputs, maxNodes, audioBuses, controlBuses, maxSynthDefs, memory, wireBuffers, randomGenerators } =
    size
  return {
    outputs,
    maxNodes,
    audioBuses,
    controlBuses,
    maxSynthDefs,
    memory,
    wireBuffers,
    randomGenerators,
    bundlesPerBlock: 32,
    // 256 are run, but the warning that the others are lost comes with the 256th already.
    messagesPerBundle: 255,
    bundleBytes: 65536,
    blockBytes,
    // What a bundle of one message has left: 16 bytes of header, 4 of size, 16 of address and tags, 4 of blob size.
    defBytes: 65536 - 40,
    notificationsPerBlock: 1023,
  }
}
