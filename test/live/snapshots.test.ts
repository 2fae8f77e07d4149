import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { limits, type Patch } from '../../src/patch/index.ts'
import { reportLine } from '../../src/plan/index.ts'
import { clickFigure, fundamental } from '../audio/ear.ts'
import { errorOf } from '../engine/helpers.ts'
import { runs } from '../laws/patches.ts'
import { watched, type Watched } from './wrapped.ts'

const open: Watched[] = []
const play = async (patch: Patch): Promise<Watched> => {
  const one = await watched({ patch, timeout: 0.2 })
  open.push(one)
  return one
}
afterEach(async () => {
  for (const { synth } of open.splice(0)) await synth.close()
})

/** Seconds of so many blocks. */
const seconds = (blocks: number): number => (blocks * 128) / 48000

const tone: Patch = {
  tempo: 120,
  voices: { mode: 'drone' },
  knobs: { level: { value: 0.5, label: 'Level' }, pitch: { value: 0.25, range: [100, 1000] } },
  devices: { osc: { type: 'oscillator', waveform: 'sine' } },
  connections: [['level', 'osc.amplitude'], ['pitch', 'osc.frequency'], ['osc', 'out']], // prettier-ignore
}
/** Another graph with the same knobs and one more. */
const other: Patch = {
  ...tone,
  knobs: { level: 0.1, pitch: { value: 0.75, range: [100, 1000] }, bend: 0.9 },
  devices: { ...tone.devices, low: { type: 'filter', cutoff: 5000 } },
  connections: [['level', 'osc.amplitude'], ['pitch', 'osc.frequency'], ['osc', 'low.in'], ['bend', 'low.resonance'], ['low', 'out']], // prettier-ignore
}

describe('a snapshot', () => {
  it('is the patch that sounds, with knobs and tempo as they are', async () => {
    const { synth } = await play(tone)
    synth.setKnob('level', 0.8)
    synth.setTempo(99)
    await synth.advance(0.01)
    synth.store('loud')
    synth.setKnob('level', 0.1)
    await synth.apply(other)
    expect(synth.snapshots.get('loud')).toEqual({
      ...tone,
      tempo: 99,
      knobs: { level: { value: 0.8, label: 'Level' }, pitch: { value: 0.25, range: [100, 1000] } },
    })
    expect([...synth.snapshots.keys()]).toEqual(['loud'])
  })

  it('may be any patch, which is checked, and copied', async () => {
    const { synth } = await play(tone)
    const mine = structuredClone(other) as { tempo: number } & Patch
    synth.store('other', mine)
    mine.tempo = 5
    expect(synth.snapshots.get('other')?.tempo).toBe(120)
    const wrong = { ...other, devices: { osc: { type: 'osc' } } }
    expect((await errorOf(() => synth.store('wrong', wrong))).problems[0]?.code).toBe('unknown-device-type')
    expect([...synth.snapshots.keys()]).toEqual(['other'])
  })

  it('has a name, and is found by no other', async () => {
    const { synth } = await play(tone)
    for (const name of ['', ' a', '__proto__', 'a\nb', 'x'.repeat(65), 7 as unknown as string])
      expect((await errorOf(() => synth.store(name))).problems[0]?.code).toBe('invalid-name')
    synth.store('Strophe 1 – leise')
    synth.store('verse')
    const { problems } = await errorOf(() => synth.recall('vers'))
    expect(problems).toMatchObject([{ code: 'unknown-snapshot', suggestion: 'did you mean "verse"?' }])
    expect((await errorOf(() => synth.recall('toString'))).problems[0]?.code).toBe('unknown-snapshot')
    synth.forget('verse')
    expect((await errorOf(() => synth.forget('verse'))).problems[0]?.code).toBe('unknown-snapshot')
    for (let i = 1; i < limits.snapshots; i++) synth.store(`n${i}`)
    expect((await errorOf(() => synth.store('one more'))).problems[0]?.code).toBe('too-large')
    synth.store('n1')
    for (const over of [-1, NaN, 4000])
      expect((await errorOf(() => synth.recall('n1', { over }))).problems[0]?.code).toBe('out-of-range')
    const at = 'tomorrow' as 'now'
    expect((await errorOf(() => synth.recall('n1', { at }))).problems[0]?.code).toBe('invalid-value')
  })
})

