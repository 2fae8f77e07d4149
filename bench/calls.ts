import { createOffline, type Patch } from '../src/index.ts'
import { cpuSeconds } from './measure.ts'
import { polyMono } from './patches.ts'
import type { Row } from './row.ts'

/** Row 10: how late the first sample of a note is. */
export async function firstSample(): Promise<Row[]> {
  const synth = await createOffline({ patch: polyMono(8) })
  await synth.advance(0.1)
  synth.noteOn(60)
  const { channels } = await synth.advance(0.1)
  const first = channels[0]?.findIndex((sample) => sample !== 0) ?? -1
  await synth.close()
  return [
    {
      number: '10',
      figure: 'from note-on to the first sample, offline engine',
      measured: `sample ${first}`,
      budget: 'the next block',
      kept: first >= 0 && first < 128,
    },
  ]
}

/** Row 11: how many turns of a knob are taken, the last of which must arrive. */
export async function knobTurns(): Promise<Row[]> {
  const patch: Patch = {
    knobs: { k: 0 },
    voices: { mode: 'drone' },
    devices: { o: { type: 'oscillator' } },
    connections: [
      ['k', 'o.amplitude'],
      ['o', 'out'],
    ],
  }
  const synth = await createOffline({ patch })
  const calls = 200_000
  const before = cpuSeconds()
  for (let i = 0; i < calls; i++) {
    synth.setKnob('k', (i % 1000) / 999)
    if (i % 200 === 199) await synth.advance(128 / 48000)
  }
  const rate = calls / (cpuSeconds() - before)
  const arrived = synth.knob('k') === ((calls - 1) % 1000) / 999
  await synth.close()
  return [
    {
      number: '11',
      figure: '`setKnob` calls per second of CPU, a block rendered every 200',
      measured: `${Math.round(rate / 1000)},000`,
      budget: '≥ 50,000',
      kept: rate >= 50_000 && arrived,
    },
  ]
}
