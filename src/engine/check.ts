import { show, type Problem } from '../errors/index.ts'
import type { Command } from '../scsynth/index.ts'
import type { EngineLimits } from './limits.ts'

/** How many notifications commands cause, as far as they tell. */
export const notificationsOf = (commands: readonly Command[]): number =>
  commands.reduce((sum, command) => sum + notifications(command), 0)

function notifications(command: Command): number {
  switch (command.call) {
    case '/s_new':
    case '/g_new':
    case '/n_run':
      return 1
    case '/n_free':
    case '/n_order':
      return command.ids.length
    default:
      return 0
  }
}

type Bus = readonly [kind: 'audioBuses' | 'controlBuses', index: number]

/** The buses that a command names: kind and index. −1 in a mapping means "none". */
function busesOf(command: Command): Bus[] {
  switch (command.call) {
    case '/c_set':
      return command.values.map(([bus]) => ['controlBuses', bus])
    case '/c_get':
      return command.buses.map((bus) => ['controlBuses', bus])
    case '/n_map':
      return Object.values(command.buses).map((bus) => ['controlBuses', Math.max(0, bus)])
    case '/n_mapa':
      return Object.values(command.buses).map((bus) => ['audioBuses', Math.max(0, bus)])
    case '/s_new':
      return Object.values(command.controls).flatMap((value): Bus[] => {
        if (typeof value === 'number') return []
        return 'controlBus' in value ? [['controlBuses', value.controlBus]] : [['audioBuses', value.audioBus]]
      })
    default:
      return []
  }
}

/**
 * What the engine would get wrong without a word: buses that it does not have, SynthDefs that it cannot take, more
 * than it notifies. `pending` notifications are due in the same block already; undefined when none are asked for.
 */
export function checkCommands(
  commands: readonly Command[],
  limits: EngineLimits,
  pending: number | undefined,
  describe: (command: Command) => string,
): Problem[] {
  const problems: Problem[] = []
  for (const command of commands) {
    for (const [kind, bus] of busesOf(command))
      if (!Number.isInteger(bus) || bus < 0 || bus >= limits[kind])
        problems.push({
          code: 'engine-limit',
          path: describe(command),
          message: `the engine has no such ${kind === 'audioBuses' ? 'audio' : 'control'} bus`,
          found: show(bus),
          expected: `0 to ${limits[kind] - 1}`,
          suggestion: `make the engine larger: ${kind}`,
        })
    if (command.call === '/d_recv' && command.bytes.length > limits.defBytes)
      problems.push({
        code: 'engine-limit',
        path: describe(command),
        message: 'the SynthDef is too large',
        found: `${command.bytes.length} bytes, ${command.bytes.length - limits.defBytes} too many`,
        expected: `defBytes: at most ${limits.defBytes}`,
      })
  }
  const events = pending === undefined ? 0 : pending + notificationsOf(commands)
  if (events > limits.notificationsPerBlock)
    problems.push({
      code: 'engine-limit',
      path: 'engine',
      message: 'too many births, deaths, pauses and moves for one block: not all would be notified',
      found: `${events}, ${events - limits.notificationsPerBlock} too many`,
      expected: `notificationsPerBlock: at most ${limits.notificationsPerBlock}`,
      suggestion: 'spread it over several blocks',
    })
  return problems
}
