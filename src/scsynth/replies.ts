import { fail, show } from '../errors/index.ts'
import type { ControlValue } from './commands.ts'
import type { OscArg, OscMessage } from './osc.ts'

/** What the server says, as a value. A node that is not there (−1 on the wire) is `null`. */
export type Reply =
  /** All asynchronous commands before `/sync` with this id are done. */
  | { readonly kind: 'synced'; readonly id: number }
  | { readonly kind: 'done'; readonly command: string; readonly args: readonly OscArg[] }
  | {
      readonly kind: 'fail'
      readonly command: string
      readonly error: string
      readonly args: readonly OscArg[]
    }
  | NodeReply
  | TreeReply
  | StatusReply
  /** Control buses and their values. */
  | { readonly kind: 'buses'; readonly values: readonly (readonly [bus: number, value: number])[] }
  | { readonly kind: 'other'; readonly message: OscMessage }

/** A node was started, has ended, was paused, resumed or moved; or the answer to a query. */
export interface NodeReply {
  readonly kind: 'node'
  readonly event: NodeEvent
  readonly id: number
  readonly parent: number | null
  readonly previous: number | null
  readonly next: number | null
  /** For a group: its first and last child. */
  readonly group?: { readonly head: number | null; readonly tail: number | null }
}

export type NodeEvent = 'go' | 'end' | 'off' | 'on' | 'move' | 'info'

/** The nodes below a group, in their order. */
export interface TreeReply {
  readonly kind: 'tree'
  /** Whether the synths tell their controls; without, `controls` is empty everywhere. */
  readonly withControls: boolean
  readonly root: TreeGroup
}

export type TreeNode = TreeGroup | TreeSynth

export interface TreeGroup {
  readonly id: number
  readonly children: readonly TreeNode[]
}

export interface TreeSynth {
  readonly id: number
  readonly def: string
  /** By name; a control without a name of its own (the later values of an array) by its index, `"3"`. */
  readonly controls: Readonly<Record<string, ControlValue>>
}

export interface StatusReply {
  readonly kind: 'status'
  readonly ugens: number
  readonly synths: number
  readonly groups: number
  readonly synthDefs: number
  /** Load of the audio thread in percent. */
  readonly averageCpu: number
  readonly peakCpu: number
  readonly nominalSampleRate: number
  readonly sampleRate: number
}

/**
 * Reads a message of the server. Messages that Megasynth has no use for are `{ kind: 'other' }`; one that it knows
 * but that is not formed as the Server Command Reference says is a MegasynthError `invalid-osc`, with the address
 * and the number of the argument in its path.
 *
 * @example
 * const reply = parseReply({ address: '/synced', args: [{ int: 7 }] })
 * if (reply.kind === 'synced') console.log(reply.id) // 7
 */
export function parseReply(message: OscMessage): Reply {
  const args = new Arguments(message)
  switch (message.address) {
    case '/synced':
      return { kind: 'synced', id: args.int() }
    case '/done':
      return { kind: 'done', command: args.text(), args: args.rest() }
    case '/fail':
      return { kind: 'fail', command: args.text(), error: args.text(), args: args.rest() }
    case '/n_go':
      return node('go', args)
    case '/n_end':
      return node('end', args)
    case '/n_off':
      return node('off', args)
    case '/n_on':
      return node('on', args)
    case '/n_move':
      return node('move', args)
    case '/n_info':
      return node('info', args)
    case '/g_queryTree.reply':
      return tree(args)
    case '/status.reply':
      return status(args)
    case '/c_set':
      return buses(args)
    default:
      return { kind: 'other', message }
  }
}

/** Takes the arguments of a message one by one. */
class Arguments {
  readonly #message: OscMessage
  #next = 0

  constructor(message: OscMessage) {
    this.#message = message
  }

  get left(): number {
    return this.#message.args.length - this.#next
  }

  int(): number {
    const arg = this.#take()
    return isNumber(arg, 'int') ? arg.int : this.#wrong(arg, 'an int32')
  }

  text(): string {
    const arg = this.#take()
    return typeof arg === 'string' ? arg : this.#wrong(arg, 'a text')
  }

  number(): number {
    const arg = this.#take()
    return numeric(arg) ?? this.#wrong(arg, 'a number')
  }

  /** A node id, −1 for none. */
  node(): number | null {
    const id = this.int()
    return id === -1 ? null : id
  }

