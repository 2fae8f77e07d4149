import type { Command, ControlValue } from '../scsynth/index.ts'
import type { Instance, Unplugging, Values } from './allocation.ts'
import { controlNames } from './device-synthdef.ts'
import { sameKind } from './kinds.ts'
import type { NetworkNode } from './network.ts'
import { isEmpty, isFixed, isSlot, sameValue } from './resolve.ts'

/** What of an edit a living synth can take: constants, knobs, and control cables where it has a place for them. */
export class Cables {
  /** Cables that are pulled out, and still there until that has been heard. */
  unplugging: Unplugging[]
  readonly #poisoned: ReadonlySet<number>
  readonly #fadeEnd: number

  constructor(unplugging: readonly Unplugging[], poisoned: ReadonlySet<number>, fadeEnd: number) {
    this.unplugging = [...unplugging]
    this.#poisoned = poisoned
    this.#fadeEnd = fadeEnd
  }

  /** A synth stays unless its SynthDef changes, a number that it reads only at its birth, or what is plugged into a place. */
  stays(
    { id, node: before, values: had }: Instance & { readonly node: NetworkNode },
    node: NetworkNode,
    values: Values,
    paused: boolean,
  ): boolean {
    if (before.def !== node.def || !sameKind(before, node) || this.#poisoned.has(id)) return false
    return Object.entries(values).every(([name, value]) => {
      const old = had[name]
      if (name === controlNames.randomId || name === controlNames.seed) return true
      if (isFixed(name)) return old !== undefined && sameValue(old, value)
      if (!isSlot(name) || paused) return true
      const plugged = this.#plugged(id, name, old)
      return isEmpty(plugged) || isEmpty(value) || sameValue(plugged, value)
    })
  }

  /** What is in a place of a synth in truth: what was pulled out may still be there. */
  #plugged(id: number, control: string, value: ControlValue | undefined): ControlValue {
    const pending = this.unplugging.find((one) => one.id === id && one.control === control)
    return pending === undefined ? (value ?? 0) : { controlBus: pending.bus }
  }

  /** Sets and maps what differs on a synth that stays. */
  update(
    id: number,
    values: Values,
    had: Values,
    paused: boolean,
  ): { commands: Command[]; touched: boolean } {
    const [set, map]: [Record<string, number>, Record<string, number>] = [{}, {}]
    let pulled = false
    for (const [name, value] of Object.entries(values)) {
      const old = had[name]
      const slot = isSlot(name)
      const pending = slot && this.unplugging.some((one) => one.id === id && one.control === name)
      if (old !== undefined && sameValue(value, old) && !pending) continue
      if (pending && !isEmpty(value)) {
        // it is put back where it still is
        this.unplugging = this.unplugging.filter((one) => one.id !== id || one.control !== name)
        continue
      }
      if (pending || name === controlNames.randomId || name === controlNames.seed) continue
      if (slot && isEmpty(value) && typeof old === 'object' && 'controlBus' in old && !paused) {
        this.unplugging.push({ id, control: name, bus: old.controlBus, until: this.#fadeEnd })
        pulled = true
      } else if (typeof value === 'number') set[name] = value
      else if ('controlBus' in value) map[name] = value.controlBus
    }
    const commands: Command[] = []
    if (Object.keys(set).length > 0) commands.push({ call: '/n_set', id, controls: set })
    if (Object.keys(map).length > 0) commands.push({ call: '/n_map', id, buses: map })
    return { commands, touched: pulled || commands.length > 0 }
  }
}
