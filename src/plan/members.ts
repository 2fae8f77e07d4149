import { audioBus, controlBus, type Instance, type Leaving } from './allocation.ts'
import { controlNames } from './device-synthdef.ts'
import type { NetworkNode } from './network.ts'
import type { Member } from './sequence.ts'

/** What synths read and write, by buses (`audioBus`, `controlBus`). Which controls tell is found out once for all voices of a node. */
export class Members {
  readonly #reading = new Map<NetworkNode, readonly string[]>()

  of(node: NetworkNode, { id, values }: Pick<Instance, 'id' | 'values'>): Member {
    return { id, name: node.name, reads: this.reads(node, values), writes: writesOf(node, values) }
  }

  leaving({ id, name, node, reads, values }: Leaving): Member {
    return { id, name, reads, writes: writesOf(node, values) }
  }

  /** Names of the buses that a synth reads in the block in which they are written. */
  reads(node: NetworkNode, values: Instance['values']): number[] {
    const reads: number[] = []
    for (const control of this.#controls(node)) {
      const value = values[control]
      // a place for a control signal holds a number while nothing is plugged in
      if (typeof value === 'number') {
        if (control.endsWith('.bus')) reads.push(audioBus(value))
      } else if (value !== undefined && 'controlBus' in value) reads.push(controlBus(value.controlBus))
    }
    return reads
  }

  #controls(node: NetworkNode): readonly string[] {
    const known = this.#reading.get(node)
    if (known) return known
    const controls = Object.entries(node.controls).flatMap(([name, source]) => {
      if ('late' in source && source.late) return []
      const reads = source.kind === 'output' || (source.kind === 'bus' && name.endsWith('.bus'))
      return reads ? [name] : []
    })
    this.#reading.set(node, controls)
    return controls
  }
}

function writesOf(node: NetworkNode, values: Instance['values']): number[] {
  const name = node.rate === 'audio' ? audioBus : controlBus
  const writes: number[] = []
  for (const control of [controlNames.own, controlNames.mix]) {
    const bus = values[control]
    if (typeof bus === 'number') writes.push(name(bus))
  }
  const own = values[controlNames.own]
  if (typeof own === 'number')
    for (let channel = 1; channel <= (node.further ?? 0); channel++) writes.push(name(own + channel))
  return writes
}
