import type { Synth } from '../live/index.ts'
import type { MidiAction } from './state.ts'

/** A program change, with its bank. */
export type ProgramChange = Pick<Extract<MidiAction, { kind: 'program' }>, 'bank' | 'program'>

/** What came of a program change. `number` counts through the banks, from 0. */
export type ProgramNews =
  | { readonly kind: 'recalled'; readonly number: number; readonly name: string }
  /** There is no such snapshot; `count` is how many there are. */
  | { readonly kind: 'missing'; readonly number: number; readonly count: number }
  | { readonly kind: 'failed'; readonly number: number; readonly name: string; readonly error: unknown }

/** Programs of a bank. */
const bankSize = 128

/** The number of a program, counted through the banks: 0 is the first of all. */
export const programNumber = ({ bank, program }: ProgramChange): number => bank * bankSize + program

/**
 * The snapshot that a program stands for: program 0 of bank 0 is the first, program 0 of bank 1 the 129th, in their order.
 *
 * @returns its name; undefined if there are not so many
 */
export const programName = (
  snapshots: ReadonlyMap<string, unknown>,
  change: ProgramChange,
): string | undefined => [...snapshots.keys()][programNumber(change)]

/**
 * Has program changes recall the snapshots of a synth, in the order in which they were stored: what `connectMidi` takes as
 * `onProgram`. A program that there is no snapshot for changes nothing.
 *
 * @param tell hears what came of each
 * @example
 * const synth = await createOffline({ patch })
 * synth.store('verse')
 * const onProgram = recallPrograms(synth, ({ kind, number }) => console.log(number, kind))
 * connectMidi(synth, { ports: await openMidiPorts(), onProgram })
 */
export function recallPrograms(
  synth: Pick<Synth, 'snapshots' | 'recall'>,
  tell: (news: ProgramNews) => void = () => undefined,
): (change: ProgramChange) => void {
  return (change) => {
    const number = programNumber(change)
    const name = programName(synth.snapshots, change)
    if (name === undefined) return tell({ kind: 'missing', number, count: synth.snapshots.size })
    synth.recall(name).then(
      () => tell({ kind: 'recalled', number, name }),
      (error: unknown) => tell({ kind: 'failed', number, name, error }),
    )
  }
}

/** Says in a line what a program change came to. */
export function programLine(news: ProgramNews): string {
  const program = `program ${news.number}`
  if (news.kind === 'recalled') return `${program}: ${news.name}`
  if (news.kind === 'missing')
    return news.count === 0
      ? `${program}: there are no snapshots`
      : `${program}: there is no such snapshot, but 0..${news.count - 1}`
  const why = news.error instanceof Error ? news.error.message : String(news.error)
  return `${program}: ${news.name} does not come: ${why}`
}
