import { portOf } from '../patch/ports.ts'
import type { Part } from '../patch/parts.ts'
import type { Allocation } from './allocation.ts'
import type { ParsedPatch } from '../patch/types.ts'
import { compile, type CompileOptions, type Network, type NetworkNode, type Tail } from './network.ts'
import { sameKind, tailName } from './kinds.ts'
import { findRenames } from './rename.ts'

/**
 * The network of a patch after an edit, in which those who heard what rings hear it until it is silent. Pure. The same
 * patch again gives the same network again, as long as the same tails ring.
 *
 * @param before the network that is running
 * @param horizon block after which a tail must still sound to be worth reading
 * @example
 * const parsed = parsePatch(patch, standard, out)
 * const before = compile(parsed, { catalogue: standard })
 * const { allocation } = plan(emptyAllocation(), before, { position: () => 0.5 })
 * const network = networkAfter(allocation, before, parsed, standard, 375)
 */
export function networkAfter(
  from: Allocation,
  before: Network | undefined,
  patch: ParsedPatch,
  catalogue: CompileOptions['catalogue'],
  horizon: number,
): Network {
  const bare = compile(patch, { catalogue })
  if (before === undefined) return bare
  let tails = oldTails(from, before, bare, horizon)
  let network = tails.length === 0 ? bare : compile(patch, { catalogue, tails })
  // one at a time, in the order in which they run: a tail makes its readers audio, or stereo, as they were before
  for (const node of before.nodes) {
    const tail = freshTail(from, before, network, node)
    if (tail === undefined) continue
    const more = compile(patch, { catalogue, tails: [...tails, tail] })
    // round a feedback cable it would keep its own device as it was: it cannot be in the place of itself
    if (freshTail(from, before, more, node) === undefined) continue
    tails = [...tails, tail]
    network = more
  }
  return network
}

/** What rang out already before the edit, and still does. */
function oldTails(from: Allocation, before: Network, after: Network, horizon: number): Tail[] {
  const { nameOf, heard, wanted, paused } = lookups(from, after)
  return before.tails.flatMap((tail) => {
    const ringing = from.leaving.find(
      (leaving) =>
        leaving.tail === tail.name &&
        leaving.until > horizon &&
        !paused.has(leaving.group) &&
        !returns(leaving.node, wanted.get(nameOf(leaving.name))),
    )
    return ringing === undefined ? [] : heard(tail, ringing.node)
  })
}

/** What an edit takes out of the cables if it rings, and is gone or its output is another now. */
function freshTail(from: Allocation, before: Network, after: Network, node: NetworkNode): Tail | undefined {
  const running = from.nodes.get(node.name)
  if (!node.rings || running === undefined) return undefined
  const { nameOf, heard, wanted, paused } = lookups(from, after)
  if (staysInPlace(node, wanted.get(nameOf(node.name)))) return undefined
  if (node.part === 'voice' && paused.size === from.voices.length) return undefined
  const cables = before.connections.filter(({ from: source, feedback }) => {
    return source.kind === 'device' && source.name === node.name && !feedback
  })
  const { part, rate, channels, sum } = node
  const tail: Tail = {
    ...{ name: tailName(node, running.instances), part, rate, channels, sum },
    cables: cables.map(({ to, port, amount }) => ({ to, port, ...(amount !== undefined && { amount }) })),
  }
  return heard(tail, node)[0]
}

/** What both kinds of tails are looked up in. */
function lookups(
  from: Allocation,
  after: Network,
): {
  readonly nameOf: (name: string) => string
  readonly wanted: ReadonlyMap<string, NetworkNode>
  /** Groups of voices in which nothing rings. */
  readonly paused: ReadonlySet<number>
  /** The tail for those who can read it; nothing if there are none. */
  readonly heard: (tail: Tail, node: NetworkNode) => Tail[]
} {
  const renames = findRenames(from, after)
  const nameOf = (name: string): string => renames.get(name) ?? name
  const readers = new Map(after.wired.map((device) => [device.name, device]))
  return {
    nameOf,
    wanted: new Map(after.nodes.map((node) => [node.name, node])),
    paused: new Set(from.voices.flatMap((voice) => (voice.paused ? [voice.group] : []))),
    heard: (tail, { own, mix }) => {
      const cables = tail.cables
        .map((cable) => ({ ...cable, to: nameOf(cable.to) }))
        .filter(({ to, port }) => {
          const reader = readers.get(to)
          if (reader === undefined || portOf(reader.info, port) === undefined) return false
          // outside of the voices only their sum is read
          const leaves = tail.part === 'voice' && reader.part !== 'voice'
          return canRead(reader.part, tail.part) && (leaves ? mix : own)
        })
      return cables.length === 0 ? [] : [{ ...tail, cables }]
    },
  }
}

/** Its successor writes the same buses, so that whoever read it still does. */
function staysInPlace(node: NetworkNode, successor: NetworkNode | undefined): boolean {
  return (
    successor !== undefined &&
    sameKind(node, successor) &&
    (!node.own || successor.own) &&
    (!node.mix || successor.mix)
  )
}

const returns = (node: NetworkNode, wanted: NetworkNode | undefined): boolean =>
  wanted !== undefined && wanted.def === node.def && sameKind(wanted, node)

/** A shared device in front of the voices is read by all, one after them only by what follows. */
const order: Readonly<Record<Part, number>> = { before: 0, voice: 1, after: 2 }
const canRead = (reader: Part, tail: Part): boolean => order[reader] >= order[tail]
