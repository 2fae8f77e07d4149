import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'

/**
 * Starts a module of Megasynth in a thread of its own: as source in its own tests, else as it is built.
 *
 * @param name without file type
 * @param beside the URL of a module beside it
 */
export function startWorker(name: string, beside: string, workerData: unknown): Worker {
  const type = extname(beside)
  return new Worker(new URL(`${name}${type}`, beside), {
    workerData,
    execArgv: type === '.ts' ? ['--import', import.meta.resolve('jiti/register')] : [],
  })
}
