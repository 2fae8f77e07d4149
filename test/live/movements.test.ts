import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createOffline, type Patch, type Played } from '../../src/index.ts'
import { Movements, type Move } from '../../src/live/movements.ts'
import { runs } from '../laws/patches.ts'

const patch: Patch = {
  knobs: { level: 0.5, pitch: 0.2 },
  devices: { osc: { type: 'oscillator' } },
  connections: [
    ['level', 'osc.amplitude'],
    ['pitch', 'osc.frequency'],
    ['osc', 'out'],
  ],
}
const block = 128 / 48000

describe('the movements of knobs', () => {
  it('are where the knobs of a synth are, whatever is turned and recalled, and end where they end', async () => {
    const position = fc.double({ min: 0, max: 1, noNaN: true })
    const act = fc.record({
      kind: fc.constantFrom('turn', 'recall', 'undo'),
      name: fc.constantFrom('level', 'pitch'),
      position,
      over: fc.option(fc.integer({ min: 1, max: 200 }), { nil: undefined }),
      wait: fc.integer({ min: 1, max: 150 }),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(act, { minLength: 1, maxLength: 8 }), async (acts) => {
        const synth = await createOffline({ patch })
        synth.store('as declared')
        const movements = new Movements((name) => synth.knob(name), 5 * block)
        const end = synth.on('played', (what) => {
          if (what.kind === 'knob') movements.turn(what)
        })
        const last = new Map([['level', 0.5], ['pitch', 0.2]]) // prettier-ignore
        const follow = (moves: readonly Move[]): void =>
          moves.forEach((one) => last.set(one.name, one.position))
        for (const { kind, name, position: to, over, wait } of acts) {
          const how = over === undefined ? {} : { over: over * block }
          if (kind === 'turn') synth.setKnob(name, to, how)
          else if (kind === 'recall') await synth.recall('as declared', how)
          else await synth.undo()
          await synth.advance(wait * block)
          // the last block that is done
          follow(movements.take(synth.time - block))
          if (movements.next === Infinity)
            for (const [knob, at] of last) expect(at).toBeCloseTo(synth.knob(knob), 9)
        }
        await synth.advance(1)
        const moves = movements.take(synth.time)
        follow(moves)
        expect(moves.map(({ at }) => at)).toEqual(moves.map(({ at }) => at).toSorted((a, b) => a - b))
        expect(movements.next).toBe(Infinity)
        for (const knob of ['level', 'pitch']) expect(last.get(knob)).toBe(synth.knob(knob))
        end()
        await synth.close()
      }),
      runs(20),
    )
  })

  it('are where the knobs are at those seconds, also if they are turned ahead of time and in any order', async () => {
    const act = fc.record({
      name: fc.constantFrom('level', 'pitch'),
      position: fc.double({ min: 0, max: 1, noNaN: true }),
      ahead: fc.option(fc.nat({ max: 100 }), { nil: undefined }),
      over: fc.option(fc.integer({ min: 1, max: 60 }), { nil: undefined }),
      wait: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 60 })),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(act, { minLength: 1, maxLength: 8 }), fc.boolean(), async (acts, looks) => {
        const synth = await createOffline({ patch })
        const movements = new Movements((name) => synth.knob(name), 5 * block)
        synth.on('played', (what) => {
          if (what.kind === 'knob') movements.turn(what)
        })
        const moves: Move[] = []
        /** Where each knob was in each block. */
        const were: { readonly [name: string]: number }[] = []
        const pass = async (blocks: number): Promise<void> => {
          for (let i = 0; i < blocks; i++) {
            await synth.advance(block)
            were.push({ level: synth.knob('level'), pitch: synth.knob('pitch') })
          }
          if (looks) moves.push(...movements.take(synth.time - block))
        }
        for (const { name, position, ahead, over, wait } of acts) {
          synth.setKnob(name, position, {
            ...(ahead !== undefined && { at: synth.time + ahead * block }),
            ...(over !== undefined && { over: over * block }),
          })
          await pass(wait)
        }
        await pass(200)
        moves.push(...movements.take(synth.time))
        expect(moves.length).toBeGreaterThan(0)
        // of several in a block the last counts
        const last = new Map(moves.map((move) => [`${move.name} ${Math.round(move.at / block)}`, move]))
        for (const { name, at, position } of last.values())
          expect(were[Math.round(at / block)]?.[name]).toBeCloseTo(position, 9)
        await synth.close()
      }),
      runs(40),
    )
  })

  it('go along a straight line, step by step, from where the knob is, until it is turned elsewhere', () => {
    const movements = new Movements(() => 0.5, 0.25)
    movements.turn({ name: 'level', position: 0.9, at: 1, over: 1 })
    movements.turn({ name: 'level', position: 0, at: 1.6 })
    expect(movements.next).toBe(1)
    expect(movements.take(0.9)).toEqual([])
    expect(movements.take(3).map(({ position, at }) => [at, Math.round(position * 1e6) / 1e6])).toEqual([
      [1.25, 0.6],
      [1.5, 0.7],
      [1.6, 0],
    ])
    expect(movements.next).toBe(Infinity)
  })
})

it('a synth tells of a knob on its way once, as it begins, with the time that it takes', async () => {
  const synth = await createOffline({ patch })
  synth.store('other', { ...patch, tempo: 90, knobs: { level: 0.9, pitch: 0.2 } })
  const told: Played[] = []
  synth.on('played', (what) => void told.push(what))
  synth.setKnob('pitch', 0.4, { over: 0.2, at: 0.5 })
  const coming = synth.recall('other', { over: 30.2, at: 'bar' })
  await synth.advance(0.1)
  await coming
  await synth.advance(2)
  expect(told).toEqual([
    { kind: 'knob', name: 'pitch', position: 0.4, over: 0.2, at: 0.5 },
    { kind: 'tempo', tempo: 90, at: 0 },
    { kind: 'knob', name: 'level', position: 0.9, over: 30.2, at: 0 },
  ])
  await synth.close()
})
