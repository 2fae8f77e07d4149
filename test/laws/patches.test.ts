import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { out, standard } from '../../src/devices/index.ts'
import { checkPatch } from '../../src/patch/index.ts'
import { patchArbitrary, runs, sequenceArbitrary } from './patches.ts'

describe('the random patches of the laws', () => {
  it('are valid, all of them', () => {
    fc.assert(
      fc.property(patchArbitrary(), (patch) => {
        expect(checkPatch(patch, standard, out).problems).toEqual([])
      }),
      runs(300),
    )
  })

  it('are valid after edits', () => {
    fc.assert(
      fc.property(sequenceArbitrary(3), (patches) => {
        for (const patch of patches) expect(checkPatch(patch, standard, out).problems).toEqual([])
      }),
      runs(100),
    )
  })

  it('are rich: every device type, kind of source and kind of port occurs', () => {
    const found = new Set<string>()
    fc.assert(
      fc.property(patchArbitrary(), (patch) => {
        const { patch: parsed } = checkPatch(patch, standard, out)
        for (const { type, bypass, shared } of Object.values(parsed?.devices ?? {}))
          found.add(type).add(`bypass ${bypass}`).add(`shared ${shared}`)
        for (const { from, to, port, feedback, amount } of parsed?.connections ?? []) {
          const type = to === 'out' ? 'out' : (parsed?.devices[to]?.type ?? '')
          found.add(`${from.kind} → ${type}.${port.replace(/\d+$/, '')}`)
          found.add(`feedback ${feedback}`).add(`amount ${amount !== undefined}`)
        }
      }),
      { numRuns: 500, seed: 1 },
    )
    for (const name of [
      ...Object.keys(standard),
      ...['bypass true', 'shared true', 'shared false', 'feedback true', 'amount true', 'amount false'],
      ...['device', 'knob', 'keys'].flatMap((kind) =>
        [
          'filter.in',
          'filter.cutoff',
          'filter.mode',
          'envelope.gate',
          'mixer.in',
          'mixer.level',
          'oscillator.fm',
        ].map((port) => `${kind} → ${port}`),
      ),
      ...['device → out.in', 'device → out.level', 'knob → out.level'],
    ])
      expect([...found]).toContain(name)
  })
})
