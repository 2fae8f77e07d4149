import { describe, expect, it } from 'vitest'
import { formatReport, type Report } from '../../src/plan/index.ts'

const empty: Report = {
  ...{ kept: [], set: [], replaced: [], added: [], removed: [], moved: [], renamed: [], bases: [] },
  synths: { born: 0, freed: 0, back: 0 },
  buses: { taken: 0, freed: 0 },
  milliseconds: 0,
}

describe('a report as text', () => {
  it('says so if nothing changed', () => {
    expect(formatReport({ ...empty, kept: ['a', 'b'] })).toBe(
      [
        'nothing changed',
        'kept     2 devices untouched',
        'synths   0 born, 0 freed; buses: 0 taken, 0 freed',
      ].join('\n'),
    )
  })
  it('has a line for everything that happened', () => {
    const report: Report = {
      ...{ kept: ['k'], set: ['s'], replaced: ['r'], added: ['a', 'b'], removed: ['x'], moved: ['m'] },
      renamed: [{ from: 'old', to: 'new' }],
      bases: ['filter.cutoff: default → zero'],
      synths: { born: 3, freed: 2, back: 1 },
      buses: { taken: 2, freed: 1 },
      milliseconds: 1.26,
    }
    expect(formatReport(report).split('\n')).toEqual([
      'added    a, b',
      'removed  x',
      'replaced r',
      'set      s',
      'moved    m',
      'renamed  old → new',
      'glides   filter.cutoff: default → zero',
      'kept     1 device untouched',
      'synths   3 born, 2 freed, 1 called back; buses: 2 taken, 1 freed',
      'took     1.3 ms',
    ])
  })
})
