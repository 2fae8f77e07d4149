import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { OfflineEngine } from '../../src/engine/index.ts'
import type { LiveSynth } from '../../src/live/live-synth.ts'
import { createOffline, type OfflineSynth } from '../../src/live/index.ts'
import type { Patch } from '../../src/patch/index.ts'
import { keyNames } from '../../src/patch/ports.ts'
import type { Allocation } from '../../src/plan/index.ts'
import { breathe, buffer, during, originOf, startLive } from '../live/by-hand.ts'
import { runs } from './patches.ts'

const count = 3
const patch: Patch = {
  voices: count,
  knobs: { level: 0.5 },
  devices: {
    tone: { type: 'oscillator', waveform: 'sine', amplitude: 0.3 },
    env: { type: 'envelope', attack: 0.005, release: 0.02 },
    gain: { type: 'amplifier' },
  },
  connections: [['tone', 'gain.in'], ['env', 'gain.gain', 0.5], ['gain', 'out'], ['level', 'tone.amplitude']], // prettier-ignore
}
/** No voice comes to silence, and none is stolen, so that it is all one when that is seen. */
const ringing: Patch = {
  ...patch,
  voices: 8,
  devices: { ...patch.devices, env: { type: 'envelope', attack: 0.005, release: 10 } },
}
const others: readonly Patch[] = [
  patch,
  { ...patch, voices: 1 },
  {
    ...patch,
    voices: 5,
    devices: { ...patch.devices, env: { type: 'lfo' }, dark: { type: 'filter', cutoff: 2000 } },
    connections: [['tone', 'dark.in'], ['dark', 'gain.in'], ['env', 'gain.gain', 0.2], ['gain', 'out']], // prettier-ignore
  },
]

/** What runs behind a synth. */
const behind = (synth: unknown): Allocation =>
  (synth as { graph: { running: { allocation: Allocation } } }).graph.running.allocation

/** The gate and pitch of each voice, block by block. */
function trace(engine: OfflineEngine, synth: unknown, blocks: number): Promise<Float32Array>[] {
  return behind(synth).voices.flatMap(({ keys }) =>
    (['gate', 'pitch', 'velocity'] as const).map((key) =>
      engine.probe({ rate: 'control', bus: keys + keyNames.indexOf(key), blocks }),
    ),
  )
}

/** What somebody does; `ahead` in blocks, undefined for at once. */
interface Act {
  readonly kind: 'on' | 'off' | 'knob' | 'allOff' | 'silence' | 'edit' | 'undo' | 'nothing'
  readonly note: number
  readonly ahead: number | undefined
  /** Buffers that pass before the next act, and in how many of them what is said arrives and this thread has a turn. */
  readonly buffers: number
  readonly arrives: boolean
  readonly ticks: boolean
}
const acts = (kinds: readonly Act['kind'][], late: boolean): fc.Arbitrary<Act[]> =>
  fc.array(
    fc.record({
      kind: fc.constantFrom(...kinds),
      note: fc.integer({ min: 60, max: 63 }),
      ahead: fc.option(fc.integer({ min: 10, max: 120 }), { nil: undefined }),
      buffers: fc.integer({ min: 0, max: 6 }),
      arrives: late ? fc.boolean() : fc.constant(true),
      ticks: fc.boolean(),
    }),
    { minLength: 5, maxLength: 40, size: 'max' },
  )

/** A found counter-example: a voice that has faded long ago, and is struck again while it is still asked to be as it was. */
const faded: Act[] = (
  [
    ['silence', 60, 10, 0],
    ['on', 60, undefined, 4],
    ['edit', 61, undefined, 3],
    ['on', 60, 10, 6],
    ['on', 60, 10, 2],
    ['on', 61, 39, 3],
    ['on', 60, undefined, 4],
    ['on', 60, 10, 0],
    ['on', 60, 10, 0],
    ['on', 60, 10, 0],
    ['on', 60, 10, 2],
    ['on', 60, undefined, 0],
  ] as const
).map(([kind, note, ahead, buffers]) => ({ kind, note, ahead, buffers, arrives: false, ticks: false }))

const secondsOf = (block: number): number => (block * 128) / 48000

function play(synth: Pick<LiveSynth, 'play' | 'setKnob'>, { kind, note }: Act, block?: number): void {
  const when = block === undefined ? undefined : { at: secondsOf(block) }
  if (kind === 'on') synth.play({ kind, note, velocity: note / 127 }, when)
  else if (kind === 'off') synth.play({ kind, note }, when)
  else if (kind === 'allOff' || kind === 'silence') synth.play({ kind }, when)
  else if (kind === 'knob') synth.setKnob('level', (note - 59) / 4, when)
}

