import { describe, expect, it } from 'vitest'
import { createOfflineEngine, type EngineOptions, type OfflineEngine } from '../../src/engine/index.ts'
import type { Command } from '../../src/scsynth/index.ts'
import { errorOf, frequency, golden, nSet, peak, record, render, sNew, shipped } from './helpers.ts'

async function withSine(options?: EngineOptions): Promise<OfflineEngine> {
  const engine = await createOfflineEngine(options)
  await engine.load([{ name: 'sine', bytes: golden('sine') }])
  render(engine, 1)
  return engine
}

describe('the offline engine', () => {
  it('plays a sine at 440 Hz, at any sample rate', async () => {
    for (const sampleRate of [44100, 48000, 96000]) {
      const engine = await withSine({ sampleRate })
      await engine.transact([sNew('sine', 1000, { freq: 440, amp: 0.5 })])
      const [left = new Float32Array()] = render(engine, 200)
      expect(peak(left)).toBeCloseTo(0.5, 3)
      expect(frequency(left, sampleRate)).toBeCloseTo(440, 1)
    }
  })

  it('sets, maps and frees', async () => {
    const engine = await withSine()
    await engine.transact([sNew('sine', 1000, { freq: 440 })])
    render(engine, 1)
    await engine.transact([nSet(1000, { freq: 880 })])
    expect(frequency(render(engine, 200)[0] ?? new Float32Array(), 48000)).toBeCloseTo(880, 0)
    await engine.transact([
      { call: '/c_set', values: [[7, 220]] },
      { call: '/n_map', id: 1000, buses: { freq: 7 } },
    ])
    render(engine, 1)
    expect(frequency(render(engine, 400)[0] ?? new Float32Array(), 48000)).toBeCloseTo(220, 0)
    engine.send([{ call: '/c_set', values: [[7, 330]] }])
    render(engine, 1)
    expect(frequency(render(engine, 400)[0] ?? new Float32Array(), 48000)).toBeCloseTo(330, 0)
    expect((await engine.queryTree(0)).children).toMatchObject([
      { id: 1000, def: 'sine', controls: { freq: { controlBus: 7 } } },
    ])
    await engine.transact([{ call: '/n_free', ids: [1000] }])
    render(engine, 2)
    expect(peak(render(engine, 10)[0])).toBe(0)
  })

  it('gives the same bytes twice, whatever the pieces it is rendered in', async () => {
    const name = 'sonic-pi-cnoise'
    const once = async (pieces: number[]) => {
      const engine = await withSine()
      await engine.load([{ name, bytes: shipped(name) }])
      await engine.transact([sNew(name, 1000), sNew('sine', 1001)])
      const total = pieces.reduce((sum, blocks) => sum + blocks, 0)
      const out = [new Float32Array(total * 128), new Float32Array(total * 128)]
      let at = 0
      for (const blocks of pieces) {
        engine.advance(blocks, out, at * 128)
        at += blocks
      }
      return out
    }
    const [first, second] = [await once([100]), await once([1, 60, 0, 39])]
    expect(peak(first[0])).toBeGreaterThan(0.1)
    expect(second).toEqual(first)
  })

  it('lets a send take effect in exactly the next block', async () => {
    const engine = await withSine()
    render(engine, 5)
    engine.send([sNew('sine', 1000)])
    expect(engine.status()).toMatchObject({ pending: 1, block: 6, buffered: 0 })
    expect(engine.nextBlock).toBe(6)
    const [left] = render(engine, 1)
    expect(peak(left)).toBeGreaterThan(0.1)
    engine.send([nSet(1000, { amp: 0 })])
    expect(peak(render(engine, 1)[0])).toBeLessThan(0.2)
    expect(peak(render(engine, 1)[0])).toBe(0)
  })

  it('keeps the sound of the blocks that confirm, in order and without a gap', async () => {
    const engine = await withSine()
    engine.send([sNew('sine', 1000)])
    const plain = await withSine()
    plain.send([sNew('sine', 1000)])
    const [expected = new Float32Array()] = render(plain, 8)
    const [start = new Float32Array()] = render(engine, 2)
    await engine.transact([{ call: '/c_set', values: [[0, 1]] }])
    await engine.load([{ name: 'sine', bytes: golden('sine') }])
    await engine.queryTree(0)
    expect([engine.block, engine.nextBlock, engine.status().buffered]).toEqual([3, 6, 3])
    const [rest = new Float32Array()] = render(engine, 6)
    expect(engine.status().buffered).toBe(0)
    expect([...start, ...rest]).toEqual([...expected])
  })

  it('starts a transaction in one block, after what was sent before', async () => {
    const engine = await withSine()
    engine.send([sNew('sine', 1000, { amp: 0 })])
    await engine.transact([nSet(1000, { amp: 0.5 }), sNew('sine', 1001, { amp: 0.25 })])
    expect(engine.nextBlock - engine.block).toBe(1)
    const tree = await engine.queryTree(0)
    expect(tree.children).toMatchObject([
      { id: 1000, controls: { amp: 0.5 } },
      { id: 1001, controls: { amp: 0.25 } },
    ])
  })

  it('bundles a thousand sends of one block, and runs them all', async () => {
    const engine = await withSine()
    await engine.transact([sNew('sine', 1000)])
    render(engine, 1)
    for (let i = 0; i < 1000; i++)
      engine.send([{ call: '/c_set', values: [[i, i]] }, ...(i === 999 ? [nSet(1000, { freq: 999 })] : [])])
    render(engine, 1)
    expect(engine.status()).toMatchObject({ pending: 0, problems: 0 })
    const buses = Array.from({ length: 1000 }, (_, i) => i)
    await engine.transact(buses.map((bus) => sNew('sine', 2000 + bus, { amp: { controlBus: bus } })))
    const tree = await engine.queryTree(0)
    expect(tree.children).toHaveLength(1001)
    expect(tree.children[0]).toMatchObject({ controls: { freq: 999 } })
  })

  it('tells of nodes once it is asked to', async () => {
    const engine = await withSine()
    const events = record(engine)
    await engine.transact([{ call: '/notify', on: true }, sNew('sine', 1000)])
    render(engine, 1)
    engine.send([{ call: '/n_free', ids: [1000] }])
    render(engine, 1)
    const nodes = events.flatMap((event) =>
      event.type === 'reply' && event.reply.kind === 'node' ? [[event.block, event.reply.event]] : [],
    )
    expect(nodes).toEqual([
      [1, 'go'],
      [2, 'end'],
    ])
  })

  it('counts what is on the server', async () => {
    const engine = await withSine()
    const before = await engine.counts()
    await engine.transact([{ call: '/g_new', id: 1, action: 'tail', target: 0 }, sNew('sine', 1000, {}, 1)])
    expect(await engine.counts()).toMatchObject({
      synths: before.synths + 1,
      groups: before.groups + 1,
      synthDefs: 1,
    })
    await engine.transact([
      { call: '/d_free', names: ['sine'] },
      { call: '/n_free', ids: [1] },
    ])
    expect(await engine.counts()).toEqual({ ...before, synthDefs: 0, ugens: 0 })
  })

  it('runs several engines side by side', async () => {
    const [one, two] = await Promise.all([withSine(), withSine({ outputs: 4 })])
    await one.transact([sNew('sine', 1000)])
    await two.transact([sNew('sine', 1000, { out: 3, amp: 0.5 })])
    expect(render(one, 4).map((channel) => peak(channel) > 0)).toEqual([true, false])
    expect(render(two, 4).map((channel) => peak(channel) > 0)).toEqual([false, false, false, true])
  })

  it('refuses to write where there is no room', async () => {
    const engine = await withSine()
    for (const [blocks, out, offset] of [
      [2, [new Float32Array(255)], 0],
      [1, [new Float32Array(128)], 1],
      [1, [1, 2, 3].map(() => new Float32Array(128)), 0],
      [-1, [new Float32Array(256)], 128],
    ] as const)
      expect((await errorOf(() => engine.advance(blocks, out, offset))).code).toBe('invalid-value')
    expect(engine.block).toBe(1)
  })

  it('is of no use once it is closed', async () => {
    const engine = await withSine()
    await engine.close()
    const uses: (() => unknown)[] = [
      () => engine.send([]),
      () => engine.transact([{ call: '/n_free', ids: [1] } satisfies Command]),
      () => engine.load([]),
      () => engine.queryTree(0),
      () => engine.counts(),
      () => engine.advance(1, [], 0),
    ]
    for (const use of uses) expect((await errorOf(use)).code).toBe('engine-closed')
    expect(engine.status().state).toBe('closed')
    await engine.close()
  })
})
