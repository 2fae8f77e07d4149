import { afterEach, describe, expect, it } from 'vitest'
import { createOfflineEngine, share, type EngineEvent, type OfflineEngine } from '../../src/engine/index.ts'
import { MegasynthError } from '../../src/errors/index.ts'
import { startSynth } from '../../src/live/index.ts'
import type { Patch } from '../../src/patch/index.ts'
import { drone, organ } from '../live/patches.ts'

let engine: OfflineEngine | undefined
afterEach(async () => await engine?.close())

/** An engine and two shares of it. */
async function halves(): Promise<readonly [OfflineEngine, OfflineEngine, OfflineEngine]> {
  engine = await createOfflineEngine({ outputs: 4 })
  const [first, second] = share(engine, 2)
  return [engine, first as OfflineEngine, second as OfflineEngine]
}
const start = async (on: OfflineEngine, patch: Patch) =>
  await startSynth(async () => await Promise.resolve(on), { patch })

describe('share', () => {
  it('gives ranges that do not overlap, and none of the buses of the hardware', async () => {
    const parts = share(await createOfflineEngine({ outputs: 32 }), 16)
    expect(parts.map(({ first }) => first?.output)).toEqual(Array.from({ length: 16 }, (_, i) => 2 * i))
    const ranges = (low: (part: OfflineEngine) => number, size: (part: OfflineEngine) => number): void =>
      parts.forEach((part, i) => {
        expect(low(part)).toBeGreaterThanOrEqual(i === 0 ? 0 : low(parts[i - 1]!) + size(parts[i - 1]!))
      })
    ranges(
      ({ first }) => first?.audioBus ?? -1,
      ({ limits }) => limits.audioBuses,
    )
    ranges(
      ({ first }) => first?.controlBus ?? -1,
      ({ limits }) => limits.controlBuses,
    )
    ranges(
      ({ first }) => first?.randomId ?? -1,
      ({ limits }) => limits.randomGenerators,
    )
    expect(parts[0]?.first?.audioBus).toBeGreaterThanOrEqual(32)
    const last = parts[15] as OfflineEngine
    expect((last.first?.audioBus ?? 0) + last.limits.audioBuses).toBeLessThanOrEqual(4096)
    await Promise.all(parts.map(async (part) => await part.close()))
  })

  it('refuses an engine with too few outputs', async () => {
    engine = await createOfflineEngine()
    expect(() => share(engine as OfflineEngine, 2)).toThrow(MegasynthError)
  })

  it('counts what is its own, and each patch has a root group', async () => {
    const [whole, first, second] = await halves()
    await start(first, drone)
    const alone = await first.counts()
    await start(second, organ)
    const [one, two, all] = [await first.counts(), await second.counts(), await whole.counts()]
    expect(one).toMatchObject({ synths: alone.synths, groups: alone.groups })
    expect(one.synths + two.synths).toBe(all.synths)
    // the root group of the engine is in both
    expect(one.groups + two.groups - 1).toBe(all.groups)
    expect((await whole.queryTree(0)).children).toHaveLength(2)
  })

  it('keeps SynthDefs that another share uses, and frees them with the last', async () => {
    const [whole, first, second] = await halves()
    const one = await start(first, organ)
    const two = await start(second, organ)
    const { synthDefs } = await whole.counts()
    await one.apply({ devices: {} })
    await one.advance(1)
    // what both had is still there, beside the empty patch of one
    await two.apply({ ...organ, voices: 3 })
    expect((await whole.counts()).synthDefs).toBeGreaterThanOrEqual(synthDefs)
    await two.apply({ devices: {} })
    await two.advance(1)
    await first.counts()
    expect((await whole.counts()).synthDefs).toBeLessThan(synthDefs)
  })

  it('takes its synths with it when it is closed; the engine goes with the last', async () => {
    const [whole, first, second] = await halves()
    await start(first, drone)
    await start(second, organ)
    await first.close()
    expect((await whole.queryTree(0)).children).toHaveLength(1)
    await expect(first.counts()).rejects.toThrow('closed')
    expect(first.status().state).toBe('closed')
    expect(second.status().state).toBe('running')
    await second.close()
    expect(whole.status().state).toBe('closed')
  })

  it('hears of its own nodes only', async () => {
    const [whole, first, second] = await halves()
    const heard: EngineEvent[] = []
    first.listen((event) => heard.push(event))
    await start(second, organ)
    const nodes = heard.filter((event) => event.type === 'reply' && event.reply.kind === 'node')
    expect(nodes).toEqual([])
    await start(first, organ)
    expect(heard.some((event) => event.type === 'reply' && event.reply.kind === 'node')).toBe(true)
    expect(whole.status().problems).toBe(0)
  })

  it('complains once: to whom it is about, and what is nobody’s to the first that is open', async () => {
    const [whole, first, second] = await halves()
    const told: string[] = []
    for (const [name, part] of Object.entries({ first, second }))
      part.listen((event) => {
        if (event.type === 'problem') told.push(`${name} ${event.problem.path}`)
      })
    const compute = (): void => whole.advance(1, [], 0)
    const node = second.first?.node ?? 0
    const bus = second.first?.controlBus ?? 0
    expect([node, bus].every((number) => number > 0)).toBe(true)
    second.send([{ call: '/n_set', id: node + 7, controls: { level: 1 } }])
    compute()
    first.send([{ call: '/n_free', ids: [1007] }])
    compute()
    expect(told.splice(0)).toEqual([`second /n_set ${node + 7}`, 'first /n_free 1007'])
    second.send([{ call: '/n_free', ids: [1_950_000_000] }])
    compute()
    await first.close()
    second.send([{ call: '/n_free', ids: [1_950_000_000] }])
    compute()
    expect(told).toEqual(['first /n_free 1950000000', 'second /n_free 1950000000'])
  })

  it('an edit of one patch changes no sample of another', async () => {
    const render = async (edits: boolean): Promise<Float32Array> => {
      const [whole, first, second] = await halves()
      const one = await start(first, drone)
      const two = await start(second, organ)
      two.noteOn(60)
      const sound: number[] = []
      for (let i = 0; i < 6; i++) {
        // struck before: what is computed for an edit would come before the note
        if (edits && i > 0) await one.apply(i % 2 === 0 ? organ : drone)
        sound.push(...((await two.advance(0.1)).channels[0] ?? []))
      }
      await whole.close()
      return Float32Array.from(sound)
    }
    const [plain, edited] = [await render(false), await render(true)]
    expect(plain.some((x) => x !== 0)).toBe(true)
    expect(edited).toEqual(plain)
  })
})
