import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { processIo } from '../../src/cli/io.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }))
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

it('signals within a second are one; a later one ends the program, whatever is under way', () => {
  const exit = vi.spyOn(process, 'exit').mockImplementation((() => undefined) as never)
  const io = processIo()
  const before = process.listenerCount('SIGHUP')
  const { signal, release } = io.catchInterrupts()
  try {
    process.emit('SIGINT', 'SIGINT')
    vi.advanceTimersByTime(900)
    process.emit('SIGTERM', 'SIGTERM')
    expect([signal.aborted, signal.reason, io.isForced?.(), exit.mock.calls]).toEqual([true, 'SIGINT', false, []]) // prettier-ignore
    vi.advanceTimersByTime(200)
    process.emit('SIGTERM', 'SIGTERM')
    expect([io.isForced?.(), exit.mock.calls]).toEqual([true, [[143]]])
  } finally {
    release()
  }
  expect([process.listenerCount('SIGHUP'), vi.getTimerCount()]).toEqual([before, 0])
})
