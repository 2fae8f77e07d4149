import type { Desk } from './desk.ts'

/** What came of recordings that were ended: a line for each that is there, and what each other one failed with. */
interface Ended {
  readonly told: readonly string[]
  readonly failed: readonly unknown[]
}

/** Ends all that is being recorded: what becomes of one file is nothing to another. */
export async function endTakes({ takes }: Pick<Desk, 'takes'>): Promise<Ended> {
  const all = [...takes.values()]
  takes.clear()
  const ended = await Promise.allSettled(all.map(async (take) => await (await take).stop()))
  return {
    told: ended.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : [])),
    failed: ended.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : [])),
  }
}
