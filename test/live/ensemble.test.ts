import { describe, expect, it } from 'vitest'
import { createEnsemble, createOffline, mostParts, performTogether } from '../../src/live/index.ts'
import type { Patch } from '../../src/patch/index.ts'
import { parseNotes } from '../../src/patch/notes.ts'
import { scoreFromNotes, type Score } from '../../src/plan/score.ts'
import { errorOf } from '../engine/helpers.ts'
import { peak } from '../audio/ear.ts'
import { drone, organ, pluck } from './patches.ts'

/** Each with another rhythm: second 0, 0.1, … */
const rhythm = (part: number): readonly number[] => [0, 0.05 + part * 0.1, 0.3]

async function together(patches: readonly Patch[], gains: readonly number[] = []): Promise<Float32Array> {
  const ensemble = await createEnsemble({
    parts: patches.map((patch, i) => ({ patch, ...(gains[i] !== undefined && { gain: gains[i] }) })),
  })
  ensemble.parts.forEach((player, part) =>
    rhythm(part).forEach((at, i) => {
      player.play({ kind: 'on', note: 50 + 7 * i + part, velocity: 0.7 }, { at })
      player.play({ kind: 'off', note: 50 + 7 * i + part }, { at: at + 0.2 })
    }),
  )
  const { channels } = await ensemble.advance(0.7)
  expect(ensemble.time).toBeCloseTo(0.7, 2)
  await ensemble.close()
  return channels[0] ?? new Float32Array()
}

async function alone(patch: Patch, part: number): Promise<Float32Array> {
  const synth = await createOffline({ patch })
  rhythm(part).forEach((at, i) => {
    synth.play({ kind: 'on', note: 50 + 7 * i + part, velocity: 0.7 }, { at })
    synth.play({ kind: 'off', note: 50 + 7 * i + part }, { at: at + 0.2 })
  })
  const { channels } = await synth.advance(0.7)
  await synth.close()
  return channels[0] ?? new Float32Array()
}

describe('an ensemble', () => {
  it('is the sum of what its patches are alone, to the sample', async () => {
    const patches = [organ, pluck, organ]
    const gains = [1, 0.5, 2]
    const sum = new Float32Array((await alone(organ, 0)).length)
    for (const [part, patch] of patches.entries())
      (await alone(patch, part)).forEach((x, i) => (sum[i] = (sum[i] ?? 0) + (gains[part] ?? 0) * x))
    expect(peak(sum)).toBeGreaterThan(0.3)
    expect(await together(patches, gains)).toEqual(sum)
  })

  it('has as many patches as there are channels', async () => {
    const patches = Array.from({ length: mostParts }, () => organ)
    expect(peak(await together(patches))).toBeGreaterThan(0.5)
    expect((await errorOf(async () => await together([...patches, organ]))).problems).toMatchObject([
      { code: 'out-of-range', path: 'parts', found: '17', expected: '1..16' },
    ])
    expect((await errorOf(async () => await together([]))).code).toBe('out-of-range')
  })

  it('turns the knobs of one patch without turning those of another', async () => {
    const ensemble = await createEnsemble({ parts: [{ patch: drone }, { patch: drone }] })
    ensemble.parts[0]?.setKnob('volume', 0)
    ensemble.parts[1]?.setKnob('volume', 0)
    await ensemble.advance(1)
    expect(peak((await ensemble.advance(0.1)).channels[0] ?? new Float32Array())).toBeLessThan(1e-4)
    ensemble.parts[1]?.setKnob('volume', 1)
    expect([0, 1].map((part) => ensemble.parts[part]?.knob('volume'))).toEqual([0, 1])
    await ensemble.advance(1)
    expect(peak((await ensemble.advance(0.1)).channels[0] ?? new Float32Array())).toBeGreaterThan(0.5)
    await ensemble.close()
  })

  it('takes edits of one patch, of which another has not a single sample', async () => {
    const ensemble = await createEnsemble({ parts: [{ patch: drone, gain: 0 }, { patch: organ }] })
    rhythm(0).forEach((at, i) => {
      ensemble.parts[1]?.play({ kind: 'on', note: 50 + 7 * i, velocity: 0.7 }, { at })
      ensemble.parts[1]?.play({ kind: 'off', note: 50 + 7 * i }, { at: at + 0.2 })
    })
    const begin = await ensemble.advance(0.08)
    await ensemble.parts[0]?.apply(pluck)
    expect(ensemble.parts[0]?.patch).toEqual(pluck)
    const end = await ensemble.advance(0.62)
    await ensemble.close()
    const sum = [...(begin.channels[0] ?? []), ...(end.channels[0] ?? [])]
    expect(sum).toEqual([...(await alone(organ, 0)).slice(0, sum.length)])
  })

  it('reports all problems of all patches, and those of its gains', async () => {
    const wrong = { devices: { osc: { type: 'oscilator' } }, connections: [['osc', 'out']] } as Patch
    const error = await errorOf(async () => await together([organ, wrong, { ...organ, tempo: 0 }]))
    expect(error.problems.map(({ code, path }) => `${code} ${path}`)).toEqual([
      'unknown-device-type parts[1].patch.devices.osc.type',
      'out-of-range parts[2].patch.tempo',
    ])
    const gain = await errorOf(async () => await together([organ], [NaN]))
    expect(gain.problems).toMatchObject([{ code: 'out-of-range', path: 'parts[0].gain' }])
  })

  it('says which patch is too large for its part of the engine', async () => {
    const parts = [{ patch: organ }, { patch: { ...organ, voices: 128 } }]
    const error = await errorOf(async () => await createEnsemble({ parts, maxNodes: 128 }))
    expect(error.problems).toMatchObject([{ code: 'engine-limit', path: 'parts[1].patch' }])
    expect(error.problems[0]?.suggestion).toContain('each of 2 patches has an equal part of it')
  })
})

describe('performTogether', () => {
  const notes = (text: string): Score => scoreFromNotes(parseNotes(text))
  const frames = async (parts: Parameters<typeof performTogether>[0]['parts']): Promise<number> => {
    let sum = 0
    for await (const { channels } of performTogether({ parts })) sum += channels[0]?.length ?? 0
    return sum
  }

  it('lasts until the longest score is over and silent', async () => {
    const seconds =
      (await frames([
        { patch: organ, score: notes('C4') },
        { patch: organ, score: notes('C4 - - E4') },
      ])) / 48000
    expect(seconds).toBeGreaterThanOrEqual(2.45)
    expect(seconds).toBeLessThan(3)
  })
})
