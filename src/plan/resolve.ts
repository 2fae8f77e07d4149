import { keyNames } from '../patch/ports.ts'
import type { ControlValue } from '../scsynth/index.ts'
import type { RunningNode, RunningVoice, Values } from './allocation.ts'
import { chokeBus } from './choke.ts'
import { controlNames } from './device-synthdef.ts'
import { hashBytes } from './hash.ts'
import type { ControlSource, NetworkNode } from './network.ts'

/** Where everything is that a control may refer to. */
export interface Context {
  readonly voices: readonly RunningVoice[]
  readonly nodes: ReadonlyMap<string, RunningNode>
  readonly knobBuses: ReadonlyMap<string, number>
}

/** What a control gets: from names to numbers. */
export function resolve(
  source: ControlSource,
  node: NetworkNode,
  voice: number,
  context: Context,
): ControlValue {
  switch (source.kind) {
    case 'value':
      return Math.fround(source.value)
    case 'knobs':
      return { controlBus: context.knobBuses.get(source.mapping) ?? -1 }
    case 'key':
      return { controlBus: (context.voices[voice]?.keys ?? 0) + keyNames.indexOf(source.key) }
    case 'choke': {
      const place = context.voices[voice]
      return place === undefined ? 1 : { controlBus: chokeBus(place) }
    }
    case 'randomId':
      // known when it is known whether the synth is new
      return 0
    case 'seed':
      return seedOf(node.name, voice)
    case 'bus':
    case 'output': {
      const running = context.nodes.get(source.node)
      const instance = source.part === 'voice' ? voice : 0
      const bus = (source.side === 'mix' ? running?.mix : running?.instances[instance]?.own) ?? -1
      return source.kind === 'bus' ? bus : { controlBus: bus + (source.channel ?? 0) }
    }
  }
}

/** Equal for equal names, so that runs are equal and one device does not change another. 24 bits: exact as a float. */
function seedOf(name: string, voice: number): number {
  return Number.parseInt(hashBytes(new TextEncoder().encode(`${name}/${voice}`)).slice(0, 6), 16)
}

/** Whether two controls get the same. */
export function sameValue(a: ControlValue, b: ControlValue): boolean {
  if (typeof a === 'number' || typeof b === 'number') return Object.is(a, b)
  if ('controlBus' in a) return 'controlBus' in b && a.controlBus === b.controlBus
  return 'audioBus' in b && a.audioBus === b.audioBus
}

/** What all controls of a synth get. */
export function resolveAll(node: NetworkNode, voice: number, context: Context): Values {
  const values: Record<string, ControlValue> = {}
  for (const name of Object.keys(node.controls))
    values[name] = resolve(node.controls[name] as ControlSource, node, voice, context)
  return values
}

/** Controls that a synth reads only when it is born. */
export const isFixed = (name: string): boolean =>
  name.endsWith('.bus') || name === controlNames.own || name === controlNames.mix

/** Controls into which a control signal is plugged: `cutoff.1`. */
export const isSlot = (name: string): boolean => /\.\d+$/.test(name)

/** Nothing is plugged in. */
export const isEmpty = (value: ControlValue): boolean => typeof value === 'number'
