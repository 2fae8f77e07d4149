import { MegasynthError } from '../../errors/index.ts'
import { reportLine } from '../../plan/index.ts'
import type { Recall } from '../../live/synth.ts'
import type { Command } from '../command.ts'
import { mistakeText } from '../mistake.ts'
import { keepSnapshots } from '../shelf.ts'
import { said } from '../shown.ts'
import { reported } from './edit.ts'

/** Snapshots: patches under a name. */
export const snapshotCommands: readonly Command[] = [
  {
    name: 'store',
    chapter: 'snapshots',
    call: 'store(name)',
    doc: 'Stores the patch under a name, with its knobs and its tempo as they are now. Snapshots are kept beside the file that is played, and are there the next time; where there is none, until the session ends or save() makes one.',
    completes: ['snapshot'],
    examples: ["store('verse')"],
    run: (desk, name: string) => {
      desk.synth.store(name)
      const file = keepSnapshots(desk)
      return said(`${name} is stored, ${file === undefined ? 'for this session' : `in ${file}`}`)
    },
  },
  {
    name: 'recall',
    chapter: 'snapshots',
    call: 'recall(name, { over, at }?)',
    doc: "Goes over to a snapshot: its graph without a click, its knobs in so many seconds. It begins at once, or with the next 'beat' or 'bar', while you go on typing.",
    completes: ['snapshot'],
    examples: ["recall('verse', { over: 4 })", "recall('verse', { at: 'bar' })"],
    run: async (desk, name: string, how: Recall = {}) => {
      const coming = desk.synth.recall(name, how)
      if (how.at === undefined || how.at === 'now') return reported(desk, await coming)
      // what is wrong is known at once: then nothing comes
      await Promise.race([coming, new Promise(setImmediate)])
      coming.then(
        (report) => desk.say(`${name}: ${reportLine(report)}`),
        (error: unknown) => {
          // whoever ends the session does not wait for it
          if (!(error instanceof MegasynthError && error.code === 'engine-closed'))
            desk.say(mistakeText(error, desk.paint))
        },
      )
      return said(`${name} comes with the next ${how.at}`)
    },
  },
  {
    name: 'snapshots',
    chapter: 'snapshots',
    call: 'snapshots()',
    doc: 'The names of all snapshots.',
    examples: ['snapshots()'],
    run: ({ synth }) => [...synth.snapshots.keys()],
  },
  {
    name: 'forget',
    chapter: 'snapshots',
    call: 'forget(name)',
    doc: 'Takes a snapshot out.',
    completes: ['snapshot'],
    examples: ["forget('verse')"],
    run: (desk, name: string) => {
      desk.synth.forget(name)
      keepSnapshots(desk)
    },
  },
]
