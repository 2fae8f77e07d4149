import type { Allocation, RunningNode } from './allocation.ts'
import type { ControlSource, NetworkNode } from './network.ts'
import type { Context } from './resolve.ts'

/**
 * Tells which nodes of a network an edit does not concern: they are as they run, and so is the place of all that they
 * read. Nothing of them need be worked out again, which makes the price of a plan that of what changed.
 */
export class Untouched {
  readonly #from: Allocation
  readonly #sameVoices: boolean
  readonly #disturbed: ReadonlySet<number>

  /** @param kept which voice each was before */
  constructor(from: Allocation, kept: readonly (number | undefined)[], poisoned: ReadonlySet<number>) {
    this.#from = from
    this.#sameVoices =
      from.groups !== undefined &&
      kept.length === from.voices.length &&
      kept.every((old, voice) => old === voice)
    this.#disturbed = new Set([...poisoned, ...from.unplugging.map(({ id }) => id)])
  }

  /** What runs for a node, if it can stay as it is. Nodes are asked for in their order. */
  of(node: NetworkNode, context: Context): RunningNode | undefined {
    const running = this.#from.nodes.get(node.name)
    if (!this.#sameVoices || running === undefined || !sameNode(running.node, node)) return undefined
    if (this.#disturbed.size > 0 && running.instances.some(({ id }) => this.#disturbed.has(id)))
      return undefined
    for (const source of Object.values(node.controls))
      if ('node' in source && source.node !== node.name && !this.#isInPlace(source.node, context))
        return undefined
    return running
  }

  #isInPlace(name: string, context: Context): boolean {
    const [before, now] = [this.#from.nodes.get(name), context.nodes.get(name)]
    if (before === undefined || now === undefined) return false
    if (before === now) return true
    return (
      before.mix === now.mix &&
      before.instances.length === now.instances.length &&
      before.instances.every(({ own }, i) => own === now.instances[i]?.own)
    )
  }
}

function sameNode(a: NetworkNode, b: NetworkNode): boolean {
  const { controls: before, bases: oldBases, ...old } = a
  const { controls: after, bases: newBases, ...now } = b
  return sameFlat(old, now) && sameFlat(oldBases, newBases) && sameControls(before, after)
}

function sameControls(a: NetworkNode['controls'], b: NetworkNode['controls']): boolean {
  const names = Object.keys(a)
  if (names.length !== Object.keys(b).length) return false
  return names.every((name) => {
    const [old, now]: (ControlSource | undefined)[] = [a[name], b[name]]
    return old !== undefined && now !== undefined && sameFlat(old, now)
  })
}

/** Equal members, none of which is an object. */
function sameFlat(a: object, b: object): boolean {
  const [old, now] = [a as Record<string, unknown>, b as Record<string, unknown>]
  const names = Object.keys(old)
  return names.length === Object.keys(now).length && names.every((name) => Object.is(old[name], now[name]))
}
