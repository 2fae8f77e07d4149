import { readFileSync } from 'node:fs'
import { BroadcastChannel, Worker } from 'node:worker_threads'
import { WaveFile } from 'wavefile'
import { afterAll, afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createSynth, type LiveSynth, type Restart } from 'megasynth/live'
import { placeOf } from '../../src/cli/files.ts'
import { recordLive } from '../../src/cli/live-recording.ts'
import { createLiveEngine } from '../../src/engine/live.ts'
import { MegasynthError, type Patch, type Problem } from '../../src/index.ts'
import { LiveSession } from '../../src/live/live.ts'
import { startSession } from '../../src/live/start.ts'
import { fundamental, peak } from '../audio/ear.ts'
import { scratch } from '../cli/helpers.ts'
import { until } from '../until.ts'

const folder = scratch()
/** In the engine's thread: what kills it, when it is told to. */
const poison = folder.write(
  'poison.mjs',
  `import { BroadcastChannel, isMainThread } from 'node:worker_threads'
const channel = new BroadcastChannel('megasynth-poison')
channel.unref()
const kept = []
channel.onmessage = ({ data }) => {
  if (data === 'memory') for (;;) kept.push(Array.from({ length: 1e5 }, Math.random))
  if (data === 'exception') setTimeout(() => { throw new RangeError('of its thread') })
  if (data === 'exit') process.exit(3)
}
`,
)
const thread = vi.hoisted(() => ({ poison: '' }))
thread.poison = poison
vi.mock('../../src/engine/start-worker.ts', () => ({
  startWorker: (name: string, workerData: unknown) =>
    new Worker(new URL(`../../src/${name}.ts`, import.meta.url), {
      workerData,
      resourceLimits: { maxOldGenerationSizeMb: 256 },
      execArgv: ['--import', import.meta.resolve('jiti/register'), '--import', thread.poison],
    }),
}))
const channel = new BroadcastChannel('megasynth-poison')
afterAll(() => channel.close())

const organ: Patch = {
  voices: 4,
  knobs: { level: 0.5 },
  devices: { tone: { type: 'oscillator', waveform: 'sine', amplitude: 0.3 }, gain: { type: 'amplifier' } },
  connections: [['tone', 'gain.in'], ['level', 'gain.gain'], ['gain', 'out']], // prettier-ignore
}
let synth: LiveSynth
let restarts: Restart[]
beforeEach(async () => {
  synth = await createSynth({ patch: organ, device: 'silent', bufferFrames: 256 })
  restarts = []
  synth.on('restarted', (restart) => restarts.push(restart))
})
afterEach(async () => await synth.close())

/** Hears all from now on. */
function listening(): { readonly seconds: () => number; readonly stop: () => Float32Array } {
  const chunks: Float32Array[] = []
  const stop = synth.listen(({ channels }) => chunks.push(channels[0] as Float32Array))
  return {
    seconds: () => chunks.reduce((sum, chunk) => sum + chunk.length, 0) / synth.sampleRate,
    stop: () => {
      stop()
      return Float32Array.from(chunks.flatMap((chunk) => [...chunk]))
    },
  }
}
async function heard(length = 0.4): Promise<Float32Array> {
  const { seconds, stop } = listening()
  await until(() => seconds() > length)
  return stop()
}
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- that is for windows
const kill = (of: string): void => channel.postMessage(of)
async function die(of = 'exit'): Promise<void> {
  const before = restarts.length
  kill(of)
  await until(() => restarts.length > before)
}
const pitch = async (): Promise<number> => fundamental((await heard()).subarray(-9600), synth.sampleRate)

it.each([
  ['memory', /memory/],
  ['exception', /of its thread/],
  ['exit', /3|exit|ended/],
])('an engine that dies of its %s is started again, and says why', async (of, why) => {
  synth.setKnob('level', 0.8)
  synth.noteOn(69)
  const before = peak((await heard()).subarray(-4096))
  await die(of)
  expect(restarts[0]?.cause).toBeInstanceOf(MegasynthError)
  expect(restarts[0]?.cause.message).toMatch(why)
  expect(await pitch()).toBeCloseTo(440, 0)
  expect(peak((await heard()).subarray(-4096))).toBeCloseTo(before, 2)
})

