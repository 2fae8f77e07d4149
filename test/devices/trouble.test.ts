import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { guarded } from '../../src/devices/trouble.ts'
import { add, binaryOp, compileSynthDef, div, mul, sub, ugens, type Signal } from '../../src/ugens/index.ts'
import { clickFigure, peak } from '../audio/ear.ts'
import { blockSize, observe, play, sampleRate } from '../ugens/play.ts'
import { rig } from '../ugens/rig.ts'

/** What one value of a signal can become, given 1 where it shall. */
const wrongs = {
  'no number': (x, here) => mul(x, div(sub(1, here), sub(1, here))),
  infinite: (x, here) => add(x, div(here, sub(1, here))),
  '−infinite': (x, here) => sub(x, div(here, sub(1, here))),
  'far too loud': (x, here) => add(x, mul(here, 1e30)),
  'a little too loud': (x, here) => add(mul(x, sub(1, here)), mul(here, -256.1)),
} satisfies Record<string, (x: Signal, here: Signal) => Signal>
const kinds = Object.keys(wrongs) as (keyof typeof wrongs)[]

/** Two tones, as they are and guarded; the chosen channels go wrong at some values (samples or blocks). */
async function guard(
  rate: 'ar' | 'kr',
  wrong: (x: Signal, here: Signal) => Signal,
  where: readonly (readonly [value: number, channel: number])[],
  channels: number,
  blocks: number,
): Promise<{ readonly plain: readonly Float32Array[]; readonly heard: readonly Float32Array[] }> {
  const { delta } = rig(rate)
  const tones = Array.from({ length: channels }, (_, c) =>
    mul(ugens.SinOsc[rate]((c + 1) * (rate === 'ar' ? 110 : 5), 1), 0.4),
  )
  const bad = tones.map((tone, c) => {
    const here = where.filter(([, channel]) => channel === c).map(([value]) => delta(value))
    return here.length === 0 ? tone : wrong(tone, add(...here))
  })
  const { channels: safe, gain, effects } = guarded(bad)
  const roots = [...observe([...tones, ...safe.map((channel) => mul(channel, gain))]), ...effects]
  const all = (await play([{ def: compileSynthDef('', roots) }], blocks)).channels
  return { plain: all.slice(0, channels), heard: all.slice(channels, 2 * channels) }
}

describe('a guarded audio signal', () => {
  it('is what it was, bit for bit, as long as nothing is wrong; 48 dB too much is not yet', async () => {
    const { plain, heard } = await guard('ar', (x) => x, [], 2, 100)
    expect(heard).toEqual(plain)
    const loud = await guard('ar', (x, here) => add(mul(x, sub(1, here)), mul(here, -255)), [[300, 0]], 2, 6)
    expect(loud.heard[0]?.[300]).toBe(-255)
    expect(loud.heard[1]).toEqual(loud.plain[1])
  })

  it('is silent from the block on in which one sample is wrong, whichever that is; before, nothing changes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...kinds),
        fc.nat(4 * blockSize - 1),
        fc.nat(1),
        fc.constantFrom(1, 2),
        async (kind, at, channel, channels) => {
          const { plain, heard } = await guard('ar', wrongs[kind], [[at, channel % channels]], channels, 8)
          const from = Math.floor(at / blockSize) * blockSize
          for (const [c, samples] of heard.entries()) {
            expect(samples.subarray(0, from)).toEqual(plain[c]?.subarray(0, from))
            expect(peak(samples.subarray(from))).toBe(0)
          }
        },
      ),
      { numRuns: 300 },
    )
  })

  it.each([0, 1, 126, 127])(
    'finds one wrong sample at the place %d of a block, first or late',
    async (place) => {
      for (const kind of kinds)
        for (const block of [0, 1, 18, 19, 400]) {
          const { heard } = await guard('ar', wrongs[kind], [[block * blockSize + place, 0]], 1, block + 2)
          expect(peak(heard[0]!.subarray(block * blockSize))).toBe(0)
        }
    },
  )

  it('stays silent for half a second after the last wrong sample, then opens without a click to what it was', async () => {
    for (const kind of ['no number', 'infinite', 'a little too loud'] as const) {
      const where = [[1000, 0], [9000, 1], [9001, 1], [20_000, 0]] as const // prettier-ignore
      const { plain, heard } = await guard('ar', wrongs[kind], where, 2, 500)
      for (const [c, samples] of heard.entries()) {
        const silentTo = 20_000 + sampleRate / 2
        expect(peak(samples.subarray(896, silentTo))).toBe(0)
        // within the 50 ms in which a peak is remembered
        const opens = silentTo + samples.subarray(silentTo).findIndex((x) => x !== 0)
        expect(opens - silentTo).toBeLessThan(0.06 * sampleRate)
        for (let at = opens / sampleRate; at < opens / sampleRate + 0.25; at += 0.05)
          expect(clickFigure(samples, sampleRate, at, { before: plain[c]! })).toBeLessThan(1.25)
        const late = samples.length - 4800
        for (const [i, x] of samples.subarray(late).entries())
          expect(Math.abs(x - (plain[c]?.[late + i] ?? NaN))).toBeLessThan(1e-4)
      }
    }
  })

  it('that is muted is cut where it is: less than a hole of one sample would be', async () => {
    for (const at of [1000, 1100, 1200, 1300, 1400]) {
      const { heard } = await guard('ar', wrongs['no number'], [[at, 0]], 1, 20)
      const samples = heard[0]!
      for (let i = 2; i < samples.length; i++)
        expect(Math.abs(samples[i]! - 2 * samples[i - 1]! + samples[i - 2]!)).toBeLessThan(0.41)
    }
  })

  it('may be constant, or not move at all', () => {
    expect(guarded([0, 1])).toEqual({ channels: [0, 1], gain: 1, effects: [] })
    expect(guarded([0, ugens.SinOsc.ar()]).channels[0]).toBe(0)
  })
})

describe('a guarded control signal', () => {
  it('is 0 from the block on in which it is wrong, and comes back after half a second', async () => {
    for (const kind of kinds) {
      const { plain, heard } = await guard('kr', wrongs[kind], [[20, 1]], 2, 500)
      const block = (n: number): number => n * blockSize
      for (const [c, samples] of heard.entries()) {
        expect(samples.subarray(0, block(20))).toEqual(plain[c]?.subarray(0, block(20)))
        // the line to the value of a block arrives one block later
        expect(peak(samples.subarray(block(22), block(20 + 187)))).toBe(0)
        expect(samples.at(-1)).toBeCloseTo(plain[c]!.at(-1)!, 4)
      }
    }
  })
})

describe('the engine tells of it', () => {
  it('once when it begins, and once when all is well again, of which synth, and why', async () => {
    const { delta } = rig('ar')
    const said: string[] = []
    const def = (wrong: (x: Signal, here: Signal) => Signal) => {
      const { channels, gain, effects } = guarded([wrong(ugens.SinOsc.ar(), add(delta(5000), delta(9000)))])
      return compileSynthDef('', [...observe([mul(binaryOp('add', channels[0] ?? 0, 0), gain)]), ...effects])
    }
    const parts = kinds.map((kind) => ({ def: def(wrongs[kind]) }))
    await play(parts, 400, {}, ({ node, state }) => said.push(`${node - 1000} ${state}`))
    const expected = kinds.flatMap((kind, i) => [
      `${i} ${kind === 'no number' ? 'nan' : 'runaway'}`,
      `${i} sound`,
    ])
    expect(said.toSorted()).toEqual(expected.toSorted())
  })
})
