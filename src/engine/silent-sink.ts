import type { Sink, SinkOptions } from './sink.ts'

/** Seconds that it may fall behind before it goes on from where it is: the machine was asleep. */
const longestDelay = 1

/** A sink that nobody hears, at the pace of the clock: for machines without a sound card, and for tests. */
export function openSilentSink({ channels, sampleRate = 48000, bufferFrames }: SinkOptions): Sink {
  const buffers = Array.from({ length: channels }, () => new Float32Array(bufferFrames))
  const period = (bufferFrames / sampleRate) * 1000
  let timer: ReturnType<typeof setTimeout> | undefined
  let immediate: ReturnType<typeof setImmediate> | undefined
  let closed = false
  return {
    kind: 'silent',
    sampleRate,
    bufferFrames,
    latency: bufferFrames / sampleRate,
    start(pull, lost) {
      let next = performance.now()
      const tick = (): void => {
        const behind = performance.now() - next
        if (behind > longestDelay * 1000) {
          lost(Math.round((behind / 1000) * sampleRate))
          next += behind
        }
        if (next <= performance.now()) {
          pull(buffers)
          next += period
        }
        if (closed) return
        // one at a time, also if it is behind: what is sent meanwhile is heard between two buffers
        const left = next - performance.now()
        if (left <= 0) immediate = setImmediate(tick)
        else timer = setTimeout(tick, Math.max(1, left))
      }
      tick()
    },
    async close() {
      closed = true
      clearTimeout(timer)
      clearImmediate(immediate)
    },
  }
}
