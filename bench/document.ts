import type { EditRow } from './edits.ts'
import type { Row } from './row.ts'

const verdict = (kept: boolean): string => (kept ? 'kept' : '**missed**')
/** A cell of a table: a bar would end it, and a star would be no star. */
const cell = (text: string): string => text.replaceAll(/[|*<>_]/g, (sign) => `\\${sign}`)

function rowTable(rows: readonly Row[]): string {
  return rows
    .map(({ number, figure, measured, budget, kept }) => {
      const end = budget === '' ? '' : verdict(kept)
      return `| ${number} | ${figure} | ${measured} | ${budget} | ${end} |`
    })
    .join('\n')
}

function editTables(edits: readonly EditRow[]): string {
  return edits
    .map(({ class: kind, figure, worst, where, budget, kept }) => {
      const value = Number(worst.toPrecision(3)).toString()
      return `| ${kind} | ${figure} | ${value} | ${budget} | ${verdict(kept)} | ${cell(where)} |`
    })
    .join('\n')
}

/** docs/performance.md, from what was measured. */
export function document(
  rows: readonly Row[],
  edits: readonly EditRow[],
  { machine, rounds, date }: { readonly machine: string; readonly rounds: number; readonly date: string },
): string {
  return `# Performance

Measured by \`npm run bench -- --write\` on ${date}: ${machine}.
Figures are medians of ${rounds} interleaved runs in one process; CPU time unless the row says wall time. They are goals, not
tests: nothing in \`npm test\` depends on how fast a machine is. The row numbers are those of the project's budgets.

| # | figure | measured | budget | |
|---|---|---|---|---|
${rowTable(rows)}

POLY-SUB is a voice of three band-limited saws (unison, +7 cents, an octave down) into a resonant 2-pole low-pass, whose
cutoff is moved by an ADSR and a 5 Hz sine, into a VCA with an ADSR; the sum goes through chorus, feedback delay and reverb.
POLY-MONO is the same without the effects. The contestants are in \`bench/\`: by hand, one SynthDef a voice on the same
engine; Elementary's offline renderer; node-web-audio-api's offline context.

Idle voices (3) are voices that were played, let go and fell silent: the row below
it is what the engine and the final stage cost by themselves.

Beside the voices that are named, a patch in poly has spare ones for notes that are stolen, as many and eight at the most. They sleep:
they are nodes and buses, and are planned, but cost no time while nothing is stolen.

An edit (7) is planned with all 16 voices sounding. Its slowest kind took from 1.6 to 2.5 ms in ten runs of 2026-11-26, since much of a run is code that is not compiled yet; after 300 plans it takes 1.2. \`plan()\` alone is what the budget is about; "with compile" is from the
validated patch on. The numbers of commands are those of the same edit in patches of 10, 50 and 200 devices: what is sent
depends on what was edited, not on the size of the patch, and so does the number of values in it.

Growth (8) is of one patch of 1,000 devices against twenty of 50, by turns: so both pay for the garbage that they make. What it is above
20 is mostly the collection of that garbage, of which more is still in use where the patch is large.

From \`apply\` to the first changed sample (9) is told in the sound itself, on the silent sink: from the block that is computed next as
it is called to the first sample that is another; what the sound device holds back comes on top. A live synth at rest (13) is the CPU
of the whole process, all threads, with nobody listening.

A long life (12) is a number of equal rounds: patches from a pool of twelve, random edits of them (constants, options, cables,
devices, names, voices, undo), ten notes after each edit, knobs turned, and at the end of each round the first patch until all is
silent. Nodes and SynthDefs are those that the engine counts beyond the fresh first patch; buses are by how much the highest bus
ever used has risen from the middle of the run to its end; the heap is what is left by a garbage collection, the second
half of the rounds against the first, without the very first. Edits that are refused, since they would close a circle, are not counted.

The start (5) is the loading of modules, two thirds of which is the schema library's, and then the start of the engine while the patch is compiled.

What is missed, and why: the price of modularity (1) is the copying of signals between six synths a voice, and
the control-rate operators that make ports smooth and modulation bounded. Fades, watchers and
what lets an envelope or LFO go on cost about a tenth of it (1.39 before hot reload). A note opened by \`EnvGen.kr\` (10) begins a block late, since
it puts out its start level for one block. Machines differ: compare ratios, not
voices.

Renders of an hour, and the memory that they take: [midi-files.md](midi-files.md#long-renders).

## Hot reload

Every edit of a table of some two hundred was made while notes were held, there and back, at several moments. Of each class of
edit and each figure this is the worst case, and where it was. S1 to S4b are the project's sound budgets.

| class | figure | worst | budget | | where |
|---|---|---|---|---|---|
${editTables(edits)}
`
}
