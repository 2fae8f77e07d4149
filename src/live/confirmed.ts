import { MegasynthError, type Problem } from '../errors/index.ts'
import type { Engine } from '../engine/index.ts'
import { differences, Rehearsal, type Allocation, type Expected, type Plan } from '../plan/index.ts'
import type { Command, TreeGroup } from '../scsynth/index.ts'
import { pieces } from './pieces.ts'

/** Synths whose controls an engine tells of in one block, with much else to tell. */
const synthsPerBlock = 150
/** Control buses of which it tells in one answer. */
const busesPerQuery = 500

/** Some commands of a plan, which go into one block, and what must be seen after them. */
export interface Step {
  readonly commands: readonly Command[]
  readonly expected: Expected
}

/**
 * The steps of a plan, run on a model of the tree first: its transaction, and after it what has the fades go off, unless
 * that is to wait. Births make no sound before: so many of them may take several blocks.
 *
 * @throws MegasynthError `invalid-plan`
 */
export function rehearsed(
  from: Allocation,
  { transaction, start, allocation }: Pick<Plan, 'transaction' | 'start' | 'allocation'>,
  waits: boolean,
): Step[] {
  const rehearsal = new Rehearsal(from)
  const steps = [...pieces(transaction), ...(waits ? [] : pieces(start))].map((commands): Step => {
    return { commands, expected: rehearsal.run(commands) }
  })
  rehearsal.end(allocation)
  return steps
}

/**
 * Has an engine run commands, and tell in the same block of all that they touched: the order of synths, what each was
 * born as and given, and what is on buses. So it is noticed if any of them was not done, or not as it was sent. What is too
 * much for one block is asked for in the ones after it.
 *
 * @param sent how often something else was sent: if it was meanwhile, what is there now is not what was
 * @throws MegasynthError `engine-failed` with what is not as it should be
 */
export async function confirmed(
  engine: Pick<Engine, 'transact' | 'listen'>,
  { commands, expected }: Step,
  describe: (command: Command) => string,
  sent: () => number,
): Promise<void> {
  const before = sent()
  const trees = new Map<number, TreeGroup>()
  const buses = new Map<number, number>()
  const runs = new Map<number, boolean>()
  const unlisten = engine.listen((event) => {
    if (event.type !== 'reply') return
    const { reply } = event
    if (reply.kind === 'node') runs.set(reply.id, reply.event !== 'off')
    if (reply.kind === 'tree') trees.set(reply.root.id, reply.root)
    else if (reply.kind === 'buses') for (const [bus, value] of reply.values) buses.set(bus, value)
  })
  try {
    const [first = [], ...others] = questions(expected)
    await engine.transact([...commands, ...first], describe)
    check(first)
    const stuck = [...expected.runs].filter(([id, run]) => runs.get(id) !== run)
    if (stuck.length > 0)
      throw new MegasynthError(
        stuck.map(([id, run]) => ({
          ...undone,
          path: `group ${id}`,
          found: run ? 'paused' : 'running',
          expected: run ? 'running' : 'paused',
        })),
      )
    for (const more of others) {
      await engine.transact(more, describe)
      if (sent() !== before) return
      check(more)
    }
  } finally {
    unlisten()
  }

  function check(asked: readonly Command[]): void {
    const problems = asked.flatMap((question): Problem[] => {
      if (question.call === '/g_queryTree') {
        const tree = trees.get(question.id)
        if (tree === undefined) return [{ ...undone, path: `group ${question.id}`, found: 'no answer' }]
        return differences(expected, tree).map(({ id, ...rest }) => {
          const about = commands.findLast((command) => 'id' in command && command.id === id)
          return { ...undone, path: about === undefined ? `node ${id}` : describe(about), ...rest }
        })
      }
      if (question.call !== '/c_get') return []
      return question.buses.flatMap((bus) =>
        buses.get(bus) === expected.buses.get(bus)
          ? []
          : [
              {
                ...undone,
                path: `control bus ${bus}`,
                found: String(buses.get(bus)),
                expected: String(expected.buses.get(bus)),
              },
            ],
      )
    })
    // the first few tell enough
    if (problems.length > 0) throw new MegasynthError(problems.slice(0, 8))
  }
}

const undone = { code: 'engine-failed', message: 'the engine has not done all that was sent' } as const

/** What to ask for, block by block; a group that is too large for one answer is not asked for. */
function questions({ groups, buses }: Expected): Command[][] {
  const blocks: Command[][] = [[]]
  const all = [...buses.keys()]
  for (let i = 0; i < all.length; i += busesPerQuery)
    blocks.at(-1)?.push({ call: '/c_get', buses: all.slice(i, i + busesPerQuery) })
  let synths = 0
  for (const [id, { length }] of groups) {
    if (length > synthsPerBlock) continue
    synths += length
    if (synths > synthsPerBlock) {
      blocks.push([])
      synths = length
    }
    blocks.at(-1)?.push({ call: '/g_queryTree', id, controls: true })
  }
  return blocks
}
