import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { expect } from 'vitest'
import { MegasynthError } from '../../src/errors/index.ts'
import type { Command, ControlValue } from '../../src/scsynth/index.ts'
import type { EngineEvent, OfflineEngine } from '../../src/engine/index.ts'

export const golden = (name: string): Uint8Array =>
  new Uint8Array(readFileSync(`test/golden/${name}.scsyndef`))

const require = createRequire(import.meta.url)
export const shipped = (name: string): Uint8Array =>
  new Uint8Array(readFileSync(require.resolve(`supersonic-scsynth-synthdefs/synthdefs/${name}.scsyndef`)))

export const sNew = (
  def: string,
  id: number,
  controls: Record<string, ControlValue> = {},
  target = 0,
): Command => ({
  call: '/s_new',
  def,
  id,
  action: 'tail',
  target,
  controls,
})

export const nSet = (id: number, controls: Record<string, number>): Command => ({
  call: '/n_set',
  id,
  controls,
})

/** The next blocks of all outputs. */
export function render(engine: OfflineEngine, blocks: number): Float32Array[] {
  const out = Array.from({ length: engine.outputs }, () => new Float32Array(blocks * engine.blockSize))
  engine.advance(blocks, out, 0)
  return out
}

export const peak = (samples: Float32Array | undefined): number =>
  (samples ?? new Float32Array()).reduce((most, x) => Math.max(most, Math.abs(x)), 0)

/** Upward zero crossings per second. */
export function frequency(samples: Float32Array, sampleRate: number): number {
  let first = -1
  let last = -1
  let count = -1
  for (let i = 1; i < samples.length; i++) {
    const [a = 0, b = 0] = [samples[i - 1], samples[i]]
    if (a >= 0 || b < 0) continue
    last = i - b / (b - a)
    if (first < 0) first = last
    count++
  }
  return (count * sampleRate) / (last - first)
}

/** The error that `run` ends with. */
export async function errorOf(run: () => unknown): Promise<MegasynthError> {
  try {
    await run()
  } catch (error) {
    expect(error).toBeInstanceOf(MegasynthError)
    if (error instanceof MegasynthError) return error
  }
  throw new Error('nothing was thrown')
}

export function record(engine: OfflineEngine): EngineEvent[] {
  const events: EngineEvent[] = []
  engine.listen((event) => events.push(event))
  return events
}