beforeEach(() => vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout'] }))
afterEach(() => vi.useRealTimers())

describe('a live session on an engine that is driven by hand', () => {
  it('sets the keys in the same blocks as an offline synth that is told the same', async () => {
    await fc.assert(
      fc.asyncProperty(acts(['on', 'off', 'allOff', 'knob'], false), async (all) => {
        const { synth, thread, engine } = await startLive(ringing)
        const offline: OfflineSynth = await createOffline({ patch: ringing })
        try {
          const from = thread.live.nextBlock - originOf(synth)
          const total = all.reduce((sum, { buffers }) => sum + buffers * buffer, 0) + 200
          const heard = trace(engine, synth, total)
          const done: { readonly act: Act; readonly block: number }[] = []
          for (const act of all) {
            const now = thread.live.nextBlock - originOf(synth)
            play(synth, act, act.ahead && now + act.ahead)
            // what is due within the next buffer is not taken back: what is played now comes after it
            const imminent = done.map(({ block }) => block).filter((block) => block <= now + buffer)
            done.push({ act, block: act.ahead ? now + act.ahead : Math.max(now, ...imminent) })
            await breathe()
            for (let i = 0; i < act.buffers; i++) {
              // this thread may be busy for a while, and is not, in time
              if (act.ticks || i % 3 === 0) vi.advanceTimersByTime(10)
              await thread.buffer()
            }
          }
          for (let i = 0; i < 50; i++) {
            vi.advanceTimersByTime(10)
            await thread.buffer()
          }
          const reference = (offline as unknown as { engine: OfflineEngine }).engine
          await offline.advance(secondsOf(from))
          const wanted = trace(reference, offline, total)
          for (const { act, block } of done) play(offline, act, block)
          await offline.advance(secondsOf(total))
          const [live, other] = [await Promise.all(heard), await Promise.all(wanted)]
          expect(live.map((values) => [...values])).toEqual(other.map((values) => [...values]))
        } finally {
          await synth.close()
          await offline.close()
        }
      }),
      runs(40),
    )
  }, 600_000)

  it('leaves no note, however late the engine hears of it, and whatever is edited meanwhile', async () => {
    await fc.assert(
      fc.asyncProperty(
        acts(['on', 'on', 'off', 'allOff', 'silence', 'knob', 'edit', 'undo', 'nothing'], true),
        async (all) => {
          const { synth, thread, engine } = await startLive(patch)
          const problems: unknown[] = []
          synth.on('problem', (problem) => problems.push(problem))
          try {
            const changes: Promise<unknown>[] = []
            const down = new Set<number>()
            let over = 0
            for (const act of all) {
              const now = thread.live.nextBlock - originOf(synth)
              if (act.kind === 'edit') changes.push(synth.apply(others[act.note % 3] as Patch))
              else if (act.kind === 'undo') changes.push(synth.undo())
              else play(synth, act, act.ahead && now + act.ahead)
              if (act.kind === 'on') down.add(act.note)
              over = Math.max(over, now + (act.ahead ?? 0))
              await breathe()
              for (let i = 0; i < act.buffers; i++) {
                if (act.ticks) vi.advanceTimersByTime(10)
                await thread.buffer(act.arrives || i % 3 === 2)
              }
            }
            const pass = async (buffers: number): Promise<void> => {
              for (let i = 0; i < buffers; i++) {
                vi.advanceTimersByTime(10)
                await thread.buffer()
              }
            }
            await during(Promise.all(changes), () => pass(1))
            await during(synth.apply(patch), () => pass(1))
            for (const note of down) synth.play({ kind: 'off', note }, { at: secondsOf(over + 1) })
            await pass(Math.max(0, Math.ceil((over + 1 - (thread.live.nextBlock - originOf(synth))) / buffer)) + 300) // prettier-ignore
            expect(problems).toEqual([])
            expect(synth.stats().voices).toEqual({ held: 0, awake: 0, total: count })
            expect(thread.sound.every((channel) => channel.every((x) => Math.abs(x) < 1e-5))).toBe(true)
            const values = Promise.all(trace(engine, synth, 1))
            await pass(1)
            const player = (synth as unknown as { player: { keysOf(voice: number): Record<string, number> } }).player // prettier-ignore
            const wanted = Array.from({ length: behind(synth).voices.length }, (_, voice) =>
              player.keysOf(voice),
            ).flatMap(({ gate, pitch, velocity }) =>
              [gate, pitch, velocity].map((x) => Math.fround(x ?? NaN)),
            )
            expect((await values).map(([x]) => x)).toEqual(wanted)
          } finally {
            await synth.close()
          }
        },
      ),
      { ...runs(40), examples: [[faded]] },
    )
  }, 600_000)

  it('forgets at a panic all that was to come, and plays what comes after it', async () => {
    await fc.assert(
      fc.asyncProperty(
        acts(['on', 'on', 'on', 'off', 'silence', 'knob', 'edit', 'nothing'], true),
        fc.boolean(),
        async (all, strikes) => {
          const { synth, thread } = await startLive(patch)
          try {
            const changes: Promise<unknown>[] = []
            for (const act of all) {
              const now = thread.live.nextBlock - originOf(synth)
              if (act.kind === 'edit') changes.push(synth.apply(others[act.note % 3] as Patch))
              else play(synth, act, act.ahead && now + act.ahead)
              await breathe()
              for (let i = 0; i < act.buffers; i++) {
                if (act.ticks) vi.advanceTimersByTime(10)
                await thread.buffer(act.arrives || i % 3 === 2)
              }
            }
            synth.panic()
            if (strikes) synth.noteOn(72)
            let loudest = 0
            const pass = async (buffers: number): Promise<void> => {
              for (let i = 0; i < buffers; i++) {
                vi.advanceTimersByTime(10)
                await thread.buffer()
                for (const x of thread.sound[0] ?? []) loudest = Math.max(loudest, Math.abs(x))
              }
            }
            // what is played while a patch changes waits for that
            await during(Promise.all(changes), () => pass(1))
            // as long as a voice fades, and all that was to come would have come
            await pass(50)
            loudest = 0
            await pass(10)
            expect(synth.stats().voices.held).toBe(strikes ? 1 : 0)
            if (strikes) expect(loudest).toBeGreaterThan(1e-3)
            else expect(loudest).toBeLessThan(1e-5)
          } finally {
            await synth.close()
          }
        },
      ),
      runs(40),
    )
  }, 600_000)
})
