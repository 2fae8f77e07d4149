import { fail } from '../errors/index.ts'
import type { Command, ControlValue, TreeGroup } from '../scsynth/index.ts'
import type { Allocation } from './allocation.ts'

/** What a server must tell of itself when some commands have run: all that they touched. */
export interface Expected {
  /** Ids of the synths of each group that was touched, in their order. */
  readonly groups: ReadonlyMap<number, readonly number[]>
  /** What a synth was born as, and what its controls were given last. */
  readonly synths: ReadonlyMap<number, { readonly def?: string; readonly controls: Given }>
  /** What control buses were set to last. */
  readonly buses: ReadonlyMap<number, number>
  /** Nodes that were paused or resumed last: whether they run. */
  readonly runs: ReadonlyMap<number, boolean>
}

type Given = Readonly<Record<string, ControlValue>>

/**
 * Runs commands on a model of the tree before they are sent: a command that could not be done is found here. It costs
 * what the commands cost, and one look at the ids that are there.
 */
export class Rehearsal {
  /** Ids of the nodes of each group, in their order. What other patches have in the server's root group is not known. */
  readonly #children = new Map<number, readonly number[]>([[0, []]])
  readonly #parent = new Map<number, number>()

  constructor({ groups, voices, order }: Allocation) {
    if (groups === undefined) return
    const { root, before, voices: inner, after } = groups
    this.#have(0, [root])
    this.#have(root, [before, inner, after])
    this.#have(inner, voices.map(({ group }) => group)) // prettier-ignore
    for (const group of [before, after, ...voices.map((voice) => voice.group)])
      this.#have(group, order.get(group) ?? [])
  }

