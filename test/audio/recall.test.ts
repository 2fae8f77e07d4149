import { expect, it } from 'vitest'
import { createOffline } from '../../src/live/index.ts'
import type { Patch } from '../../src/patch/index.ts'
import { sharpness } from './ear.ts'

/** A tone through a filter that rings, with both of its knobs. */
const patch = (waveform: string, slope: number, [cutoff, resonance]: readonly [number, number]): Patch => ({
  voices: { mode: 'drone' },
  knobs: { cutoff, resonance },
  devices: {
    osc: { type: 'oscillator', waveform, amplitude: 0.3 },
    filter: { type: 'filter', slope },
  },
  connections: [['osc', 'filter.in'], ['cutoff', 'filter.cutoff'], ['resonance', 'filter.resonance'], ['filter', 'out']], // prettier-ignore
})

/** How sharp the sound gets while one patch goes over to another. */
async function sharpest(from: Patch, to: Patch, over: number): Promise<number> {
  const synth = await createOffline({ patch: from })
  synth.store('to', to)
  await synth.advance(1)
  const coming = synth.recall('to', { over })
  const { channels } = await synth.advance(over + 0.6)
  await coming
  await synth.close()
  return sharpness(channels[0] as Float32Array)
}

// A resonance that passes a harmonic is louder there than before and after: so what counts is not the sound at both ends,
// but all that lie on the way, as they are when it is gone very slowly.
it.each([
  ['saw', 12, 12],
  ['saw', 24, 24],
  ['saw', 12, 24],
  ['sine', 12, 12],
  ['sine', 24, 12],
] as const)(
  'a recall does not click while a filter rings at resonance 0.9 (%s, slope %i to %i), however fast its knobs go',
  async (waveform, slope, other) => {
    const ways = [
      [[0.3, 0.9], [0.7, 0.9]],
      [[0.7, 0.9], [0.3, 0.9]],
      [[0.3, 0.1], [0.5, 0.9]],
    ] as const // prettier-ignore
    for (const [from, to] of ways) {
      const steady = Math.max(
        await sharpest(patch(waveform, slope, from), patch(waveform, slope, to), 15),
        await sharpest(patch(waveform, other, from), patch(waveform, other, to), 15),
      )
      for (const over of [0, 0.05, 0.5, 2]) {
        const figure = await sharpest(patch(waveform, slope, from), patch(waveform, other, to), over)
        expect([from, to, over, figure / steady < 1.25, figure / steady]).toEqual([from, to, over, true, expect.any(Number)]) // prettier-ignore
      }
    }
  },
  120_000,
)
