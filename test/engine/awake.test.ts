import { MessageChannel } from 'node:worker_threads'
import { afterEach, expect, it, vi } from 'vitest'
import { afterAwake } from '../../src/engine/awake.ts'

afterEach(() => vi.useRealTimers())

it('calls back after its seconds, once, unless it was ended', () => {
  vi.useFakeTimers()
  const [call, ended] = [vi.fn<() => void>(), vi.fn<() => void>()]
  afterAwake(2, call)
  const end = afterAwake(2, ended)
  vi.advanceTimersByTime(1990)
  expect(call).not.toHaveBeenCalled()
  end()
  vi.advanceTimersByTime(5000)
  expect([call.mock.calls.length, ended.mock.calls.length, vi.getTimerCount()]).toEqual([1, 0, 0])
})

it('does not count a standstill: an answer that came meanwhile is read first', async () => {
  const { port1, port2 } = new MessageChannel()
  let late = false
  const end = afterAwake(0.2, () => (late = true))
  const answer = new Promise<void>((resolve) => port1.once('message', () => resolve()))
  port2.postMessage('here', [])
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500)
  await answer
  expect(late).toBe(false)
  end()
  port1.close()
})
