import { describe, expect, it } from 'vitest'
import { formatReport, type Report } from '../../src/plan/index.ts'

const empty: Report = {
  ...{
    kept: [],
    set: [],
    replaced: [],
    added: [],
    removed: [],
    moved: [],
    renamed: [],
    bases: [],
    differences: [],
  },
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
      voices: { before: { count: 8, mode: 'poly' }, now: { count: 3, mode: 'poly' }, finishing: 5 },
      bases: ['filter.cutoff: default → zero'],
      differences: [],
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
      'voices   8 → 3, poly; 5 finish their note',
      'glides   filter.cutoff: default → zero',
      'kept     1 device untouched',
      'synths   3 born, 2 freed, 1 called back; buses: 2 taken, 1 freed',
      'took     1.3 ms',
    ])
  })
  it('tells how the voices change', () => {
    const line = (voices: NonNullable<Report['voices']>): string | undefined =>
      formatReport({ ...empty, voices }).split('\n')[0]
    const [poly, mono] = [
      { count: 8, mode: 'poly' },
      { count: 1, mode: 'mono' },
    ] as const
    expect(line({ before: poly, now: mono, finishing: 1 })).toBe(
      'voices   8 → 1, poly → mono; 1 finishes its note',
    )
    expect(line({ before: mono, now: { count: 1, mode: 'legato' }, finishing: 0 })).toBe('voices   1, mono → legato') // prettier-ignore
    expect(line({ now: poly, finishing: 0 })).toBe('voices   0 → 8, poly')
    expect(line({ before: poly, finishing: 8 })).toBe('voices   8 → 0, poly; 8 finish their note')
  })
})
