import { parentPort } from 'node:worker_threads'
import { fail, problemsOf } from '../errors/index.ts'
import { placeOf } from './files.ts'
import type { LoadAnswer, LoadRequest } from './load-apart.ts'
import { loadPatchFile, prepareToLoad } from './load.ts'

const say = (answer: LoadAnswer): void => parentPort?.postMessage(answer, [])

const onFile = (file: string): void => say({ kind: 'file', file })

async function answer({ cwd, written, patches }: LoadRequest): Promise<void> {
  try {
    await prepareToLoad()
    say({ kind: 'begun' })
    if (patches !== undefined) {
      // a thread that loads a patch does without
      const { tryDevices } = await import('./try-devices.ts')
      await tryDevices(cwd, written, patches, onFile)
      return say({ kind: 'loaded' })
    }
    const patch = await loadPatchFile(cwd, written, onFile)
    try {
      say({ kind: 'loaded', patch })
    } catch {
      fail({
        code: 'not-a-patch',
        path: placeOf(cwd, written).shown,
        message: 'holds something that is not data',
        found: wayToCode(patch) ?? 'a value that cannot be copied',
        expected: 'numbers, texts, lists and objects of these',
      })
    }
  } catch (error) {
    say({ kind: 'failed', problems: problemsOf(error) })
  }
}

parentPort?.once('message', (request: LoadRequest) => void answer(request))
// whoever asks later waits the less: the loader reads its compiler when it first needs it
void prepareToLoad().then(({ createJiti }) =>
  createJiti(import.meta.url, { fsCache: false }).transform({
    source: 'export default 0 as number',
    ts: true,
  }),
)

/** Where in a value there is a function or a symbol: `devices.filter0.cutoff: a function`. */
function wayToCode(value: unknown, way = '', seen = new Set<unknown>()): string | undefined {
  if (typeof value === 'function' || typeof value === 'symbol')
    return `${way === '' ? '' : `${way.slice(1)}: `}a ${typeof value}`
  if (typeof value !== 'object' || value === null || seen.has(value)) return undefined
  seen.add(value)
  for (const [key, inner] of Object.entries(value)) {
    const found = wayToCode(inner, `${way}.${key}`, seen)
    if (found !== undefined) return found
  }
  return undefined
}
