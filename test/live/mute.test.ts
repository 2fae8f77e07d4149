import { afterEach, describe, expect, it } from 'vitest'
import { defineDevice, standard, type DeviceType } from '../../src/devices/index.ts'
import { signal, value } from '../../src/devices/define.ts'
import type { ConnectionSpec, Patch } from '../../src/patch/index.ts'
import { createOffline, type Synth, type Trouble } from '../../src/live/index.ts'
import { add, binaryOp, div, greater, mul, sub, ugens, type Signal } from '../../src/ugens/index.ts'
import { clickFigure, db, hasNaN, levelAt, maxDifferenceDb, peak, rms } from '../audio/ear.ts'

const sr = 48000
const { LocalIn, LocalOut, Phasor } = ugens

type Wrong = (x: Signal, bad: Signal) => Signal
const wrongs = {
  nan: (x, bad) => mul(x, div(sub(1, bad), sub(1, bad))),
  inf: (x, bad) => add(x, div(bad, sub(1, bad))),
  loud: (x, bad) => mul(x, add(1, mul(bad, 1e6))),
  // +52 dB in its peaks, less at other moments
  swings: (x, bad) => mul(x, add(1, mul(bad, 1999))),
} satisfies Record<string, Wrong>
type Kind = keyof typeof wrongs
const kindOf = (kind: Kind): Trouble['kind'] => (kind === 'nan' ? 'nan' : 'runaway')

/** Passes its input; while `bad` is up it puts out something else, on its last channel. */
const custom = (rate: 'audio' | 'control', channels: 1 | 2, wrong: Wrong): DeviceType =>
  defineDevice({
    title: 'Custom',
    doc: 'It goes wrong.',
    ports: {
      in: signal('What it passes.'),
      bad: value('Above a half it goes wrong.', { min: 0, max: 1, default: 0, instant: true }),
    },
    output: { rate, polarity: 'bipolar', channels },
    build: ({ in: [x = 0], bad }) => [...(channels === 2 ? [x] : []), wrong(x, greater(bad, 0.5))],
  })

const devicesOf = (rate: 'audio' | 'control', channels: 1 | 2): [string, DeviceType][] =>
  (Object.keys(wrongs) as Kind[]).map((kind) => [
    `${kind}_${rate}_${channels}`,
    custom(rate, channels, wrongs[kind]),
  ])

/** One sample that is no number, at a time. */
const once = defineDevice({
  title: 'Once',
  doc: 'One wrong sample.',
  ports: {
    in: signal('What it passes.'),
    at: value('Sample after its birth.', { min: 0, max: 1e6, default: 0, instant: true }),
  },
  output: { rate: 'audio', polarity: 'bipolar', channels: 'inputs' },
  build: ({ in: channels, at }) => {
    const n = Phasor.ar(0, 1, 0, 1e7)
    const here = sub(binaryOp('ge', n, at), binaryOp('ge', n, add(at, 1)))
    return channels.map((channel) => wrongs.nan(channel, here))
  },
})

/** A loop of its own, a block long, that can gain more than it loses. */
const loop = defineDevice({
  title: 'Loop',
  doc: 'Feeds itself.',
  ports: {
    in: signal('What goes in.'),
    gain: value('Of the loop.', { min: 0, max: 1e6, default: 0, instant: true }),
  },
  output: { rate: 'audio', polarity: 'bipolar', channels: 1 },
  build: ({ in: [x = 0], gain }) => {
    const back = LocalIn.ar(1, 0)[0] as Signal
    const signal = add(x, mul(back, gain))
    return { signal, effects: [LocalOut.ar(signal)] }
  },
})

/** What goes through it is 60 dB louder. */
const booster = defineDevice({
  title: 'Booster',
  doc: 'Louder.',
  ports: { in: signal('What goes in.') },
  output: { rate: 'audio', polarity: 'bipolar', channels: 1 },
  build: ({ in: [x = 0] }) => mul(x, 1000),
})

const catalogue = {
  ...standard,
  ...Object.fromEntries([
    ...devicesOf('audio', 1),
    ...devicesOf('audio', 2),
    ...devicesOf('control', 1),
    ...devicesOf('control', 2),
  ]),
  once,
  loop,
  booster,
}

const open: Synth[] = []
afterEach(async () => {
  for (const synth of open.splice(0)) await synth.close()
})

interface Heard {
  readonly synth: Synth
  readonly troubles: Trouble[]
  readonly recovered: Trouble[]
  readonly sound: (seconds: number) => Promise<Float32Array>
}
async function start(patch: Patch): Promise<Heard> {
  const synth = await createOffline({ patch, catalogue })
  open.push(synth)
  const [troubles, recovered]: [Trouble[], Trouble[]] = [[], []]
  synth.on('trouble', (what) => troubles.push(what))
  synth.on('recovered', (what) => recovered.push(what))
  const sound = async (seconds: number): Promise<Float32Array> => {
    const [left, right] = (await synth.advance(seconds)).channels as [Float32Array, Float32Array]
    expect(hasNaN(left) || hasNaN(right)).toBe(false)
    expect(Math.max(peak(left), peak(right))).toBeLessThan(1)
    return left.map((x, i) => x + (right[i] ?? 0))
  }
  return { synth, troubles, recovered, sound }
}

