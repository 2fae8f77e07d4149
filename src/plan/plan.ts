import type { Command, ControlValue } from '../scsynth/index.ts'
import { keyNames, type KeyName } from '../patch/ports.ts'
import {
  Allocator,
  type Allocation,
  type Groups,
  type Instance,
  type RunningNode,
  type RunningVoice,
} from './allocation.ts'
import type { DeviceSynthDef } from './device-synthdef.ts'
import { knobBusValue } from './knobs.ts'
import type { Network, NetworkNode } from './network.ts'
import { resolve, sameValue, type Context } from './resolve.ts'

/** What turns what is running into what is wanted: a value, to be printed, checked or executed. */
export interface Plan {
  /** SynthDefs to load and to see loaded before the transaction. */
  readonly load: readonly DeviceSynthDef[]
  /** Everything else, to take effect within one block. */
  readonly transaction: readonly Command[]
  /** To be sent unconfirmed when the transaction is done: a new patch is born paused and starts here, with its first notes. */
  readonly start: readonly Command[]
  /** What is running after it. */
  readonly allocation: Allocation
  readonly report: Report
}

/** Names of devices, by what a plan does with them. */
export interface Report {
  readonly kept: readonly string[]
  /** Kept, with other controls or mappings. */
  readonly set: readonly string[]
  readonly replaced: readonly string[]
  readonly added: readonly string[]
  readonly removed: readonly string[]
  /** Synths born and freed. */
  readonly synths: { readonly born: number; readonly freed: number }
}

/** What the plan must know besides the network: where the knobs are. */
export interface PlanInput {
  /** Position 0..1 of a knob. */
  readonly position: (knob: string) => number
  /** Values of the keys of a voice that is born. Default: at rest, C4. */
  readonly keys?: (voice: number) => Readonly<Record<KeyName, number>>
}

/** A voice that nobody plays: C4, gate down. */
export const keysAtRest: Readonly<Record<KeyName, number>> = {
  pitch: 60 / 128,
  gate: 0,
  trigger: 0,
  velocity: 0,
  pressure: 0,
  timbre: 0.5,
  random: 0,
}

/**
 * Plans the way from what is running to a network. `plan(p, p)` has no commands. Pure.
 *
 * @param from what is running; {@link emptyAllocation} for nothing
 * @param network what is wanted; `undefined` for nothing
 * @example
 * const network = compile(parsePatch(patch, standard, out), { catalogue: standard })
 * const { load, report, allocation } = plan(emptyAllocation(), network, { position: () => 0.5 })
 */
export function plan(from: Allocation, network: Network | undefined, input: PlanInput): Plan {
  return new Planner(from, network, input).plan()
}