describe('recall', () => {
  it('brings the graph at once and the knobs in its time, exactly, whatever was turned meanwhile', async () => {
    const position = fc.double({ min: 0, max: 1, noNaN: true })
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          level: position,
          pitch: position,
          blocks: fc.nat({ max: 400 }),
          cuts: fc.array(fc.nat({ max: 100 }), { maxLength: 5 }),
        }),
        async ({ level, pitch, blocks, cuts }) => {
          const { synth } = await play(tone)
          synth.store('other', other)
          synth.setKnob('level', level)
          synth.setKnob('pitch', pitch)
          await synth.advance(seconds(10))
          expect((await synth.recall('other', { over: seconds(blocks) })).added).toEqual(['low'])
          // it begins with the next block; the first block of it is where it was
          const expected = (from: number, to: number, done: number): number =>
            done > blocks ? to : from + ((to - from) * (done - 1)) / blocks
          let done = 0
          for (const cut of [...cuts, 500]) {
            if (cut === 0) continue
            await synth.advance(seconds(cut))
            done += cut
            expect(synth.knob('level')).toBeCloseTo(expected(level, 0.1, done), 12)
            expect(synth.knob('pitch')).toBeCloseTo(expected(pitch, 0.75, done), 12)
            expect(synth.knob('bend')).toBe(0.9)
          }
          expect([synth.knob('level'), synth.knob('pitch')]).toEqual([0.1, 0.75])
          expect(synth.patch).toEqual(other)
          await synth.close()
        },
      ),
      runs(20),
    )
  })

  it('writes knobs that are on their way once a block, and no more when they are there', async () => {
    const one = await play(tone)
    one.synth.store('other', other)
    await one.synth.advance(seconds(20))
    await one.synth.recall('other', { over: seconds(100) })
    const from = one.engine().block
    one.calls.length = 0
    await one.synth.advance(seconds(200))
    const written = one.calls.filter(({ commands }) => commands.some(({ call }) => call === '/c_set'))
    const blocks = written.map(({ block }) => block)
    expect(new Set(blocks).size).toBe(blocks.length)
    expect(blocks.at(-1)).toBe(from + 100)
    // the first three are the transaction's own
    expect(blocks.length).toBeGreaterThan(96)
  })

  it.each([
    ['beat', 188],
    ['bar', 750],
  ] as const)('waits for the next %s, and begins in its block', async (at, block) => {
    const one = await play(tone)
    one.synth.store('other', other)
    await one.synth.advance(seconds(100))
    const coming = one.synth.recall('other', { at, over: seconds(50) })
    let came = false
    void coming.then(() => (came = true))
    const { nextBlock } = one.engine()
    const offset = nextBlock - 100
    one.calls.length = 0
    await one.synth.advance(seconds(block - 100))
    expect(came).toBe(false)
    // its SynthDefs are there before
    expect(one.calls.map(({ kind }) => kind)).toEqual(['load'])
    expect(one.synth.knob('level')).toBe(0.5)
    await one.synth.advance(seconds(51))
    expect((await coming).added).toEqual(['low'])
    expect(one.calls[0]?.block).toBe(offset + Math.max(100, block - 75))
    expect(one.calls[1]).toMatchObject({ kind: 'transact', block: block + offset })
    expect(one.commands('/d_recv').map(({ name }) => name.split('-')[0])).toEqual(['oscillator', 'filter'])
    expect(one.synth.knob('level')).toBe(0.1)
    const last = one.calls.findLast(({ commands }) => commands.some(({ call }) => call === '/c_set'))
    expect(last?.block).toBe(block + offset + 50)
  })

  it('comes at once on a beat that begins right now, and moves with the tempo', async () => {
    const one = await play(tone)
    one.synth.store('other', other)
    const first = one.synth.recall('other', { at: 'bar' })
    await one.synth.advance(seconds(4))
    await first
    expect(one.synth.patch).toEqual(other)
    one.synth.store('tone', tone)
    const second = one.synth.recall('tone', { at: 'bar' })
    one.synth.setTempo(240, { at: seconds(375) })
    await one.synth.advance(seconds(375 + 187 - 4))
    expect(one.synth.patch).toEqual(other)
    await one.synth.advance(seconds(2))
    expect(one.synth.patch).toEqual(tone)
    await second
  })

  it('leaves a knob to whoever turns it', async () => {
    const { synth } = await play(tone)
    synth.store('other', other)
    await synth.recall('other', { over: 1 })
    await synth.advance(0.5)
    synth.setKnob('level', 0.77)
    expect(synth.knob('level')).toBe(0.77)
    await synth.advance(0.4)
    expect(synth.knob('pitch')).toBeCloseTo(0.25 + 0.5 * 0.9, 2)
    await synth.advance(0.6)
    expect([synth.knob('level'), synth.knob('pitch')]).toEqual([0.77, 0.75])
  })

  it('puts back a knob that the patch declares where it was, too', async () => {
    const { synth } = await play(tone)
    synth.store('as declared')
    synth.setKnob('level', 0.9)
    await synth.advance(0.1)
    await synth.recall('as declared')
    await synth.advance(0.1)
    expect(synth.knob('level')).toBe(0.5)
  })

  it('is undone with the knobs as they were before it, and done again with those of the snapshot', async () => {
    const position = fc.double({ min: 0, max: 1, noNaN: true })
    await fc.assert(
      fc.asyncProperty(
        fc.record({ level: position, pitch: position, turned: position, over: fc.nat({ max: 300 }), wait: fc.nat({ max: 400 }), again: fc.boolean() }), // prettier-ignore
        async ({ level, pitch, turned, over, wait, again }) => {
          const { synth } = await play(tone)
          synth.store('other', other)
          synth.setKnob('level', level)
          synth.setKnob('pitch', pitch)
          await synth.advance(seconds(10))
          await synth.recall('other', { over: seconds(over) })
          await synth.advance(seconds(wait))
          synth.setKnob('bend', turned)
          if (again) await synth.recall('other')
          await synth.advance(seconds(1))
          if (again) await synth.undo()
          await synth.undo()
          await synth.advance(seconds(400))
          expect(synth.patch).toEqual(tone)
          expect([synth.knob('level'), synth.knob('pitch')]).toEqual([level, pitch])
          await synth.redo()
          await synth.advance(seconds(2))
          expect(synth.patch).toEqual(other)
          expect(['level', 'pitch', 'bend'].map((name) => synth.knob(name))).toEqual([0.1, 0.75, 0.9])
          await synth.close()
        },
      ),
      runs(20),
    )
  })

  it('is undone with the tempo as it was set by hand before it, if it had another', async () => {
    const { synth } = await play(tone)
    synth.store('other', { ...other, tempo: 90 })
    synth.store('same', other)
    const settled = async (): Promise<number> => {
      await synth.advance(seconds(2))
      return synth.tempo
    }
    synth.setTempo(99)
    await synth.advance(seconds(2))
    await synth.recall('other')
    expect(await settled()).toBe(90)
    const report = await synth.undo()
    expect(report && reportLine(report)).toContain('tempo 90 → 99')
    expect(await settled()).toBe(99)
    await synth.redo()
    expect(await settled()).toBe(90)
    await synth.undo()
    expect(await settled()).toBe(99)
    // it declares what the patch before does: the tempo is no part of it
    await synth.recall('same')
    synth.setTempo(101)
    expect(await settled()).toBe(101)
    await synth.undo()
    expect(await settled()).toBe(101)
  })

  it('leaves what is edited in one go with its undo to the edit', async () => {
    const { synth } = await play(tone)
    synth.store('other', { ...other, tempo: 90 })
    synth.setTempo(99)
    synth.setKnob('level', 0.3)
    synth.setKnob('pitch', 0.4)
    await synth.advance(seconds(2))
    await synth.recall('other')
    await synth.advance(seconds(2))
    await Promise.all([
      synth.undo(),
      synth.apply({ ...tone, tempo: 77, knobs: { ...tone.knobs, level: 0.85 } }),
    ])
    await synth.advance(seconds(2))
    expect([synth.tempo, synth.knob('level'), synth.knob('pitch')]).toEqual([77, 0.85, 0.4])
  })

  it('is a step of its own if it moves only knobs', async () => {
    const { synth } = await play(tone)
    synth.store('as declared')
    await synth.set('osc.waveform', 'saw')
    await synth.undo()
    synth.setKnob('level', 0.9)
    await synth.advance(0.1)
    await synth.recall('as declared')
    await synth.advance(0.1)
    await synth.recall('as declared')
    await synth.undo()
    await synth.advance(0.1)
    expect([synth.knob('level'), synth.patch]).toEqual([0.9, tone])
    expect(await synth.undo()).toBeUndefined()
  })

  it('leaves no SynthDef that was loaded for it and is not used', async () => {
    const one = await play(tone)
    const { synth } = one
    const before = (await one.engine().counts()).synthDefs
    synth.store('other', other)
    const coming = synth.recall('other', { at: 'beat' })
    synth.store('worse', { ...other, devices: { ...other.devices, low: { type: 'filter', slope: 24 } } })
    const worse = synth.recall('worse', { at: 'beat' })
    await synth.advance(1)
    await Promise.all([coming, worse])
    await synth.apply(tone)
    await synth.advance(3)
    expect((await one.engine().counts()).synthDefs).toBe(before)
  })

  it('is rejected when the synth closes before its bar', async () => {
    const one = await play(tone)
    one.synth.store('other', other)
    await one.synth.advance(0.1)
    const coming = one.synth.recall('other', { at: 'bar' })
    await one.synth.close()
    expect((await errorOf(() => coming)).problems[0]?.code).toBe('engine-closed')
  })

  it.each([
    ['bar', 0.5, 0.75],
    ['beat', 0.1, 0.25],
    ['now', 0.02, 1],
  ] as const)(
    'does not click (%s): at its beginning, on the way and at its end',
    async (at, level, pitch) => {
      const { synth } = await play(tone)
      synth.store('other', {
        ...other,
        knobs: { level, pitch: { value: pitch, range: [100, 1000] }, bend: 0.1 },
      })
      const before = (await synth.advance(2)).channels[0] as Float32Array
      const coming = synth.recall('other', { over: 2, at })
      const after = (await synth.advance(4)).channels[0] as Float32Array
      await coming
      const sound = new Float32Array([...before, ...after])
      for (const time of [2, 2.05, 2.15, 2.5, 3, 3.5, 4, 4.05])
        expect(clickFigure(sound, 48000, time)).toBeLessThan(1.25)
      expect(fundamental(after.subarray(3 * 48000), 48000)).toBeCloseTo(100 * 10 ** pitch, 0)
    },
  )
})

describe('setKnob', () => {
  it('may take its time', async () => {
    const { synth } = await play(tone)
    synth.setKnob('level', 0.9, { over: seconds(100), at: seconds(50) })
    await synth.advance(seconds(51))
    expect(synth.knob('level')).toBe(0.5)
    await synth.advance(seconds(50))
    expect(synth.knob('level')).toBeCloseTo(0.7, 12)
    await synth.advance(seconds(50))
    expect(synth.knob('level')).toBe(0.9)
    synth.setKnob('level', 0.1, { over: seconds(10) })
    synth.setKnob('level', 0.2, { over: seconds(20) })
    await synth.advance(seconds(30))
    expect(synth.knob('level')).toBe(0.2)
    expect(() => synth.setKnob('level', 0.1, { over: -1 })).toThrow('[out-of-range]')
    // the last word counts, also in one block
    synth.setKnob('level', 0.9, { over: 1 })
    synth.setKnob('level', 0.5)
    await synth.advance(2)
    expect(synth.knob('level')).toBe(0.5)
  })
})
