import { extname } from 'node:path'
import type { Worker } from 'node:worker_threads'
import { startWorker } from '../engine/start-worker.ts'
import { MegasynthError, type Problem } from '../errors/index.ts'
import { placeOf } from './files.ts'
import { loadPatchFile } from './load.ts'

/** What the thread says. It is asked once, by a {@link LoadRequest}. */
export type LoadAnswer =
  | { readonly kind: 'begun' }
  | { readonly kind: 'file'; readonly file: string }
  | { readonly kind: 'loaded'; readonly patch: unknown }
  | { readonly kind: 'failed'; readonly problems: readonly Problem[] }

/** What the thread is asked to load. */
export interface LoadRequest {
  readonly cwd: string
  readonly written: string
}

/** Seconds that a patch file may take to run. */
const patience = 5

/** Loads patch files while something sounds. */
export interface ApartLoader {
  /** As {@link loadPatchFile} does, but a patch file can neither end this program nor hold it up. */
  readonly load: typeof loadPatchFile
  readonly close: () => void
}

/**
 * Loads patch files in threads of their own: a file that never ends is given up after 5 s, one that ends the program ends its
 * thread, and what it leaves running goes with it. The next thread is started ahead, so that nobody waits for it.
 *
 * @example
 * const loader = loadApart()
 * const patch = await loader.load(process.cwd(), 'lead.ts')
 * loader.close()
 */
export function loadApart(): ApartLoader {
  const start = (): Worker => {
    const worker = startWorker('load-worker', import.meta.url, undefined)
    // it waits for work, and nobody waits for it
    worker.unref()
    worker.on('error', () => undefined)
    return worker
  }
  let next = start()
  return {
    async load(cwd, written, onFile) {
      // data: nothing of it runs
      if (extname(written) === '.json') return await loadPatchFile(cwd, written, onFile)
      const worker = next
      next = start()
      try {
        return await answerOf(worker, { cwd, written }, onFile)
      } finally {
        void worker.terminate()
      }
    },
    close: () => void next.terminate(),
  }
}

async function answerOf(
  worker: Worker,
  request: LoadRequest,
  onFile: (file: string) => void = () => undefined,
): Promise<unknown> {
  const { shown } = placeOf(request.cwd, request.written)
  let late: ReturnType<typeof setTimeout> | undefined
  const files: string[] = []
  try {
    return await new Promise((resolve, reject) => {
      const fail = (problem: Omit<Problem, 'code' | 'path'>): void =>
        reject(new MegasynthError([{ code: 'patch-file-threw', path: shown, ...problem }]))
      worker.on('message', (answer: LoadAnswer) => {
        if (answer.kind === 'begun')
          late = setTimeout(
            () =>
              fail({
                message: 'never finishes loading',
                found: `it has run for ${patience} s`,
                expected: 'a file that only exports a patch',
              }),
            patience * 1000,
          )
        else if (answer.kind === 'file') files.push(answer.file)
        else if (answer.kind === 'loaded') resolve(answer.patch)
        else reject(new MegasynthError(answer.problems))
      })
      worker.on('error', (error) =>
        fail({ message: 'threw an error while it was loaded', found: error.message }),
      )
      worker.on('exit', (code) =>
        fail({
          message: 'ended the program before it was done',
          found: `process.exit(${code})`,
          suggestion: 'take process.exit out: a patch file only exports a patch',
        }),
      )
      worker.ref()
      worker.postMessage(request, [])
    })
  } finally {
    clearTimeout(late)
    for (const file of files) onFile(file)
  }
}
