import { describe, expect, it } from 'vitest'
import { createOffline, type OfflineSynth, type Patch } from '../../src/index.ts'
import { Receiver } from '../../src/osc/index.ts'
import { timeTagOf } from '../../src/osc/time.ts'
import { encodeBundle, encodeMessage, float, int, type OscArg } from '../../src/scsynth/index.ts'
import { cents, fundamental, rms } from './ear.ts'

/** A sine whose release is far longer than a test. */
const patch: Patch = {
  voices: 4,
  knobs: { level: 0.5 },
  devices: {
    osc: { type: 'oscillator', waveform: 'sine' },
    env: { type: 'envelope', attack: 0.005, release: 5 },
    amp: { type: 'amplifier' },
  },
  connections: [
    ['osc', 'amp.in'],
    ['env', 'amp.gain'],
    ['amp', 'out'],
    ['level', 'out.level'],
  ],
}

async function set() {
  const synth = await createOffline({ patch })
  const hear = async (seconds: number): Promise<number> =>
    rms((await synth.advance(seconds)).channels[0] ?? new Float32Array())
  return { synth, hear }
}

/** Who is told to panic, and to play. */
interface Player {
  on(note: number, at?: number): void
  panic(): void
}
const byCall = (synth: OfflineSynth): Player => ({
  on: (note, at) => synth.noteOn(note, 0.8, at === undefined ? undefined : { at }),
  panic: () => synth.panic(),
})
const byOsc = (synth: OfflineSynth): Player => {
  const begin = 1_900_000_000
  const receiver = new Receiver(synth, { now: () => begin + synth.time })
  const note = (number: number): { address: string; args: OscArg[] } => ({
    address: '/note',
    args: [int(number), float(0.8)],
  })
  return {
    on(number, at) {
      if (at === undefined) receiver.receive(encodeMessage(note(number)))
      else receiver.receive(encodeBundle([note(number)], timeTagOf(begin + at)))
    },
    panic: () => void receiver.receive(encodeMessage({ address: '/panic', args: [] })),
  }
}

describe.each([
  ['a panic', byCall],
  ['an OSC message /panic', byOsc],
] as const)('%s', (_, by) => {
  it('ends what sounds, and nothing that was to come sounds after it', async () => {
    const { synth, hear } = await set()
    const player = by(synth)
    player.on(60)
    expect(await hear(0.5)).toBeGreaterThan(0.05)
    for (const ahead of [0.01, 0.05, 0.12, 0.18]) player.on(64, synth.time + ahead)
    player.panic()
    // it fades
    await hear(0.3)
    expect(await hear(0.1)).toBeLessThan(1e-4)
    expect(await hear(0.5)).toBeLessThan(1e-5)
    await synth.close()
  })

  it('lets nothing begin that was to come', async () => {
    const { synth, hear } = await set()
    const player = by(synth)
    for (const ahead of [0.01, 0.05, 0.12, 0.18]) player.on(64, synth.time + ahead)
    player.panic()
    for (let i = 0; i < 10; i++) expect(await hear(0.05)).toBeLessThan(1e-5)
    await synth.close()
  })

  it('ends what was asked for in the same instant, and a note that is struck after it sounds on', async () => {
    const { synth, hear } = await set()
    const player = by(synth)
    player.on(60)
    player.on(62, synth.time + 0.15)
    player.panic()
    await hear(0.05)
    expect(await hear(0.1)).toBeLessThan(1e-5)
    player.on(64, synth.time + 0.15)
    player.panic()
    player.on(65)
    await hear(0.3)
    expect(await hear(0.1)).toBeGreaterThan(0.05)
    await synth.close()
  })
})

it('forgets knobs that were to be turned, and leaves the time alone', async () => {
  const { synth, hear } = await set()
  synth.setKnob('level', 1, { at: 0.2 })
  synth.setTempo(90, { at: 0.2 })
  synth.play({ kind: 'sustain', down: true })
  synth.noteOn(60)
  synth.panic()
  await hear(0.5)
  expect(synth.knob('level')).toBe(0.5)
  expect(synth.tempo).toBe(90)
  // no pedal is down any more
  synth.noteOn(60)
  await hear(0.2)
  synth.noteOff(60)
  await hear(0.1)
  const [before, after] = [await hear(0.1), (await hear(1), await hear(0.1))]
  expect(after / before).toBeLessThan(0.9)
  await synth.close()
})

it('a panic forgets notes to come, and no bend that takes another back', async () => {
  const { synth } = await set()
  synth.play({ kind: 'bend', semitones: 2 })
  synth.play({ kind: 'bend', semitones: 0 }, { at: 0.1 })
  synth.panic()
  await synth.advance(1)
  synth.noteOn(69, 0.8)
  const [sound = new Float32Array()] = (await synth.advance(0.5)).channels
  expect(Math.abs(cents(440, fundamental(sound.subarray(4800), 48000)))).toBeLessThan(5)
  await synth.close()
})
