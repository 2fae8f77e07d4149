import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'

/**
 * Starts a module of Megasynth in a thread of its own: as source in its own tests, else as it is built.
 *
 * @param name without file type, from the folder of the sources, or of what is built; either is above the one of this module
 */
export function startWorker(name: string, workerData: unknown): Worker {
  const type = extname(import.meta.url)
  return new Worker(new URL(`../${name}${type}`, import.meta.url), {
    workerData,
    execArgv: type === '.ts' ? ['--import', import.meta.resolve('jiti/register')] : [],
  })
}
