import type { LiveEngine } from '../engine/live.ts'
import type { Command, TreeGroup } from '../scsynth/index.ts'

/** Synths of which an engine tells in one block, also with their controls and much else to tell. */
export const synthsPerBlock = 150

/**
 * Groups of which an engine can tell in the same block.
 *
 * @param sizes how many synths there are in each group
 */
export function inBlocks(sizes: Iterable<readonly [group: number, size: number]>): number[][] {
  const blocks: number[][] = [[]]
  let synths = 0
  for (const [group, size] of sizes) {
    synths += size
    if (synths > synthsPerBlock && blocks.at(-1)?.length !== 0) {
      blocks.push([])
      synths = size
    }
    blocks.at(-1)?.push(group)
  }
  return blocks
}

/** What asks for a group. Without controls the answer has room for a thousand synths. */
const question = (id: number): Command => ({ call: '/g_queryTree', id, controls: false })

/**
 * What stands in some groups. It is asked for in blocks to come, a few at a time: an engine that has to answer at once would
 * compute blocks ahead, in which nothing could be played any more.
 *
 * @param sizes how many synths there are in each group, about
 * @throws MegasynthError `engine-failed` if there is no such group, or it is too large for an answer
 */
export async function treesOf(
  engine: Pick<LiveEngine, 'transact' | 'listen' | 'nextBlock' | 'bufferBlocks'>,
  sizes: Iterable<readonly [group: number, size: number]>,
): Promise<ReadonlyMap<number, TreeGroup>> {
  const trees = new Map<number, TreeGroup>()
  const unlisten = engine.listen((event) => {
    if (event.type === 'reply' && event.reply.kind === 'tree')
      trees.set(event.reply.root.id, event.reply.root)
  })
  try {
    const first = engine.nextBlock + engine.bufferBlocks
    await Promise.all(
      inBlocks(sizes).map((groups, i) => engine.transact(groups.map(question), undefined, first + i)),
    )
    return trees
  } finally {
    unlisten()
  }
}
