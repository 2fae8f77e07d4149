import { describe, expect, it } from 'vitest'
import { createOffline, MegasynthError, type Patch } from '../../src/index.ts'

/** With eight spare voices there are 24. */
const patch: Patch = {
  voices: 16,
  devices: { a: { type: 'oscillator' }, b: { type: 'noise' } },
  connections: [
    ['a', 'out'],
    ['b', 'out'],
  ],
}

async function refusal(options: Record<string, number>): Promise<readonly string[]> {
  try {
    const synth = await createOffline({ patch, ...options })
    await synth.close()
    return []
  } catch (error) {
    if (!(error instanceof MegasynthError)) throw error
    return error.problems.map(({ code, message, found, suggestion }) =>
      [code, message, found, suggestion].join(' | '),
    )
  }
}

describe('a patch that is too large for the engine', () => {
  it.each([
    [{ randomGenerators: 10 }, /engine-limit.*random generators.*24, 14 too many.*randomGenerators/],
    [{ controlBuses: 64 }, /engine-limit.*control buses.*216, 152 too many.*controlBuses/],
  ])('names the limit, by how much, and the option that raises it: %o', async (options, expected) => {
    expect(await refusal(options)).toEqual([expect.stringMatching(expected)])
  })

  it('is told all limits at once', async () => {
    expect(await refusal({ randomGenerators: 10, controlBuses: 64 })).toHaveLength(2)
  })

  it('fits when the option is raised', async () => {
    expect(await refusal({ randomGenerators: 24, controlBuses: 216 })).toEqual([])
  })
})

it('starts a patch whose births exceed what one block can take', async () => {
  const devices = Object.fromEntries(
    Array.from({ length: 40 }, (_, i) => [`o${i}`, { type: 'oscillator', amplitude: 0.001 }]),
  )
  const large: Patch = {
    voices: 128,
    devices,
    connections: Object.keys(devices).map((name) => [name, 'out'] as const),
  }
  const synth = await createOffline({ patch: large })
  synth.noteOn(60)
  const { channels } = await synth.advance(0.05)
  await synth.close()
  expect(channels[0]?.some((sample) => sample !== 0)).toBe(true)
})

describe('memory', () => {
  const voices = (count: number): Patch => ({
    voices: count,
    devices: { a: { type: 'oscillator' }, echo: { type: 'delay', shared: false } },
    connections: [
      ['a', 'echo.in'],
      ['echo', 'out'],
    ],
  })

  it('for delay lines is counted before anything is sent: device, amount, option', async () => {
    await expect(createOffline({ patch: voices(128) })).rejects.toThrow(
      /devices\.echo: the patch needs too many KiB for delay lines[^]*69632, 36864 too many[^]*\(memory\)[^]*shared: true/,
    )
  })

  it('is enough for as many as are said to fit', async () => {
    const synth = await createOffline({ patch: voices(54) })
    synth.noteOn(60)
    const { channels } = await synth.advance(0.1)
    await synth.close()
    expect(channels[0]?.some((sample) => sample !== 0)).toBe(true)
  })
})

it('says how many cables end at a port that is too full for a SynthDef', async () => {
  const names = Array.from({ length: 1500 }, (_, i) => `o${i}`)
  const crowd: Patch = {
    devices: Object.fromEntries(names.map((name) => [name, { type: 'oscillator', shared: true }])),
    connections: names.map((name) => [name, 'out'] as const),
  }
  await expect(createOffline({ patch: crowd })).rejects.toThrow(/out: 1500 cables end here[^]*mixers/)
})
