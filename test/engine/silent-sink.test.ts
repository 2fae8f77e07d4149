import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { openSilentSink } from '../../src/engine/silent-sink.ts'

beforeEach(() =>
  vi.useFakeTimers({
    toFake: ['performance', 'setTimeout', 'clearTimeout', 'setImmediate', 'clearImmediate'],
  }),
)
afterEach(() => vi.useRealTimers())

const open = (): { pulls: () => number; lost: () => number; sink: ReturnType<typeof openSilentSink> } => {
  const sink = openSilentSink({ channels: 2, sampleRate: 48000, bufferFrames: 480 })
  let [pulls, lost] = [0, 0]
  sink.start(
    (channels) => {
      expect(channels.map(({ length }) => length)).toEqual([480, 480])
      pulls++
    },
    (frames) => (lost += frames),
  )
  return { pulls: () => pulls, lost: () => lost, sink }
}

it('asks for sound at the pace of the clock, until it is closed', async () => {
  const { pulls, lost, sink } = open()
  await vi.advanceTimersByTimeAsync(1000)
  expect(Math.abs(pulls() - 100)).toBeLessThanOrEqual(2)
  expect(lost()).toBe(0)
  await sink.close()
  const before = pulls()
  await vi.advanceTimersByTimeAsync(1000)
  expect(pulls()).toBe(before)
})

it('catches up one buffer at a time after a short stop', async () => {
  const { pulls, lost, sink } = open()
  await vi.advanceTimersByTimeAsync(100)
  const before = pulls()
  // the clock goes on while no timer runs
  const now = performance.now()
  const stopped = vi.spyOn(performance, 'now').mockImplementation(() => now + 505)
  vi.runOnlyPendingTimers()
  expect(pulls()).toBe(before + 1)
  for (let i = 0; i < 100; i++) vi.runOnlyPendingTimers()
  expect(Math.abs(pulls() - before - 50)).toBeLessThanOrEqual(2)
  expect(lost()).toBe(0)
  stopped.mockRestore()
  await sink.close()
})

it('goes on from where it is after a long stop, and says what was lost', async () => {
  const { pulls, lost, sink } = open()
  await vi.advanceTimersByTimeAsync(100)
  const before = pulls()
  const now = performance.now()
  const stopped = vi.spyOn(performance, 'now').mockImplementation(() => now + 60_000)
  for (let i = 0; i < 20; i++) vi.runOnlyPendingTimers()
  expect(pulls() - before).toBeLessThanOrEqual(3)
  expect(lost() / 48000).toBeCloseTo(60, 1)
  stopped.mockRestore()
  await sink.close()
})
