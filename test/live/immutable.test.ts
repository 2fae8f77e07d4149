import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createOffline, type Patch } from '../../src/index.ts'
import { patchArbitrary, runs } from '../laws/patches.ts'

/** Whether nothing in a value can be changed. */
const isFrozen = (value: unknown): boolean =>
  typeof value !== 'object' ||
  value === null ||
  (Object.isFrozen(value) && Object.values(value).every(isFrozen))

it('a patch that a synth hands out can be changed by nobody, however it came in', async () => {
  await fc.assert(
    fc.asyncProperty(patchArbitrary(4), patchArbitrary(4), async (first, second) => {
      const synth = await createOffline({ patch: first })
      const frozen = (): boolean =>
        isFrozen(synth.patch) && [...synth.snapshots.values()].every((stored) => isFrozen(stored))
      try {
        expect(frozen()).toBe(true)
        synth.store('first')
        synth.store('second', second)
        await synth.apply(second)
        expect(frozen()).toBe(true)
        await synth.addDevice('late0', { type: 'filter' })
        await synth.set('late0.cutoff', 500)
        expect(frozen()).toBe(true)
        await synth.undo()
        await synth.redo()
        expect(frozen()).toBe(true)
        await synth.recall('first')
        expect(frozen()).toBe(true)
        // whose it was may do with it what he likes
        expect(Object.isFrozen(first)).toBe(false)
        expect(Object.isFrozen(second)).toBe(false)
      } finally {
        await synth.close()
      }
    }),
    runs(5),
  )
})

it('a patch that is written to says so, and is the one it was', async () => {
  const patch: Patch = { devices: { filter0: { type: 'filter', resonance: 0.2 } } }
  const synth = await createOffline({ patch })
  const filter = synth.patch.devices['filter0'] as unknown as { resonance: number }
  expect(() => (filter.resonance = 0.9)).toThrow(TypeError)
  expect(() => ((synth.patch.devices as Record<string, unknown>)['zz'] = { type: 'nope' })).toThrow(TypeError)
  ;(synth.snapshots as Map<string, Patch>).set('mine', patch)
  expect(synth.snapshots.size).toBe(0)
  await synth.apply({ devices: { filter0: { type: 'filter', resonance: 0.9 } } })
  await synth.undo()
  expect(synth.patch).toEqual(patch)
  await synth.close()
})
