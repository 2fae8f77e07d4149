import { Command } from 'commander'
import { afterEach } from 'vitest'
import { addAttachFlags, attach, type Attached, type AttachFlags } from '../../src/cli/attach.ts'
import { withEnds } from '../../src/cli/ends.ts'
import type { Shell } from '../../src/cli/io.ts'
import type { Played } from '../../src/live/index.ts'
import type { FakePorts } from '../midi/fake-ports.ts'

const open: (() => Promise<void>)[] = []
/** Is done when the test is over, last things first. */
export const endAfterwards = (end: () => Promise<void>): void => void open.push(end)
afterEach(async () => {
  for (const one of open.splice(0).toReversed()) await one()
})

/** The flags of a command line. */
export function flagsOf(...argv: string[]): AttachFlags {
  const command = addAttachFlags(new Command())
    .option('--force')
    .exitOverride()
    .configureOutput({ writeErr: () => undefined })
  return command.parse(argv, { from: 'user' }).opts()
}

const plain = (text: string): string => text
const paint = new Proxy({}, { get: () => plain })

/** Synths that are attached until the test is over, or ends it. */
export async function attachedTo(
  synths: readonly Attached[],
  ports: FakePorts,
  cwd: string,
  ...argv: string[]
) {
  const played: Played[] = []
  for (const { synth } of synths) synth.on('played', (what) => void played.push(what))
  const notes: string[] = []
  const shell = { io: { cwd }, json: false, paint, errorPaint: paint, print: (line: string) => void notes.push(line), note: (line: string) => void notes.push(line) } as unknown as Shell // prettier-ignore
  let finish: () => void = () => undefined
  let isOver: Promise<void> = Promise.resolve()
  const plays = await new Promise<boolean>((resolve, reject) => {
    isOver = withEnds(async (ends) => {
      resolve(await attach(synths, flagsOf(...argv), shell, ends, () => Promise.resolve(ports)))
      await new Promise<void>((over) => (finish = over))
    })
    isOver.catch(reject)
  })
  const end = async (): Promise<void> => {
    finish()
    await isOver
  }
  open.push(end)
  const events = (): unknown[] => played.flatMap((what) => (what.kind === 'note' ? [what.event] : []))
  return { notes, events, end, plays }
}