  #have(group: number, ids: readonly number[]): void {
    this.#children.set(group, ids)
    for (const id of ids) this.#parent.set(id, group)
  }

  /** Runs commands, and tells what must be seen after them. @throws MegasynthError `invalid-plan` */
  run(commands: readonly Command[]): Expected {
    const touched = new Set<number>()
    const synths = new Map<number, { def?: string; controls: Record<string, ControlValue> }>()
    const buses = new Map<number, number>()
    const runs = new Map<number, boolean>()
    for (const command of commands) {
      const give = (id: number, controls: Given): void => {
        const group = this.#groupOf(id, command)
        touched.add(group)
        const one = synths.get(id) ?? { controls: {} }
        for (const [name, value] of Object.entries(controls))
          one.controls[name] = typeof value === 'number' ? Math.fround(value) : value
        synths.set(id, one)
      }
      switch (command.call) {
        case '/g_new':
          this.#insert(command.id, command.action, command.target, command)
          this.#children.set(command.id, [])
          break
        case '/s_new':
          touched.add(this.#insert(command.id, command.action, command.target, command))
          synths.set(command.id, { def: command.def, controls: {} })
          give(command.id, command.controls)
          break
        case '/n_set':
          give(command.id, command.controls)
          break
        case '/n_map':
          give(command.id, mapped(command.buses))
          break
        case '/n_order': {
          let { action, target }: { action: typeof command.action; target: number } = command
          for (const id of command.ids) {
            touched.add(this.#remove(id, command))
            touched.add(this.#insert(id, action, target, command))
            if (action !== 'before') [action, target] = ['after', id]
          }
          break
        }
        case '/n_free':
          for (const id of command.ids) {
            touched.add(this.#remove(id, command))
            this.#forget(id)
            synths.delete(id)
          }
          break
        case '/n_run':
          this.#groupOf(command.id, command)
          runs.set(command.id, command.run)
          break
        case '/c_set':
          for (const [bus, value] of command.values) buses.set(bus, Math.fround(value))
          break
        default:
      }
    }
    const groups = [...touched].flatMap((id) => {
      const ids = this.#children.get(id)
      // a group of groups is seen in its groups
      return ids === undefined || ids.some((child) => this.#children.has(child)) || id === 0
        ? []
        : [[id, ids] as const]
    })
    return { groups: new Map(groups), synths, buses, runs }
  }

  /** Sees that it ends where it should. @throws MegasynthError `invalid-plan` */
  end({ order }: Allocation): void {
    for (const [group, ids] of order) {
      const there = this.#children.get(group) ?? []
      if (there.length === ids.length && there.every((id, i) => id === ids[i])) continue
      fail({
        ...misplanned,
        path: `group ${group}`,
        found: there.join(' '),
        expected: ids.join(' '),
      })
    }
  }

  #groupOf(id: number, command: Command): number {
    return this.#parent.get(id) ?? impossible(command, `there is no node ${id}`)
  }

  #insert(id: number, action: string, target: number, command: Command): number {
    if (this.#parent.has(id)) return impossible(command, `there is a node ${id} already`)
    const isInside = action === 'head' || action === 'tail'
    const group = isInside ? target : this.#groupOf(target, command)
    const ids = this.#children.get(group) ?? impossible(command, `there is no group ${group}`)
    const at = ids.indexOf(target) + (action === 'after' ? 1 : 0)
    const place = action === 'head' ? 0 : action === 'tail' ? ids.length : at
    this.#children.set(group, ids.toSpliced(place, action === 'replace' ? 1 : 0, id))
    if (action === 'replace') this.#parent.delete(target)
    this.#parent.set(id, group)
    return group
  }

  #remove(id: number, command: Command): number {
    const group = this.#groupOf(id, command)
    this.#children.set(
      group,
      (this.#children.get(group) ?? []).filter((other) => other !== id),
    )
    this.#parent.delete(id)
    return group
  }

  #forget(id: number): void {
    for (const child of this.#children.get(id) ?? []) {
      this.#parent.delete(child)
      this.#forget(child)
    }
    this.#children.delete(id)
  }
}

const misplanned = {
  code: 'invalid-plan',
  message: 'the plan does not lead from what runs to what is wanted',
} as const

const impossible = (command: Command, found: string): never =>
  fail({ ...misplanned, path: command.call, found })

const mapped = (buses: Readonly<Record<string, number>>): Given =>
  Object.fromEntries(Object.entries(buses).map(([name, controlBus]) => [name, { controlBus }]))

/** How what a server tells of itself differs from what it must: the id of the node, and what is wrong with it. */
export interface Difference {
  readonly id: number
  readonly found: string
  readonly expected: string
}

/** Compares what was expected with a group as the server tells of it. Controls that a SynthDef does not have do not count. */
export function differences({ groups, synths }: Expected, { id: group, children }: TreeGroup): Difference[] {
  const ids = groups.get(group)
  if (ids === undefined) return []
  const there = children.map(({ id }) => id)
  if (there.join() !== ids.join())
    return [{ id: group, found: `synths ${there.join(' ')}`, expected: ids.join(' ') }]
  return children.flatMap((child): Difference[] => {
    const { id } = child
    const wanted = synths.get(id)
    if (wanted === undefined) return []
    if (!('def' in child)) return [{ id, found: 'a group', expected: 'a synth' }]
    if (wanted.def !== undefined && wanted.def !== child.def)
      return [{ id, found: child.def, expected: wanted.def }]
    return Object.entries(wanted.controls).flatMap(([name, value]) => {
      if (!Object.hasOwn(child.controls, name)) return []
      const found = child.controls[name] as ControlValue
      return same(found, value) ? [] : [{ id, found: `${name} ${shown(found)}`, expected: shown(value) }]
    })
  })
}

const shown = (value: ControlValue): string =>
  typeof value === 'number'
    ? String(value)
    : 'controlBus' in value
      ? `control bus ${value.controlBus}`
      : `audio bus ${value.audioBus}`

const same = (a: ControlValue, b: ControlValue): boolean =>
  typeof a === 'number' || typeof b === 'number' ? a === b : shown(a) === shown(b)
