import { text } from 'node:stream/consumers'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { Worker } from 'node:worker_threads'

/** Bytes that are in use after a garbage collection. */
export interface Memory {
  /** JS heap and buffers of this thread. */
  readonly main: number
  /** JS heap and buffers of the audio thread; undefined if it was not asked. */
  readonly worker: number | undefined
  /** The whole process, as the system sees it. */
  readonly rss: number
}

interface Snapshot {
  readonly snapshot: { readonly meta: { readonly node_fields: readonly string[] } }
  readonly nodes: readonly number[]
}

/** The garbage collector, which Node shows only if asked. */
function collect(): void {
  setFlagsFromString('--expose-gc')
  ;(runInNewContext('gc') as () => void)()
}

/** Sizes of all that is alive in a thread: a snapshot of its heap collects garbage first. The thread stands still meanwhile. */
async function sizeOf(worker: Worker): Promise<number> {
  const { snapshot, nodes } = JSON.parse(await text(await worker.getHeapSnapshot())) as Snapshot
  const { node_fields: fields } = snapshot.meta
  const size = fields.indexOf('self_size')
  let sum = 0
  for (let at = size; at < nodes.length; at += fields.length) sum += nodes[at] ?? 0
  return sum
}

/** @param worker asked too, which stops it for a while */
export async function memory(worker?: Worker): Promise<Memory> {
  const inWorker = worker && (await sizeOf(worker))
  collect()
  const { heapUsed, arrayBuffers, rss } = process.memoryUsage()
  return { main: heapUsed + arrayBuffers, worker: inWorker, rss }
}
