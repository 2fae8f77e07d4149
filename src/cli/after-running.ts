import type { Worker } from 'node:worker_threads'
import { afterAwake } from '../engine/awake.ts'

/** Seconds from one look at a thread to the next. */
const round = 0.1
/** Seconds after which a thread is given up that neither runs nor waits in its event loop: it is held up by something else. */
const longest = 60

/**
 * Calls back when a thread has had so many seconds: those in which its event loop waited, and those that a processor worked for this
 * program. On a machine that is busy with something else a thread may get next to nothing of a second.
 *
 * @returns ends the wait
 */
export function afterRunning(worker: Worker, seconds: number, call: () => void): () => void {
  let [had, rounds] = [0, 0]
  let before = timesOf(worker)
  let end: () => void = () => undefined
  const wait = (): void => {
    end = afterAwake(round, () => {
      const now = timesOf(worker)
      // of a standstill of this program no more than of any other round
      had += Math.min(2 * round, now - before)
      before = now
      if (had >= seconds || ++rounds * round >= longest) call()
      else wait()
    })
  }
  wait()
  return () => end()
}

/** Seconds that a thread has waited and this program has worked so far. */
function timesOf(worker: Worker): number {
  const { user, system } = process.cpuUsage()
  return worker.performance.eventLoopUtilization().idle / 1000 + (user + system) / 1e6
}
