import { describe, expect, it } from 'vitest'
import { constantCases, editCases, edited, editClasses, tailCases, type EditClass } from './edit-cases.ts'
import { budgetOf, figures, kept, measureClass, worst, type Finding } from './edit-figures.ts'

const classes = Object.keys(editClasses) as EditClass[]

/** One line for each figure of each case that is not kept: its worst moment. */
function missed(findings: readonly Finding[]): string[] {
  const byCase = new Map<string, Finding[]>()
  for (const finding of findings)
    if (!kept(finding)) byCase.set(finding.edit, [...(byCase.get(finding.edit) ?? []), finding])
  return [...byCase.values()].flatMap((those) =>
    worst(those).map(
      ({ figure, value, edit, moment }) =>
        `${figures[figure].title} ${value.toPrecision(3)} (${budgetOf(figure)}): ${edit}; ${moment}`,
    ),
  )
}

describe('the table of edits', () => {
  it('has every device type as the edited one in every class in which it makes sense', () => {
    for (const kind of classes) {
      const there = new Set(editCases.filter((edit) => edit.class === kind).flatMap(({ types }) => types))
      expect([kind, edited[kind].filter((type) => !there.has(type))]).toEqual([kind, []])
    }
  })

  it('has tails and constants through every device type that can have them', () => {
    const typesOf = (cases: typeof editCases): string[] =>
      [...new Set(cases.flatMap(({ types }) => types))].toSorted()
    expect(typesOf(tailCases)).toEqual(['delay', 'reverb'])
    expect(typesOf(constantCases)).toEqual(['amplifier', 'delay', 'filter', 'mixer', 'pan', 'reverb'])
  })

  it('has no case twice', () => {
    for (const cases of [editCases, tailCases, constantCases]) {
      const texts = cases.map(({ base, steps, class: kind }) =>
        JSON.stringify([kind, base.patch, base.notes, steps]),
      )
      expect(texts.filter((text, i) => texts.indexOf(text) !== i)).toEqual([])
    }
  })
})

describe('an edit while it sounds keeps the sound budgets S1 to S4b, and notes held', () => {
  for (const kind of classes)
    it(`${kind}: ${editClasses[kind]}`, async () => {
      const findings = await measureClass(kind)
      expect(findings.length).toBeGreaterThan(0)
      const failures = missed(findings)
      expect(failures, `\n${failures.join('\n')}\n`).toEqual([])
    })
})
