import type { Command } from '../scsynth/index.ts'
import { keyNames } from '../patch/ports.ts'
import type { Allocation, Groups, RunningVoice, VoiceCount } from './allocation.ts'
import { busesPerVoice, chokeBus } from './choke.ts'
import { keysAtRest } from './keys.ts'
import { isIdle } from './kinds.ts'
import { knobBusValue } from './knobs.ts'
import type { Network, NetworkNode } from './network.ts'
import type { PlanInput } from './plan.ts'
import type { Allocators } from './resources.ts'

/** A group of synths, of a voice or of a shared part. */
export interface Place {
  readonly group: number
  readonly part: NetworkNode['part']
  /** Index among the voices; 0 for a shared part. */
  readonly voice: number
  /** The same before the edit; undefined if the group is new. */
  readonly before: number | undefined
  /** It makes no sound: what happens in it may happen at once. */
  readonly paused: boolean
}

/** What the synths of a plan stand in and read: groups, voices, buses of knobs. Collects the commands that make them. */
export class Stage {
  readonly #from: Allocation
  readonly #network: Network | undefined
  readonly #input: PlanInput
  readonly #pools: Allocators
  /** Groups, in the order in which they must be made. */
  readonly births: Command[] = []
  readonly start: Command[] = []
  /** Control buses to write first: knobs and keys. */
  readonly values: [number, number][] = []

  constructor(from: Allocation, network: Network | undefined, input: PlanInput, pools: Allocators) {
    this.#from = from
    this.#network = network
    this.#input = input
    this.#pools = pools
  }

  groups(): Groups {
    const group = (target: number): number => {
      const id = this.#pools.nodes.take()
      this.births.push({ call: '/g_new', id, action: 'tail', target })
      return id
    }
    const root = group(0)
    this.births.push({ call: '/n_run', id: root, run: false })
    this.start.push({ call: '/n_run', id: root, run: true })
    return { root, before: group(root), voices: group(root), after: group(root) }
  }

  /** The voices that the network asks for, if anything in it is in the voices. */
  get policy(): VoiceCount | undefined {
    const { nodes = [], voices } = this.#network ?? {}
    if (voices === undefined || !nodes.some(({ part }) => part === 'voice')) return undefined
    return { count: voices.count, mode: voices.mode }
  }

  /** Voices that are too many go if nobody plays them; the others finish. */
  voices(groups: Groups | undefined): { voices: RunningVoice[]; kept: (number | undefined)[] } {
    const { nodes = [], voiceCount = 0 } = this.#network ?? {}
    const count = nodes.some(({ part }) => part === 'voice') ? voiceCount : 0
    const old = groups === undefined ? [] : this.#from.voices.map((voice, index) => ({ voice, index }))
    let surplus = old.length - count
    const stay = old
      .toReversed()
      .filter(({ voice }) => !isIdle(this.#from, voice) || surplus-- <= 0)
      .toReversed()
    const born = Array.from({ length: Math.max(0, count - stay.length) }, (_, i): RunningVoice => {
      const [group, keys] = [this.#pools.nodes.take(), this.#pools.control.take(busesPerVoice)]
      const values = this.#input.keys?.(stay.length + i) ?? keysAtRest
      const paused = values.gate === 0
      this.births.push({ call: '/g_new', id: group, action: 'tail', target: groups?.voices ?? 0 })
      if (paused) this.births.push({ call: '/n_run', id: group, run: false })
      for (const [k, name] of keyNames.entries()) this.values.push([keys + k, values[name]])
      const voice = { group, keys, paused }
      this.values.push([chokeBus(voice), 1])
      return voice
    })
    return {
      voices: [...stay.map(({ voice }) => voice), ...born],
      kept: [...stay.map(({ index }) => index), ...born.map(() => undefined)],
    }
  }

  /** The bus of each mapping of knobs. */
  knobBuses(): Map<string, number> {
    const buses = new Map<string, number>()
    for (const [key, mapping] of this.#network?.knobs ?? []) {
      const known = this.#from.knobBuses.get(key)
      const bus = known ?? this.#pools.control.take()
      if (known === undefined)
        this.values.push([bus, Math.fround(knobBusValue(mapping, this.#input.position))])
      buses.set(key, bus)
    }
    return buses
  }

  /** The groups in which synths stand, in their order. */
  places(
    { before, after }: Groups,
    voices: readonly RunningVoice[],
    kept: readonly (number | undefined)[],
  ): Place[] {
    const shared = (part: 'before' | 'after', group: number): Place => ({
      group,
      part,
      voice: 0,
      before: this.#from.groups === undefined ? undefined : 0,
      paused: this.#from.groups === undefined,
    })
    return [
      shared('before', before),
      ...voices.map(({ group, paused }, voice): Place => {
        const old = kept[voice]
        return { group, part: 'voice', voice, before: old, paused: paused || old === undefined }
      }),
      shared('after', after),
    ]
  }
}
