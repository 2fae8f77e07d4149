import { MegasynthError, type Problem } from '../errors/index.ts'
import type { Engine } from '../engine/index.ts'
import { differences, Rehearsal, type Allocation, type Expected, type Plan } from '../plan/index.ts'
import type { Command, Reply, TreeGroup } from '../scsynth/index.ts'
import { pieces, slices } from './pieces.ts'
import { inBlocks, synthsPerBlock } from './trees.ts'

/** Control buses of which it tells in one answer. */
const busesPerQuery = 500

/** When some commands are to run. */
interface Appointed {
  readonly block: number
  /** Others come in the next block: what is not told in this one is something else by then. */
  readonly isFollowed: boolean
}

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

/** How steps are run. */
interface Run {
  readonly describe: (command: Command) => string
  /** How often something else was sent. */
  readonly sent: () => number
  /** Block of the first, and so on, one a block. Default: each as soon as the one before is confirmed. */
  readonly at: number | undefined
  readonly ask: (work: () => Promise<void>, what: string) => Promise<void>
}

/** Runs the steps of a plan: one after the other, or handed over together ahead of their time. */
export async function runSteps(
  engine: Pick<Engine, 'transact' | 'listen'>,
  steps: readonly Step[],
  { describe, sent, at, ask }: Run,
): Promise<void> {
  const run = (step: Step, i: number): Promise<void> => {
    const when = at === undefined ? undefined : { block: at + i, isFollowed: i < steps.length - 1 }
    return ask(() => confirmed(engine, step, describe, sent, when), 'change the graph')
  }
  if (at === undefined) for (const [i, step] of steps.entries()) await run(step, i)
  else {
    // none of them is on its way any more when one has failed
    const ends = await Promise.allSettled(steps.map(run))
    for (const end of ends) if (end.status === 'rejected') throw end.reason
  }
}

/**
 * Has an engine run commands, and tell in the same block of all that they touched: the order of synths, what each was
 * born as and given, and what is on buses. So it is noticed if any of them was not done, or not as it was sent. What is too
 * much for one block is asked for in the ones after it.
 *
 * @param at when it is to run them. Default: as soon as possible
 * @param sent how often something else was sent: if it was meanwhile, what is there now is not what was
 * @throws MegasynthError `engine-failed` with what is not as it should be
 */
async function confirmed(
  engine: Pick<Engine, 'transact' | 'listen'>,
  { commands, expected }: Step,
  describe: (command: Command) => string,
  sent: () => number,
  at?: Appointed,
): Promise<void> {
  const before = sent()
  /** What was heard, by block: what was asked for other blocks is answered meanwhile. */
  const heard = new Map<number, Reply[]>()
  const unlisten = engine.listen((event) => {
    if (event.type !== 'reply') return
    const replies = heard.get(event.block)
    if (replies) replies.push(event.reply)
    else heard.set(event.block, [event.reply])
  })
  try {
    const [first = [], ...others] = questions(expected)
    const block = await engine.transact([...commands, ...first], describe, at?.block)
    check(first, block)
    const runs = new Map(
      (heard.get(block) ?? []).flatMap((reply) =>
        reply.kind === 'node' ? [[reply.id, reply.event !== 'off'] as const] : [],
      ),
    )
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
    if (at?.isFollowed === true) return
    for (const more of others) {
      const later = await engine.transact(more, describe)
      if (sent() !== before) return
      check(more, later)
    }
  } finally {
    unlisten()
  }

  function check(asked: readonly Command[], block: number): void {
    const trees = new Map<number, TreeGroup>()
    const buses = new Map<number, number>()
    for (const reply of heard.get(block) ?? [])
      if (reply.kind === 'tree') trees.set(reply.root.id, reply.root)
      else if (reply.kind === 'buses') for (const [bus, value] of reply.values) buses.set(bus, value)
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

const question = (id: number): Command => ({ call: '/g_queryTree', id, controls: true })

/** What to ask for, block by block; a group that is too large for one answer is not asked for. */
function questions({ groups, buses }: Expected): Command[][] {
  const all = [...buses.keys()]
  const sizes = [...groups].map(([id, { length }]) => [id, length] as const)
  const asked = inBlocks(sizes.filter(([, size]) => size <= synthsPerBlock)).map((ids) => ids.map(question))
  return asked.map((ids, i) => [
    ...(i > 0 ? [] : slices(all, busesPerQuery).map((some): Command => ({ call: '/c_get', buses: some }))),
    ...ids,
  ])
}
