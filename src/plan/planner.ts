import type { Command } from '../scsynth/index.ts'
import {
  Allocator,
  type Allocation,
  type Groups,
  type Instance,
  type Leaving,
  type RunningNode,
  type RunningVoice,
  type Unplugging,
  type Values,
} from './allocation.ts'
import { controlNames, fadeSeconds, type DeviceSynthDef } from './device-synthdef.ts'
import { Buses, tailsIn } from './buses.ts'
import { Cables } from './cables.ts'
import { Fades } from './fades.ts'
import { groupOf, tailName } from './kinds.ts'
import { Members } from './members.ts'
import type { Network, NetworkNode } from './network.ts'
import type { Plan, PlanInput } from './plan.ts'
import { outcome, voicesReport, type How } from './report.ts'
import { findRenames, renamed } from './rename.ts'
import { resolveAll, type Context } from './resolve.ts'
import { giveBack, type Allocators } from './resources.ts'
import { arrange, isSound, merged, sequence, type Member } from './sequence.ts'
import { Stage, type Place } from './stage.ts'
import { Untouched } from './untouched.ts'

/** Seconds after which what rings out is ended, whatever is still to be heard. */
const longestTail = 30

/** One synth that is wanted: who it is, and what it was. */
interface Wanted {
  readonly node: NetworkNode
  readonly instance: Instance
  readonly mix?: number
  /** `kept` goes on, `back` was about to leave, `born` is new. */
  readonly how: How
  /** What its controls had, if it is not born. */
  readonly had?: Values | undefined
  /** The edit does not concern it. */
  readonly same?: boolean
  /** The one that it replaces. */
  readonly predecessor?: (Instance & { readonly node: NetworkNode }) | undefined
}

/** Holds the scratch copies of the pools and the lists of commands while one plan is made; never outlives it. */
export class Planner {
  readonly #from: Allocation
  readonly #network: Network | undefined
  readonly #input: PlanInput
  readonly #renames: ReadonlyMap<string, string>
  readonly #pools: Allocators
  readonly #fadeEnd: number
  readonly #tailEnd: number
  readonly #births: Command[] = []
  readonly #changes: Command[] = []
  readonly #deaths: number[] = []
  readonly #stage: Stage
  readonly #buses: Buses
  readonly #cables: Cables
  readonly #members = new Members()
  readonly #order = new Map<number, readonly number[]>()
  readonly #moved = new Set<number>()
  /** Names of devices that the edit does not concern. */
  readonly #same = new Set<string>()
  readonly #touched = new Set<number>()
  readonly #hows = new Map<string, Wanted['how'][]>()
  readonly #instances = new Map<string, Instance[]>()
  #freed = 0

