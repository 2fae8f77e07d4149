import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { VoicePolicy } from '../../src/index.ts'
import type { Patch } from '../../src/patch/index.ts'
import { keyNames, type KeyName } from '../../src/patch/ports.ts'
import type { Allocation, NoteEvent } from '../../src/plan/index.ts'
import { breathe, during, originOf, startMortal, type Thread } from '../live/by-hand.ts'
import { runs } from './patches.ts'

const withVoices = (voices: VoicePolicy, a4 = 440): Patch => ({
  voices,
  tuning: { a4 },
  devices: {
    tone: { type: 'oscillator' },
    env: { type: 'envelope', attack: 0.005, release: 0.02 },
    gain: { type: 'amplifier' },
  },
  connections: [['tone', 'gain.in'], ['env', 'gain.gain'], ['gain', 'out']], // prettier-ignore
})
const patches: readonly Patch[] = [
  withVoices({ count: 2 }),
  withVoices({ count: 4, glide: 0.05 }, 415),
  withVoices({ count: 4, unison: { voices: 2, detune: 20 } }),
  withVoices({ mode: 'mono', glide: 0.03 }),
  withVoices({ mode: 'legato', unison: 2 }, 415),
  withVoices({ mode: 'drone' }),
  withVoices({ mode: 'drone', unison: { voices: 3, spread: 1 }, glide: 0.05 }),
]

const channel = fc.option(fc.nat(1), { nil: undefined })
const note = fc.integer({ min: 60, max: 63 })
const value = fc.double({ min: 0, max: 1, noNaN: true })
const event: fc.Arbitrary<NoteEvent> = fc.oneof(
  fc.record({ kind: fc.constant('on'), note, velocity: value, channel }),
  fc.record({ kind: fc.constant('off'), note, channel }),
  fc.record({ kind: fc.constant('bend'), semitones: value, channel }),
  fc.record({ kind: fc.constant('timbre'), value, channel, keysDown: fc.constant(true) }),
  fc.record({ kind: fc.constant('pressure'), value, channel }),
  fc.record({ kind: fc.constant('pressure'), value, note, channel }),
  fc.record({ kind: fc.constantFrom('allOff', 'silence') }),
) as fc.Arbitrary<NoteEvent>
/** What somebody does; `ahead` in blocks, and how many buffers pass before the next. */
const act = fc.record({
  what: fc.oneof(
    { weight: 8, arbitrary: event },
    { weight: 1, arbitrary: fc.nat(patches.length - 1) },
    { weight: 1, arbitrary: fc.constant('die' as const) },
  ),
  ahead: fc.option(fc.integer({ min: 2, max: 90 }), { nil: undefined }),
  buffers: fc.oneof(fc.nat(3), fc.nat(30)),
  arrives: fc.boolean(),
})

interface Inside {
  readonly player: { keysSet(voice: number): Readonly<Record<KeyName, number>> }
  readonly graph: { readonly running: { readonly allocation: Allocation } }
}

async function pass(thread: Thread, buffers: number, arrives = true): Promise<void> {
  for (let i = 0; i < buffers; i++) {
    vi.advanceTimersByTime(10.7)
    await thread.buffer(arrives || i % 3 === 2)
  }
}

beforeEach(() => vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout'] }))
afterEach(() => vi.useRealTimers())

describe('a voice', () => {
  it('that is awake has heard all of how it is to be played, also what came while it slept, and on an engine that took the place of one that died', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...patches),
        fc.array(act, { size: 'max', maxLength: 40 }),
        async (first, acts) => {
          const { synth, thread } = await startMortal(first)
          try {
            const changes: Promise<unknown>[] = []
            for (const { what, ahead, buffers, arrives } of acts) {
              const at = ((thread().live.nextBlock - originOf(synth) + (ahead ?? 0)) * 128) / 48000
              if (what === 'die') thread().die()
              else if (typeof what === 'number')
                changes.push(synth.apply(patches[what] as Patch).catch(() => undefined))
              else synth.play(what, ahead === undefined ? undefined : { at })
              await breathe()
              await pass(thread(), buffers, arrives)
            }
            await during(Promise.all(changes), () => pass(thread(), 1))
            while (thread().live.status().state !== 'running') await pass(thread(), 1)
            // nothing is on its way any more, no glide and no fade
            await pass(thread(), 120)
            const { player, graph } = synth as unknown as Inside
            const { voices } = graph.running.allocation
            const keys = keyNames.filter((key) => key !== 'trigger')
            const seen = voices.map(({ keys: bus, paused }) =>
              paused
                ? []
                : keys.map((key) =>
                    thread().live.probe({ rate: 'control', bus: bus + keyNames.indexOf(key), blocks: 1 }),
                  ),
            )
            await pass(thread(), 1)
            for (const [voice, all] of seen.entries()) {
              const heard = (await Promise.all(all)).map(([x]) => x)
              const wanted = all.map((_, i) => Math.fround(player.keysSet(voice)[keys[i] as KeyName]))
              expect(heard).toEqual(wanted)
            }
          } finally {
            await synth.close()
          }
        },
      ),
      runs(40),
    )
  }, 600_000)
})