const tone = { type: 'oscillator', waveform: 'sine', amplitude: 0.2, frequency: 220 } as const

/** A tone of 220 Hz (at control rate one of 20 Hz) through the culprit, beside a clean one of 3 kHz. */
const beside = (
  type: string,
  shared: boolean,
  more: readonly ConnectionSpec[] = [['culprit', 'out']],
): Patch => ({
  voices: 4,
  devices: {
    tone: {
      ...(type.includes('control') ? { type: 'lfo', amplitude: 0.2, frequency: 20 } : tone),
      ...(shared && { shared }),
    },
    culprit: { type, ...(shared && { shared }) },
    clean: { type: 'oscillator', waveform: 'sine', amplitude: 0.1, frequency: 3000, shared: true },
  },
  connections: [['tone', 'culprit.in'], ['clean', 'out'], ...more], // prettier-ignore
})

const cases = (['audio', 'control'] as const).flatMap((rate) =>
  ([1, 2] as const).flatMap((channels) =>
    (Object.keys(wrongs) as Kind[]).flatMap((kind) =>
      [true, false].map((shared) => ({ kind, rate, channels, shared })),
    ),
  ),
)

describe('a device in trouble', () => {
  it.each(cases)(
    'is not heard, from the block on in which it begins: $kind, $rate, $channels channels, shared: $shared',
    async ({ kind, rate, channels, shared }) => {
      const type = `${kind}_${rate}_${channels}`
      const [ill, clean] = [await start(beside(type, shared)), await start(beside(type, shared, []))]
      for (const { synth } of [ill, clean]) synth.noteOn(57)
      for (const seconds of [0.3, 0.1]) await Promise.all([ill.sound(seconds), clean.sound(seconds)])
      await ill.synth.set('culprit.bad', 1)
      await clean.synth.set('culprit.bad', 1)
      // what grows is heard until it is 48 dB too loud
      const first = await ill.sound(4 / 375)
      if (kind !== 'swings') expect(peak(first)).toBeLessThan(2 * 0.31)
      // what it was before, and grew to, `out` may have taken for an offset, which fades away
      await ill.sound(3)
      await clean.sound(3 + 4 / 375)
      const [after, only] = [await ill.sound(2), await clean.sound(2)]
      // what is left of it, in dB of full scale
      expect(maxDifferenceDb(after, only)).toBeLessThan(rate === 'audio' ? -150 : -60)
      const blamed = { device: 'culprit', kind: kindOf(kind), ...(shared ? {} : { voice: 1 }) }
      expect([ill.troubles, ill.recovered]).toEqual([[blamed], []])
      await ill.synth.set('culprit.bad', 0)
      await ill.sound(1)
      expect(ill.recovered).toEqual([blamed])
      if (rate === 'audio') expect(levelAt(await ill.sound(0.5), sr, 220)).toBeCloseTo(0.4, 2)
    },
  )

  it('leaves other voices as they are, bit for bit', async () => {
    const patch: Patch = {
      ...beside('inf_audio_1', false),
      connections: [['tone', 'culprit.in'], ['keys.velocity', 'culprit.bad'], ['culprit', 'out'], ['clean', 'out']], // prettier-ignore
    }
    const [ill, well] = [await start(patch), await start(patch)]
    for (const { synth } of [ill, well]) synth.noteOn(57, 0.2)
    await Promise.all([ill.sound(0.3), well.sound(0.3)])
    ill.synth.noteOn(64, 0.9)
    expect(await ill.sound(1)).toEqual(await well.sound(1))
    expect(ill.troubles).toEqual([{ device: 'culprit', voice: 2, kind: 'runaway' }])
  })

  it('comes back without a click when all is well, as loud as it was', async () => {
    const { synth, sound } = await start({
      ...beside('nan_audio_1', true, [['culprit', 'out'], ['bad', 'culprit.bad']]), // prettier-ignore
      knobs: { bad: 0 },
    })
    const before = await sound(0.5)
    synth.setKnob('bad', 1)
    await sound(0.5)
    synth.setKnob('bad', 0)
    const after = await sound(1.5)
    for (let at = 0.4; at < 1.4; at += 0.05)
      expect(clickFigure(after, sr, at, { before: before.subarray(4800) })).toBeLessThan(1.25)
    expect(rms(after.subarray(sr)) / rms(before)).toBeCloseTo(1, 2)
  })
})

