import { keyNames } from '../patch/ports.ts'
import type { ControlValue } from '../scsynth/index.ts'
import type { RunningNode, RunningVoice } from './allocation.ts'
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
    case 'randomId':
      return context.nodes.get(node.name)?.instances[voice]?.randomId ?? 0
    case 'seed':
      return seedOf(node.name, voice)
    case 'bus':
    case 'output': {
      const running = context.nodes.get(source.node)
      const instance = source.part === 'voice' ? voice : 0
      const bus = (source.side === 'mix' ? running?.mix : running?.instances[instance]?.own) ?? -1
      return source.kind === 'bus' ? bus : { controlBus: bus }
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
  return JSON.stringify(a) === JSON.stringify(b)
}
