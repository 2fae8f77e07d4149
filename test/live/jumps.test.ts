import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Patch } from '../../src/patch/index.ts'
import { runs } from '../laws/patches.ts'
import { during, originOf, pass, startLive } from './by-hand.ts'
import { watched, type Watched } from './wrapped.ts'

const one: Patch = {
  voices: { mode: 'drone' },
  devices: { osc: { type: 'oscillator', waveform: 'sine' } },
  connections: [['osc', 'out']],
}
const other: Patch = {
  ...one,
  devices: { ...one.devices, low: { type: 'filter', cutoff: 500 } },
  connections: [['osc', 'low.in'], ['low', 'out']], // prettier-ignore
}
const blockRate = 375
/** Seconds of so many blocks. */
const seconds = (blocks: number): number => (blocks * 128) / 48000
/** A beat is not exact. */
const hair = 1e-5

interface Jump {
  readonly block: number
  readonly beat: number
}

/** Block by block: where a beat or bar begins first that is not before one that is waited for from a block on. */
function comesIn(length: number, tempo: number, asked: number, jumps: readonly Jump[]): number {
  const perBlock = tempo / 60 / blockRate
  let beat = 0
  let awaited: number | undefined
  for (let block = 0; ; block++) {
    // before the jump: what is due in its block is
    if (awaited !== undefined && beat >= awaited - hair) return block
    if (block === asked) {
      const before = length * Math.floor((beat + hair) / length)
      awaited = beat - before < perBlock - hair ? before : before + length
      if (beat >= awaited - hair) return block
    }
    for (const jump of jumps)
      if (jump.block === block) {
        beat = jump.beat
        if (awaited !== undefined) awaited = length * Math.ceil((beat - 1 / 8) / length)
      }
    if (awaited !== undefined && beat >= awaited - hair) return block
    beat += perBlock
  }
}

describe('a snapshot that waits for a beat or bar, when the beat jumps', () => {
  const open: Watched[] = []
  afterEach(async () => {
    for (const { synth } of open.splice(0)) await synth.close()
  })

  it('comes on the next one from where the beat jumped to, to the block', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          at: fc.constantFrom('beat' as const, 'bar' as const),
          tempo: fc.integer({ min: 100, max: 300 }),
          asked: fc.integer({ min: 1, max: 400 }),
          jumps: fc.array(
            fc.record({
              block: fc.integer({ min: 1, max: 900 }),
              beat: fc.oneof(fc.nat({ max: 70 }), fc.double({ min: 0, max: 70, noNaN: true })),
            }),
            { minLength: 1, maxLength: 4 },
          ),
        }),
        async ({ at, tempo, asked, jumps }) => {
          const all = jumps.toSorted((a, b) => a.block - b.block)
          const due = comesIn(at === 'beat' ? 1 : 4, tempo, asked, all)
          const some = await watched({ patch: { ...one, tempo } })
          open.push(some)
          const { synth } = some
          synth.store('other', { ...other, tempo })
          for (const { block, beat } of all) synth.setBeat(beat, { at: seconds(block) })
          await synth.advance(seconds(asked))
          const coming = synth.recall('other', { at })
          const origin = some.engine().nextBlock - asked
          some.calls.length = 0
          await synth.advance(seconds(Math.max(0, due - asked) + 2))
          await coming
          const came = (some.calls.find(({ kind }) => kind === 'transact')?.block ?? NaN) - origin
          // a beat that is so near that its SynthDefs are loaded in its block, or a jump to it is heard of in it
          const seen = Math.max(asked, ...jumps.map(({ block }) => block).filter((block) => block <= due))
          if (due - seen > 2) expect(came).toBe(due)
          else expect([due, due + 1, due + 2]).toContain(came)
        },
      ),
      runs(40),
    )
  })

  it.each([
    ['back', 61.3, 2.2, 4],
    ['ahead', 1.5, 50.1, 52],
  ])('%s: it is not waited for the old one, nor come in mid-bar', async (_, from, to, bar) => {
    const some = await watched({ patch: one })
    open.push(some)
    const { synth } = some
    synth.store('other', other)
    synth.setBeat(from)
    await synth.advance(0.01)
    const coming = synth.recall('other', { at: 'bar' })
    await synth.advance(0.01)
    synth.setBeat(to)
    await synth.advance(((bar - to) * 60) / 120 - 0.01)
    expect(synth.patch).toEqual(one)
    await synth.advance(0.02)
    await coming
    expect(synth.patch).toEqual(other)
  })

  it('comes at once if the jump missed it by a little, as a clock that is followed may', async () => {
    const some = await watched({ patch: one })
    open.push(some)
    const { synth } = some
    synth.store('other', other)
    synth.setBeat(3.8)
    await synth.advance(0.01)
    const coming = synth.recall('other', { at: 'bar' })
    await synth.advance(0.01)
    synth.setBeat(4.02)
    await synth.advance(0.01)
    await coming
    expect(synth.patch).toEqual(other)
  })

  it('waits while the beat stands, also in another place, and comes when it goes on', async () => {
    const some = await watched({ patch: one })
    open.push(some)
    const { synth } = some
    synth.store('other', other)
    synth.setBeat(61)
    await synth.advance(0.01)
    const coming = synth.recall('other', { at: 'bar' })
    synth.setRunning(false)
    synth.setBeat(7)
    await synth.advance(2)
    expect(synth.patch).toEqual(one)
    synth.setRunning(true)
    await synth.advance(0.49)
    expect(synth.patch).toEqual(one)
    await synth.advance(0.02)
    await coming
    expect(synth.patch).toEqual(other)
  })
})

describe('live', () => {
  beforeEach(() =>
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout'] }),
  )
  afterEach(() => vi.useRealTimers())
  it.each([
    ['now', 0],
    ['ahead of its time', 60],
  ])('a beat that jumps back, %s, takes what waits with it', async (_, ahead) => {
    const { synth, thread, engine } = await startLive(one)
    const born: number[] = []
    synth.store('other', other)
    await pass(thread, 10)
    synth.setBeat(61)
    await pass(thread, 2)
    const coming = synth.recall('other', { at: 'bar' })
    await pass(thread, 2)
    engine.listen((event) => {
      if (event.type === 'reply' && event.reply.kind === 'node' && event.reply.event === 'go')
        born.push(event.block)
    })
    synth.setBeat(2.9, ahead === 0 ? {} : { at: synth.time + seconds(ahead) })
    // what is played meanwhile takes back what was handed over, and does it again
    synth.noteOn(60)
    await pass(thread, 3)
    synth.noteOff(60)
    await pass(thread, 20)
    const bar = Math.ceil(thread.live.nextBlock - originOf(synth) + ((4 - synth.beat) / 2) * blockRate)
    await during(coming, () => pass(thread, 1))
    expect(Math.abs((born[0] ?? NaN) - originOf(synth) - bar)).toBeLessThanOrEqual(1)
    await synth.close()
  })

  it('one that comes before a jump that is to come is not put off by it', async () => {
    const { synth, thread } = await startLive(one)
    synth.store('other', other)
    await pass(thread, 2)
    synth.setBeat(2.7)
    await pass(thread, 2)
    const coming = synth.recall('other', { at: 'beat' })
    synth.setBeat(10.5, { at: synth.time + 0.19 })
    const begin = synth.time
    await during(coming, () => pass(thread, 1))
    expect(synth.time - begin).toBeLessThan(0.25)
    await synth.close()
  })
})
