import { createOfflineEngine, type EngineEvent, type OfflineEngine } from '../../src/engine/index.ts'
import { encodeSynthDefs, type Command, type ControlValue, type SynthDef } from '../../src/scsynth/index.ts'
import { compileSynthDef, control, rateOf, toAudio, ugens, type Signal } from '../../src/ugens/index.ts'

/** Frames per block and per second of the engine that plays. */
export const blockSize = 128
export const sampleRate = 48000

/** A synth to be started; the i-th has the node id 1000 + i. */
export interface Part {
  readonly def: SynthDef
  readonly controls?: Readonly<Record<string, ControlValue>>
}

/** What came out: output channels, and the block in which each synth ended by itself. */
export interface Played {
  readonly channels: readonly Float32Array[]
  readonly ended: ReadonlyMap<number, number>
}

/** One engine for all tests of a file; 16 output channels. What played before is freed. */
let engine: OfflineEngine | undefined

/**
 * Plays synths, all started in block 0 in their order, with further commands at later blocks.
 *
 * @param onTrouble hears what synths say of themselves
 * @example
 * const { channels } = await play([{ def: compileSynthDef('beep', [Out.ar(0, SinOsc.ar(440))]) }], 375)
 */
export async function play(
  parts: readonly Part[],
  blocks: number,
  later: Readonly<Record<number, readonly Command[]>> = {},
  onTrouble: (found: Extract<EngineEvent, { type: 'trouble' }>) => void = () => undefined,
): Promise<Played> {
  if (engine === undefined) {
    engine = await createOfflineEngine({ outputs: 16, wireBuffers: 4096 })
    await engine.transact([{ call: '/notify', on: true }])
  }
  const running = engine
  const defs = parts.map(({ def }, i) => ({ ...def, name: `def-${i}` }))
  await running.load(defs.map((def) => ({ name: def.name, bytes: encodeSynthDefs([def]) })))
  await running.transact([{ call: '/g_freeAll', id: 0 }])
  const channels = Array.from({ length: 16 }, () => new Float32Array(blocks * blockSize))
  const spare = Array.from({ length: 16 }, () => new Float32Array(blockSize))
  while (running.block < running.nextBlock) running.advance(1, spare, 0)
  const start = running.block
  const ended = new Map<number, number>()
  const stop = running.listen((event) => {
    if (event.type === 'problem') throw new Error(event.problem.message)
    if (event.type === 'trouble') onTrouble(event)
    if (event.type !== 'reply') return
    const { reply } = event
    if (reply.kind === 'node' && reply.event === 'end') ended.set(reply.id, event.block - start)
  })
  running.send(
    parts.map(({ controls = {} }, i) => ({
      call: '/s_new',
      def: `def-${i}`,
      id: 1000 + i,
      action: 'tail',
      target: 0,
      controls,
    })),
  )
  for (let block = 0; block < blocks; block++) {
    running.send(later[block] ?? [])
    running.advance(1, channels, block * blockSize)
  }
  stop()
  return { channels, ended }
}

/** Signals as the outputs 0, 1, 2… of one synth; those at control rate pass through K2A. */
export const observe = (signals: readonly Signal[]): Signal[] =>
  signals.map((signal, channel) => ugens.Out.ar(channel, toAudio(signal)))

/** The values of a control-rate signal, one a block: K2A arrives at each of them one block late. */
const perBlock = (samples: Float32Array): Float32Array =>
  Float32Array.from({ length: samples.length / blockSize - 1 }, (_, i) => samples[(i + 1) * blockSize] ?? NaN)

/**
 * What some signals are, as numbers, `length` of each: per sample at audio rate, per block at control rate.
 *
 * @param effects further roots of the same SynthDef, such as LocalOut
 */
export async function valuesOf(
  signals: readonly Signal[],
  length: number,
  effects: readonly Signal[] = [],
): Promise<Float32Array[]> {
  const slow = signals.every((signal) => rateOf(signal) !== 'audio')
  const def = compileSynthDef('', [...effects, ...observe(signals)])
  const { channels } = await play([{ def }], slow ? length + 1 : Math.ceil(length / blockSize))
  return signals.map((signal, i) => {
    const samples = channels[i] as Float32Array
    return (rateOf(signal) === 'audio' ? samples : perBlock(samples)).subarray(0, length)
  })
}

/** A number as a signal of each rate. */
export const forms: Record<string, (x: number) => Signal> = {
  constant: (x) => x,
  scalar: (x) => control(`c${x}`, x, { rate: 'scalar' }),
  control: (x) => ugens.DC.kr(x),
  audio: (x) => ugens.DC.ar(x),
}

/** The last of some values of each signal: by then everything is steady. */
export async function steady(signals: readonly Signal[]): Promise<number[]> {
  const def = compileSynthDef('', observe(signals))
  return (await play([{ def }], 3)).channels.slice(0, signals.length).map((channel) => channel.at(-1) ?? NaN)
}
