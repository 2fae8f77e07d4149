import { addAction, type Command, type ControlValue } from './commands.ts'
import { encodeBundle, float, int, type OscArg, type OscMessage } from './osc.ts'

/**
 * A command as the OSC message that scsynth takes for it (SuperCollider, Server Command Reference).
 *
 * @example
 * toOsc({ call: '/s_new', def: 'sine', id: 1000, action: 'tail', target: 1, controls: { amp: { controlBus: 4 } } })
 * // { address: '/s_new', args: ['sine', { int: 1000 }, { int: 1 }, { int: 1 }, 'amp', 'c4'] }
 */
export function toOsc(command: Command): OscMessage {
  return { address: command.call, args: argsOf(command) }
}

/**
 * Commands as one OSC bundle that takes effect at once, in this order. Its `length` is what an engine's limits on
 * bundle size are about. Throws a MegasynthError `invalid-osc` for ids, buses or values that do not fit the wire.
 *
 * @example
 * const bytes = encodeCommands([{ call: '/n_free', ids: [1000] }, { call: '/sync', id: 7 }])
 */
export function encodeCommands(commands: readonly Command[]): Uint8Array {
  return encodeBundle(commands.map(toOsc))
}

function argsOf(command: Command): OscArg[] {
  switch (command.call) {
    case '/d_recv':
      return [command.bytes]
    case '/d_free':
      return [...command.names]
    case '/g_new':
      return [int(command.id), int(addAction[command.action]), int(command.target)]
    case '/g_freeAll':
      return [int(command.id)]
    case '/s_new':
      return [
        command.def,
        int(command.id),
        int(addAction[command.action]),
        int(command.target),
        ...pairs(command.controls, controlArg),
      ]
    case '/n_set':
      return [int(command.id), ...pairs(command.controls, float)]
    case '/n_map':
    case '/n_mapa':
      return [int(command.id), ...pairs(command.buses, int)]
    case '/n_free':
      return command.ids.map(int)
    case '/n_run':
      return [int(command.id), flag(command.run)]
    case '/n_order':
      return [int(addAction[command.action]), int(command.target), ...command.ids.map(int)]
    case '/c_set':
      return command.values.flatMap(([bus, value]) => [int(bus), float(value)])
    case '/c_get':
      return command.buses.map(int)
    case '/notify':
      return [flag(command.on)]
    case '/sync':
      return [int(command.id)]
    case '/g_queryTree':
      return [int(command.id), flag(command.controls)]
    default:
      return command satisfies never
  }
}

function pairs<T>(record: Readonly<Record<string, T>>, arg: (value: T) => OscArg): OscArg[] {
  return Object.entries(record).flatMap(([name, value]) => [name, arg(value)])
}

/** `/s_new` maps a control when its value is a text: `c4` is control bus 4, `a16` is audio bus 16. */
function controlArg(value: ControlValue): OscArg {
  if (typeof value === 'number') return float(value)
  return 'controlBus' in value ? `c${value.controlBus}` : `a${value.audioBus}`
}

function flag(on: boolean): OscArg {
  return int(on ? 1 : 0)
}