  /** The number of nodes or controls that follow, each of which takes at least two arguments. */
  count(count = this.int()): number {
    const most = Math.floor(this.left / 2)
    return count >= 0 && count <= most ? count : this.#wrong({ int: count }, `0 to ${most}`)
  }

  /** How many pairs are left. */
  pairs(): number {
    return Math.ceil(this.left / 2)
  }

  /** The number of children of a node; null if it is a synth (−1 on the wire). */
  childCount(): number | null {
    const count = this.int()
    return count === -1 ? null : this.count(count)
  }

  /** The name of a control, or its index as text. */
  controlName(): string {
    const arg = this.#take()
    if (typeof arg === 'string') return arg
    return isNumber(arg, 'int') ? String(arg.int) : this.#wrong(arg, 'the name or the index of a control')
  }

  /** A number, or a bus as in `/s_new`: `c4`, `a16`. */
  controlValue(): ControlValue {
    const arg = this.#take()
    const [, rate, bus] = (typeof arg === 'string' && /^([ac])(\d+)$/.exec(arg)) || []
    if (rate !== undefined) return rate === 'c' ? { controlBus: Number(bus) } : { audioBus: Number(bus) }
    return numeric(arg) ?? this.#wrong(arg, 'a number, or a bus like "c4"')
  }

  rest(): readonly OscArg[] {
    return this.#message.args.slice(this.#next)
  }

  end(): void {
    if (this.left > 0)
      fail({ code: 'invalid-osc', path: this.#place(this.#next), message: `${this.left} arguments too many` })
  }

  #take(): OscArg {
    const arg = this.#message.args[this.#next++]
    return arg === undefined ? this.#wrong('(nothing)', 'another argument') : arg
  }

  #wrong(found: OscArg, expected: string): never {
    const shown = isNumber(found, 'int') ? String(found.int) : show(found)
    fail({
      code: 'invalid-osc',
      path: this.#place(this.#next - 1),
      message: 'not what the server should send',
      found: shown,
      expected,
    })
  }

  #place(index: number): string {
    return `${this.#message.address}[${index}]`
  }
}

function isNumber<K extends 'int' | 'float' | 'double'>(
  arg: OscArg,
  type: K,
): arg is Extract<OscArg, Readonly<Record<K, number>>> {
  return typeof arg === 'object' && arg !== null && type in arg
}

function numeric(arg: OscArg): number | undefined {
  if (isNumber(arg, 'float')) return arg.float
  if (isNumber(arg, 'int')) return arg.int
  if (isNumber(arg, 'double')) return arg.double
  return undefined
}

function node(event: NodeEvent, args: Arguments): NodeReply {
  const place = {
    kind: 'node',
    event,
    id: args.int(),
    parent: args.node(),
    previous: args.node(),
    next: args.node(),
  } as const
  const isGroup = args.int() === 1
  return isGroup ? { ...place, group: { head: args.node(), tail: args.node() } } : place
}

/** Children follow their parent; without recursion, so that a deep tree cannot overflow the stack. */
function tree(args: Arguments): TreeReply {
  const withControls = args.int() !== 0
  const rootChildren: TreeNode[] = []
  const root: TreeGroup = { id: args.int(), children: rootChildren }
  const open = [{ children: rootChildren, left: args.count() }]
  for (let group = open.at(-1); group !== undefined; group = open.at(-1)) {
    if (group.left === 0) {
      open.pop()
      continue
    }
    group.left--
    const id = args.int()
    const size = args.childCount()
    if (size === null) {
      group.children.push({ id, def: args.text(), controls: withControls ? controls(args) : {} })
    } else {
      const children: TreeNode[] = []
      group.children.push({ id, children })
      open.push({ children, left: size })
    }
  }
  args.end()
  return { kind: 'tree', withControls, root }
}

function controls(args: Arguments): Record<string, ControlValue> {
  const count = args.count()
  // fromEntries and not assignment: a control may be called __proto__
  return Object.fromEntries(
    Array.from({ length: count }, () => [args.controlName(), args.controlValue()] as const),
  )
}

function buses(args: Arguments): Extract<Reply, { kind: 'buses' }> {
  const values = Array.from({ length: args.pairs() }, () => [args.int(), args.number()] as const)
  return { kind: 'buses', values }
}

function status(args: Arguments): StatusReply {
  args.int() // unused by the server
  return {
    kind: 'status',
    ugens: args.int(),
    synths: args.int(),
    groups: args.int(),
    synthDefs: args.int(),
    averageCpu: args.number(),
    peakCpu: args.number(),
    nominalSampleRate: args.number(),
    sampleRate: args.number(),
  }
}
