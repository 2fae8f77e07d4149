import { describe, expect, it } from 'vitest'
import type { Command } from '../../src/scsynth/commands.ts'
import { decodePacket, float, int, type OscArg } from '../../src/scsynth/osc.ts'
import { encodeCommands, toOsc } from '../../src/scsynth/wire.ts'
import { problemOf } from './problem-of.ts'

const bytes = Uint8Array.of(1, 2, 3)

/** Every command, and its arguments as the Server Command Reference has them. Complete, or it does not compile. */
const cases: { readonly [Call in Command['call']]: readonly [Extract<Command, { call: Call }>, OscArg[]] } = {
  '/d_recv': [{ call: '/d_recv', name: 'sine', bytes }, [bytes]],
  '/d_free': [{ call: '/d_free', names: ['a', 'b'] }, ['a', 'b']],
  '/g_new': [{ call: '/g_new', id: 100, action: 'after', target: 1 }, [int(100), int(3), int(1)]],
  '/g_freeAll': [{ call: '/g_freeAll', id: 100 }, [int(100)]],
  '/s_new': [
    {
      call: '/s_new',
      def: 'sine',
      id: 1000,
      action: 'replace',
      target: 999,
      controls: { freq: 440, amp: { controlBus: 4 }, mod: { audioBus: 16 } },
    },
    ['sine', int(1000), int(4), int(999), 'freq', float(440), 'amp', 'c4', 'mod', 'a16'],
  ],
  '/n_set': [
    { call: '/n_set', id: 1000, controls: { freq: 440, amp: 0.5 } },
    [int(1000), 'freq', float(440), 'amp', float(0.5)],
  ],
  '/n_map': [
    { call: '/n_map', id: 1000, buses: { freq: 4, amp: -1 } },
    [int(1000), 'freq', int(4), 'amp', int(-1)],
  ],
  '/n_mapa': [{ call: '/n_mapa', id: 1000, buses: { mod: 16 } }, [int(1000), 'mod', int(16)]],
  '/n_free': [{ call: '/n_free', ids: [1000, 1001] }, [int(1000), int(1001)]],
  '/n_run': [{ call: '/n_run', id: 100, run: false }, [int(100), int(0)]],
  '/c_get': [{ call: '/c_get', buses: [3, 7] }, [int(3), int(7)]],
  '/n_order': [
    { call: '/n_order', action: 'before', target: 7, ids: [5, 6] },
    [int(2), int(7), int(5), int(6)],
  ],
  '/c_set': [
    {
      call: '/c_set',
      values: [
        [4, 0.5],
        [9, 1],
      ],
    },
    [int(4), float(0.5), int(9), float(1)],
  ],
  '/notify': [{ call: '/notify', on: true }, [int(1)]],
  '/sync': [{ call: '/sync', id: 12 }, [int(12)]],
  '/g_queryTree': [{ call: '/g_queryTree', id: 0, controls: true }, [int(0), int(1)]],
}

describe('a command on the wire', () => {
  it.each(Object.values(cases))('$call', (command, args) => {
    expect(toOsc(command)).toEqual({ address: command.call, args })
  })

  it('places nodes by the numbers of the protocol', () => {
    const numbers = (['head', 'tail', 'before', 'after', 'replace'] as const).map(
      (action) => toOsc({ call: '/g_new', id: 2, action, target: 1 }).args[1],
    )
    expect(numbers).toEqual([0, 1, 2, 3, 4].map(int))
  })

  it('goes with others in one bundle, at once, in their order', () => {
    const commands = Object.values(cases).map(([command]) => command)
    expect(decodePacket(encodeCommands(commands))).toEqual({ timeTag: 1n, elements: commands.map(toOsc) })
  })

  it('with an id that is no int32 is refused', () => {
    expect(problemOf(() => encodeCommands([{ call: '/sync', id: 0.5 }])).code).toBe('invalid-osc')
  })
})
