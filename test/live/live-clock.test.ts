import { afterEach, expect, it } from 'vitest'
import { createSynth, type LiveSynth } from 'megasynth/live'
import type { Patch } from '../../src/index.ts'
import { lab } from '../devices/probe.ts'
import { until } from '../until.ts'

/** The phase of the clock on the left; on the right a note, from its block on. */
const patch: Patch = {
  tempo: 125,
  voices: 1,
  knobs: { level: 0.5 },
  devices: {
    key: { type: 'mixer' },
    both: { type: 'sides', shared: true },
    probe: { type: 'probe' },
  },
  connections: [['keys.gate', 'key.in1'], ['key', 'both.right'], ['clock.phase', 'both.left'], ['both', 'probe.in'], ['probe', 'out'], ['level', 'out.level']], // prettier-ignore
}

const open: LiveSynth[] = []
afterEach(async () => {
  for (const synth of open.splice(0)) await synth.close()
})
const start = async (first: Patch = patch): Promise<LiveSynth> => {
  const synth = await createSynth({ patch: first, catalogue: lab, device: 'silent', bufferFrames: 256 })
  open.push(synth)
  return synth
}

/** How many beats the clock of the engine is from the session's: a note is struck on a beat of the session, and heard. */
async function distance(synth: LiveSynth): Promise<number> {
  // what was asked for too late, or what the engine says was late, proves nothing of the clock: until the note is in time
  for (;;) {
    const before = synth.stats().late
    const { isAhead, beats } = await distanceNow(synth)
    if (isAhead && synth.stats().late === before) return beats
  }
}
async function distanceNow(synth: LiveSynth): Promise<{ readonly isAhead: boolean; readonly beats: number }> {
  const sides: [number[], number[]] = [[], []]
  const stop = synth.listen(({ channels }) => {
    for (const [i, side] of sides.entries()) for (const x of channels[i] ?? []) side.push(x)
  })
  const now = { time: NaN, beat: NaN }
  // both of one moment: the engine does not wait between the two questions
  while (now.time !== synth.time) Object.assign(now, { time: synth.time, beat: synth.beat })
  const beat = Math.ceil(now.beat + (0.6 * synth.tempo) / 60)
  const at = now.time + ((beat - now.beat) * 60) / synth.tempo
  synth.noteOn(60, 0.8, { at })
  synth.noteOff(60, { at: at + 0.2 })
  const isAhead = synth.time < at
  await until(() => synth.time > at + 0.5)
  stop()
  const struck = sides[1].findIndex((x) => Math.abs(x) > 1e-5)
  if (isAhead) expect(struck).toBeGreaterThan(128)
  // the first sample of the block after the note's is what the clock was in it
  const phase = Math.abs(sides[0][Math.ceil(struck / 128) * 128] ?? NaN) * 4
  const level = synth.knob('level')
  return { isAhead, beats: phase / level - Math.round(phase / level) }
}

it('the clock of a live synth is at the beat of its session, whenever it began and whatever the tempo does', async () => {
  const synth = await start()
  // a note begins in the block that its time falls into: up to a block before the beat
  const block = 128 / 48000
  const isExact = async (): Promise<void> => {
    const off = await distance(synth)
    expect(off).toBeGreaterThan((-1.01 * block * synth.tempo) / 60)
    expect(off).toBeLessThan((1.01 * block * synth.tempo) / 60)
  }
  await isExact()
  synth.setTempo(171)
  await until(() => synth.tempo === 171)
  await isExact()
  for (let tempo = 60; tempo < 200; tempo += 11) synth.setTempo(tempo)
  await until(() => synth.tempo === 192)
  await isExact()
  // without a clock, and with one that is born in the middle
  await synth.disconnect('clock.phase', 'both.left')
  await synth.connect('clock.phase', 'both.left')
  await isExact()
  synth.setBeat(100.25)
  await until(() => synth.beat > 100)
  await isExact()
})

it('a snapshot comes on the bar of a live synth, and its knobs arrive', async () => {
  const synth = await start()
  synth.store('quiet', { ...patch, tempo: 240, knobs: { level: 0.1 }, devices: { ...patch.devices, more: { type: 'lfo', shared: true } } }) // prettier-ignore
  const positions = new Set<number>()
  const report = await synth.recall('quiet', { over: 3, at: 'bar' })
  expect(report.added).toEqual(['more'])
  await until(() => positions.add(synth.knob('level')) && synth.knob('level') === 0.1)
  expect(positions.size).toBeGreaterThan(2)
  expect(synth.patch.tempo).toBe(240)
  await until(() => synth.tempo === 240)
})
