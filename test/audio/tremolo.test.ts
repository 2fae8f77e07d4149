import { describe, expect, it } from 'vitest'
import tremolo from '../../examples/tremolo.ts'
import { createOffline, noteNumber } from '../../src/index.ts'
import { envelopeOf, levelAt, spectrum, peaks } from './ear.ts'

const carrier = 440 * 2 ** ((noteNumber('C4') - 69) / 12)

/** The patch's sound with its knobs turned, after they have settled. */
async function played(knobs: Record<string, number>, seconds = 8): Promise<Float32Array> {
  const synth = await createOffline({ patch: tremolo })
  for (const [name, position] of Object.entries(knobs)) synth.setKnob(name, position)
  await synth.advance(0.5)
  const { channels } = await synth.advance(seconds)
  await synth.close()
  return channels[0] as Float32Array
}

/** Mean and depth of the level, over ten periods of the carrier at a time. */
function swing(signal: Float32Array): { mean: number; depth: number } {
  const level = envelopeOf(signal, 48000, 10_000 / carrier).subarray(2400, -2400)
  const [low, high] = level.reduce<[number, number]>(
    ([least, most], x) => [Math.min(least, x), Math.max(most, x)],
    [Infinity, 0],
  )
  return { mean: (low + high) / 2, depth: (high - low) / 2 }
}

describe('the tremolo patch', () => {
  it('sounds at C4 without a key being pressed', async () => {
    const [loudest] = peaks(spectrum(await played({ depth: 0 }), 48000))
    expect(loudest?.frequency).toBeCloseTo(carrier, 1)
  })

  it('has sidebands at ± the LFO frequency, which knob `rate` sweeps', async () => {
    for (const rate of [0.6, 0.7]) {
      const lfo = 0.05 * 2000 ** rate
      const signal = await played({ volume: 0.5, depth: 0.4, rate })
      const [low, centre, high] = [-lfo, 0, lfo].map((offset) =>
        levelAt(signal, 48000, carrier + offset),
      ) as [number, number, number]
      // a carrier of 0.5 and a modulation of 0.4 give sidebands of 0.2
      expect(low / centre).toBeCloseTo(0.4, 2)
      expect(high / centre).toBeCloseTo(0.4, 2)
      expect(levelAt(signal, 48000, carrier + 1.5 * lfo) / centre).toBeLessThan(0.01)
    }
  })

  it('has a mean level that follows knob `volume` and a depth that follows knob `depth`', async () => {
    const rate = 0.6
    const [soft, loud] = [
      swing(await played({ volume: 0.3, depth: 0.2, rate })),
      swing(await played({ volume: 0.6, depth: 0.2, rate })),
    ]
    expect(loud.mean / soft.mean).toBeCloseTo(2, 1)
    expect(loud.depth / soft.depth).toBeCloseTo(1, 1)
    const [none, shallow, deep] = [0, 0.1, 0.3].map((depth) => played({ volume: 0.5, depth, rate })) as [
      Promise<Float32Array>,
      Promise<Float32Array>,
      Promise<Float32Array>,
    ]
    const [a, b, c] = [swing(await none), swing(await shallow), swing(await deep)]
    expect(a.depth / a.mean).toBeLessThan(0.01)
    expect(c.depth / b.depth).toBeCloseTo(3, 1)
    expect(c.mean / b.mean).toBeCloseTo(1, 1)
  })
})
