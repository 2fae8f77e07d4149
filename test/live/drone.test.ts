import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { Patch } from '../../src/patch/index.ts'
import { peak } from '../audio/ear.ts'
import { pass, startLive } from './by-hand.ts'

const drone: Patch = {
  voices: { mode: 'drone' },
  devices: {
    tone: { type: 'oscillator' },
    env: { type: 'envelope', release: 0.02 },
    amp: { type: 'amplifier' },
  },
  connections: [['tone', 'amp.in'], ['env', 'amp.gain'], ['amp', 'out']], // prettier-ignore
}

beforeEach(() => vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout'] }))
afterEach(() => vi.useRealTimers())

it('a drone that nobody has struck sounds on when a bend that is to come is taken back for another', async () => {
  const { synth, thread } = await startLive(drone)
  try {
    await pass(thread, 20)
    synth.play({ kind: 'bend', semitones: 1 }, { at: synth.time + 0.1 })
    await pass(thread, 2)
    synth.play({ kind: 'bend', semitones: 0.5 })
    await pass(thread, 20)
    expect(peak(thread.sound[0] as Float32Array)).toBeGreaterThan(0.1)
  } finally {
    await synth.close()
  }
})
