import { describe, expect, it } from 'vitest'
import { loadEngineWasm } from '../../src/engine/files.node.ts'
import { engineSize } from '../../src/engine/limits.ts'
import { createWasmHost, type WasmHost } from '../../src/engine/wasm-host.ts'
import { decodePacket, encodeCommands, type Command } from '../../src/scsynth/index.ts'
import { errorOf, golden, peak, sNew, shipped } from './helpers.ts'

const start = async (world: Partial<ReturnType<typeof engineSize>> = {}): Promise<WasmHost> =>
  createWasmHost({ wasm: await loadEngineWasm(), sampleRate: 48000, world: { ...engineSize(), ...world } })

const recv = (name: string, bytes: Uint8Array): Command => ({ call: '/d_recv', name, bytes })

describe('the WebAssembly host', () => {
  it('starts, tells its version and its time', async () => {
    const host = await start()
    expect(host.version).toMatch(/0\.59\.0/)
    expect(host.blockSize).toBe(128)
    host.process()
    host.process()
    expect(host.blocks).toBe(2)
    expect(host.time).toBe(256 / 48000)
    expect(host.debug().join('\n')).toContain('scsynth ready')
    expect(host.debug()).toEqual([])
  })

  it('runs packets when a block begins, and answers after it', async () => {
    const host = await start()
    expect(
      host.send(encodeCommands([recv('sine', golden('sine')), sNew('sine', 1000), { call: '/sync', id: 5 }])),
    ).toBe(true)
    expect(host.replies()).toEqual([])
    host.process()
    expect(host.replies().map(decodePacket)).toContainEqual({ address: '/synced', args: [{ int: 5 }] })
    expect(peak(host.output(0))).toBeGreaterThan(0.1)
    expect(peak(host.output(1))).toBe(0)
  })

  it('computes the same bytes twice, noise seeded by the clock included', async () => {
    const name = 'sonic-pi-bnoise'
    const once = async () => {
      const host = await start()
      host.send(encodeCommands([recv(name, shipped(name)), sNew(name, 1000, { out_bus: 0 })]))
      const bytes: number[] = []
      for (let i = 0; i < 100; i++) {
        host.process()
        bytes.push(...new Uint8Array(host.output(0).slice().buffer))
      }
      return bytes
    }
    const first = await once()
    expect(new Set(first).size).toBeGreaterThan(200)
    expect(await once()).toEqual(first)
  })

  it('refuses a packet when the ring has no room, and loses none of the others', async () => {
    const host = await start()
    const packet = encodeCommands([
      { call: '/c_set', values: Array.from({ length: 6000 }, (_, i) => [i, 1] as const) },
      { call: '/sync', id: 1 },
    ])
    let sent = 0
    while (host.send(packet)) sent++
    expect(sent).toBe(Math.floor(786_431 / (packet.length + 16)))
    host.process()
    expect(host.replies()).toHaveLength(sent)
    expect(host.send(packet)).toBe(true)
  })

  it('reads the rings correctly when they have wrapped many times', async () => {
    const host = await start()
    const unknown = Array.from({ length: 20 }, (_, i) => sNew('nope', 1000 + i))
    const packet = encodeCommands(unknown)
    for (let i = 0; i < 500; i++) {
      host.send(packet)
      host.process()
      expect(host.replies()).toHaveLength(20)
      expect(host.debug().filter((line) => line.startsWith('FAILURE'))).toHaveLength(20)
    }
  })

  it('is dead for ever after a trap', async () => {
    // More than its memory holds: it traps with the first synth.
    const host = await start({ memory: 100_000 })
    host.process()
    host.send(encodeCommands([recv('sine', golden('sine')), sNew('sine', 1000)]))
    const error = await errorOf(() => host.process())
    expect(error.code).toBe('engine-failed')
    expect(error.message).toMatch(/crashed/)
    expect(host.death).toBe(error)
    for (const use of [() => host.process(), () => host.send(new Uint8Array(8)), () => host.replies()])
      expect(await errorOf(use)).toBe(error)
  })

  it('does not start from bytes that are not the engine', async () => {
    const world = engineSize()
    const wasm = new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0])
    const error = await errorOf(() => createWasmHost({ wasm, sampleRate: 48000, world }))
    expect(error.message).toMatch(/no export "get_ring_buffer_base"/)
    const garbage = await errorOf(() => createWasmHost({ wasm: wasm.slice(0, 6), sampleRate: 48000, world }))
    expect(garbage.code).toBe('engine-failed')
  })
})
