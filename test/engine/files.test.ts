import { afterEach, describe, expect, it, vi } from 'vitest'
import { loadEngineWasm as fetchEngine, setEngineBase } from '../../src/engine/files.browser.ts'
import { loadEngineWasm } from '../../src/engine/files.node.ts'
import { errorOf } from './helpers.ts'

afterEach(() => void vi.unstubAllGlobals())

describe('the file of the engine', () => {
  it('is WebAssembly, read once', async () => {
    const bytes = await loadEngineWasm()
    expect([...bytes.subarray(0, 4)]).toEqual([0, 0x61, 0x73, 0x6d])
    expect(await loadEngineWasm()).toBe(bytes)
  })

  it('is fetched by a browser from where the page serves it, once, and again after a failure', async () => {
    const asked: string[] = []
    let status = 404
    vi.stubGlobal('fetch', async (url: string) => {
      asked.push(url)
      return new Response(new Uint8Array([1, 2, 3]), { status })
    })
    setEngineBase('/engine/')
    const error = await errorOf(fetchEngine)
    expect(error.problems[0]).toMatchObject({
      code: 'engine-failed',
      found: '/engine/scsynth-nrt.wasm: HTTP status 404',
    })
    status = 200
    expect([...(await fetchEngine())]).toEqual([1, 2, 3])
    await fetchEngine()
    expect(asked).toEqual(['/engine/scsynth-nrt.wasm', '/engine/scsynth-nrt.wasm'])
  })
})
