import type { Plan } from '../plan/index.ts'
import type { Running } from './running.ts'

/**
 * Whether a plan frees at once synths of some voices, or whole voices: what is still to come must not ask anything of
 * synths that are gone, nor set buses that are others' by then.
 *
 * @param voices by number, as they are before the plan
 */
export function takesAway(
  { allocation }: Running,
  { transaction, start }: Plan,
  voices: ReadonlySet<number>,
): boolean {
  const groups = new Set([...voices].map((voice) => allocation.voices[voice]?.group))
  const own = new Set([
    ...groups,
    ...[...allocation.nodes.values()].flatMap(({ node, instances }) =>
      node.part === 'voice' ? [...voices].map((voice) => instances[voice]?.id) : [],
    ),
    ...allocation.leaving.flatMap(({ group, id }) => (groups.has(group) ? [id] : [])),
  ])
  return [...transaction, ...start].some(
    (command) =>
      (command.call === '/n_free' && command.ids.some((id) => own.has(id))) ||
      (command.call === '/s_new' && command.action === 'replace' && own.has(command.target)),
  )
}
