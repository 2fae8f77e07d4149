import { expect, it } from 'vitest'
import { createOffline, type Patch, type Played } from '../../src/index.ts'

const patch: Patch = {
  tempo: 100,
  knobs: { volume: 0.5 },
  devices: { osc: { type: 'oscillator' } },
  connections: [
    ['volume', 'osc.amplitude'],
    ['osc', 'out'],
  ],
}

it('a synth tells what is played, knobs and tempos too, with their times', async () => {
  const synth = await createOffline({ patch })
  const told: Played[] = []
  const end = synth.on('played', (what) => void told.push(what))
  await synth.advance(0.1)
  const now = synth.time
  synth.noteOn(60, 0.5)
  synth.play({ kind: 'bend', semitones: 1, channel: 3 }, { at: 0.5 })
  synth.setKnob('volume', 0.7, { at: 0 })
  synth.setTempo(90)
  expect(() => synth.setKnob('volume', 2)).toThrow('out-of-range')
  expect(told).toEqual([
    { kind: 'note', event: { kind: 'on', note: 60, velocity: 0.5 }, at: now },
    { kind: 'note', event: { kind: 'bend', semitones: 1, channel: 3 }, at: 0.5 },
    // the past is now
    { kind: 'knob', name: 'volume', position: 0.7, at: now },
    { kind: 'tempo', tempo: 90, at: now },
  ])
  told.length = 0
  // a patch that declares another tempo plays it
  await synth.apply({ ...patch, tempo: 140 })
  expect(told).toEqual([{ kind: 'tempo', tempo: 140, at: now }])
  end()
  synth.noteOff(60)
  expect(told).toHaveLength(1)
  await synth.close()
})
