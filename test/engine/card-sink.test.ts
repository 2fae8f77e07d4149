import { afterEach, expect, it, vi } from 'vitest'
import { openCardSink } from '../../src/engine/card-sink.ts'
import { errorOf } from './helpers.ts'

interface Question {
  readonly playbackTime: number
  readonly outputBuffer: { copyToChannel(samples: Float32Array, channel: number): void }
}

/** What the program did with a sound card that is none. */
class FakeContext {
  static made: { options: unknown; context: FakeContext }[] = []
  static fails: Error | undefined
  readonly sampleRate = 44100
  readonly baseLatency = 0.01
  readonly outputLatency = 0.02
  readonly destination = 'speakers'
  readonly source = {
    onaudioprocess: null as ((question: Question) => void) | null,
    size: 0,
    to: undefined as unknown,
    connect(to: unknown): void {
      this.to = to
    },
    disconnect(): void {
      this.to = undefined
    },
  }
  closed = false

  constructor(options: unknown) {
    if (FakeContext.fails) throw FakeContext.fails
    FakeContext.made.push({ options, context: this })
  }

  createScriptProcessor(size: number): FakeContext['source'] {
    this.source.size = size
    return this.source
  }

  async close(): Promise<void> {
    this.closed = true
  }
}

vi.mock('node-web-audio-api', () => ({ AudioContext: FakeContext }))
afterEach(() => {
  FakeContext.made = []
  FakeContext.fails = undefined
})

const wanted = { channels: 2, bufferFrames: 512 }

it('asks a device at its own rate, hands over what it gets, and counts what was lost', async () => {
  const sink = await openCardSink(wanted, 'id1')
  const { context, options } = FakeContext.made[0] as (typeof FakeContext.made)[number]
  expect(options).toMatchObject({ sinkId: 'id1', latencyHint: 'interactive' })
  expect(sink).toMatchObject({ kind: 'card', sampleRate: 44100, bufferFrames: 512 })
  expect(sink.latency).toBeCloseTo(1024 / 44100 + 0.03)
  let lost = 0
  sink.start(
    (channels) => channels.forEach((channel, i) => channel.fill(i + 1)),
    (frames) => (lost += frames),
  )
  expect([context.source.size, context.source.to]).toEqual([512, 'speakers'])
  const got: number[][] = []
  const ask = (frame: number): void =>
    context.source.onaudioprocess?.({
      playbackTime: frame / 44100,
      outputBuffer: {
        copyToChannel: (samples, channel) => got.push([channel, samples.length, samples[0] ?? 0]),
      },
    })
  ask(0)
  ask(512)
  expect(lost).toBe(0)
  ask(2048)
  expect(lost).toBe(1024)
  expect(got.slice(0, 2)).toEqual([[0, 512, 1], [1, 512, 2]]) // prettier-ignore
  await sink.close()
  expect([context.closed, context.source.to, context.source.onaudioprocess]).toEqual([true, undefined, null])
})

it('is gone when the device has not asked for sound for three seconds', async () => {
  vi.useFakeTimers()
  try {
    const sink = await openCardSink(wanted, undefined)
    const { context } = FakeContext.made[0] as (typeof FakeContext.made)[number]
    sink.start(
      () => undefined,
      () => undefined,
    )
    for (let second = 0; second < 10; second++) {
      context.source.onaudioprocess?.({
        playbackTime: second,
        outputBuffer: { copyToChannel: () => undefined },
      })
      vi.advanceTimersByTime(1000)
    }
    vi.advanceTimersByTime(1900)
    expect(() => vi.advanceTimersByTime(1200)).toThrow(/does not ask for sound any more/)
    await sink.close()
    expect(vi.getTimerCount()).toBe(0)
  } finally {
    vi.useRealTimers()
  }
})

it('says so when a device cannot be opened', async () => {
  FakeContext.fails = new Error('device is busy')
  const [problem] = (await errorOf(() => openCardSink(wanted, undefined))).problems
  expect(problem).toMatchObject({ code: 'no-sound-device', path: 'device', found: 'device is busy' })
  expect(problem?.suggestion).toContain('megasynth doctor')
})

it('names the package of the system when the library is not there', async () => {
  vi.resetModules()
  vi.doMock('node-web-audio-api', () => {
    throw new Error('libasound.so.2: cannot open shared object file: No such file or directory')
  })
  const fresh = await import('../../src/engine/card-sink.ts')
  const error = await fresh.openCardSink(wanted, undefined).catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ problems: [{ code: 'sound-library-missing', path: 'device' }] })
  vi.doUnmock('node-web-audio-api')
})
