/** Parts of a wait, of which a standstill takes one at the most. */
const parts = 20

/**
 * Calls back after some seconds in which this thread could run. On a machine that is busy, or was asleep, it may stand still for
 * longer than that, and what is waited for may have come meanwhile, unread: so only a small part of a standstill counts.
 *
 * @param keepsAlive whether the program goes on for it. Default: true
 * @returns ends the wait
 * @example
 * const end = afterAwake(0.5, () => console.log('no answer'))
 * end()
 */
export function afterAwake(seconds: number, call: () => void, keepsAlive = true): () => void {
  let left = parts
  let timer: ReturnType<typeof setTimeout>
  const wait = (): void => {
    timer = setTimeout(() => (--left > 0 ? wait() : call()), (seconds * 1000) / parts)
    if (!keepsAlive) timer.unref()
  }
  wait()
  return () => clearTimeout(timer)
}
