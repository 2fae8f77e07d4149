import type { Command } from '../scsynth/index.ts'

/** What one block takes by far. */
const commandsPerPiece = 1000
const pairsPerCommand = 1000
/** Synths freed by one command: the engine tells of each, and of so many in one block. */
export const idsPerCommand = 250

/** Commands in parts that the engine takes in one block each. */
export function pieces(commands: readonly Command[]): Command[][] {
  const parts: Command[][] = []
  let weight = commandsPerPiece
  for (const command of commands.flatMap(split)) {
    const more = 'ids' in command ? command.ids.length : 1
    if (weight + more > commandsPerPiece) {
      parts.push([])
      weight = 0
    }
    parts.at(-1)?.push(command)
    weight += more
  }
  return parts
}

function split(command: Command): Command[] {
  if (command.call === '/n_free')
    return slices(command.ids, idsPerCommand).map((ids) => ({ call: '/n_free', ids }))
  if (command.call === '/c_set')
    return slices(command.values, pairsPerCommand).map((values) => ({ call: '/c_set', values }))
  return [command]
}

/** In parts of some length. */
export const slices = <T>(all: readonly T[], length: number): T[][] =>
  Array.from({ length: Math.ceil(all.length / length) }, (_, i) => all.slice(i * length, (i + 1) * length))

/** Ids of the synths that are born by commands. */
export const bornIn = (commands: readonly Command[]): Set<number> =>
  new Set(commands.flatMap((one) => (one.call === '/s_new' ? [one.id] : [])))
