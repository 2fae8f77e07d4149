import { expect, it } from 'vitest'
import { MegasynthError } from '../../src/errors/index.ts'
import type { Patch } from '../../src/patch/index.ts'
import type { Command } from '../../src/scsynth/index.ts'
import { after, before, toneOf } from './held.ts'
import { watched } from './wrapped.ts'

const two = { type: 'oscillator', waveform: 'sine', amplitude: 0.15 }
const pair: Patch = {
  voices: 2,
  knobs: { level: 0.5 },
  devices: { a: two, b: two, sum: { type: 'mixer' } },
  connections: [['a', 'sum.in1'], ['b', 'sum.in2'], ['sum', 'out']], // prettier-ignore
}
it.each<{ edit: string; from: Patch; to: Patch; calls: Command['call'][] }>([
  {
    edit: 'devices, cables and voices',
    from: before,
    to: { ...after, voices: 5 },
    calls: ['/c_get', '/c_set', '/g_new', '/g_queryTree', '/n_free', '/n_run', '/n_set', '/s_new'],
  },
  {
    edit: 'order and knobs',
    from: pair,
    to: { ...pair, connections: [['b', 'sum.in2'], ['a', 'sum.in1'], ['sum', 'out'], ['level', 'a.amplitude']] }, // prettier-ignore
    calls: ['/c_get', '/c_set', '/g_queryTree', '/n_map', '/n_order'],
  },
])('an edit of $edit is taken back if any one of its commands was dropped', async ({ from, to, calls }) => {
  const one = await watched({ patch: from })
  const { synth } = one
  synth.noteOn(69)
  const old = await toneOf(one)
  const seen = new Set<string>()
  for (let n = 0, dropped: Command | undefined = { call: '/sync', id: 0 }; dropped !== undefined; n++) {
    dropped = undefined
    let left = n
    one.tamper((engine) => ({
      transact: (commands, describe) => {
        // a SynthDef that nobody uses costs its memory, and is not looked for
        const droppable = commands.filter(({ call }) => call !== '/d_free')
        const victim = dropped === undefined ? droppable[left] : undefined
        left -= droppable.length
        dropped ??= victim
        return engine.transact(
          commands.filter((command) => command !== victim),
          describe,
        )
      },
    }))
    const result = await synth.apply(to).catch((error: unknown) => error)
    if (dropped === undefined) break
    expect(result, JSON.stringify(dropped)).toBeInstanceOf(MegasynthError)
    expect((result as MegasynthError).message).toMatch(/not done all that was sent|failed/)
    expect(synth.patch).toEqual(from)
    seen.add((dropped as Command).call)
  }
  expect([...seen].toSorted()).toEqual(calls)
  expect([one.made(), synth.patch]).toEqual([1, to])
  one.tamper()
  await synth.apply(from)
  await synth.advance(8)
  const still = await toneOf(one)
  expect([still.pitch, still.level]).toEqual([expect.closeTo(old.pitch, 1), expect.closeTo(old.level, 3)])
  await synth.close()
})
