import { editClasses, type EditClass } from '../test/audio/edit-cases.ts'
import { budgetOf, figures, kept, measureClass, worst } from '../test/audio/edit-figures.ts'

/** The worst case of one figure in one class of edit. */
export interface EditRow {
  /** `b: audio cable, option, choice, more sources`. */
  readonly class: string
  readonly figure: string
  readonly worst: number
  /** Patch, edit, devices, moment. */
  readonly where: string
  /** `≤ 1.25`. */
  readonly budget: string
  readonly kept: boolean
}

/** Sound budgets S1 to S4b: every edit of the table, measured; a row for each class and figure. Takes about half a minute. */
export async function editTable(): Promise<EditRow[]> {
  const rows: EditRow[] = []
  for (const kind of Object.keys(editClasses) as EditClass[])
    for (const finding of worst(await measureClass(kind)))
      rows.push({
        class: `${kind}: ${editClasses[kind]}`,
        figure: figures[finding.figure].title,
        worst: finding.value,
        where: [finding.edit, finding.moment].filter((text) => text !== '').join('; '),
        budget: budgetOf(finding.figure),
        kept: kept(finding),
      })
  return rows
}
