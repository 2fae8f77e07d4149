import { extname } from 'node:path'
import type { Worker } from 'node:worker_threads'
import { startWorker } from '../engine/start-worker.ts'
import { MegasynthError, type Problem } from '../errors/index.ts'
import type { Patch } from '../patch/index.ts'
import { afterRunning } from './after-running.ts'
import { placeOf } from './files.ts'
import { loadPatchFile } from './load.ts'

/** What the thread says. It is asked once, by a {@link LoadRequest}. */
export type LoadAnswer =
  | { readonly kind: 'begun' }
  | { readonly kind: 'file'; readonly file: string }
  /** What the patch file holds; nothing, if device types were tried. */
  | { readonly kind: 'loaded'; readonly patch?: unknown }
  | { readonly kind: 'failed'; readonly problems: readonly Problem[] }

/** What the thread is asked to load: a patch file, or a file with device types, with which `patches` are then compiled. */
export interface LoadRequest {
  readonly cwd: string
  readonly written: string
  readonly patches?: readonly Patch[]
}

/** Seconds that a patch file may take to run. */
const patience = 5

/** Loads patch files while something sounds. */
export interface ApartLoader {
  /** As {@link loadPatchFile} does, but a patch file can neither end this program nor hold it up. */
  readonly load: typeof loadPatchFile
  /**
   * Tries a file with device types: runs it, and compiles those of some patches that are valid with its types. They are code, and
   * can only be used in the thread that loads them: what fails here would have failed there.
   *
   * @param onFile is told of every file that it is made of
   * @throws MegasynthError with all problems of the file
   */
  readonly tryDevices: (
    cwd: string,
    written: string,
    patches: readonly Patch[],
    onFile: (file: string) => void,
  ) => Promise<void>
  /** Ends it: what is being loaded, and whatever is asked for later, fails with {@link LoadingEnded} at once. */
  readonly close: () => void
}

/** Nothing is loaded any more: whoever closed the loader knows, and nobody else need be told. */
export class LoadingEnded extends Error {
  constructor() {
    super('nothing is loaded any more')
    this.name = 'LoadingEnded'
  }
}

/** A thread that waits for work, and what it ended with if it has ended. */
interface Thread {
  readonly worker: Worker
  /** An exit code, or what it threw; also if that was before anything was asked of it. */
  readonly ended: Promise<number | Error>
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
  const start = (): Thread => {
    const worker = startWorker('cli/load-worker', undefined)
    // it waits for work, and nobody waits for it
    worker.unref()
    const ended = new Promise<number | Error>((resolve) => {
      worker.on('error', resolve)
      worker.on('exit', resolve)
    })
    return { worker, ended }
  }
  let next = start()
  let isClosed = false
  /** Gives up what is being loaded. */
  const running = new Set<() => void>()
  async function ask(request: LoadRequest, onFile?: (file: string) => void): Promise<unknown> {
    if (isClosed) throw new LoadingEnded()
    const thread = next
    next = start()
    let giveUp = (): void => undefined
    const givenUp = new Promise<never>((_, reject) => {
      giveUp = () => reject(new LoadingEnded())
    })
    running.add(giveUp)
    try {
      return await answerOf(thread, givenUp, request, onFile)
    } finally {
      running.delete(giveUp)
      void thread.worker.terminate()
    }
  }
  return {
    async load(cwd, written, onFile) {
      // data: nothing of it runs
      if (extname(written) === '.json' && !isClosed) return await loadPatchFile(cwd, written, onFile)
      return await ask({ cwd, written }, onFile)
    },
    async tryDevices(cwd, written, patches, onFile) {
      await ask({ cwd, written, patches }, onFile)
    },
    close() {
      isClosed = true
      void next.worker.terminate()
      for (const giveUp of running) giveUp()
    },
  }
}

type LoadProblem = Omit<Problem, 'code' | 'path'>

async function answerOf(
  { worker, ended }: Thread,
  givenUp: Promise<never>,
  request: LoadRequest,
  onFile: (file: string) => void = () => undefined,
): Promise<unknown> {
  const { shown } = placeOf(request.cwd, request.written)
  const exported = request.patches === undefined ? 'a patch' : 'device types'
  let endWait = (): void => undefined
  let hasBegun = false
  let isOver = false
  const files: string[] = []
  try {
    return await new Promise((resolve, reject) => {
      const fail = (problem: LoadProblem): void =>
        reject(new MegasynthError([{ code: 'patch-file-threw', path: shown, ...problem }]))
      void givenUp.catch(reject)
      worker.on('message', (answer: LoadAnswer) => {
        // what a thread said before it was ended comes late: it must set no timer
        if (isOver) return
        if (answer.kind === 'begun') {
          hasBegun = true
          endWait = afterRunning(worker, patience, () =>
            fail({
              message: 'never finishes loading',
              found: `it has run for ${patience} s`,
              expected: `a file that only exports ${exported}`,
            }),
          )
        } else if (answer.kind === 'file') files.push(answer.file)
        else if (answer.kind === 'loaded') resolve(answer.patch)
        else reject(new MegasynthError(answer.problems))
      })
      void ended.then((how) => fail(problemOfEnd(how, hasBegun, exported)))
      worker.ref()
      worker.postMessage(request, [])
    })
  } finally {
    isOver = true
    endWait()
    for (const file of files) onFile(file)
  }
}

/** What it means that a thread ended before it had answered. */
function problemOfEnd(how: number | Error, hasBegun: boolean, exported: string): LoadProblem {
  if (how instanceof Error) return { message: 'threw an error while it was loaded', found: how.message }
  if (hasBegun)
    return {
      message: 'ended the program before it was done',
      found: `process.exit(${how})`,
      suggestion: `take process.exit out: the file only exports ${exported}`,
    }
  return {
    message: 'was not loaded: the thread for it had ended',
    found: `exit code ${how}`,
    suggestion: 'save it again',
  }
}