describe('one wrong sample', () => {
  it.each([0, 1, 63, 126, 127])(
    'at the place %d of a block is found, told once, and never reaches the reverb that hears it',
    async (place) => {
      const at = 150 * 128 + place
      const { synth, troubles, recovered, sound } = await start({
        devices: {
          tone: { type: 'oscillator', waveform: 'sine', amplitude: 0.2, frequency: 220, shared: true },
          culprit: { type: 'once', at, shared: true },
          reverb: { type: 'reverb', mix: 0.2 },
        },
        connections: [['tone', 'culprit.in'], ['culprit', 'reverb.in'], ['reverb', 'out']], // prettier-ignore
      })
      expect(synth.time).toBe(0)
      const before = await sound(0.3)
      await sound(2)
      expect(troubles).toEqual([{ device: 'culprit', kind: 'nan' }])
      expect(recovered).toEqual(troubles)
      expect(rms(await sound(1)) / rms(before.subarray(9600))).toBeCloseTo(1, 1)
    },
  )
})

describe('feedback', () => {
  it('inside a device that runs away is silent for good, until an edit mends it', async () => {
    const { synth, troubles, recovered, sound } = await start({
      devices: {
        tone: { type: 'oscillator', waveform: 'sine', amplitude: 0.2, frequency: 220, shared: true },
        culprit: { type: 'loop', gain: 1e5, shared: true },
      },
      connections: [['tone', 'culprit.in'], ['culprit', 'out']], // prettier-ignore
    })
    await sound(0.1)
    for (let i = 0; i < 4; i++) expect(peak(await sound(1))).toBe(0)
    expect(troubles).toEqual([{ device: 'culprit', kind: 'runaway' }])
    await synth.set('culprit.gain', 0)
    await sound(1)
    expect(recovered).toEqual(troubles)
    expect(levelAt(await sound(0.5), sr, 220)).toBeCloseTo(0.4, 2)
  })

  it('by a cable through a device that runs away is heard only softly, when it is tried again', async () => {
    const { synth, troubles, sound } = await start({
      devices: {
        tone: { type: 'oscillator', waveform: 'sine', amplitude: 0.01, frequency: 220, shared: true },
        sum: { type: 'mixer', shared: true },
        culprit: { type: 'booster', shared: true },
        clean: { type: 'oscillator', waveform: 'sine', amplitude: 0.1, frequency: 3000, shared: true },
      },
      connections: [['tone', 'sum.in1'], { from: 'culprit', to: 'sum.in2', feedback: true }, ['sum', 'culprit.in'], ['culprit', 'out'], ['clean', 'out']], // prettier-ignore
    })
    await sound(0.2)
    const heard = await sound(4)
    expect(troubles).toEqual([{ device: 'culprit', kind: 'runaway' }])
    // the clean tone is 0.2 on both sides together
    expect(db(peak(heard) - 0.2)).toBeLessThan(-20)
    await synth.disconnect('culprit', 'sum.in2')
    await synth.disconnect('culprit', 'out')
    await synth.connect('sum', 'out')
    await sound(1)
    expect(levelAt(await sound(0.5), sr, 220)).toBeCloseTo(0.02, 3)
  })
})

describe('a voice', () => {
  it('that fell asleep in trouble is well at its next note', async () => {
    const { synth, troubles, recovered, sound } = await start({
      voices: { mode: 'mono' },
      devices: {
        tone: { type: 'oscillator', waveform: 'sine', amplitude: 0.2 },
        culprit: { type: 'loop' },
        envelope: { type: 'envelope', release: 0.05 },
        amplifier: { type: 'amplifier' },
      },
      connections: [['tone', 'culprit.in'], ['keys.velocity', 'culprit.gain'], ['culprit', 'amplifier.in'], ['envelope', 'amplifier.gain'], ['amplifier', 'out']], // prettier-ignore
    })
    synth.noteOn(69, 1)
    await sound(0.5)
    expect(troubles).toEqual([{ device: 'culprit', voice: 1, kind: 'runaway' }])
    synth.noteOff(69)
    await sound(1)
    synth.noteOn(69, 1e-7)
    await sound(0.2)
    expect(levelAt(await sound(0.3), sr, 440)).toBeGreaterThan(0.2)
    expect(recovered).toEqual(troubles)
  })
})

describe('out', () => {
  it('is silent, and blamed, when what reaches it is more than 48 dB too loud in sum', async () => {
    const patch = (amount: number): Patch => ({
      devices: {
        tone: { type: 'oscillator', waveform: 'sine', amplitude: 0.5, frequency: 220, shared: true },
      },
      connections: [['tone', 'out', amount]],
    })
    const { synth, troubles, recovered, sound } = await start(patch(1))
    const before = await sound(0.5)
    await synth.apply(patch(1000))
    await sound(0.5)
    // what the DC block had taken for an offset fades away
    await sound(1.5)
    expect(db(peak(await sound(2)))).toBeLessThan(-60)
    expect(troubles).toEqual([{ device: 'out', kind: 'runaway' }])
    await synth.undo()
    await sound(1.5)
    expect(recovered).toEqual(troubles)
    expect(rms(await sound(0.5)) / rms(before)).toBeCloseTo(1, 2)
  })
})
