import { describe, expect, it } from 'vitest'
import { createOfflineEngine, type EngineOptions, type OfflineEngine } from '../../src/engine/index.ts'
import { loadEngineWasm } from '../../src/engine/files.node.ts'
import { engineSize } from '../../src/engine/limits.ts'
import { offlineEngine } from '../../src/engine/offline.ts'
import { createWasmHost } from '../../src/engine/wasm-host.ts'
import { decodeSynthDefs, encodeSynthDefs, type Command } from '../../src/scsynth/index.ts'
import { errorOf, golden, nSet, peak, record, render, sNew } from './helpers.ts'

async function withSine(options?: EngineOptions): Promise<OfflineEngine> {
  const engine = await createOfflineEngine(options)
  await engine.load([{ name: 'sine', bytes: golden('sine') }])
  render(engine, 1)
  return engine
}
const many = <T>(count: number, make: (i: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(i))
const sines = (count: number, from = 1000): Command[] =>
  many(count, (i) => sNew('sine', from + i, { amp: 0 }))

/** A copy of the sine under another name, with `extra` further UGens. */
function variation(
  name: string,
  change: (def: ReturnType<typeof decodeSynthDefs>[number]) => object = () => ({}),
) {
  const [sine] = decodeSynthDefs(golden('sine'))
  if (sine === undefined) throw new Error('no sine')
  return { name, bytes: encodeSynthDefs([{ ...sine, name, ...change(sine) }]) }
}

describe('what scsynth refuses rejects the transaction and names the command', () => {
  const cases: [string, Command, string, string][] = [
    ['unknown SynthDef', sNew('nope', 1001), '/s_new nope 1001', 'SynthDef not found'],
    ['duplicate id', sNew('sine', 1000), '/s_new sine 1000', 'duplicate node ID'],
    ['unknown target', sNew('sine', 1001, {}, 77), '/s_new sine 1001', 'Group 77 not found'],
    ['unknown node', nSet(99, { freq: 1 }), '/n_set 99', 'Node 99 not found'],
    ['unknown node mapped', { call: '/n_map', id: 99, buses: { freq: 1 } }, '/n_map 99', 'Node 99 not found'],
    ['unknown node freed', { call: '/n_free', ids: [98] }, '/n_free 98', 'Node 98 not found'],
    ['unknown node paused', { call: '/n_run', id: 97, run: false }, '/n_run 97', 'Node 97 not found'],
    [
      'unknown node moved',
      { call: '/n_order', action: 'head', target: 0, ids: [96] },
      '/n_order 96',
      'Node 96 not found',
    ],
    ['unknown group', { call: '/g_freeAll', id: 95 }, '/g_freeAll 95', 'Group 95 not found'],
    [
      'duplicate group',
      { call: '/g_new', id: 1000, action: 'tail', target: 0 },
      '/g_new 1000',
      'duplicate node ID',
    ],
  ]
  it.each(cases)('%s', async (_what, command, path, message) => {
    const engine = await withSine()
    await engine.transact([sNew('sine', 1000, { amp: 0 })])
    const around = [sNew('sine', 2000), command, nSet(2000, { freq: 3 })]
    const error = await errorOf(() => engine.transact(around))
    expect(error.problems).toHaveLength(1)
    expect(error.problems[0]).toMatchObject({ code: 'engine-failed', path })
    expect(error.message).toContain(message)
    // As an unconfirmed send it is an event, and the caller's own words name it in a transaction.
    const events = record(engine)
    engine.send([command])
    render(engine, 3)
    expect(events.flatMap((event) => (event.type === 'problem' ? [event.problem.path] : []))).toEqual([path])
    expect(engine.status().problems).toBe(1)
    const named = await errorOf(() => engine.transact([command], () => 'filter0 of voice 3'))
    expect(named.problems[0]?.path).toBe('filter0 of voice 3')
  })

  it('does not blame a transaction for what was sent before it', async () => {
    const engine = await withSine()
    const events = record(engine)
    engine.send([nSet(99, { freq: 1 })])
    await engine.transact([sNew('sine', 1000)])
    expect(events.filter((event) => event.type === 'problem')).toHaveLength(1)
  })

  it('too many nodes: names the option, once', async () => {
    const engine = await withSine({ maxNodes: 64 })
    await engine.transact(sines(63))
    const error = await errorOf(() => engine.transact(sines(5, 2000)))
    expect(error.problems).toHaveLength(1)
    expect(error.problems[0]).toMatchObject({
      code: 'engine-limit',
      found: '5 times',
      suggestion: 'make the engine larger: maxNodes',
    })
  })

  it('no memory for synths, or for a delay line that would stay silent', async () => {
    const engine = await withSine({ memory: 1024 })
    const error = await errorOf(() =>
      engine.transact(many(1023, (i) => sNew('sine', 1000 + i)).concat(sines(900, 4000))),
    )
    expect(error.problems[0]).toMatchObject({
      code: 'engine-limit',
      suggestion: 'make the engine larger: memory',
    })

    const other = await withSine({ memory: 1024 })
    const comb = variation('comb', (def) => ({
      constants: [...def.constants, 100],
      ugens: [
        {
          name: 'DelayN',
          rate: 'audio',
          inputs: many(3, () => ({ constant: def.constants.length })),
          outputs: ['audio'],
          specialIndex: 0,
        },
      ],
      parameters: [],
      parameterNames: [],
    }))
    await other.load([comb])
    const silent = await errorOf(() => other.transact([sNew('comb', 1000)]))
    expect(silent.message).toMatch(/alloc failed/)
    expect(silent.problems[0]).toMatchObject({
      code: 'engine-limit',
      suggestion: 'make the engine larger: memory',
    })
  })

  it('a tree too large for one answer', async () => {
    const engine = await withSine()
    await engine.transact([
      { call: '/g_new', id: 1, action: 'tail', target: 0 },
      { call: '/g_new', id: 2, action: 'tail', target: 0 },
      ...many(1600, (i) => sNew('sine', 1000 + i, { amp: 0 }, 1 + (i % 2))),
    ])
    expect((await errorOf(() => engine.queryTree(0))).code).toBe('engine-limit')
    expect((await engine.queryTree(1)).children).toHaveLength(800)
    expect((await errorOf(() => engine.queryTree(55))).message).toMatch(/Group 55 not found/)
  })
})

describe('what the engine would swallow is refused before anything is sent', () => {
  const refused = async (run: (engine: OfflineEngine) => unknown, options?: EngineOptions) => {
    const engine = await withSine(options)
    const error = await errorOf(() => run(engine))
    expect(engine.nextBlock).toBe(1)
    expect(engine.status().pending).toBe(0)
    expect((await engine.queryTree(0)).children).toEqual([])
    expect(error.code).toBe('engine-limit')
    return error.problems[0]
  }

  it('more than 32 bundles of 255 messages', async () => {
    const commands = many(32 * 255 + 1, (i): Command => ({ call: '/c_set', values: [[i, 1]] }))
    const expected = 'bundlesPerBlock: at most 32'
    expect(await refused((engine) => engine.transact(commands))).toMatchObject({ expected })
    expect(await refused((engine) => engine.send(commands))).toMatchObject({
      expected,
      found: '33, 1 too many',
    })
    const engine = await withSine()
    engine.send(commands.slice(1))
    expect((await errorOf(() => engine.send(commands.slice(0, 1)))).problems[0]).toMatchObject({ expected })
    // A transaction that has no room beside them comes one block later.
    await engine.transact([sNew('sine', 1000)])
    expect(engine.status().buffered).toBe(2)
  })

  it('a message above 64 KiB, more than the ring holds', async () => {
    const wide = (id: number): Command => ({
      call: '/n_order',
      action: 'head',
      target: 0,
      ids: many(10_000, () => id),
    })
    const large: Command = { call: '/c_set', values: many(7000, (i) => [i, 1] as const) }
    expect(await refused((engine) => engine.transact([large]))).toMatchObject({
      expected: 'bundleBytes: at most 65536',
    })
    const heavy = many(16, (i) => wide(i))
    expect((await refused((engine) => engine.transact(heavy)))?.expected).toMatch(
      /^blockBytes: at most 782\d\d\d$/,
    )
  })

  it('buses that do not exist', async () => {
    const tries: [Command, string][] = [
      [{ call: '/c_set', values: [[64, 1]] }, 'controlBuses'],
      [{ call: '/c_set', values: [[-1, 1]] }, 'controlBuses'],
      [{ call: '/n_map', id: 1000, buses: { freq: 64 } }, 'controlBuses'],
      [{ call: '/n_mapa', id: 1000, buses: { freq: 128 } }, 'audioBuses'],
      [sNew('sine', 1000, { freq: { controlBus: 64 } }), 'controlBuses'],
      [sNew('sine', 1000, { freq: { audioBus: 128 } }), 'audioBuses'],
    ]
    for (const [command, option] of tries)
      expect(
        await refused((engine) => engine.transact([command]), { controlBuses: 64, audioBuses: 128 }),
      ).toMatchObject({
        suggestion: `make the engine larger: ${option}`,
      })
    const engine = await withSine()
    await engine.transact([
      sNew('sine', 1000, { freq: { controlBus: 63 } }),
      { call: '/n_map', id: 1000, buses: { freq: -1 } },
    ])
  })

  it('more births than are notified', async () => {
    const engine = await withSine()
    await engine.transact(sines(1024))
    await engine.transact([{ call: '/notify', on: true }])
    const error = await errorOf(() => engine.transact(sines(1024, 3000)))
    expect(error.problems[0]).toMatchObject({
      found: '1024, 1 too many',
      expected: 'notificationsPerBlock: at most 1023',
    })
    await engine.transact(sines(1023, 3000))
  })
})

describe('loading', () => {
  it('takes hundreds of SynthDefs, and each can be played', async () => {
    const engine = await withSine()
    await engine.load(many(600, (i) => variation(`def${i}`)))
    expect((await engine.counts()).synthDefs).toBe(601)
    await engine.transact(many(600, (i) => sNew(`def${i}`, 1000 + i, { amp: 0.001 })))
    expect(peak(render(engine, 8)[0])).toBeGreaterThan(0.1)
  })

  it('refuses what is too large, not a SynthDef, or another one, and names what it is for', async () => {
    const engine = await withSine()
    const large = variation('large', (def) => ({ constants: many(20_000, () => 1), ugens: def.ugens }))
    const error = await errorOf(() =>
      engine.load([
        { ...large, label: 'filter (filter0)' },
        { name: 'cut', bytes: golden('sine').slice(0, 60) },
        { name: 'other', bytes: golden('sine') },
        variation('good'),
      ]),
    )
    expect(error.problems.map(({ code, path }) => [code, path.split(':')[0]])).toEqual([
      ['engine-limit', 'filter (filter0)'],
      ['invalid-synthdef', 'cut'],
      ['invalid-synthdef', 'other'],
    ])
    expect(error.problems[0]?.expected).toBe(`defBytes: at most ${engine.limits.defBytes}`)
    expect((await engine.counts()).synthDefs).toBe(1)
  })

  it('takes a SynthDef of exactly the limit', async () => {
    const engine = await withSine()
    const base = variation('full').bytes.length
    const [sine] = decodeSynthDefs(golden('sine'))
    const room = Math.floor((engine.limits.defBytes - base) / 4) + (sine?.constants.length ?? 0)
    const full = variation('full', () => ({ constants: many(room, () => 0) }))
    expect(full.bytes.length).toBeGreaterThan(engine.limits.defBytes - 4)
    await engine.load([full])
    await engine.transact([sNew('full', 1000)])
  })

  it('reports a UGen that the engine does not have', async () => {
    const engine = await withSine()
    const odd = variation('odd', (def) => ({
      ugens: def.ugens.map((ugen) => (ugen.name === 'SinOsc' ? { ...ugen, name: 'XinOsc' } : ugen)),
    }))
    const error = await errorOf(() =>
      engine.load([variation('fine'), { ...odd, label: 'oscillator (oscillator0)' }]),
    )
    expect(error.problems).toHaveLength(1)
    expect(error.problems[0]).toMatchObject({ code: 'engine-failed', path: 'oscillator (oscillator0)' })
    expect(error.message).toContain("UGen 'XinOsc' not installed")
    const sent = await errorOf(() => engine.transact([{ call: '/d_recv', ...odd }]))
    expect(sent.problems[0]).toMatchObject({ path: '/d_recv odd' })
  })

  it('reports too few wire buffers and too many SynthDefs', async () => {
    const engine = await withSine({ wireBuffers: 16, maxSynthDefs: 64 })
    const wide = variation('wide', () => ({
      ugens: [
        { name: 'LocalIn', rate: 'audio', inputs: [], outputs: many(40, () => 'audio'), specialIndex: 0 },
      ],
    }))
    expect((await errorOf(() => engine.load([wide]))).problems[0]).toMatchObject({
      path: 'wide',
      code: 'engine-limit',
      suggestion: 'make the engine larger: wireBuffers',
    })
    const error = await errorOf(() => engine.load(many(64, (i) => variation(`def${i}`))))
    expect(error.problems[0]).toMatchObject({
      code: 'engine-limit',
      suggestion: 'make the engine larger: maxSynthDefs',
    })
    await engine.load(many(63, (i) => variation(`def${i}`)))
    // Behind the engine's back, the text is all that tells.
    const more = await errorOf(() => engine.transact([{ call: '/d_recv', ...variation('onemore') }]))
    expect(more.problems[0]).toMatchObject({
      code: 'engine-limit',
      suggestion: 'make the engine larger: maxSynthDefs',
    })
  })
})

describe('options', () => {
  it('are checked all at once, each by its name', async () => {
    const options = { maxNodes: 1000, outputs: 0, memory: 1e6, sampleRate: 44100.5, maxNode: 1024 }
    const error = await errorOf(() => createOfflineEngine(options))
    expect(error.problems.map(({ code, path }) => [code, path])).toEqual([
      ['invalid-option', 'maxNodes'],
      ['invalid-option', 'outputs'],
      ['invalid-option', 'memory'],
      ['invalid-option', 'sampleRate'],
      ['invalid-option', 'maxNode'],
    ])
    expect(error.problems[0]).toMatchObject({ found: '1000', expected: 'a power of two from 64 to 65536' })
    expect(error.problems[4]?.suggestion).toBe('did you mean "maxNodes"?')
  })

  it('fit together at their least and at their most, and the limits repeat them', async () => {
    const most = {
      sampleRate: 192000,
      outputs: 32,
      maxNodes: 65536,
      audioBuses: 16384,
      controlBuses: 65536,
      maxSynthDefs: 16384,
      memory: 40960,
      wireBuffers: 4096,
      randomGenerators: 4096,
    }
    const least = {
      sampleRate: 8000,
      outputs: 1,
      maxNodes: 64,
      audioBuses: 64,
      controlBuses: 64,
      maxSynthDefs: 64,
      memory: 1024,
      wireBuffers: 16,
      randomGenerators: 1,
    }
    for (const { sampleRate, ...size } of [most, least]) {
      const engine = await withSine({ sampleRate, ...size })
      expect(engine.limits).toMatchObject(size)
      await engine.transact([sNew('sine', 1000)])
      expect(peak(render(engine, 20)[0])).toBeGreaterThan(0.1)
    }
  })
})

describe('an engine that traps', () => {
  it('says so, and to every later use', async () => {
    const size = engineSize()
    const host = await createWasmHost({
      wasm: await loadEngineWasm(),
      sampleRate: 48000,
      world: { ...size, memory: 100_000 },
    })
    const engine = offlineEngine(host, size)
    engine.send([{ call: '/d_recv', name: 'sine', bytes: golden('sine') }, sNew('sine', 1000)])
    const error = await errorOf(() => render(engine, 1))
    expect(error.code).toBe('engine-failed')
    expect(engine.status().state).toBe('failed')
    expect(await errorOf(() => engine.send([]))).toBe(error)
    expect(await errorOf(() => engine.transact([sNew('sine', 1)]))).toBe(error)
  })
})

describe('a bundle that never arrives', () => {
  it('is noticed, whichever it is, and the error names the commands that were in it', async () => {
    const size = engineSize()
    const host = await createWasmHost({ wasm: await loadEngineWasm(), sampleRate: 48000, world: size })
    let lost = -1
    const leaky = new Proxy(host, {
      get: (target, key) =>
        key === 'send'
          ? (packet: Uint8Array): boolean => lost-- === 0 || target.send(packet)
          : (Reflect.get(target, key) as unknown),
    })
    const engine = offlineEngine(leaky, size)
    await engine.load([{ name: 'sine', bytes: golden('sine') }])
    const bundles = 3
    for (let n = 0; n <= bundles; n++) {
      lost = n < bundles ? n : -1
      const commands = sines(600, 1000 * (n + 1))
      if (n === bundles) {
        await engine.transact(commands)
        continue
      }
      const error = await errorOf(() => engine.transact(commands))
      expect(error.code).toBe('engine-timeout')
      expect(error.message).toMatch(
        /did not confirm a part of the transaction.*\/s_new sine \d+ to \/s_new sine \d+/s,
      )
      await engine.transact([{ call: '/g_freeAll', id: 0 }])
    }
    expect((await engine.counts()).synths).toBe(600)
  })
})