/** Holds the scratch copies of the pools and the lists of commands while one plan is made; never outlives it. */
class Planner {
  readonly #from: Allocation
  readonly #network: Network | undefined
  readonly #input: PlanInput
  readonly #nodeIds: Allocator
  readonly #audio: Allocator
  readonly #control: Allocator
  readonly #random: Allocator
  readonly #births: Command[] = []
  readonly #changes: Command[] = []
  readonly #deaths: number[] = []
  /** Synths that end, those of a freed group included. */
  #freed = 0
  /** Control buses to write: knobs and keys first, and zeros on those that lost their writer. */
  readonly #values: [number, number][] = []
  readonly #zeros: [number, number][] = []
  readonly #report = {
    kept: [] as string[],
    set: [] as string[],
    replaced: [] as string[],
    added: [] as string[],
  }

  constructor(from: Allocation, network: Network | undefined, input: PlanInput) {
    this.#from = from
    this.#network = network
    this.#input = input
    this.#nodeIds = new Allocator(from.nodeIds)
    this.#audio = new Allocator(from.audioBuses)
    this.#control = new Allocator(from.controlBuses)
    this.#random = new Allocator(from.randomIds)
  }

  plan(): Plan {
    const wanted = this.#network?.nodes ?? []
    const groups = this.#network === undefined ? undefined : (this.#from.groups ?? this.#newGroups())
    const count = wanted.some(({ part }) => part === 'voice') ? (this.#network?.voices.count ?? 0) : 0
    const voices = groups === undefined ? [] : this.#voices(groups, count)
    const knobBuses = this.#knobBuses()
    // buses first, then ids, since nodes refer to each other in both directions (feedback)
    const wired = new Map(wanted.map((node) => [node.name, this.#withBuses(node, count)]))
    const nodes = new Map(
      [...wired].map(([name, node]) => [name, this.#withIds(node, { voices, nodes: wired, knobBuses })]),
    )
    if (groups) this.#place(groups, voices, nodes, knobBuses)
    this.#free(nodes, voices, knobBuses)
    return this.#finish(groups, voices, nodes, knobBuses)
  }

  #newGroups(): Groups {
    const group = (target: number): number => {
      const id = this.#nodeIds.take()
      this.#births.push({ call: '/g_new', id, action: 'tail', target })
      return id
    }
    const root = group(0)
    this.#births.push({ call: '/n_run', id: root, run: false })
    return { root, before: group(root), voices: group(root), after: group(root) }
  }

  #voices(groups: Groups, count: number): RunningVoice[] {
    const kept = this.#from.voices.slice(0, count)
    const added = Array.from({ length: count - kept.length }, (_, i): RunningVoice => {
      const [group, keys] = [this.#nodeIds.take(), this.#control.take(keyNames.length)]
      this.#births.push({ call: '/g_new', id: group, action: 'tail', target: groups.voices })
      const values = this.#input.keys?.(kept.length + i) ?? keysAtRest
      for (const [k, name] of keyNames.entries()) this.#values.push([keys + k, values[name]])
      return { group, keys }
    })
    return [...kept, ...added]
  }

  #knobBuses(): Map<string, number> {
    const buses = new Map<string, number>()
    for (const [key, mapping] of this.#network?.knobs ?? []) {
      const known = this.#from.knobBuses.get(key)
      const bus = known ?? this.#control.take()
      if (known === undefined)
        this.#values.push([bus, Math.fround(knobBusValue(mapping, this.#input.position))])
      buses.set(key, bus)
    }
    return buses
  }

  /** Gives a node the buses and random generators that it needs; those it has already, it keeps. */
  #withBuses(node: NetworkNode, voices: number): RunningNode {
    const before = this.#from.nodes.get(node.name)
    const sameBus =
      before !== undefined &&
      before.node.rate === node.rate &&
      before.node.channels === node.channels &&
      before.node.part === node.part
    const buses = node.rate === 'audio' ? this.#audio : this.#control
    const busFor = (old: number | undefined): number =>
      (sameBus ? old : undefined) ?? buses.take(node.channels)
    const count = node.part === 'voice' ? voices : 1
    const instances = Array.from({ length: count }, (_, voice): Instance => {
      const old = before?.instances[voice]
      return {
        id: -1,
        ...(node.own && { own: node.name === 'out' ? 0 : busFor(old?.own) }),
        ...(node.random && { randomId: old?.randomId ?? this.#random.take() }),
      }
    })
    return { node, instances, ...(node.mix && { mix: busFor(before?.mix) }) }
  }

  /** A synth stays unless its SynthDef changes, or a bus or generator that it reads only at its birth. */
  #withIds({ node, instances, ...rest }: RunningNode, context: Context): RunningNode {
    const before = this.#from.nodes.get(node.name)
    const sameDef = before !== undefined && before.node.part === node.part && before.node.def === node.def
    const fixed = Object.entries(node.controls).filter(
      ([, { kind }]) => kind === 'bus' || kind === 'randomId',
    )
    return {
      ...rest,
      node,
      instances: instances.map((instance, voice): Instance => {
        const old = before?.instances[voice]
        const stays =
          sameDef &&
          old !== undefined &&
          fixed.every(([name, source]) => {
            const then = before.node.controls[name]
            return (
              then &&
              sameValue(resolve(then, before.node, voice, this.#from), resolve(source, node, voice, context))
            )
          })
        return { ...instance, id: stays ? old.id : this.#nodeIds.take() }
      }),
    }
  }

  /** Births, changes and order, group by group. */
  #place(
    groups: Groups,
    voices: readonly RunningVoice[],
    nodes: ReadonlyMap<string, RunningNode>,
    knobBuses: ReadonlyMap<string, number>,
  ): void {
    const context = { voices, nodes, knobBuses }
    const inPart = (part: string): RunningNode[] =>
      [...nodes.values()].filter(({ node }) => node.part === part)
    this.#fill(groups.before, inPart('before'), 0, context)
    const voiceNodes = inPart('voice')
    for (const [voice, { group }] of voices.entries()) this.#fill(group, voiceNodes, voice, context)
    this.#fill(groups.after, inPart('after'), 0, context)
    this.#reportNodes(nodes)
  }

  #fill(group: number, wanted: readonly RunningNode[], voice: number, context: Context): void {
    const ids = new Set(wanted.map(({ instances }) => instances[voice]?.id))
    const present = this.#present(group, voice).filter((id) => ids.has(id))
    let previous: number | undefined
    let position = 0
    for (const { node, instances } of wanted) {
      const { id } = instances[voice] as Instance
      const place =
        previous === undefined
          ? ({ action: 'head', target: group } as const)
          : ({ action: 'after', target: previous } as const)
      const old = this.#from.nodes.get(node.name)?.instances[voice]
      if (old?.id !== id)
        this.#births.push({
          call: '/s_new',
          def: node.def,
          id,
          ...place,
          controls: this.#controls(node, voice, context),
        })
      else {
        if (present[position] === id) position++
        else {
          present.splice(present.indexOf(id), 1)
          present.splice(position++, 0, id)
          this.#births.push({ call: '/n_order', ...place, ids: [id] })
        }
        this.#update(node, voice, id, context)
      }
      previous = id
    }
  }

  /** Ids of the synths of a group, in the order in which they run. */
  #present(group: number, voice: number): number[] {
    const { groups, voices, nodes } = this.#from
    if (groups === undefined) return []
    const part = group === groups.before ? 'before' : group === groups.after ? 'after' : 'voice'
    if (part === 'voice' && voices[voice]?.group !== group) return []
    return [...nodes.values()].flatMap(({ node, instances }) =>
      node.part === part ? (instances[voice]?.id ?? []) : [],
    )
  }

  #controls(node: NetworkNode, voice: number, context: Context): Record<string, ControlValue> {
    return Object.fromEntries(
      Object.entries(node.controls).map(([name, source]) => [name, resolve(source, node, voice, context)]),
    )
  }

  /** Sets and maps what differs on a synth that stays. */
  #update(node: NetworkNode, voice: number, id: number, context: Context): void {
    const before = this.#from.nodes.get(node.name)?.node
    if (before === undefined) return
    const [set, map]: [Record<string, number>, Record<string, number>] = [{}, {}]
    for (const [name, source] of Object.entries(node.controls)) {
      const value = resolve(source, node, voice, context)
      const old = resolve(before.controls[name] ?? { kind: 'value', value: NaN }, before, voice, this.#from)
      if (sameValue(value, old)) continue
      if (typeof value === 'number') set[name] = value
      else if ('controlBus' in value) map[name] = value.controlBus
    }
    if (Object.keys(set).length > 0) this.#changes.push({ call: '/n_set', id, controls: set })
    if (Object.keys(map).length > 0) this.#changes.push({ call: '/n_map', id, buses: map })
  }

  /** Takes back everything that is no longer used; last of all, so that this plan cannot hand it out again. */
  #free(
    nodes: ReadonlyMap<string, RunningNode>,
    voices: readonly RunningVoice[],
    knobBuses: ReadonlyMap<string, number>,
  ): void {
    const freeControl = (bus: number, length = 1): void => {
      this.#control.give(bus, length)
      for (let i = 0; i < length; i++) this.#zeros.push([bus + i, 0])
    }
    if (this.#network === undefined)
      for (const id of Object.values(this.#from.groups ?? {})) this.#nodeIds.give(id as number)
    for (const { group, keys } of this.#from.voices.slice(voices.length)) {
      this.#deaths.push(group)
      this.#nodeIds.give(group)
      freeControl(keys, keyNames.length)
    }
    for (const [key, bus] of this.#from.knobBuses) if (!knobBuses.has(key)) freeControl(bus)
    for (const [name, { node, instances, mix }] of this.#from.nodes) {
      const now = nodes.get(name)
      const release = (bus: number | undefined, next: number | undefined): void => {
        // a bus of the other rate may have the same number
        const stays = bus === next && now?.node.rate === node.rate
        if (bus === undefined || stays || name === 'out') return
        if (node.rate === 'control') freeControl(bus, node.channels)
        else this.#audio.give(bus, node.channels)
      }
      for (const [voice, old] of instances.entries()) {
        const next = now?.instances[voice]
        release(old.own, next?.own)
        if (old.randomId !== undefined && next?.randomId !== old.randomId) this.#random.give(old.randomId)
        if (next?.id === old.id) continue
        this.#nodeIds.give(old.id)
        this.#freed++
        // a group takes its synths with it
        if (node.part !== 'voice' || voice < voices.length) this.#deaths.push(old.id)
      }
      release(mix, now?.mix)
    }
  }

  #reportNodes(nodes: ReadonlyMap<string, RunningNode>): void {
    const changed = new Set(this.#changes.flatMap((command) => ('id' in command ? [command.id] : [])))
    for (const [name, { instances }] of nodes) {
      const before = this.#from.nodes.get(name)
      if (before === undefined) this.#report.added.push(name)
      else if (before.instances.some(({ id }, voice) => id !== (instances[voice]?.id ?? id)))
        this.#report.replaced.push(name)
      else if (instances.some(({ id }) => changed.has(id))) this.#report.set.push(name)
      else this.#report.kept.push(name)
    }
  }

  #finish(
    groups: Groups | undefined,
    voices: readonly RunningVoice[],
    nodes: ReadonlyMap<string, RunningNode>,
    knobBuses: ReadonlyMap<string, number>,
  ): Plan {
    const synthDefs = this.#network?.synthDefs ?? new Map<string, DeviceSynthDef>()
    const unused = [...this.#from.synthDefs].filter((name) => !synthDefs.has(name))
    const removed = [...this.#from.nodes.keys()].filter((name) => !nodes.has(name))
    const root = groups === undefined ? this.#from.groups?.root : undefined
    const deaths = root === undefined ? this.#deaths : [root]
    const transaction: Command[] = [
      ...(this.#values.length > 0 ? [{ call: '/c_set', values: this.#values } as const] : []),
      ...this.#births,
      ...this.#changes,
      ...(deaths.length > 0 ? [{ call: '/n_free', ids: deaths } as const] : []),
      ...(this.#zeros.length > 0 ? [{ call: '/c_set', values: this.#zeros } as const] : []),
      ...(unused.length > 0 ? [{ call: '/d_free', names: unused } as const] : []),
    ]
    const allocation: Allocation = {
      nodeIds: this.#nodeIds.freeze(),
      audioBuses: this.#audio.freeze(),
      controlBuses: this.#control.freeze(),
      randomIds: this.#random.freeze(),
      ...(groups && { groups }),
      voices,
      nodes,
      knobBuses,
      synthDefs: new Set(synthDefs.keys()),
    }
    return {
      load: [...synthDefs.values()].filter(({ name }) => !this.#from.synthDefs.has(name)),
      transaction,
      start: groups && !this.#from.groups ? [{ call: '/n_run', id: groups.root, run: true }] : [],
      allocation,
      report: {
        ...this.#report,
        removed,
        synths: {
          born: this.#births.filter(({ call }) => call === '/s_new').length,
          freed: this.#freed,
        },
      },
    }
  }
}
