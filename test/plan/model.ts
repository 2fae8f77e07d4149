import {
  decodeSynthDefs,
  type AddAction,
  type Command,
  type ControlValue,
  type SynthDef,
} from '../../src/scsynth/index.ts'
import type { TreeGroup, TreeNode } from '../../src/scsynth/index.ts'

/** A synth of the model. */
export interface ModelSynth {
  readonly kind: 'synth'
  readonly id: number
  readonly def: string
  /** Rate of the buses that it writes; undefined if it writes none. */
  readonly writes: 'audio' | 'control' | undefined
  /** Controls with the index of a bus that is read a block late. */
  readonly late: ReadonlySet<string>
  /** Every control of the SynthDef, as `/g_queryTree` shows it. */
  readonly controls: Record<string, ControlValue>
  /** Every control that was given, also those that the SynthDef does not have: the server ignores them. */
  readonly given: Record<string, ControlValue>
  parent: number
}

interface ModelGroup {
  readonly kind: 'group'
  readonly id: number
  children: number[]
  paused: boolean
  parent: number
}

type ModelNode = ModelSynth | ModelGroup

interface ModelDef {
  readonly defaults: Readonly<Record<string, number>>
  readonly writes: ModelSynth['writes']
  readonly late: ModelSynth['late']
}

/** What a command did wrong in the eyes of the model. */
export class ModelError extends Error {
  constructor(command: Command, reason: string) {
    super(
      `${reason}: ${JSON.stringify(command, (_, value: unknown) => (value instanceof Uint8Array ? '…' : value))}`,
    )
  }
}

/**
 * scsynth without sound: executes commands on a tree of nodes, control buses and SynthDefs, and is stricter than the
 * server. What the server would answer with `/fail` or ignore without a word is a {@link ModelError}; only controls
 * that a SynthDef does not have may be given, since dead-code elimination removes those that change nothing.
 */
export class ServerModel {
  readonly nodes = new Map<number, ModelNode>([
    [0, { kind: 'group', id: 0, children: [], paused: false, parent: -1 }],
  ])
  /** Control buses that are not 0. */
  readonly buses = new Map<number, number>()
  /** SynthDefs by name. */
  readonly defs = new Map<string, ModelDef>()
  readonly #limits: { readonly controlBuses: number; readonly audioBuses: number }

  constructor(limits = { controlBuses: 16384, audioBuses: 4096 }) {
    this.#limits = limits
  }

  load(defs: readonly { readonly name: string; readonly bytes: Uint8Array }[]): void {
    for (const { name, bytes } of defs) this.#run({ call: '/d_recv', name, bytes })
  }

  run(commands: readonly Command[]): void {
    for (const command of commands) this.#run(command)
  }

  group(id: number): ModelGroup | undefined {
    const node = this.nodes.get(id)
    return node?.kind === 'group' ? node : undefined
  }

  synth(id: number): ModelSynth | undefined {
    const node = this.nodes.get(id)
    return node?.kind === 'synth' ? node : undefined
  }

  /** Synths below a group in the order in which they run. */
  synths(id = 0): ModelSynth[] {
    const node = this.nodes.get(id)
    if (node === undefined) return []
    return node.kind === 'synth' ? [node] : node.children.flatMap((child) => this.synths(child))
  }

