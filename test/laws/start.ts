import { out, standard } from '../../src/devices/index.ts'
import { parsePatch, type ParsedPatch, type Patch } from '../../src/patch/index.ts'
import {
  compile,
  emptyAllocation,
  keysAtRest,
  networkAfter,
  nextDue,
  plan,
  Rehearsal,
  setKeys,
  settle,
  silenced,
  type Allocation,
  type Network,
  type Plan,
} from '../../src/plan/index.ts'
import { fadeSeconds } from '../../src/plan/device-synthdef.ts'
import type { Command } from '../../src/scsynth/index.ts'
import { ServerModel } from '../plan/model.ts'

/** What a patch has become on a model of the server. */
export interface Started {
  readonly parsed: ParsedPatch
  readonly network: Network
  readonly planned: Plan
  readonly model: ServerModel
}

export const compiled = (patch: Patch): { parsed: ParsedPatch; network: Network } => {
  const parsed = parsePatch(patch, standard, out)
  return { parsed, network: compile(parsed, { catalogue: standard }) }
}

/** Where the knobs of random patches are, and how fast the clock, whatever patch declares what. */
export const position = (name: string): number =>
  ({ k0: 0.25, k1: 0, k2: 0.8125, 'clock.rate': 0.0078125, 'clock.fine': 0.0000001 })[name] ?? NaN

/** Commands as an engine gets them: SynthDefs, a transaction, and what follows it a block later. */
export type Sent = Pick<Plan, 'load' | 'transaction' | 'start'>

/** Blocks in which a fade is over. */
const fade = Math.ceil(fadeSeconds * 375)

/** A patch that is edited while it is played: a live synth without an engine, on a model of the server. */
export class Session {
  readonly model = new ServerModel()
  /** All that was sent. */
  readonly sent: Sent[] = []
  allocation: Allocation
  network: Network | undefined
  patch: Patch = { devices: {} }
  block = 0
  /** Key that is down or not, of each voice. */
  gates: number[] = []

  constructor(allocation = emptyAllocation()) {
    this.allocation = allocation
  }

  /**
   * Plans the way to a patch, in this very block, and goes it.
   *
   * @param gate of a voice that is born
   * @param horizon block in which a tail must still sound to be read on
   */
  edit(patch: Patch, gate: (voice: number) => number = () => 0, horizon = this.block): Plan {
    this.patch = patch
    const parsed = parsePatch(patch, standard, out)
    this.network = networkAfter(this.allocation, this.network, parsed, standard, horizon)
    const planned = this.plan(gate)
    this.#rehearse(planned)
    this.#send(planned)
    this.gates = planned.voices.map((old, voice) =>
      old === undefined ? gate(voice) : (this.gates[old] ?? 0),
    )
    this.allocation = planned.allocation
    return planned
  }

  /** What it would take to have what there is. */
  plan(gate: (voice: number) => number = () => 0): Plan {
    const keys = (voice: number) => ({ ...keysAtRest, gate: gate(voice) })
    return plan(this.allocation, this.network, { position, keys, block: this.block })
  }

  /** The model that a live synth looks at before it sends anything finds nothing wrong either. */
  #rehearse({ transaction, start, allocation }: Plan): void {
    const rehearsal = new Rehearsal(this.allocation)
    rehearsal.run([...transaction, ...start])
    rehearsal.end(allocation)
  }

  #send(commands: Sent): void {
    this.sent.push(commands)
    this.model.load(commands.load)
    this.model.run([...commands.transaction, ...commands.start])
  }

  #run(transaction: readonly Command[]): void {
    if (transaction.length > 0) this.#send({ load: [], transaction, start: [] })
  }

  /** Time goes by: what has faded out is freed. */
  wait(blocks: number): void {
    this.block += blocks
    const { commands, allocation } = settle(this.allocation, this.block)
    this.#run(commands)
    this.allocation = allocation
  }

  /** All that rings has come to silence: its readers go over to life without it. */
  hush(): void {
    const over = this.block + fade
    const ids = new Set(this.allocation.leaving.map(({ id }) => id))
    this.allocation = silenced(this.allocation, ids, over)
    if (this.network?.tails.length) this.edit(this.patch, undefined, over)
  }

  /** A voice sounds from now on, or it has come to silence and is paused. */
  play(voice: number, sounds: boolean): void {
    const running = this.allocation.voices[voice]
    if (running === undefined || running.paused !== sounds) return
    this.gates[voice] = Number(sounds)
    this.#run([
      { call: '/n_run', id: running.group, run: sounds },
      setKeys(running, { gate: Number(sounds) }),
    ])
    this.allocation = {
      ...this.allocation,
      voices: this.allocation.voices.with(voice, { ...running, paused: !sounds }),
    }
  }

  /** Voices that the patch has, without those that only finish. */
  get count(): number {
    const { nodes = [], voiceCount = 0 } = this.network ?? {}
    return nodes.some(({ part }) => part === 'voice') ? voiceCount : 0
  }

  /** Everything comes to its end: fades, tails, and voices that are too many. */
  rest(): this {
    // who lives on without a tail may be another, and ring out in turn
    for (let i = 0; i < 9 && this.network?.tails.length; i++) this.hush()
    if (this.allocation.voices.length > this.count) {
      for (let i = this.count; i < this.allocation.voices.length; i++) this.play(i, false)
      this.wait(fade)
      this.edit(this.patch)
    }
    while (nextDue(this.allocation) < Infinity) this.wait(nextDue(this.allocation) - this.block)
    return this
  }

  end(): Plan {
    this.network = undefined
    const planned = this.plan()
    this.#rehearse(planned)
    this.#send(planned)
    this.allocation = planned.allocation
    return planned
  }
}

/** A session that has started where nothing is running, with the same keys down. */
export function fresh({ patch, gates }: Session, allocation?: Allocation): Session {
  const session = new Session(allocation)
  session.edit(patch, (voice) => gates[voice] ?? 0)
  return session.rest()
}

/** Starts a patch where nothing is running. */
export function start(patch: Patch): Started {
  const session = new Session()
  const planned = session.edit(patch)
  return { ...compiled(patch), planned, model: session.model }
}
