import type { Problem } from '../errors/index.ts'
import type { Soundness } from './engine.ts'
import type { Command, Reply } from '../scsynth/index.ts'

/** Something that the engine complained about, and the command that it is about, if that can be told. */
export interface Failure {
  readonly problem: Problem
  readonly subject: Command | undefined
}

/** What the engine prints as it goes about its business. Its own copy of the tree holds 1,024 nodes; nothing depends on it. */
const harmless = /^\[NodeTree\] Mirror full|^> scsynth ready|^v\d+\.\d+\.\d+ \(scsynth/
const suspicious =
  /error|fail|fatal|exception|warning|not found|not installed|full|alloc|exceed|limit|too (many|big|large|long|small|short|deep)|dropp|invalid|corrupt|out of|realloc|maxSynthDefs|mysterious|couldn't|could not/i
const headline = /^FAILURE IN SERVER (\/\S+) (.*)$/

/** Lines that say that something is wrong. */
export const complaints = (lines: readonly string[]): string[] =>
  lines.map((line) => line.trim()).filter((line) => suspicious.test(line) && !harmless.test(line))

const finding = /^CheckBadValues: (\w+) found in Synth (\d+), ID (\d)/

/** What synths that watch themselves say of what they put out. */
export function findings(lines: readonly string[]): { node: number; state: Soundness }[] {
  return lines.flatMap((line) => {
    const [, what, node, isLoud] = finding.exec(line.trim()) ?? []
    if (what === undefined) return []
    const state = what === 'normal' ? 'sound' : isLoud === '1' ? 'runaway' : 'nan'
    return [{ node: Number(node), state }]
  })
}

/** What mends a failure, by the engine's words for it. */
const remedies: readonly (readonly [RegExp, string])[] = [
  [/too many nodes/, 'maxNodes'],
  [/out of real time memory|alloc failed|OUT OF MEMORY|real time memory/, 'memory'],
  [/Could not add SynthDef/, 'maxSynthDefs'],
  [/interconnect|unknown exception/, 'wireBuffers'],
]

export function remedy(text: string): Pick<Problem, 'code' | 'suggestion'> {
  const option = remedies.find(([words]) => words.test(text))?.[1]
  return option === undefined
    ? { code: 'engine-failed' }
    : { code: 'engine-limit', suggestion: `make the engine larger: ${option}` }
}

/** A command in a few words: its call, its SynthDef, its node. */
export function describeCommand(command: Command): string {
  switch (command.call) {
    case '/d_recv':
      return `/d_recv ${command.name}`
    case '/d_free':
      return `/d_free ${command.names.join(' ')}`
    case '/s_new':
      return `/s_new ${command.def} ${command.id}`
    case '/n_free':
      return `/n_free ${command.ids.join(' ')}`
    case '/n_order':
      return `/n_order ${command.ids.join(' ')}`
    case '/c_set':
      return `/c_set ${command.values.map(([bus]) => bus).join(' ')}`
    case '/c_get':
      return `/c_get ${command.buses.join(' ')}`
    case '/notify':
      return '/notify'
    default:
      return `${command.call} ${command.id}`
  }
}

/** Whether the command is about the node (or has it as its target). */
function concernsNode(command: Command, id: number): boolean {
  if ('id' in command && command.id === id) return true
  if ('ids' in command && command.ids.includes(id)) return true
  return 'target' in command && command.target === id
}

function blame(call: string, text: string, commands: readonly Command[]): Command | undefined {
  const candidates = commands.filter((command) => command.call === call)
  const def = /SynthDef (\S+) not found/.exec(text)?.[1]
  // "SynthDef not found" is also the error itself: the name stands in the line before it.
  if (def !== undefined) return candidates.find((command) => command.call === '/s_new' && command.def === def)
  const [, id] = /(?:Node|Group|node ID:?) (-?\d+)/i.exec(text) ?? []
  // Of two with the same id it is the later that fails.
  if (id !== undefined) return candidates.findLast((command) => concernsNode(command, Number(id)))
  return candidates.length === 1 ? candidates[0] : undefined
}

/**
 * What went wrong in a block, from the engine's replies and the text that it printed: each `/fail` once, with the lines
 * that explain it, and every other line of complaint. Equal failures are one.
 */
export function diagnose(
  replies: readonly Reply[],
  lines: readonly string[],
  commands: readonly Command[],
  describe: (command: Command) => string,
): Failure[] {
  if (replies.length === 0 && lines.length === 0) return []
  const reports: { readonly call: string; readonly error: string; readonly details: readonly string[] }[] = []
  let details: string[] = []
  for (const line of complaints(lines)) {
    const [, call, error] = headline.exec(line) ?? []
    if (call === undefined || error === undefined) details.push(line)
    else {
      reports.push({ call, error, details })
      details = []
    }
  }
  // Some failures of SynthDefs have a /fail but no headline, and replies are lost when their ring is full.
  const printed = reports.map(({ call, error }) => `${call} ${error}`)
  for (const reply of replies) {
    if (reply.kind !== 'fail') continue
    const index = printed.indexOf(`${reply.command} ${reply.error}`)
    if (index >= 0) printed.splice(index, 1)
    else {
      reports.push({ call: reply.command, error: reply.error, details })
      details = []
    }
  }

  const failures = new Map<string, { failure: Failure; count: number }>()
  const note = (failure: Failure): void => {
    const { path, message, found } = failure.problem
    const key = JSON.stringify([path, message, found])
    const known = failures.get(key)
    if (known === undefined) failures.set(key, { failure, count: 1 })
    else known.count++
  }
  for (const { call, error, details } of reports) {
    const subject = blame(call, [...details, error].join('\n'), commands)
    note({
      subject,
      problem: {
        path: subject === undefined ? 'engine' : describe(subject),
        message: `${call} failed: ${error}`,
        ...remedy([error, ...details].join('\n')),
      },
    })
  }
  for (const line of details)
    note({
      subject: undefined,
      problem: { path: 'engine', message: `the engine says: ${line}`, ...remedy(line) },
    })
  return [...failures.values()].map(({ failure, count }) =>
    count === 1 ? failure : { ...failure, problem: { ...failure.problem, found: `${count} times` } },
  )
}
