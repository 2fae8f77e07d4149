import { listNames } from '../errors/index.ts'
import { describeCommand } from '../engine/index.ts'
import type { Allocation, Network } from '../plan/index.ts'
import type { Command } from '../scsynth/index.ts'

/** What a SynthDef is for, as an error names it: `filter (filter0, filter1)`. */
export function labelOf(network: Network, def: string): string {
  const users = network.nodes.filter((node) => node.def === def)
  return `${users[0]?.type ?? 'device'} (${listNames(
    users.map(({ name }) => name),
    3,
  )})`
}

/** What some SynthDefs are for, in a line. */
export const labelsOf = (defs: readonly { readonly label: string }[]): string =>
  listNames(
    defs.map(({ label }) => label),
    3,
  )

/** Names the device and voice that a command is about. */
export function describer(network: Network, allocation: Allocation): (command: Command) => string {
  return (command) => {
    if (!('id' in command)) return describeCommand(command)
    for (const { name } of network.nodes)
      for (const [voice, { id }] of (allocation.nodes.get(name)?.instances ?? []).entries())
        if (id === command.id) return `${describeCommand(command)}, device ${name}, voice ${voice + 1}`
    return describeCommand(command)
  }
}
