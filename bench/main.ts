import { writeFileSync } from 'node:fs'
import os from 'node:os'
import { fileURLToPath } from 'node:url'
import { firstSample, knobTurns } from './calls.ts'
import { document } from './document.ts'
import { editTable, type EditRow } from './edits.ts'
import { endurance } from './endurance.ts'
import { applyToSound, idleLive, knobTurnsLive } from './live.ts'
import { growthOfPlanning, planOfAnEdit } from './planning.ts'
import type { Row, Thoroughness } from './row.ts'
import { idleVoices, priceOfModularity, voicesPerCore } from './sound.ts'
import { start } from './start.ts'

// `--quick` for trying, without the table of edits; `--write` makes docs/performance.md; numbers of rows: only those
const quick = process.argv.includes('--quick')
const how: Thoroughness = { quick, rounds: quick ? 3 : 7 }
const machine = `${os.cpus()[0]?.model}, ${os.cpus().length} cores, Node ${process.version}`
const verdict = (kept: boolean): string => (kept ? 'kept' : 'MISSED')

type Measure = (how: Thoroughness) => Row[] | Promise<Row[]>
/** With the rows that each makes. */
const measures: readonly (readonly [Measure, ...rows: string[]])[] = [
  [priceOfModularity, '1', '4'],
  [voicesPerCore, '2'],
  [idleVoices, '3'],
  [start, '5', '6'],
  [planOfAnEdit, '7'],
  [growthOfPlanning, '8'],
  [applyToSound, '9'],
  [firstSample, '10'],
  [knobTurns, '11'],
  [knobTurnsLive, '11'],
  [endurance, '12'],
  [idleLive, '13'],
]
const numbers = process.argv.slice(2).filter((argument) => !argument.startsWith('--'))
const isSome = numbers.length > 0
const wanted = measures.filter(([, ...made]) => !isSome || made.some((row) => numbers.includes(row)))

console.log(`${machine}, CPU time, medians of ${how.rounds} interleaved runs\n`)
const rows: Row[] = []
for (const [measure] of wanted)
  for (const row of await measure(how)) {
    const { number, figure, measured, budget, kept } = row
    const end = budget === '' ? '' : verdict(kept)
    console.log(
      `${number.padEnd(4)} ${figure.padEnd(80)} ${measured.padEnd(32)} ${budget.padEnd(16)} ${end}`.trimEnd(),
    )
    rows.push(row)
  }

const edits: EditRow[] = quick || isSome ? [] : await editTable()
if (edits.length > 0) console.log('\nHot reload: the worst case of each class of edit\n')
for (const { class: kind, figure, worst, budget, kept, where } of edits)
  console.log(
    `${kind.slice(0, 1).padEnd(2)} ${figure.padEnd(38)} ${Number(worst.toPrecision(3)).toString().padEnd(10)} ${budget.padEnd(9)} ${verdict(kept).padEnd(7)} ${where}`,
  )

if (process.argv.includes('--write') && !isSome)
  writeFileSync(
    fileURLToPath(new URL('../docs/performance.md', import.meta.url)),
    document(rows, edits, { machine, rounds: how.rounds, date: new Date().toISOString().slice(0, 10) }),
  )
