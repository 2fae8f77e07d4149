import { MegasynthError } from '../errors/index.ts'

let base = 'supersonic-scsynth-core/wasm/'
let loading: Promise<Uint8Array> | undefined

/**
 * Says where the page serves `scsynth-nrt.wasm` of the package supersonic-scsynth-core: the address of its folder,
 * absolute or relative to the page, with a slash at its end. Default: `supersonic-scsynth-core/wasm/`.
 *
 * @example
 * setEngineBase('/engine/')
 */
export function setEngineBase(url: string): void {
  base = url
  loading = undefined
}

async function load(url: string): Promise<Uint8Array> {
  try {
    const response = await fetch(url)
    if (!response.ok) throw new Error(`HTTP status ${response.status}`)
    return new Uint8Array(await response.arrayBuffer())
  } catch (cause) {
    throw new MegasynthError(
      [
        {
          code: 'engine-failed',
          path: 'engine',
          message: 'the engine cannot be fetched: scsynth-nrt.wasm of the package supersonic-scsynth-core',
          found: `${url}: ${cause instanceof Error ? cause.message : 'no answer'}`,
          suggestion: 'serve that file, and name its folder with setEngineBase',
        },
      ],
      { cause },
    )
  }
}

/** The bytes of scsynth as WebAssembly, fetched once; see {@link setEngineBase}. Rejects with 'engine-failed'. */
export function loadEngineWasm(): Promise<Uint8Array> {
  loading ??= load(`${base}scsynth-nrt.wasm`).catch((error: unknown) => {
    loading = undefined
    throw error
  })
  return loading
}
