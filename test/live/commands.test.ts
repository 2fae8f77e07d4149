import { beforeEach, describe, expect, it, vi } from 'vitest'
import type * as engines from '../../src/engine/index.ts'
import { createOffline } from '../../src/live/index.ts'
import type { Command } from '../../src/scsynth/index.ts'
import { drone, organ } from './patches.ts'

const sent: { block: number; command: Command }[] = []

vi.mock(import('../../src/engine/index.ts'), async (original): Promise<typeof engines> => {
  const real = await original()
  return {
    ...real,
    createOfflineEngine: async (options) => {
      const engine = await real.createOfflineEngine(options)
      const { send } = engine
      engine.send = (commands) => {
        sent.push(...commands.map((command) => ({ block: engine.nextBlock, command })))
        send(commands)
      }
      return engine
    },
  }
})

beforeEach(() => {
  sent.length = 0
})

describe('what a synth sends', () => {
  it('10,000 turns of a knob within one block are one command, with the last position', async () => {
    const synth = await createOffline({ patch: drone })
    await synth.advance(0.1)
    sent.length = 0
    for (let i = 0; i < 10_000; i++) synth.setKnob('volume', i / 10_000)
    synth.setKnob('volume', 0.375)
    await synth.advance(0.1)
    expect(sent.map(({ command }) => command)).toEqual([
      { call: '/c_set', values: [[expect.any(Number), 0.375]] },
    ])
    await synth.close()
  })

  it('turns in several blocks are one command in each', async () => {
    const synth = await createOffline({ patch: drone })
    sent.length = 0
    for (const at of [0, 0.001, 0.05, 0.05, 0.1]) synth.setKnob('volume', at * 10, { at })
    await synth.advance(0.2)
    expect(
      sent.map(({ command }) => ('values' in command ? command.values.map(([, value]) => value) : [])),
    ).toEqual([[0.01], [0.5], [1]])
    const blocks = sent.map(({ block }) => block - (sent[0]?.block ?? 0))
    expect(blocks).toEqual([0, 18, 37])
    await synth.close()
  })

  it('a knob that feeds nothing sends nothing', async () => {
    const synth = await createOffline({ patch: drone })
    sent.length = 0
    synth.setKnob('other', 1)
    await synth.advance(0.1)
    expect(sent).toEqual([])
    await synth.close()
  })

  it('a note wakes its voice and costs a command, and one for its trigger a block later', async () => {
    const synth = await createOffline({ patch: organ })
    sent.length = 0
    synth.noteOn(60)
    await synth.advance(0.1)
    const first = sent[0]?.block ?? 0
    expect(sent.map(({ block, command }) => [block - first, command.call])).toEqual([
      // the voice, and what watches it
      [0, '/n_run'],
      [0, '/n_run'],
      [0, '/c_set'],
      [1, '/c_set'],
    ])
    await synth.close()
  })

  it('nothing goes to voices that sleep, and all that they have missed once they wake', async () => {
    const synth = await createOffline({ patch: organ })
    await synth.advance(0.1)
    sent.length = 0
    for (const semitones of [1, 2, -1]) {
      synth.play({ kind: 'bend', semitones })
      synth.play({ kind: 'timbre', value: 1 / semitones ** 2 })
      await synth.advance(0.01)
    }
    expect(sent).toEqual([])
    synth.noteOn(60)
    await synth.advance(0.1)
    const [missed] = sent.flatMap(({ command }) => (command.call === '/c_set' ? [command.values] : []))
    expect(missed?.map(([, value]) => value)).toContain(59 / 128)
    expect(sent.filter(({ command }) => command.call === '/c_set')).toHaveLength(3)
    await synth.close()
  })
})
