import fc from 'fast-check'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { MegasynthError } from '../../src/errors/index.ts'
import type { Patch } from '../../src/patch/index.ts'
import { breathe, during, startMortal } from '../live/by-hand.ts'
import { runs } from './patches.ts'

const patch: Patch = {
  voices: 3,
  tempo: 240,
  knobs: { level: 0.5 },
  devices: {
    tone: { type: 'oscillator', waveform: 'sine', amplitude: 0.3 },
    env: { type: 'envelope', attack: 0.005, release: 0.02 },
    gain: { type: 'amplifier' },
  },
  connections: [['tone', 'gain.in'], ['env', 'gain.gain', 0.5], ['gain', 'out'], ['level', 'tone.amplitude']], // prettier-ignore
}
const others: readonly Patch[] = [
  patch,
  { ...patch, voices: 1 },
  {
    ...patch,
    voices: 5,
    devices: { ...patch.devices, dark: { type: 'filter', cutoff: 2000 }, hall: { type: 'reverb' } },
    connections: [['tone', 'dark.in'], ['dark', 'gain.in'], ['env', 'gain.gain', 0.2], ['gain', 'hall.in'], ['hall', 'out']], // prettier-ignore
  },
]
const kinds = ['on', 'on', 'off', 'knob', 'glide', 'edit', 'undo', 'recall', 'beat', 'stand', 'tree', 'probe', 'die', 'panic', 'nothing'] as const // prettier-ignore

beforeEach(() => vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout'] }))
afterEach(() => vi.useRealTimers())

it('a live synth goes on, whatever is asked of it while its engines die', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.record({
          kind: fc.constantFrom(...kinds),
          number: fc.integer({ min: 0, max: 5 }),
          ahead: fc.option(fc.integer({ min: 10, max: 120 }), { nil: undefined }),
          buffers: fc.integer({ min: 0, max: 8 }),
          arrives: fc.boolean(),
          ticks: fc.boolean(),
        }),
        { minLength: 5, maxLength: 40, size: 'max' },
      ),
      async (acts) => {
        const { synth, thread } = await startMortal(patch)
        const problems: unknown[] = []
        let [deaths, restarts] = [0, 0]
        synth.on('problem', (problem) => problems.push(problem))
        synth.on('restarted', () => void restarts++)
        others.forEach((other, i) => synth.store(`n${i}`, other))
        const asked: Promise<unknown>[] = []
        /** What went wrong says so in plain words. */
        const errors: unknown[] = []
        const ask = (work: Promise<unknown>): void =>
          void asked.push(work.catch((error) => errors.push(error)))
        const times: number[] = []
        const pass = async (buffers: number, ticks = true, arrives = true): Promise<void> => {
          for (let i = 0; i < buffers; i++) {
            if (ticks) vi.advanceTimersByTime(10)
            await thread().buffer(arrives || i % 3 === 2)
            times.push(synth.time)
          }
        }
        /** It ends some time. */
        const within = async <T>(work: Promise<T>): Promise<T> => {
          let passed = 0
          return await during(work, async () => {
            // another engine is made beside this thread, however long that takes
            if (thread().live.status().state === 'running' && ++passed > 2000) throw new Error('never')
            await pass(1)
          })
        }
        for (const { kind, number, ahead, buffers, arrives, ticks } of acts) {
          const when = ahead === undefined ? {} : { at: synth.time + (ahead * 128) / 48000 }
          const other = number % 3
          if (kind === 'on') synth.noteOn(60 + number, 0.8, when)
          else if (kind === 'off') synth.noteOff(60 + number, when)
          else if (kind === 'knob' && synth.patch.knobs) synth.setKnob('level', number / 5, when)
          else if (kind === 'glide' && synth.patch.knobs)
            synth.setKnob('level', number / 5, { ...when, over: number / 10 }) // prettier-ignore
          else if (kind === 'edit') ask(synth.apply(others[other] as Patch))
          else if (kind === 'undo') ask(synth.undo())
          else if (kind === 'recall')
            ask(synth.recall(`n${other}`, { at: (['now', 'beat', 'bar'] as const)[other] ?? 'now', over: number / 10 })) // prettier-ignore
          else if (kind === 'beat') synth.setBeat(number * 3.3, when)
          else if (kind === 'stand') synth.setRunning(number % 2 === 0, when)
          else if (kind === 'tree') ask(synth.tree())
          else if (kind === 'probe') ask(synth.probe(['tone', 'dark', 'out'][other] ?? '', { seconds: 0.05 }))
          else if (kind === 'panic') synth.panic()
          else if (kind === 'die') {
            if (thread().live.status().state === 'running') deaths++
            thread().die()
          }
          times.push(synth.time)
          await breathe()
          await pass(buffers, ticks, arrives)
        }
        // what was asked for with a time to come has come
        await pass(40)
        synth.setRunning(true)
        await within(Promise.all(asked))
        await within(synth.apply(patch))
        synth.panic()
        await pass(400)
        for (const error of errors) {
          expect(error).toBeInstanceOf(MegasynthError)
          const { code, message } = error as MegasynthError
          expect(message).toMatch(/it died|is closed|no such device/)
          expect(code).toMatch(/engine-failed|unknown-source/)
        }
        expect(problems).toEqual([])
        expect(restarts).toBeLessThanOrEqual(deaths)
        expect(times).toEqual(times.toSorted((a, b) => a - b))
        expect(synth.patch).toEqual(patch)
        expect(synth.stats().voices).toEqual({ held: 0, awake: 0, total: 3 })
        const tree = await within(synth.tree())
        expect(tree.map(({ name, synths }) => [name, synths.map(({ device }) => device)])).toMatchObject([
          ['before', []],
          ...Array.from({ length: tree.length - 2 }, (_, i) => [`voice ${i + 1}`, ['tone', 'env', 'gain']]),
          ['after', ['out']],
        ])
        expect(thread().sound.every((channel) => channel.every((x) => Math.abs(x) < 1e-5))).toBe(true)
        await within(synth.close())
      },
    ),
    runs(12),
  )
}, 600_000)

it('what is played ahead of its time just when the engine has died is played by the next', async () => {
  const { synth, thread } = await startMortal(patch)
  const pass = async (buffers: number): Promise<void> => {
    for (let i = 0; i < buffers; i++) {
      vi.advanceTimersByTime(10)
      await thread().buffer()
    }
  }
  await pass(10)
  thread().die()
  synth.noteOn(60, 0.8, { at: synth.time + (30 * 128) / 48000 })
  synth.noteOff(60, { at: synth.time + (500 * 128) / 48000 })
  const { time } = synth
  await during(synth.tree(), () => pass(1))
  while (synth.time < time + (40 * 128) / 48000) await pass(1)
  expect(synth.stats().voices.held).toBe(1)
  expect(thread().sound[0]?.some((x) => Math.abs(x) > 0.01)).toBe(true)
  await during(synth.close(), () => pass(1))
})