  /** The tree below a group as the engine's `queryTree` tells it. */
  dump(id = 0): TreeGroup {
    const group = this.group(id)
    if (group === undefined) throw new Error(`no group ${id}`)
    return { id, children: group.children.map((child) => this.#dumpNode(child)) }
  }

  #dumpNode(id: number): TreeNode {
    const node = this.nodes.get(id)
    return node?.kind === 'synth' ? { id, def: node.def, controls: { ...node.controls } } : this.dump(id)
  }

  #run(command: Command): void {
    const wrong = (reason: string): never => {
      throw new ModelError(command, reason)
    }
    const node = (id: number): ModelNode => this.nodes.get(id) ?? wrong(`there is no node ${id}`)
    const synth = (id: number): ModelSynth => {
      const found = node(id)
      return found.kind === 'synth' ? found : wrong(`node ${id} is a group`)
    }
    const finite = (value: number): number =>
      Number.isFinite(value) ? Math.fround(value) : wrong('not a number')
    const bus = (value: number, count: number): number =>
      Number.isInteger(value) && value >= 0 && value < count ? value : wrong(`there is no bus ${value}`)
    const set = (target: ModelSynth, name: string, value: ControlValue): void => {
      if (typeof value === 'number') {
        finite(value)
        const audio = target.writes === 'audio' || name.endsWith('.bus')
        if (isBusIndex(name)) bus(value, audio ? this.#limits.audioBuses : this.#limits.controlBuses)
      } else if ('controlBus' in value) bus(value.controlBus, this.#limits.controlBuses)
      else bus(value.audioBus, this.#limits.audioBuses)
      const kept = typeof value === 'number' ? Math.fround(value) : value
      target.given[name] = kept
      if (Object.hasOwn(target.controls, name)) target.controls[name] = kept
    }
    switch (command.call) {
      case '/d_recv': {
        const decoded = decodeSynthDefs(command.bytes)
        const [def] = decoded
        if (def === undefined || decoded.length !== 1 || def.name !== command.name)
          return wrong('another SynthDef')
        const rate = def.ugens.find(({ name }) => name === 'Out' || name === 'XOut')?.rate
        this.defs.set(def.name, {
          defaults: Object.fromEntries(
            def.parameterNames.map(({ name, index }) => [name, def.parameters[index] ?? NaN]),
          ),
          writes: rate === 'audio' || rate === 'control' ? rate : undefined,
          late: lateReads(def),
        })
        return
      }
      case '/d_free':
        for (const name of command.names) if (!this.defs.delete(name)) wrong(`there is no SynthDef ${name}`)
        return
      case '/g_new':
        if (this.nodes.has(command.id)) wrong('duplicate id')
        this.nodes.set(command.id, { kind: 'group', id: command.id, children: [], paused: false, parent: -1 })
        return this.#insert(command.id, command.action, node(command.target), wrong)
      case '/s_new': {
        if (this.nodes.has(command.id)) wrong('duplicate id')
        const { defaults, writes, late } = this.defs.get(command.def) ?? wrong('unknown SynthDef')
        const born: ModelSynth = {
          kind: 'synth',
          id: command.id,
          def: command.def,
          writes,
          late,
          controls: { ...defaults },
          given: {},
          parent: -1,
        }
        for (const [name, value] of Object.entries(command.controls)) set(born, name, value)
        this.nodes.set(command.id, born)
        return this.#insert(command.id, command.action, node(command.target), wrong)
      }
      case '/n_set':
        for (const [name, value] of Object.entries(command.controls)) set(synth(command.id), name, value)
        return
      case '/n_map':
        for (const [name, index] of Object.entries(command.buses))
          set(synth(command.id), name, { controlBus: index })
        return
      case '/n_mapa':
        for (const [name, index] of Object.entries(command.buses))
          set(synth(command.id), name, { audioBus: index })
        return
      case '/n_free':
        for (const id of command.ids) {
          if (id === 0) wrong('the root group cannot be freed')
          this.#detach(node(id))
          this.#forget(id)
        }
        return
      case '/g_freeAll':
        for (const id of this.group(command.id)?.children ?? wrong('no such group')) this.#forget(id)
        ;(node(command.id) as ModelGroup).children = []
        return
      case '/n_run': {
        const target = node(command.id)
        if (target.kind === 'synth') return wrong('Megasynth pauses groups only')
        target.paused = !command.run
        return
      }
      case '/n_order': {
        let { action, target }: { action: AddAction; target: number } = command
        for (const id of command.ids) {
          if (id === target) wrong('a node cannot be placed next to itself')
          for (let up = target; up > 0; up = node(up).parent) if (up === id) wrong('a group inside of itself')
          this.#detach(node(id))
          this.#insert(id, action, node(target), wrong)
          if (action !== 'before') [action, target] = ['after', id]
        }
        return
      }
      case '/c_set':
        for (const [index, value] of command.values) {
          bus(index, this.#limits.controlBuses)
          if (finite(value) === 0) this.buses.delete(index)
          else this.buses.set(index, Math.fround(value))
        }
        return
      case '/c_get':
      case '/notify':
      case '/sync':
      case '/g_queryTree':
        return
      default:
        return command satisfies never
    }
  }

  #insert(id: number, action: AddAction, target: ModelNode, wrong: (reason: string) => never): void {
    const inside = action === 'head' || action === 'tail'
    const group = inside ? target : this.nodes.get(target.parent)
    if (group?.kind !== 'group') return wrong(inside ? 'the target is a synth' : 'the target has no place')
    const node = this.nodes.get(id) as ModelNode
    node.parent = group.id
    if (action === 'head') group.children.unshift(id)
    else if (action === 'tail') group.children.push(id)
    else if (action === 'replace') wrong('nodes are not replaced')
    else group.children.splice(group.children.indexOf(target.id) + (action === 'after' ? 1 : 0), 0, id)
  }

  #detach(node: ModelNode): void {
    const group = this.group(node.parent)
    if (group) group.children = group.children.filter((child) => child !== node.id)
  }

  #forget(id: number): void {
    const node = this.nodes.get(id)
    if (node?.kind === 'group') for (const child of node.children) this.#forget(child)
    this.nodes.delete(id)
  }
}

/** Controls that tell a feedback cable its bus: the UGens of controls come with their parameters in their order. */
function lateReads({ ugens, parameterNames }: SynthDef): Set<string> {
  const parameters = new Map(parameterNames.map(({ name, index }) => [index, name]))
  return new Set(
    ugens.flatMap(({ name, inputs }) => {
      const [input] = inputs
      const source = name === 'InFeedback' && input && 'ugen' in input ? ugens[input.ugen] : undefined
      if (source === undefined || input === undefined || !('ugen' in input)) return []
      return [parameters.get(source.specialIndex + input.output) ?? 'nothing']
    }),
  )
}

/** Controls whose value is the index of an audio or control bus, or of a random generator. */
const isBusIndex = (name: string): boolean => name === '-own' || name === '-mix' || name.endsWith('.bus')

/** What a tree does not tell of itself. */
export interface Surroundings {
  /** Whether the output of synths of a SynthDef is audio. */
  readonly audio: (def: string) => boolean
  /** What is on a control bus. Default: not compared. */
  readonly bus?: (index: number) => number
  /** Default: not compared. */
  readonly paused?: (group: number) => boolean
}

/** The canonical tree of a model: see {@link canonicalTree}. */
export function canonical(model: ServerModel, id = 0): unknown {
  return canonicalTree(model.dump(id), {
    audio: (def) => model.defs.get(def)?.writes === 'audio',
    bus: (index) => model.buses.get(index) ?? 0,
    paused: (group) => model.group(group)?.paused === true,
  })
}

/**
 * A tree up to ids: node ids, bus indices and random generators are replaced by the order in which they first appear,
 * seeds are left out, and every mapped control tells what is on its bus. Two servers that do the same have equal
 * canonical trees.
 */
export function canonicalTree(tree: TreeGroup, { audio, bus, paused }: Surroundings): unknown {
  const names = new Map<string, string>()
  const nameOf = (kind: string, number: number): string => {
    const key = `${kind}${number}`
    const name = names.get(key) ?? `${kind}#${names.size}`
    names.set(key, name)
    return name
  }
  const control = (name: string, value: ControlValue, isAudio: boolean): unknown => {
    if (typeof value !== 'number') {
      const [kind, index] = 'controlBus' in value ? ['control', value.controlBus] : ['audio', value.audioBus]
      return [nameOf(kind, index), (kind === 'control' && bus?.(index)) || 0]
    }
    if (isBusIndex(name)) return nameOf(isAudio || name.endsWith('.bus') ? 'audio' : 'control', value)
    return name === '-random' ? nameOf('random', value) : value
  }
  const walk = (node: TreeNode): unknown => {
    if ('children' in node) return { paused: paused?.(node.id), children: node.children.map(walk) }
    const sorted = Object.entries(node.controls)
      .filter(([name]) => name !== '-seed')
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
    return {
      def: node.def,
      controls: Object.fromEntries(
        sorted.map(([name, value]) => [name, control(name, value, audio(node.def))]),
      ),
    }
  }
  return walk(tree)
}