it('a recording goes on through it, and is whole in the end', async () => {
  const place = placeOf(folder.path, 'take.wav')
  const recording = await recordLive(synth, place, false)
  synth.noteOn(69)
  await heard()
  await die()
  synth.noteOff(69)
  synth.noteOn(57)
  await heard(0.6)
  const { seconds } = await recording.finish()
  const wav = new WaveFile(readFileSync(place.path))
  const [left = []] = wav.getSamples(false, Float64Array) as unknown as Float64Array[]
  const sound = Float32Array.from(left, (x) => x / 32768)
  expect(sound.length).toBe(Math.round(seconds * synth.sampleRate))
  const begin = sound.findIndex((x) => Math.abs(x) > 0.01)
  expect(fundamental(sound.subarray(begin + 2048, begin + 12000), synth.sampleRate)).toBeCloseTo(440, 0)
  expect(fundamental(sound.subarray(-9600), synth.sampleRate)).toBeCloseTo(220, 0)
})

it('the time never goes back, nor is it another while the engine is', async () => {
  synth.noteOn(69)
  await until(() => synth.time > 0.5)
  const times = [synth.time]
  const played: number[] = []
  synth.on('played', ({ at }) => played.push(at))
  const timer = setInterval(() => {
    times.push(synth.time)
    synth.setKnob('level', 0.5)
  }, 1)
  await die()
  await until(() => synth.time > (times[0] ?? 0) + 0.3)
  clearInterval(timer)
  expect(times).toEqual(times.toSorted((a, b) => a - b))
  expect(played).toEqual(played.toSorted((a, b) => a - b))
})

it('a knob that is on its way arrives', async () => {
  synth.noteOn(69)
  synth.setKnob('level', 0, { over: 0.01 })
  await until(() => synth.knob('level') === 0)
  synth.setKnob('level', 1, { over: 3 })
  await until(() => synth.knob('level') > 0.05)
  await die()
  // it is still on its way, from where it was
  expect(synth.knob('level')).toBeGreaterThan(0.05)
  await until(() => synth.knob('level') === 1)
  expect(peak((await heard(0.8)).subarray(-4096))).toBeCloseTo(0.3, 2)
})

it('notes that are to come, come', async () => {
  const [now, tape] = [synth.time, listening()]
  // one is with the engine already, the other is not
  synth.noteOn(57, 0.8, { at: now + 0.15 })
  synth.noteOn(69, 0.8, { at: now + 6 })
  synth.noteOff(57, { at: now + 6 })
  synth.noteOff(69, { at: now + 11 })
  await die()
  await until(() => synth.time > now + 0.15 && synth.stats().voices.held === 0)
  expect(synth.time).toBeGreaterThanOrEqual(now + 10.7)
  const sound = tape.stop()
  const pitches = Array.from({ length: Math.floor(sound.length / 9600) }, (_, i) => {
    const part = sound.subarray(i * 9600, (i + 1) * 9600)
    return peak(part) > 0.1 ? Math.round(fundamental(part, synth.sampleRate)) : 0
  }).filter((pitch) => pitch === 220 || pitch === 440)
  expect(pitches).toEqual(pitches.toSorted((a, b) => a - b))
  // each was heard for some five seconds
  for (const pitch of [220, 440]) expect(pitches.filter((one) => one === pitch).length).toBeGreaterThan(10)
})

it('an engine that does not start again, whatever for, is given up, and that is said', async () => {
  let tries = 0
  const lost = await startSession(
    async () => {
      if (tries++ > 0) throw new TypeError('no engine today')
      return await createLiveEngine({ device: 'silent' })
    },
    { patch: organ },
    (...parts) => new LiveSession(...parts),
  )
  const problems: Problem[] = []
  lost.on('problem', (problem) => problems.push(problem))
  kill('exit')
  await until(() => problems.length > 0)
  expect(problems).toEqual([expect.objectContaining({ code: 'engine-failed', found: 'TypeError: no engine today' })]) // prettier-ignore
  expect(tries).toBe(6)
  await new Promise((resolve) => setTimeout(resolve, 1500))
  expect(tries).toBe(6)
  await lost.close()
})
