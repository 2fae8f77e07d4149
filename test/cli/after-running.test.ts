import type { Worker } from 'node:worker_threads'
import { afterEach, expect, it, vi } from 'vitest'
import { afterRunning } from '../../src/cli/after-running.ts'

afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

/** Seconds of the clock after which a thread is given up that gets so much of each second: to wait, and of a processor. */
function secondsUntil(idle: number, work: number): number {
  vi.useFakeTimers()
  const seconds = (): number => performance.now() / 1000
  const begin = seconds()
  vi.spyOn(process, 'cpuUsage').mockImplementation(() => ({
    user: work * (seconds() - begin) * 1e6,
    system: 0,
  }))
  const worker = {
    performance: { eventLoopUtilization: () => ({ idle: idle * (seconds() - begin) * 1000 }) },
  }
  let given: number | undefined
  afterRunning(worker as unknown as Worker, 5, () => (given = seconds() - begin))
  vi.advanceTimersByTime(100_000)
  expect(vi.getTimerCount()).toBe(0)
  return given ?? NaN
}

it.each([
  ['that runs all the time', 0, 1, 5],
  ['that waits', 1, 0, 5],
  ['that does both', 0.5, 0.5, 5],
  ['that gets a tenth of a processor', 0, 0.1, 50],
  ['that is held up by something else', 0, 0, 60],
])('a thread %s is given up in due time', (_, idle, work, seconds) => {
  expect(secondsUntil(idle, work)).toBeCloseTo(seconds, 0)
})

it('a standstill of the program does not count', () => {
  vi.useFakeTimers()
  let idle = 0
  const worker = { performance: { eventLoopUtilization: () => ({ idle }) } }
  const call = vi.fn<() => void>()
  vi.spyOn(process, 'cpuUsage').mockReturnValue({ user: 0, system: 0 })
  const end = afterRunning(worker as unknown as Worker, 5, call)
  idle = 30_000
  vi.advanceTimersByTime(300)
  expect(call).not.toHaveBeenCalled()
  end()
  expect(vi.getTimerCount()).toBe(0)
})
