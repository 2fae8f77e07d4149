import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Patch } from '../../src/patch/index.ts'
import { buffer, during, pass, startLive } from './by-hand.ts'

const tone: Patch = {
  voices: 2,
  devices: { osc: { type: 'oscillator' }, env: { type: 'envelope' }, amp: { type: 'amplifier' } },
  connections: [['osc', 'amp.in'], ['env', 'amp.gain'], ['amp', 'out']], // prettier-ignore
}
const secondsOf = (blocks: number): number => (blocks * 128) / 48000

beforeEach(() => vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout'] }))
afterEach(() => vi.useRealTimers())

describe('what is late, live', () => {
  it('is counted if it was asked for ahead, also if this thread was busy until just before', async () => {
    const { synth, thread } = await startLive(tone)
    try {
      synth.noteOn(60, 0.8, { at: synth.time + secondsOf(100) })
      for (let i = 0; i < 92 / buffer; i++) await thread.buffer()
      // handed over in time, and on its way for too long
      vi.advanceTimersByTime(10)
      for (let i = 0; i < 3; i++) await thread.buffer(false)
      expect(synth.stats().late).toBe(0)
      await pass(thread, 2)
      const { late, longestLate } = synth.stats()
      expect(late).toBe(1)
      expect(longestLate).toBeGreaterThanOrEqual(secondsOf(1))
      expect(longestLate).toBeLessThanOrEqual(secondsOf(8))
    } finally {
      await synth.close()
    }
  })

  it('is not what was asked for as soon as possible', async () => {
    const { synth, thread } = await startLive(tone)
    try {
      for (let note = 60; note < 64; note++) {
        synth.noteOn(note)
        await thread.buffer(false)
        await pass(thread, 3)
      }
      expect(synth.stats()).toMatchObject({ late: 0, longestLate: 0 })
    } finally {
      await synth.close()
    }
  })

  it('is nothing that is played ahead while an edit takes away voices that sleep, bent or not', async () => {
    const { synth, thread } = await startLive({ ...tone, voices: 6 })
    try {
      await pass(thread, 4)
      for (let blocks = 24; blocks < 64; blocks += 2) {
        const at = synth.time + secondsOf(blocks)
        synth.play({ kind: 'bend', semitones: blocks / 64 }, { at })
        synth.play({ kind: 'timbre', value: blocks / 64 }, { at })
        if (blocks % 8 === 0) synth.noteOn(blocks, 0.8, { at })
      }
      await pass(thread, 2)
      const begin = synth.time
      await during(synth.apply({ ...tone, voices: 2 }), () => pass(thread, 1))
      // what is played came while it was made
      expect(synth.time - begin).toBeGreaterThan(secondsOf(8))
      await pass(thread, 20)
      expect(synth.stats()).toMatchObject({ late: 0, longestLate: 0 })
    } finally {
      await synth.close()
    }
  })

  it('is nothing that is played ahead while the tree is looked at, however many voices there are', async () => {
    const { synth, thread, engine } = await startLive({ ...tone, voices: 64 })
    try {
      const looking = synth.tree()
      for (let blocks = buffer + 1; blocks < 64; blocks++)
        synth.noteOn(40 + blocks, 0.8, { at: synth.time + secondsOf(blocks) })
      const parts = await during(looking, async () => {
        await pass(thread, 1)
        // a block in which it answered
        expect(engine.nextBlock - engine.block).toBeLessThanOrEqual(1)
      })
      expect(parts.filter(({ synths }) => synths.length === 3).length).toBeGreaterThanOrEqual(64)
      await pass(thread, 20)
      expect(synth.stats()).toMatchObject({ late: 0, longestLate: 0 })
    } finally {
      await synth.close()
    }
  })

  it('is nothing of a low note that is taken down in steps, handed over ahead, while what it leaves through is replaced', async () => {
    // more synths than an engine tells of in one block
    const large: Patch = { ...tone, voices: { count: 48, steal: 'lowest' } }
    const { synth, thread } = await startLive(large)
    const problems: unknown[] = []
    synth.on('problem', (problem) => problems.push(problem))
    try {
      for (let i = 0; i < 48; i++) synth.noteOn(71 - i)
      await pass(thread, 8)
      const begin = synth.time
      synth.noteOn(90, 0.8, { at: begin + secondsOf(8) })
      await pass(thread, 3)
      const devices = { ...large.devices, two: { type: 'oscillator' } }
      const connections: Patch['connections'] = [...(tone.connections ?? []), ['two', 'amp.in']]
      await during(synth.apply({ ...large, devices, connections }), () => pass(thread, 1))
      // the last of 18 steps is 0.28 s after the first
      expect(synth.time - begin).toBeLessThan(0.28)
      await pass(thread, 40)
      expect(problems).toEqual([])
      expect(synth.stats()).toMatchObject({ late: 0, longestLate: 0 })
    } finally {
      await synth.close()
    }
  })
})
