import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { OfflineEngine } from '../../src/engine/index.ts'
import type { LiveSynth } from '../../src/live/live-synth.ts'
import type { Patch } from '../../src/patch/index.ts'
import { runs } from '../laws/patches.ts'
import { breathe, buffer, during, originOf, startLive, type Thread } from './by-hand.ts'

const low: Patch = {
  tempo: 120,
  voices: { mode: 'drone' },
  knobs: { level: 0.25 },
  devices: { osc: { type: 'oscillator', waveform: 'sine' } },
  connections: [['level', 'osc.amplitude'], ['osc', 'out']], // prettier-ignore
}
const high: Patch = {
  ...low,
  knobs: { level: 0.75, bend: 0.5 },
  devices: { ...low.devices, dark: { type: 'filter', slope: 24, cutoff: 200 } },
  connections: [['level', 'osc.amplitude'], ['osc', 'dark.in'], ['bend', 'dark.resonance'], ['dark', 'out']], // prettier-ignore
}

const secondsOf = (blocks: number): number => (blocks * 128) / 48000

/** Blocks of the engine in which synths are born, and what it complains about. */
function watch(engine: OfflineEngine): { readonly born: number[]; readonly problems: unknown[] } {
  const [born, problems]: [number[], unknown[]] = [[], []]
  engine.listen((event) => {
    if (event.type === 'problem') problems.push(event.problem)
    else if (event.type === 'reply' && event.reply.kind === 'node' && event.reply.event === 'go')
      born.push(event.block)
  })
  return { born, problems }
}

beforeEach(() => vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout'] }))
afterEach(() => vi.useRealTimers())

/** Time passes, and this thread has its turns; at some buffers it has none. */
async function pass(
  thread: Thread,
  buffers: number,
  busy: (i: number) => boolean = () => false,
): Promise<void> {
  for (let i = 0; i < buffers; i++) {
    if (!busy(i)) vi.advanceTimersByTime(10.7)
    await thread.buffer()
  }
}

describe('live, a snapshot that is recalled on a beat', () => {
  it('begins in the very block of the beat, whatever is played, and is undone with its knobs', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          at: fc.constantFrom('beat' as const, 'bar' as const),
          tempo: fc.integer({ min: 60, max: 200 }),
          wait: fc.nat({ max: 60 }),
          level: fc.double({ min: 0, max: 1, noNaN: true }),
          over: fc.nat({ max: 200 }),
          notes: fc.array(fc.nat({ max: 100 }), { maxLength: 6 }),
        }),
        async ({ at, tempo, wait, level, over, notes }) => {
          const { synth, thread, engine } = await startLive({ ...low, tempo })
          try {
            synth.store('high', { ...high, tempo })
            synth.setKnob('level', level)
            await pass(thread, wait)
            const map = blocksOf(synth, thread)
            // far enough away to be handed over
            const beat =
              Math.ceil((map.now + 30) / map.perBeat / (at === 'bar' ? 4 : 1)) * (at === 'bar' ? 4 : 1)
            const due = Math.ceil(beat * map.perBeat - 1e-6)
            const { born, problems } = watch(engine)
            await pass(thread, Math.max(0, Math.floor((due - map.now - Math.min(map.perBeat, 100)) / buffer)))
            const coming = synth.recall('high', { at, over: secondsOf(over) })
            for (const ahead of notes)
              synth.noteOn(60 + (ahead % 12), 0.8, { at: synth.time + secondsOf(ahead) })
            const report = await during(coming, () => pass(thread, 1))
            expect(report.added).toEqual(['dark'])
            expect([...new Set(born)]).toEqual([due + originOf(synth)])
            await pass(thread, over / buffer + 20)
            expect([synth.knob('level'), synth.knob('bend')]).toEqual([0.75, 0.5])
            await during(synth.undo(), () => pass(thread, 1))
            await pass(thread, 10)
            expect([synth.knob('level'), synth.patch.devices['dark']]).toEqual([level, undefined])
            expect(problems).toEqual([])
          } finally {
            await synth.close()
          }
        },
      ),
      runs(15),
    )
  }, 600_000)

  it('is heard from the block after: its fades go off', async () => {
    // a period of it is a block: so every block is like the one before
    const devices = { osc: { type: 'oscillator', waveform: 'sine', frequency: 375 } }
    const { synth, thread, engine } = await startLive({ ...low, devices })
    synth.store('silent', { ...low, devices, connections: [['level', 'osc.amplitude']] })
    await pass(thread, 40)
    const from = engine.block
    const sound: number[] = []
    const record = async (): Promise<void> => {
      await pass(thread, 1)
      sound.push(...(thread.sound[0] as Float32Array))
    }
    await during(synth.recall('silent', { at: 'beat' }), record)
    for (let i = 0; i < 10; i++) await record()
    const beat = Math.ceil(0.5 * 375 - 1e-6) + originOf(synth)
    const changed = sound.findIndex((x, i) => i >= 128 && Math.abs(x - (sound[i - 128] ?? NaN)) > 1e-6)
    expect(from + Math.floor(changed / 128)).toBe(beat + 1)
    await synth.close()
  })

  it('comes a little late if this thread is busy, and is whole', async () => {
    const { synth, thread, engine } = await startLive(low)
    synth.store('high', high)
    await pass(thread, 5)
    const { born, problems } = watch(engine)
    const coming = synth.recall('high', { at: 'beat' })
    const due = Math.ceil(0.5 * 375 - 1e-6) + originOf(synth)
    await pass(thread, 60, (i) => i > 5 && i < 50)
    await during(coming, () => pass(thread, 1))
    expect(new Set(born).size).toBe(1)
    expect(born[0]).toBeGreaterThan(due)
    expect(problems).toEqual([])
    await synth.close()
  })

  it('is stored as the knobs are now, not as they will be soon', async () => {
    const { synth, thread } = await startLive(low)
    await pass(thread, 5)
    synth.setKnob('level', 0.1)
    expect(synth.knob('level')).toBe(0.1)
    synth.setKnob('level', 0.25)
    synth.setKnob('level', 0.9, { at: synth.time + 0.15 })
    await breathe()
    synth.store('now')
    expect(synth.snapshots.get('now')?.knobs).toEqual({ level: 0.25 })
    expect(synth.knob('level')).toBe(0.25)
    await pass(thread, 20)
    expect(synth.knob('level')).toBe(0.9)
    await synth.close()
  })
})

function blocksOf(synth: LiveSynth, thread: Thread): { readonly now: number; readonly perBeat: number } {
  return { now: thread.live.nextBlock - originOf(synth), perBeat: (375 * 60) / synth.tempo }
}