  constructor(from: Allocation, network: Network | undefined, input: PlanInput) {
    this.#renames = network === undefined ? new Map() : findRenames(from, network)
    this.#from = renamed(from, this.#renames)
    this.#network = network
    this.#input = input
    this.#pools = {
      nodes: new Allocator(from.nodeIds),
      audio: new Allocator(from.audioBuses),
      control: new Allocator(from.controlBuses),
      random: new Allocator(from.randomIds),
    }
    this.#stage = new Stage(this.#from, network, input, this.#pools)
    const { block = 0, blockRate = 375 } = input
    this.#fadeEnd = block + Math.ceil(fadeSeconds * blockRate)
    this.#tailEnd = block + Math.ceil(longestTail * blockRate)
    const { poisoned = new Set() } = input
    this.#buses = new Buses(this.#from, this.#pools, poisoned)
    this.#cables = new Cables(from.unplugging, poisoned, this.#fadeEnd)
  }

  plan(): Plan {
    const network = this.#network
    const groups = network === undefined ? undefined : (this.#from.groups ?? this.#stage.groups())
    const { voices, kept } = this.#stage.voices(groups)
    const knobBuses = this.#stage.knobBuses()
    const silence = this.#silence()
    const places = groups === undefined ? [] : this.#stage.places(groups, voices, kept)
    // buses first, then ids, since nodes refer to each other in both directions (feedback)
    const context = {
      voices,
      knobBuses,
      nodes: new Map(tailsIn(this.#from, network, voices, silence)),
    }
    const untouched = new Untouched(this.#from, kept, this.#input.poisoned ?? new Set())
    const wired = new Map<string, RunningNode>()
    for (const node of network?.nodes ?? []) {
      const same = untouched.of(node, context)
      if (same) this.#same.add(node.name)
      const running = same ?? this.#buses.give(node, kept, context)
      wired.set(node.name, running)
      context.nodes.set(node.name, running)
    }
    const wanted = places.map((place) => this.#wanted(place, wired, context))
    const leaving = this.#leaving(places, groups)
    const fades = new Fades(this.#buses.fresh, this.#fadeEnd)
    const after = places.flatMap((place, i) =>
      this.#place(place, wanted[i] ?? [], leaving.get(place.group) ?? [], fades),
    )
    const start = [...this.#stage.start, ...fades.commands()]
    const nodes = new Map(
      [...wired].map(([name, node]) => [
        name,
        this.#same.has(name) ? node : { ...node, instances: this.#instances.get(name) ?? [] },
      ]),
    )
    return this.#finish({ groups, voices, kept, nodes, knobBuses, leaving: after, silence, start })
  }

  /** Where a voice reads a tail that rings in other voices only. */
  #silence(): number | undefined {
    const needed = this.#network?.tails.some(({ part }) => part === 'voice') === true
    return needed ? (this.#from.silence ?? this.#pools.audio.take(2)) : undefined
  }

  /** The synths of a group in their order: which of them are there, and what is to be born. */
  #wanted(place: Place, wired: ReadonlyMap<string, RunningNode>, context: Context): Wanted[] {
    const list: Wanted[] = []
    for (const [name, { node, instances, mix }] of wired) {
      if (node.part !== place.part) continue
      const own = instances[place.voice] as Instance
      if (this.#same.has(name)) {
        list.push({ node, instance: own, how: 'kept', same: true })
        continue
      }
      const values = resolveAll(node, place.voice, context)
      const as = (
        how: Wanted['how'],
        id: number,
        randomId: number | undefined,
        rest: Pick<Wanted, 'had' | 'predecessor'>,
      ): void => {
        const random = randomId === undefined ? {} : { randomId }
        const given = randomId === undefined ? values : { ...values, [controlNames.randomId]: randomId }
        const instance = { ...own, ...random, id, values: given }
        list.push({ node, instance, how, ...rest, ...(mix !== undefined && { mix }) })
        put(this.#instances, name, instance)
        put(this.#hows, name, how)
      }
      const old = place.before === undefined ? undefined : this.#running(name, node.part, place.before)
      // in a paused voice no fade runs: what was leaving it is cut off
      const back = place.paused
        ? undefined
        : this.#buses.returning(node, place.group).find((one) => this.#cables.stays(one, node, values, false))
      if (old && this.#cables.stays(old, node, values, place.paused))
        as('kept', old.id, old.randomId, { had: old.values })
      else if (back) as('back', back.id, back.randomId, { had: back.values })
      else {
        const randomId = node.random ? this.#pools.random.take() : undefined
        as('born', this.#pools.nodes.take(), randomId, old ? { predecessor: old } : {})
      }
    }
    return list
  }

  #running(name: string, part: NetworkNode['part'], voice: number) {
    const running = this.#from.nodes.get(name)
    const instance = running?.instances[voice]
    if (running === undefined || instance === undefined || running.node.part !== part) return undefined
    return { ...instance, node: running.node }
  }

  /** What leaves, by group: what was leaving already, and what an edit takes out now. What cannot be heard ends at once. */
  #leaving(places: readonly Place[], groups: Groups | undefined): Map<number, Leaving[]> {
    if (this.#from.leaving.length === 0 && this.#from.nodes.size === 0) return new Map()
    const stay = new Set([...this.#instances.values()].flatMap((all) => all.map(({ id }) => id)))
    const sounding = new Map(
      places.filter(({ before }) => before !== undefined).map((place) => [place.group, place]),
    )
    const result = new Map<number, Leaving[]>()
    const leave = (leaving: Leaving): void => {
      const place = sounding.get(leaving.group)
      if (place === undefined || groups === undefined) return
      if (place.paused || this.#input.poisoned?.has(leaving.id)) {
        this.#deaths.push(leaving.id)
        return
      }
      const list = result.get(leaving.group)
      if (list) list.push(leaving)
      else result.set(leaving.group, [leaving])
    }
    for (const leaving of this.#from.leaving) if (!stay.has(leaving.id)) leave(leaving)
    for (const { node, instances, mix } of this.#from.nodes.values())
      for (const [voice, instance] of this.#same.has(node.name) ? [] : instances.entries()) {
        if (stay.has(instance.id)) continue
        this.#freed++
        leave({
          ...instance,
          name: node.name,
          node,
          group: groupOf(this.#from, node, voice) ?? -1,
          reads: this.#members.reads(node, instance.values),
          faded: [],
          until: node.rings ? this.#tailEnd : this.#fadeEnd,
          ...(mix !== undefined && { mix }),
          ...(node.rings && { tail: tailName(node, instances) }),
        })
      }
    return result
  }

  /** Births, changes and order of one group. Returns what leaves it, with the fades that it was given. */
  #place(
    { group, paused, before }: Place,
    wanted: readonly Wanted[],
    leaving: readonly Leaving[],
    fades: Fades,
  ): Leaving[] {
    const present = before === undefined ? [] : (this.#from.order.get(group) ?? [])
    const ids = wanted.map(({ instance }) => instance.id)
    if (leaving.length === 0 && wanted.every(({ same }) => same) && sameIds(ids, present)) {
      this.#order.set(group, present)
      return []
    }
    const stay = new Set([...ids, ...leaving.map(({ id }) => id)])
    const there = present.filter((id) => stay.has(id))
    const quick = merged(
      wanted.map(({ node, instance }) => ({ id: instance.id, name: node.name })),
      leaving,
      there,
    )
    const memberOf = ({ node, instance }: Wanted): Member => this.#members.of(node, instance)
    const going = leaving.map((one) => this.#members.leaving(one))
    const born = leaving.length === 0 ? [] : wanted.filter(({ how }) => how === 'born').map(memberOf)
    const order =
      quick && isSound(quick, [...born, ...going])
        ? quick
        : sequence(wanted.map(memberOf), going, there).map(({ id }) => id)
    const changed = wanted.filter(({ same }) => same !== true)
    const faded = fades.fade(changed, leaving, order, paused)
    const byId = new Map(changed.map((one) => [one.instance.id, one]))
    for (const { id, at, isNew } of arrange(group, order, there)) {
      const one = byId.get(id)
      if (!isNew) this.#births.push({ call: '/n_order', ...at, ids: [id] })
      if (!isNew) this.#moved.add(id)
      if (!isNew || !one) continue
      const { values } = one.instance
      const first = faded.births.get(id)
      const controls = first === undefined ? values : { ...values, ...first }
      this.#births.push({ call: '/s_new', def: one.node.def, id, ...at, controls })
    }
    for (const { how, had, instance } of changed) {
      if (how === 'born') continue
      const { commands, touched } = this.#cables.update(instance.id, instance.values, had ?? {}, paused)
      this.#changes.push(...commands)
      if (touched || how === 'back') this.#touched.add(instance.id)
    }
    this.#order.set(group, order)
    return faded.leaving
  }

  #stillThere(unplugging: readonly Unplugging[]): readonly Unplugging[] {
    if (unplugging.length === 0) return unplugging
    const alive = new Set([...this.#order.values()].flat())
    return unplugging.filter(({ id }) => alive.has(id))
  }

  #finish({
    groups,
    voices,
    kept,
    nodes,
    knobBuses,
    leaving,
    silence,
    start,
  }: {
    readonly groups: Groups | undefined
    readonly voices: readonly RunningVoice[]
    readonly kept: readonly (number | undefined)[]
    readonly nodes: ReadonlyMap<string, RunningNode>
    readonly knobBuses: ReadonlyMap<string, number>
    readonly leaving: readonly Leaving[]
    readonly silence: number | undefined
    readonly start: readonly Command[]
  }): Plan {
    const synthDefs = this.#network?.synthDefs ?? new Map<string, DeviceSynthDef>()
    const unused = [...this.#from.synthDefs].filter((name) => !synthDefs.has(name))
    const keptGroups = new Set(voices.map(({ group }) => group))
    const root = groups === undefined ? this.#from.groups?.root : undefined
    const gone = this.#from.voices.map(({ group }) => group).filter((group) => !keptGroups.has(group))
    const deaths = root === undefined ? [...gone, ...this.#deaths] : [root]
    const { policy } = this.#stage
    const held = {
      ...(groups && { groups }),
      voices,
      ...(policy && { policy }),
      nodes,
      knobBuses,
      leaving,
      unplugging: this.#stillThere(this.#cables.unplugging),
      ...(silence !== undefined && { silence }),
    }
    const taken = this.#pools.audio.taken + this.#pools.control.taken
    const { zeros, given, lingering } = giveBack(this.#from, held, this.#pools)
    const transaction: Command[] = [
      ...(this.#stage.values.length > 0 ? [{ call: '/c_set', values: this.#stage.values } as const] : []),
      ...this.#stage.births,
      ...this.#births,
      ...this.#changes,
      ...(deaths.length > 0 ? [{ call: '/n_free', ids: deaths } as const] : []),
      ...(zeros.length > 0 ? [{ call: '/c_set', values: zeros } as const] : []),
      ...(unused.length > 0 ? [{ call: '/d_free', names: unused } as const] : []),
    ]
    const hows = [...this.#hows.values()].flat()
    return {
      load: [...synthDefs.values()].filter(({ name }) => !this.#from.synthDefs.has(name)),
      transaction,
      start,
      allocation: {
        ...held,
        output: this.#from.output,
        nodeIds: this.#pools.nodes.freeze(),
        audioBuses: this.#pools.audio.freeze(),
        controlBuses: this.#pools.control.freeze(),
        randomIds: this.#pools.random.freeze(),
        synthDefs: new Set(synthDefs.keys()),
        lingering,
        order: this.#order,
      },
      voices: kept,
      report: {
        ...outcome(this.#from, nodes, this.#hows, this.#touched),
        moved: movedNames(nodes, this.#moved),
        ...voicesReport(this.#from, policy, voices),
        renamed: [...this.#renames].map(([from, to]) => ({ from, to })),
        synths: {
          born: hows.filter((how) => how === 'born').length,
          freed: this.#freed,
          back: hows.filter((how) => how === 'back').length,
        },
        differences: [],
        buses: { taken, freed: given.audio + given.control },
        milliseconds: 0,
      },
    }
  }
}

const sameIds = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((id, i) => id === b[i])

function movedNames(nodes: ReadonlyMap<string, RunningNode>, moved: ReadonlySet<number>): string[] {
  if (moved.size === 0) return []
  return [...nodes].flatMap(([name, { instances }]) =>
    instances.some(({ id }) => moved.has(id)) ? [name] : [],
  )
}

function put<T>(lists: Map<string, T[]>, name: string, item: T): void {
  const list = lists.get(name)
  if (list) list.push(item)
  else lists.set(name, [item])
}
