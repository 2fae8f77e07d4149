import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { MegasynthError } from '../errors/index.ts'

const file = 'supersonic-scsynth-core/wasm/scsynth-nrt.wasm'

let loading: Promise<Uint8Array> | undefined

async function load(): Promise<Uint8Array> {
  try {
    return await readFile(createRequire(import.meta.url).resolve(file))
  } catch (cause) {
    throw new MegasynthError(
      [
        {
          code: 'engine-failed',
          path: 'engine',
          message:
            'the engine is not installed: the package supersonic-scsynth-core is missing or incomplete',
          expected: file,
          suggestion: 'install it with: npm install supersonic-scsynth-core',
        },
      ],
      { cause },
    )
  }
}

/**
 * The bytes of scsynth as WebAssembly, from the package supersonic-scsynth-core; the same object each time.
 * Rejects with 'engine-failed' when the package is not there.
 */
export function loadEngineWasm(): Promise<Uint8Array> {
  loading ??= load().catch((error: unknown) => {
    loading = undefined
    throw error
  })
  return loading
}
